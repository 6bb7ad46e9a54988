// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parameters and results of whole calls as dynamic values, with the spilling of more than 16 parameters and of
// results that need more than one core value. `values` is the array of an unchecked core call: its slots hold the
// arguments and take the result. Errors are those of lift.hpp and lower.hpp; for pointers to spilled tuples, in this
// order, pointer_misaligned and pointer_out_of_bounds. Source: CanonicalABI.md, "Lifting and Lowering Values".
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/val.hpp"

namespace holdfast::abi {

/// How many core arguments a function has: as its callee sees it, without a pointer for the result.
std::size_t flat_argument_count(const component::FunctionType& function) noexcept;

/// The caller's side of a call, as the guest made it (canon lower): all parameters, left to right (rule 13).
Result<std::vector<Val>> lift_parameters(Context& context, const component::FunctionType& function,
                                         std::span<const engine::RawValue> values);

/// The callee's side (canon lift). Contract: as many arguments as the function has parameters; `values` has room for
/// `flat_argument_count`. Spilled parameters are stored into memory that the guest allocates.
Result<void> lower_parameters(Context& context, const component::FunctionType& function, std::span<const Val> arguments,
                              std::span<engine::RawValue> values);

/// The callee's side: `values` holds what the core function returned. nullopt when the function has no result.
Result<std::optional<Val>> lift_result(Context& context, const component::FunctionType& function,
                                       std::span<const engine::RawValue> values);

/// The caller's side: `values` still holds the arguments, of which the last is the pointer for a result that spills;
/// the result goes there, or into the first slot. `result` is null exactly when the function has none.
Result<void> lower_result(Context& context, const component::FunctionType& function, const Val* result,
                          std::span<engine::RawValue> values);

/// The parts that dynamic and typed calls share: the pointer to a spilled tuple or result, checked or allocated.
Result<std::uint32_t> spilled_parameters(const Context& context, const component::FunctionType& function,
                                         std::span<const engine::RawValue> values);
Result<std::uint32_t> allocate_parameters(Context& context, const component::FunctionType& function);
Result<std::uint32_t> spilled_result(const Context& context, const component::FunctionType& function,
                                     engine::RawValue pointer);

}  // namespace holdfast::abi
