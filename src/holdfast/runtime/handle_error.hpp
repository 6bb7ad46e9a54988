// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The answers of handle tables in words that tell the types too. One thread, that of the store.
#pragma once

#include "holdfast/runtime/store_state.hpp"

namespace holdfast::runtime {

/// Raises what the handle table of `instance` said about a handle that was to be of the type `expected`; the handle's
/// index is the detail of `error`. Always returns false.
bool raise_handle_error(StoreState& store, const InstanceState& instance, ResourceTag expected, const Error& error);

}  // namespace holdfast::runtime
