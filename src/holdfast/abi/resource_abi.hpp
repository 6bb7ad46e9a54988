// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Own and borrow handles of dynamic values: an index on the guest's side, a token on the host's side. `Guest` gives
// access to the handle tables, which belong to the runtime. Source: rules 6 to 10.
#pragma once

#include <cstdint>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/val.hpp"

namespace holdfast::abi {

/// Lifts the handle `index`; `type` is an own or borrow. Errors: those of Guest::lift_own and Guest::lift_borrow.
Result<Val> lift_handle(Context& context, const component::InterfaceType& type, std::uint32_t index);

/// Lowers a handle and returns its index. An own of the host may be lowered as a borrow, which lends it.
/// Errors: value_type_mismatch, and those of Guest::lower_own and Guest::lower_borrow.
Result<std::uint32_t> lower_handle(Context& context, const component::InterfaceType& type, const Val& value);

}  // namespace holdfast::abi
