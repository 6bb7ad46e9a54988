// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Measures the cost of a part of a test: time, and the peak of physical memory of the process. One thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace holdfast::regress {

/// False under sanitizers, which keep freed memory and are slow. Costs are not checked then.
bool can_measure() noexcept;

class Cost {
 public:
  /// Starts the measurement.
  Cost();
  /// The increase of the process's peak resident memory since the start, in bytes.
  std::uint64_t memory() const;
  std::chrono::milliseconds time() const;

 private:
  std::uint64_t peak_;
  std::chrono::steady_clock::time_point start_;
};

/// Fails the test if `cost` exceeds `max_memory` bytes or `max_time`. Checks nothing where `can_measure` is false.
void expect_cheap(const Cost& cost, std::uint64_t max_memory = std::uint64_t{64} << 20,
                  std::chrono::milliseconds max_time = std::chrono::seconds(2));

}  // namespace holdfast::regress
