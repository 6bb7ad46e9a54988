// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fuzzes reading, validating and flattening: any bytes become a program, or are refused with an offset inside them. The
// core types of all modules that were read can be interned, even if validation fails.
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <variant>

#include "holdfast/component/binary/reader.hpp"
#include "holdfast/component/program/flatten.hpp"
#include "holdfast/component/program/wit_text.hpp"
#include "holdfast/component/validate/validated_component.hpp"
#include "holdfast/wasm/core_type_interner.hpp"
#include "operations.hpp"

namespace {

using namespace holdfast;
using fuzz::require;

void intern_modules(const component::syntax::Component& component, wasm::CoreTypeInterner& types) {
  for (const auto& definition : component.definitions) {
    if (const auto* nested = std::get_if<component::syntax::NestedComponent>(&definition.value)) {
      intern_modules(*nested->component, types);
    }
    const auto* module = std::get_if<component::syntax::CoreModule>(&definition.value);
    if (module == nullptr) continue;
    const auto ids = types.intern_all(module->interface.type_groups);
    if (!ids) continue;
    for (const auto& imported : module->interface.imports) {
      const auto resolved = types.resolve(imported.type, *ids);
      require(!resolved || types.matches(*resolved, *resolved));
    }
  }
}

void require_sensible(const HostError& error, std::size_t size) {
  require(error.kind() == ErrorKind::invalid || error.kind() == ErrorKind::limit ||
          error.kind() == ErrorKind::unsupported);
  require(error.offset() && *error.offset() <= size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto outcome = component::read_component_prefix(std::as_bytes(std::span(data, size)));
  require(outcome.component.is_complete != outcome.error.has_value());
  if (outcome.error) require_sensible(*outcome.error, size);
  const bool was_read = !outcome.error;
  wasm::CoreTypeInterner types;
  intern_modules(outcome.component, types);

  const auto validated = component::validate_component(std::move(outcome));
  require(was_read || !validated);
  if (!validated) {
    require_sensible(validated.error(), size);
    return 0;
  }
  const auto program = component::flatten(*validated);
  if (!program) {
    require_sensible(program.error(), size);
    return 0;
  }
  for (const component::CoreModule& module : program->modules) {
    require(module.offset <= size && module.size <= size - module.offset);
  }
  for (const auto& function : program->lifted_functions) require(!component::to_wit(*program, function.type).empty());
  return 0;
}
