// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handles inside dynamic values, on their way between the host and a component.
#pragma once

#include <memory>

#include "holdfast/abi/val.hpp"
#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/runtime/call/guest_side.hpp"

namespace holdfast::embed {

/// Every handle in `value` belongs to `store`. Errors: misuse.
HostResult<void> check_store(const runtime::StoreState& store, const Val& value);

/// `value`, lifted through `side`, with every own in it made the host's: dropped with the last copy of the value.
Val adopt_handles(const std::shared_ptr<runtime::StoreState>& store, runtime::GuestSide& side, Val value);

}  // namespace holdfast::embed
