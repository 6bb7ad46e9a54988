// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "run/timeout.hpp"

#include <algorithm>
#include <chrono>

namespace holdfast::cli {
namespace {

constexpr double longest = 366.0 * 24 * 60 * 60;  // seconds; longer times could overflow the clock's type

}  // namespace

Timeout::Timeout(const Store& store, double seconds)
    : thread_(
          [handle = store.interrupt_handle(), time = std::chrono::duration<double>(std::min(seconds, longest)), this] {
            std::unique_lock lock(mutex_);
            if (changed_.wait_for(lock, time, [this] { return done_; })) return;
            expired_ = true;
            handle.interrupt();
          }) {}

Timeout::~Timeout() {
  const std::scoped_lock lock(mutex_);
  done_ = true;
  changed_.notify_all();
}

}  // namespace holdfast::cli
