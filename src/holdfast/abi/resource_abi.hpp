// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Own and borrow handles of dynamic values: an index on the guest's side, a token on the host's. The handle tables
// belong to the runtime and are reached through `Guest`. Source: rules 6 to 10.
#pragma once

#include <cstdint>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/val.hpp"

namespace holdfast::abi {

/// `type` is of kind own or borrow. Errors: those of Guest::lift_own and Guest::lift_borrow.
Result<Val> lift_handle(Context& context, const component::InterfaceType& type, std::uint32_t index);

/// A borrow may be made from an own that the host holds; the token says which it is.
/// Errors: value_type_mismatch, those of Guest::lower_own and Guest::lower_borrow.
Result<std::uint32_t> lower_handle(Context& context, const component::InterfaceType& type, const Val& value);

}  // namespace holdfast::abi
