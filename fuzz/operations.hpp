// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bytes of a fuzzer's input as a sequence of small numbers, for targets that carry out operations. Borrows the
// bytes. Past the end all numbers are 0.
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
  /// Below `bound`, which is at most 256 and not 0.
  std::uint32_t below(std::uint32_t bound) noexcept { return byte() % bound; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;
};

/// What must hold whatever the input is; the fuzzer reports an input for which it does not.
inline void require(bool condition) noexcept {
  if (!condition) std::abort();
}

}  // namespace holdfast::fuzz
