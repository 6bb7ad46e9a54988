// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The constants of value definitions: is what stands in the file a value of the type? A pure function, any thread.
// Source: Binary.md, "Value Definitions".
#pragma once

#include "holdfast/component/binary/syntax.hpp"
#include "holdfast/component/types/type_engine.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::component::validation {

/// Checks that the bytes of `value` are one constant of `type` and nothing else. Errors: invalid, with the offset;
/// unsupported, with its name, for a type whose constants the specification does not write down.
HostResult<void> check_constant(const types::TypeEngine& engine, const types::ValueTypeRef& type,
                                const syntax::Value& value);

}  // namespace holdfast::component::validation
