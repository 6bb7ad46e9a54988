// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fuzzes the reader of core modules' imports and exports: it accepts any bytes or refuses them with an offset inside
// the input, and the types that it reads can be interned and match themselves.
#include "holdfast/wasm/module_interface.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

#include "holdfast/wasm/core_type_interner.hpp"
#include "operations.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holdfast;
  using fuzz::require;
  constexpr std::size_t file_offset = 1000;  // as if the module were inside a component
  const auto interface = wasm::parse_module_interface(std::as_bytes(std::span(data, size)), file_offset);
  if (!interface) {
    require(interface.error().offset >= file_offset && interface.error().offset <= file_offset + size);
    return 0;
  }
  wasm::CoreTypeInterner types;
  const auto ids = types.intern_all(interface->type_groups);
  if (!ids) return 0;
  for (const auto& imported : interface->imports) {
    const auto resolved = types.resolve(imported.type, *ids);
    require(!resolved || types.matches(*resolved, *resolved));
  }
  for (const auto& exported : interface->exports) {
    const auto resolved = types.resolve(exported.type, *ids);
    require(!resolved || types.matches(*resolved, *resolved));
  }
  return 0;
}
