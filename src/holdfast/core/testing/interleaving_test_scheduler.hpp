// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs a few short threads in every order of their steps, instead of hoping that a stress test hits the bad order.
// The threads are coroutines on one OS thread; a step is one operation on a `ModelAtomic`. `explore` runs the program
// repeatedly, each time with other choices of the next thread, until it has tried all orders up to a given number of
// preemptions (a few are enough for almost every bug). The atomics are sequentially consistent; memory orders that are
// too weak are left to ThreadSanitizer.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "holdfast/core/concurrency.hpp"

namespace holdfast::core::testing {

/// The threads to run; created again for each order.
struct Program {
  std::vector<std::function<void()>> threads;
  std::function<void()> at_end = [] {};  ///< runs when all threads are done; checks the final state
};

/// The result of `explore`.
struct Exploration {
  std::size_t orders = 0;  ///< orders that were run
  std::string failure;     ///< the failure of the first order that failed; empty if all succeeded
};

/// Runs the program that `make` returns in all orders with at most `preemptions` preemptions. Stops at the first
/// failure: a `require` that did not hold, a deadlock, or a thread that takes too many steps. `most_orders` limits the
/// run if the test is larger than intended.
Exploration explore(unsigned preemptions, const std::function<Program()>& make, std::size_t most_orders = 2'000'000);

/// Reports `message` as the failure of this order if `condition` is false; the order continues. May be called in
/// threads and in `at_end`.
void require(bool condition, const char* message);

/// The number of the running thread, from 1; 0 outside of threads.
std::size_t this_thread() noexcept;

/// Marks the beginning of a step: another thread may run first. Does nothing outside of threads.
void step();

/// Stops the running thread until `wake(address)`.
void sleep_on(const void* address);
void wake(const void* address);

/// A critical section for `Guarded` that makes each operation on its atomics one step.
struct StepSection {
  struct State {};
  static State enter() noexcept {
    step();
    return {};
  }
  static void leave(State) noexcept {}
};

/// Replaces std::atomic in the program under test.
template <class U>
class ModelAtomic : public Guarded<StepSection>::Atomic<U> {
 public:
  using Guarded<StepSection>::Atomic<U>::Atomic;

  void wait(U old, std::memory_order = std::memory_order_seq_cst) const noexcept {
    while (this->load() == old) sleep_on(this);
  }
  void notify_one() noexcept { notify_all(); }
  void notify_all() noexcept {
    step();
    wake(this);
  }
};

/// A deliberate bug: a compare-exchange takes two steps instead of one.
template <class U>
class TornAtomic : public ModelAtomic<U> {
 public:
  using ModelAtomic<U>::ModelAtomic;

  bool compare_exchange_strong(U& expected, U desired, std::memory_order = std::memory_order_seq_cst) noexcept {
    const U seen = this->load();
    if (seen == expected) {
      this->store(desired);
      return true;
    }
    expected = seen;
    return false;
  }
  bool compare_exchange_weak(U& expected, U desired, std::memory_order = std::memory_order_seq_cst,
                             std::memory_order = std::memory_order_seq_cst) noexcept {
    return compare_exchange_strong(expected, desired);
  }
};

/// A deliberate bug: a decrement takes two steps instead of one.
template <class U>
class TornCountdown : public ModelAtomic<U> {
 public:
  using ModelAtomic<U>::ModelAtomic;

  U fetch_sub(U amount, std::memory_order = std::memory_order_seq_cst) noexcept {
    const U seen = this->load();
    this->store(static_cast<U>(seen - amount));
    return seen;
  }
};

}  // namespace holdfast::core::testing
