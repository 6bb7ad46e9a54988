// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "holdfast/embed/store.hpp"

namespace holdfast::cli {

/// Interrupts the store's guest after a time, unless this object is destroyed first. Owns a thread.
class Timeout {
 public:
  /// `seconds` must be positive; more than a year counts as a year.
  Timeout(const Store& store, double seconds);
  Timeout(const Timeout&) = delete;
  Timeout& operator=(const Timeout&) = delete;
  ~Timeout();

  /// Whether the guest was interrupted.
  bool has_expired() const noexcept { return expired_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::atomic<bool> expired_ = false;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace holdfast::cli
