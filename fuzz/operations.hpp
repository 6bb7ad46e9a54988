// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A fuzzer's input as a sequence of small numbers, for targets that perform operations. Borrows the bytes. After the
// end all numbers are 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

namespace holdfast::fuzz {

class Operations {
 public:
  explicit Operations(std::span<const std::uint8_t> bytes) noexcept : bytes_(bytes) {}

  bool at_end() const noexcept { return position_ >= bytes_.size(); }
  std::uint8_t byte() noexcept { return at_end() ? std::uint8_t{0} : bytes_[position_++]; }
  /// A number below `bound`. Contract: `bound` is from 1 to 256.
  std::uint32_t below(std::uint32_t bound) noexcept { return byte() % bound; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;
};

/// Checks a condition that must hold for every input; the fuzzer reports an input for which it does not.
inline void require(bool condition) noexcept {
  if (!condition) std::abort();
}

}  // namespace holdfast::fuzz
