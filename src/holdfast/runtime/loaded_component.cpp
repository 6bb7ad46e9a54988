// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/loaded_component.hpp"

#include <utility>

#include "holdfast/component/binary/reader.hpp"
#include "holdfast/component/program/flatten.hpp"
#include "holdfast/component/validate/validated_component.hpp"

namespace holdfast::runtime {

HostResult<std::shared_ptr<const LoadedComponent>> load_component(const engine::Engine& engine,
                                                                  std::span<const std::byte> bytes,
                                                                  const component::Features& features) {
  HOLDFAST_TRY_ASSIGN(const auto validated,
                      component::validate_component(component::read_component_prefix(bytes), features));
  auto loaded = std::make_shared<LoadedComponent>();
  HOLDFAST_TRY_ASSIGN(loaded->program, component::flatten(validated, component::ExpansionLimits{}));
  for (const component::CoreModule& module : loaded->program.modules) {
    auto compiled = engine::Module::compile(engine, bytes.subspan(module.offset, module.size));
    if (!compiled) {
      // Offsets inside the module become offsets in the component.
      const std::uint64_t offset = module.offset + compiled.error().offset().value_or(0);
      return std::unexpected(std::move(compiled).error().with_offset(offset));
    }
    loaded->modules.push_back(*std::move(compiled));
  }
  return loaded;
}

}  // namespace holdfast::runtime
