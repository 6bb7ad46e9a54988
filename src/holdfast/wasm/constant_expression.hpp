// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the end of a constant expression (the initial value of a global or table). Does not allocate; any thread.
#pragma once

#include "holdfast/wasm/byte_cursor.hpp"

namespace holdfast::wasm {

/// Moves `cursor` past the expression that starts at it, including its `end`. Does not check types.
/// Errors: not_constant for an instruction that is not allowed in constant expressions; those of reading immediates.
Result<void> skip_constant_expression(ByteCursor& cursor);

}  // namespace holdfast::wasm
