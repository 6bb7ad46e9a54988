// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests in which one thread waits in `poll` or in a blocking function of a stream, and another thread does what
// ends the wait.
#pragma once

#include <chrono>
#include <condition_variable>
#include <gtest/gtest.h>
#include <mutex>

namespace holdfast::wasi_test {

/// Tells one thread that another thread waits. A waiting thread repeats two steps: it asks each waitable what it waits
/// for, then blocks for a short time. The second question proves that the thread has blocked once and that nothing was
/// ready.
/// Contract: the test's waitable or backend reports each question, and only the observed wait asks. The observer
/// outlives both threads.
class WaitObserver {
 public:
  /// To be called when `Waitable::wait_for`, `ByteSource::readable` or `ByteSink::writable` is called.
  void count_question() {
    const std::lock_guard lock(mutex_);
    ++questions_;
    asked_.notify_all();
  }

  /// Returns when the observed thread waits. If it does not wait within the time limit, the test fails and this returns
  /// too, so that the test can end.
  void block_until_waiting() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(asked_.wait_for(lock, time_limit, [this] { return questions_ >= 2; })) << "no thread waits";
  }

 private:
  static constexpr std::chrono::seconds time_limit{30};

  std::mutex mutex_;
  std::condition_variable asked_;
  int questions_ = 0;
};

}  // namespace holdfast::wasi_test
