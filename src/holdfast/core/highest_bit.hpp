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
/// On x86, compilers use `bsr`, whose result register is also an input. The instruction would wait for the register's
/// previous value, often the result of an earlier look-up that is still being loaded from memory. To avoid that wait,
/// the register holds `number` here.
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
