// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A compiled core module with its imports and exports, for components that import a module. Immutable and shared; any
// thread.
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

/// Why a module with the interface `actual` cannot be used for an import of the interface `expected`: it needs an
/// import that is not provided, lacks an export, or an item has a different type. nullopt when it can be used.
/// Source: Subtyping.md of the component model, "Modules".
std::optional<std::string> module_mismatch(const wasm::CoreModuleInterface& actual,
                                           const wasm::CoreModuleInterface& expected);

}  // namespace holdfast::runtime
