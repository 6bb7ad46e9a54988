// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs a few short threads in every order of their steps, instead of hoping that a stress test meets the bad one.
// The threads are coroutines on one OS thread; a step is one operation on a `ModelAtomic`. `explore` runs the program
// again and again, each time with other choices of who goes next, until all orders with at most so many preemptions
// were tried (few suffice for almost every bug). Atomics here are sequentially consistent: an order that is too weak
// is ThreadSanitizer's to find.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "holdfast/core/concurrency.hpp"

namespace holdfast::core::testing {

/// What is run: made anew for each order.
struct Program {
  std::vector<std::function<void()>> threads;
  std::function<void()> at_end = [] {};  ///< when all threads are done: checks what must be so then
};

/// What was found.
struct Exploration {
  std::size_t orders = 0;  ///< how many were run
  std::string failure;     ///< of the first order that failed; empty when none did
};

/// Runs what `make` gives in all orders with at most `preemptions`. Stops at the first failure: a `require` that did
/// not hold, a deadlock, or a thread that does not end. `most_orders` bounds a mistake in the test itself.
Exploration explore(unsigned preemptions, const std::function<Program()>& make, std::size_t most_orders = 2'000'000);

/// What must hold; may be called in threads and at the end. The order goes on, and is reported.
void require(bool condition, const char* what);

/// The running thread: 1, 2, …; 0 outside of threads.
std::size_t this_thread() noexcept;

/// One step begins: another thread may go first. Does nothing outside of threads.
void step();

/// The running thread stops until `wake(address)`.
void sleep_on(const void* address);
void wake(const void* address);

/// What `Guarded` asks for: each operation on its atomics is one step.
struct StepSection {
  struct State {};
  static State enter() noexcept {
    step();
    return {};
  }
  static void leave(State) noexcept {}
};

/// std::atomic as the program under test sees it.
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

/// A bug to be found: what should be one step is two.
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

/// Another: what counts down is two steps.
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
