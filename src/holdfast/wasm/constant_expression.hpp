// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the end of a constant expression (the initial value of a global or table). Does not allocate; any thread.
#pragma once

#include "holdfast/wasm/byte_cursor.hpp"

namespace holdfast::wasm {

/// Moves `cursor` behind the expression that starts at it, its `end` included. Types are not checked.
/// Errors: not_constant at an instruction that no constant expression may have; those of reading immediates.
Result<void> skip_constant_expression(ByteCursor& cursor);

}  // namespace holdfast::wasm
