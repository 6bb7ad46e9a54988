// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `highest_bit`: the position of a number's highest bit, for arrays that double in size. Freestanding.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

namespace holdfast::core {

/// Contract: `number` is not 0.
///
/// Compilers take x86's `bsr` for this, whose result register is one of its inputs too: what an earlier look-up left
/// there, often a value that is still on its way from memory, the next one would wait for. Here that input is the
/// number.
constexpr unsigned highest_bit(std::uint32_t number) noexcept {
#if defined(__x86_64__) && !defined(__LZCNT__)
  if (!std::is_constant_evaluated()) {
    std::uint32_t bit = number;
    asm("bsr %1, %0" : "+r"(bit) : "r"(number) : "cc");
    return bit;
  }
#endif
  return static_cast<unsigned>(std::bit_width(number)) - 1;
}

}  // namespace holdfast::core
