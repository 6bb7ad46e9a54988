// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `WaitLock`: a 4-byte mutex whose waiters sleep. Not recursive, not fair. It needs an atomic whose `wait` sleeps, and
// so a hosted program. It uses only operations of that atomic, so a test can enumerate the order of its steps.
// Allocates nothing.
#pragma once

#include <atomic>
#include <cstdint>

namespace holdfast::core {

template <template <class> class Atomic>
class WaitLock {
 public:
  WaitLock() noexcept = default;
  WaitLock(const WaitLock&) = delete;
  WaitLock& operator=(const WaitLock&) = delete;

  void lock() noexcept {
    std::uint32_t seen = unlocked;
    if (state_.compare_exchange_strong(seen, locked, std::memory_order_acquire)) [[likely]]
      return;
    // A thread that had to wait locks with `waited_for`, because other threads may still be waiting.
    while (state_.exchange(waited_for, std::memory_order_acquire) != unlocked) state_.wait(waited_for);
  }

  bool try_lock() noexcept {
    std::uint32_t seen = unlocked;
    return state_.compare_exchange_strong(seen, locked, std::memory_order_acquire);
  }

  void unlock() noexcept {
    if (state_.exchange(unlocked, std::memory_order_release) == waited_for) state_.notify_one();
  }

 private:
  static constexpr std::uint32_t unlocked = 0;
  static constexpr std::uint32_t locked = 1;
  static constexpr std::uint32_t waited_for = 2;

  Atomic<std::uint32_t> state_{unlocked};
};

}  // namespace holdfast::core
