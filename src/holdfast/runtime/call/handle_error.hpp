// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The answers of handle tables in words that tell the types too. One thread, that of the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast::runtime {

/// Raises what the handle table of `instance` said about a handle that was to be of the type `expected`; the handle's
/// index is the detail of `error`. Always returns false.
bool raise_handle_error(StoreState& store, const InstanceState& instance, ResourceTag expected, const Error& error);

/// The handle `index` of `instance`, if it is of `kind` (one that is no resource), which messages call `what`: "a
/// waitable set". Empty: a trap was raised.
std::optional<handles::HandleEntry> find_other(StoreState& store, const InstanceState& instance, std::uint32_t index,
                                               handles::HandleKind kind, std::string_view what);

}  // namespace holdfast::runtime
