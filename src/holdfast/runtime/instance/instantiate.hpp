// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs a program's steps in a store.
#pragma once

#include <string>

#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/runtime/link/link.hpp"
#include "holdfast/runtime/load/loaded_component.hpp"
#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast::runtime {

/// A new instance, owned by the store. `name` is for messages. Errors: trap (a start function), limit, misuse (the
/// imports are provided by another store). What was made before an error stays in the store, closed.
HostResult<RootInstance*> instantiate(StoreState& store, const std::shared_ptr<const LoadedComponent>& component,
                                      const ResolvedImports& imports, const std::string& name);

}  // namespace holdfast::runtime
