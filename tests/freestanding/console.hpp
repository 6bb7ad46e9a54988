// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one thing that the freestanding test runner asks of a board: a place for its text.
#pragma once

namespace holdfast::freestanding {

/// Writes text that ends with NUL.
void write(const char* text) noexcept;

}  // namespace holdfast::freestanding
