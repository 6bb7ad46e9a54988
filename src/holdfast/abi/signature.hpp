// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parameters and results of whole calls as dynamic values. Parameters that need more than 16 core values, and results
// that need more than one, spill: they are passed in memory. `values` is the array of an unchecked core call: its slots
// hold the arguments and receive the result. Errors are those of lift.hpp and lower.hpp, and for pointers to spilled
// values, in this order, pointer_misaligned and pointer_out_of_bounds. Source: CanonicalABI.md, "Lifting and Lowering
// Values".
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/val.hpp"

namespace holdfast::abi {

/// The number of core arguments of a function, as its callee sees it: without the pointer to a spilled result.
std::size_t flat_argument_count(const component::FunctionType& function) noexcept;

/// The caller's side of a call that a guest makes (canon lower): lifts all parameters, left to right (rule 13).
Result<std::vector<Val>> lift_parameters(Context& context, const component::FunctionType& function,
                                         std::span<const engine::RawValue> values);

/// The callee's side (canon lift): lowers all arguments. Spilled parameters are stored in memory that the guest
/// allocates. Contract: there is one argument for each parameter, and `values` has room for `flat_argument_count`.
Result<void> lower_parameters(Context& context, const component::FunctionType& function, std::span<const Val> arguments,
                              std::span<engine::RawValue> values);

/// The callee's side: lifts the result; `values` holds what the core function returned. nullopt for none.
Result<std::optional<Val>> lift_result(Context& context, const component::FunctionType& function,
                                       std::span<const engine::RawValue> values);

/// The caller's side: lowers the result. `values` still holds the arguments. A result that spills is stored where the
/// last argument points; any other goes into the first slot. Contract: `result` is null exactly if the function has
/// none.
Result<void> lower_result(Context& context, const component::FunctionType& function, const Val* result,
                          std::span<engine::RawValue> values);

// Shared with typed calls: the pointer to spilled parameters or to a spilled result, checked or newly allocated.
Result<std::uint32_t> spilled_parameters(const Context& context, const component::FunctionType& function,
                                         std::span<const engine::RawValue> values);
Result<std::uint32_t> allocate_parameters(Context& context, const component::FunctionType& function);
Result<std::uint32_t> spilled_result(const Context& context, const component::FunctionType& function,
                                     engine::RawValue pointer);

}  // namespace holdfast::abi
