// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks that the bytes of a value definition encode a constant of its type. Pure function; any thread.
// Source: Binary.md, "Value Definitions".
#pragma once

#include "holdfast/component/binary/syntax.hpp"
#include "holdfast/component/types/type_engine.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::component::validation {

/// Checks that the bytes of `value` are one constant of `type` and nothing else. Errors: invalid, with the offset;
/// unsupported, with the kind of the type, if the specification defines no encoding for its constants.
HostResult<void> check_constant(const types::TypeEngine& engine, const types::ValueTypeRef& type,
                                const syntax::Value& value);

}  // namespace holdfast::component::validation
