// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lifting of dynamic values: from flattened core values, or out of memory, to `Val`. What is lifted owns its content;
// its host memory is taken from the context's lift allowance first. Recursion is as deep as the type is.
// Errors are traps of the call: those of the type families (core/error_codes.def, "abi"), those of `Guest`, and
// unsupported_value for streams, futures and error contexts. After an error the context's handles may have changed.
// Source: CanonicalABI.md, "Loading", "Flat Lifting".
#pragma once

#include <cstdint>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/flat.hpp"
#include "holdfast/abi/val.hpp"

namespace holdfast::abi {

/// Takes as many values from `values` as `type` flattens to. Contract: they are there.
Result<Val> lift_flat(Context& context, component::InterfaceTypeId type, FlatReader& values);

/// Contract: `pointer` is aligned, and the size of `type` is in bounds from there.
Result<Val> load(Context& context, component::InterfaceTypeId type, std::uint32_t pointer);

}  // namespace holdfast::abi
