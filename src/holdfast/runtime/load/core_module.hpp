// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A compiled core module with what it imports and exports, to be given to components that import one. Immutable and
// shared; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "holdfast/engine/engine.hpp"
#include "holdfast/wasm/core_types.hpp"

namespace holdfast::runtime {

struct CoreModule {
  engine::Module module;
  wasm::CoreModuleInterface interface;
};
using CoreModulePointer = std::shared_ptr<const CoreModule>;

/// Why a module with the interface `given` cannot stand where one with the interface `expected` is imported: it
/// imports more, exports less, or something of another type. nullopt when it can.
/// Source: Subtyping.md of the component model, "Modules".
std::optional<std::string> module_mismatch(const wasm::CoreModuleInterface& given,
                                           const wasm::CoreModuleInterface& expected);

}  // namespace holdfast::runtime
