// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowering of dynamic values: writes a `Val` as flattened core values or into memory. Recursion is as deep as the type.
// Errors are traps of the call: value_type_mismatch, invalid_char, invalid_utf8, string_too_long, list_too_long,
// unsupported_value, and those of `Guest`. Callers pass values of the host to `check` (check.hpp) before they lower
// anything; a value that was lifted with an equal type needs no check. An unchecked wrong value is still only an error.
// Source: CanonicalABI.md, "Storing", "Flat Lowering".
#pragma once

#include <cstdint>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/flat.hpp"
#include "holdfast/abi/val.hpp"

namespace holdfast::abi {

/// Writes as many values to `values` as `type` flattens to. Contract: there is room for them.
Result<void> lower_flat(Context& context, component::InterfaceTypeId type, const Val& value, FlatWriter& values);

/// Writes a value to memory. Contract: `pointer` is aligned for `type`, and the size of `type` from there is in bounds.
Result<void> store(Context& context, component::InterfaceTypeId type, const Val& value, std::uint32_t pointer);

}  // namespace holdfast::abi
