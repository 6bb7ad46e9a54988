// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a piece of a test costs the process: time, and physical memory at its peak. One thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace holdfast::regress {

/// False under sanitizers, which keep freed memory and are slow: then only that all ends well is checked.
bool can_measure() noexcept;

class Cost {
 public:
  /// From now.
  Cost();
  /// How much the process's peak of resident memory has risen since, bytes.
  std::uint64_t memory() const;
  std::chrono::milliseconds time() const;

 private:
  std::uint64_t peak_;
  std::chrono::steady_clock::time_point start_;
};

/// Fails the test when more than that was used, where that can be measured.
void expect_cheap(const Cost& cost, std::uint64_t max_memory = std::uint64_t{64} << 20,
                  std::chrono::milliseconds max_time = std::chrono::seconds(2));

}  // namespace holdfast::regress
