// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether values that the host made fit the types of a component: looked at before anything is lowered, so that a
// mistake changes nothing in the guest. Pure; allocates for messages only.
#pragma once

#include <span>
#include <string>

#include "holdfast/abi/val.hpp"
#include "holdfast/component/program/interface_type.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::abi {

/// Errors: misuse with ErrorCode::value_type_mismatch; the message leads to the place ("field a, element 3: expected
/// u32, got string"). Also refused: strings that are not UTF-8 or too long, chars that are no scalar values, unknown
/// cases and labels. unsupported for types that cannot be passed yet.
HostResult<void> check(const component::InterfaceTypes& types, component::InterfaceTypeId type, const Val& value);

/// Errors: as above, with "parameter N" (from 1) and its name in front; a wrong number of arguments.
HostResult<void> check_parameters(const component::InterfaceTypes& types, const component::FunctionType& function,
                                  std::span<const Val> arguments);

/// `result` is null for none. Errors: as above, with "result" in front.
HostResult<void> check_result(const component::InterfaceTypes& types, const component::FunctionType& function,
                              const Val* result);

}  // namespace holdfast::abi
