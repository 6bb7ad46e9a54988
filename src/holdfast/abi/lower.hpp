// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lowering of dynamic values: from `Val` to flattened core values, or into memory. Recursion is as deep as the type
// is. Errors are traps of the call: value_type_mismatch, invalid_char, invalid_utf8, string_too_long, list_too_long,
// unsupported_value, and those of `Guest`. Values of the host are looked at with `check` (check.hpp) before anything
// is lowered; what was lifted with an equal type needs no check. A wrong value is an error here too, never more.
// Source: CanonicalABI.md, "Storing", "Flat Lowering".
#pragma once

#include <cstdint>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/flat.hpp"
#include "holdfast/abi/val.hpp"

namespace holdfast::abi {

/// Puts as many values into `values` as `type` flattens to. Contract: there is room.
Result<void> lower_flat(Context& context, component::InterfaceTypeId type, const Val& value, FlatWriter& values);

/// Contract: `pointer` is aligned, and the size of `type` is in bounds from there.
Result<void> store(Context& context, component::InterfaceTypeId type, const Val& value, std::uint32_t pointer);

}  // namespace holdfast::abi
