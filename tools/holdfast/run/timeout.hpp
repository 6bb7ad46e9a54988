// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "holdfast/embed/store.hpp"

namespace holdfast::cli {

/// Stops the store's guest after a time, unless it goes before. Owns a thread.
class Timeout {
 public:
  /// `seconds` is positive; more than a year is a year.
  Timeout(const Store& store, double seconds);
  Timeout(const Timeout&) = delete;
  Timeout& operator=(const Timeout&) = delete;
  ~Timeout();

  /// Whether the guest was stopped.
  bool is_over() const noexcept { return over_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::atomic<bool> over_ = false;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace holdfast::cli
