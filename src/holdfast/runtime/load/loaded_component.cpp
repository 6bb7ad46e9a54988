// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/load/loaded_component.hpp"

#include <utility>

#include "holdfast/component/binary/reader.hpp"
#include "holdfast/component/program/flatten.hpp"
#include "holdfast/component/validate/validated_component.hpp"

namespace holdfast::runtime {
namespace {

/// Turns the offset within the module into an offset within the component.
std::unexpected<HostError> in_module(HostError error, std::size_t module_offset) {
  const std::uint64_t offset = module_offset + error.offset().value_or(0);
  return std::unexpected(std::move(error).with_offset(offset));
}

}  // namespace

HostResult<void> validate_core_modules(const engine::Engine& engine, const component::ValidatedComponent& component,
                                       std::span<const std::byte> bytes, const component::Features& features) {
  for (const component::syntax::CoreModule* module : component.core_modules()) {
    if (features.core.shared_everything_threads && module->interface.is_whole) continue;
    const auto [offset, size] = module->bytes;
    auto accepted = engine::Module::validate(engine, bytes.subspan(offset, size));
    if (!accepted) return in_module(std::move(accepted).error(), offset);
  }
  return {};
}

HostResult<std::shared_ptr<const LoadedComponent>> load_component(const engine::Engine& engine,
                                                                  std::span<const std::byte> bytes,
                                                                  const component::Features& features) {
  HOLDFAST_TRY_ASSIGN(const auto validated,
                      component::validate_component(component::read_component_prefix(bytes), features));
  auto loaded = std::make_shared<LoadedComponent>();
  HOLDFAST_TRY_ASSIGN(loaded->program, component::flatten(validated, component::ExpansionLimits{}));
  for (const component::CoreModule& module : loaded->program.modules) {
    auto compiled = engine::Module::compile(engine, bytes.subspan(module.offset, module.size));
    if (!compiled) return in_module(std::move(compiled).error(), module.offset);
    loaded->modules.push_back(*std::move(compiled));
  }
  return loaded;
}

}  // namespace holdfast::runtime
