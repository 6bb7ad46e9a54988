// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns errors of handle tables into messages that also name the resource types. Runs on the store's thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast::runtime {

/// Raises `error`, which the handle table of `instance` returned for a handle that should have the type `expected`. The
/// detail of `error` is the handle's index. Always returns false.
bool raise_handle_error(StoreState& store, const InstanceState& instance, ResourceTag expected, const Error& error);

/// The handle `index` of `instance`, which must be of `kind` (not a resource). Messages call the kind `kind_name`, such
/// as "a waitable set". Empty: a trap was raised.
std::optional<handles::HandleEntry> find_other(StoreState& store, const InstanceState& instance, std::uint32_t index,
                                               handles::HandleKind kind, std::string_view kind_name);

}  // namespace holdfast::runtime
