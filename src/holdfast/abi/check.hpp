// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks whether values of the host fit the types of a component. The check comes before anything is lowered, so a
// mistake of the host changes nothing in the guest. Pure functions; they allocate only for error messages.
#pragma once

#include <span>
#include <string>

#include "holdfast/abi/val.hpp"
#include "holdfast/component/program/interface_type.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::abi {

/// Checks that `value` fits `type`: its kind and those of its parts, names of fields, cases and flags, strings (UTF-8,
/// length), and chars (Unicode scalar values).
/// Errors: misuse with ErrorCode::value_type_mismatch, and the place in the message ("field a, element 3: expected u32,
/// got string"); unsupported for types that cannot be passed yet.
HostResult<void> check(const component::InterfaceTypes& types, component::InterfaceTypeId type, const Val& value);

/// Checks the arguments of a call. Errors: those of `check`, with "parameter N (name)" in front (the first is 1);
/// misuse for a wrong number of arguments.
HostResult<void> check_parameters(const component::InterfaceTypes& types, const component::FunctionType& function,
                                  std::span<const Val> arguments);

/// Checks the result of a call; `result` is null if there is none. Errors: those of `check`, with "result" in front.
HostResult<void> check_result(const component::InterfaceTypes& types, const component::FunctionType& function,
                              const Val* result);

}  // namespace holdfast::abi
