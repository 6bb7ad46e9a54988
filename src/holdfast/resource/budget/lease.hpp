// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Leases take amounts from a budget in blocks and count them down close to where they are used; only a refill walks the
// tree. `Lease` is one such counter. A `LeaseHolder` owns several (a store does). One thread at a time uses a holder,
// between enter() and leave(). While no thread is inside, a thread elsewhere in the tree whose request was refused may
// recall what the leases have left, so that a limit refuses only when it is really reached. (A holder that another
// thread is using keeps what its leases have left: at most one block for each.)
// No allocation. Freestanding.
#pragma once

#include <atomic>

#include "holdfast/core/assert.hpp"
#include "holdfast/core/result.hpp"
#include "holdfast/resource/budget/budget.hpp"

namespace holdfast::resource {

/// Lets one thread in at a time. A template on the atomic type, for tests that enumerate interleavings.
template <template <class> class Atomic = std::atomic>
class BasicGate {
 public:
  bool try_enter() noexcept { return !taken_.exchange(true, std::memory_order_acquire); }
  /// Spins until the thread inside has left. Only for use where threads stay inside for a few steps.
  void enter() noexcept {
    while (!try_enter()) {
    }
  }
  void leave() noexcept { taken_.store(false, std::memory_order_release); }

 private:
  Atomic<bool> taken_{false};
};

/// Owns leases of a node of a budget tree and of nodes below it; registered at the tree's root. While it has leases,
/// only the thread inside takes from those nodes.
class LeaseHolder {
 public:
  LeaseHolder(const LeaseHolder&) = delete;
  LeaseHolder& operator=(const LeaseHolder&) = delete;

  /// From now on this thread uses the leases; waits while another thread recalls them. Contract: no other thread uses
  /// them.
  void enter() noexcept { gate_.enter(); }
  void leave() noexcept { gate_.leave(); }

  /// Gives back what the leases have left of `dimension`. Called inside the gate, on this or another thread. Must do
  /// nothing but give back to budgets.
  virtual void return_idle(Dimension dimension) noexcept = 0;

  /// Calls return_idle on `own` and on every holder in the tree of `root` that no thread uses. Returns whether there
  /// was one.
  static bool recall(Budget& root, Dimension dimension, LeaseHolder* own) noexcept;

 protected:
  explicit LeaseHolder(Budget& budget) noexcept;
  ~LeaseHolder();
  /// Registers the holder: from now on a recall may call return_idle. The last call in a derived constructor.
  void enlist() noexcept;
  /// Unregisters it: after this no recall calls return_idle. The first call in a derived destructor.
  void resign() noexcept;

 private:
  Budget& budget_;
  Budget& root_;
  LeaseHolder* next_ = nullptr;
  bool is_known_ = false;
  BasicGate<> gate_;
};

/// An amount of one dimension, counted down here. Only the thread that has entered its holder may use it.
class Lease {
 public:
  /// A refill takes `block` at once if there is room.
  Lease(Budget& budget, Dimension dimension, Amount block) noexcept
      : budget_(budget), block_(block), dimension_(dimension) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { return_idle(); }

  /// Uses up `amount`. Errors: those of Budget::try_take; then nothing changed, except that idle leases were recalled.
  Result<void> spend(Amount amount = 1) noexcept {
    if (amount > left_) [[unlikely]]
      return refill(amount);
    left_ -= amount;
    return {};
  }

  /// For a dimension that is held: frees `amount` that was spent. Keeps up to two blocks and gives the rest back.
  void put_back(Amount amount = 1) noexcept {
    left_ += amount;
    if (left_ > 2 * block_) [[unlikely]] {
      budget_.give_back(dimension_, left_ - block_);
      left_ = block_;
    }
  }

  /// Gives back what is left.
  void return_idle() noexcept {
    if (left_ == 0) return;
    budget_.give_back(dimension_, left_);
    left_ = 0;
  }

  /// For a dimension that is used up: starts a new period, see Budget::restart.
  void restart() noexcept {
    left_ = 0;
    budget_.restart(dimension_);
  }

  /// What is left to spend; it counts in the budget's usage.
  Amount left() const noexcept { return left_; }
  /// What was spent and not put back.
  Amount used() const noexcept { return budget_.usage(dimension_) - left_; }
  Dimension dimension() const noexcept { return dimension_; }

 private:
  [[gnu::cold]] Result<void> refill(Amount amount) noexcept;

  Budget& budget_;
  Amount left_ = 0;
  Amount block_;
  Dimension dimension_;
};

}  // namespace holdfast::resource
