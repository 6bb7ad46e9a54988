// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The handles inside dynamic values that pass between the host and a component.
#pragma once

#include <memory>

#include "holdfast/abi/val.hpp"
#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/runtime/call/guest_side.hpp"

namespace holdfast::embed {

/// Checks that every handle in `value` belongs to `store` and is not empty. Errors: misuse.
HostResult<void> check_store(const runtime::StoreState& store, const Val& value);

/// Returns `value`, which was lifted through `side`, with the host as the owner of every own in it. Each own is dropped
/// with the last copy of its value.
Val adopt_handles(const std::shared_ptr<runtime::StoreState>& store, runtime::GuestSide& side, Val value);

}  // namespace holdfast::embed
