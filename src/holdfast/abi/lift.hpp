// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lifting of dynamic values: reads flattened core values or memory and returns a `Val`. A lifted value owns its
// content. Host memory for it is charged to the context's lift allowance before it is allocated. Recursion is as deep
// as the type. Errors are traps of the call: those of the type families (core/error_codes.def, "abi"), those of
// `Guest`, and unsupported_value for streams, futures and error contexts. After an error, handles may already have been
// lifted. Source: CanonicalABI.md, "Loading", "Flat Lifting".
#pragma once

#include <cstdint>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/flat.hpp"
#include "holdfast/abi/val.hpp"

namespace holdfast::abi {

/// Reads as many values from `values` as `type` flattens to. Contract: there are that many.
Result<Val> lift_flat(Context& context, component::InterfaceTypeId type, FlatReader& values);

/// Reads a value from memory. Contract: `pointer` is aligned, and the size of `type` from there is in bounds.
Result<Val> load(Context& context, component::InterfaceTypeId type, std::uint32_t pointer);

}  // namespace holdfast::abi
