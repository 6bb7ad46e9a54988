// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instantiates a component: runs the steps of its program in a store.
#pragma once

#include <string>

#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/runtime/link/link.hpp"
#include "holdfast/runtime/load/loaded_component.hpp"
#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast::runtime {

/// Returns a new instance, owned by the store. `name` is used in messages. Errors: trap (in a start function), limit,
/// misuse (an instance in another store provides an import). Instances created before an error stay in the store,
/// closed.
HostResult<RootInstance*> instantiate(StoreState& store, const std::shared_ptr<const LoadedComponent>& component,
                                      const ResolvedImports& imports, const std::string& name);

}  // namespace holdfast::runtime
