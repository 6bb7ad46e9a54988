// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "peak_memory.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace holdfast::regress {
namespace {

std::uint64_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;  // Linux reports KiB
}

}  // namespace

bool can_measure() noexcept {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return false;
#else
  return true;
#endif
#else
  return true;
#endif
}

Cost::Cost() : peak_(peak_memory()), start_(std::chrono::steady_clock::now()) {}

std::uint64_t Cost::memory() const { return peak_memory() - peak_; }

std::chrono::milliseconds Cost::time() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start_);
}

void expect_cheap(const Cost& cost, std::uint64_t max_memory, std::chrono::milliseconds max_time) {
  const auto time = cost.time();
  const std::uint64_t memory = cost.memory();
  ::testing::Test::RecordProperty("peak_kib", static_cast<int>(memory >> 10));
  ::testing::Test::RecordProperty("milliseconds", static_cast<int>(time.count()));
  if (!can_measure()) return;
  EXPECT_LE(memory, max_memory);
  EXPECT_LE(time, max_time);
}

}  // namespace holdfast::regress
