// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The only function that the freestanding test runner needs from a board: output of text.
#pragma once

namespace holdfast::freestanding {

/// Writes `text`, which is terminated by NUL.
void write(const char* text) noexcept;

}  // namespace holdfast::freestanding
