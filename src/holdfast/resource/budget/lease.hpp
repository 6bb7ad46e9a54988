// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Leases: what is needed often is taken from a budget in blocks and counted down beside its user; only a refill walks
// the tree. `Lease` is one such counter. `LeaseHolder` is who has some (a store): one thread at a time uses it, between
// enter() and leave(); while nobody does, a thread elsewhere in the tree whose take was refused takes back what its
// leases have left, so that a limit is not felt before it is reached. (What a holder that runs on another thread has
// left stays with it: at most one block for each of its leases.)
// No allocation. Freestanding.
#pragma once

#include <atomic>

#include "holdfast/core/assert.hpp"
#include "holdfast/core/result.hpp"
#include "holdfast/resource/budget/budget.hpp"

namespace holdfast::resource {

/// Lets one thread in at a time. A template on the atomic type for tests of interleavings.
template <template <class> class Atomic = std::atomic>
class BasicGate {
 public:
  bool try_enter() noexcept { return !taken_.exchange(true, std::memory_order_acquire); }
  /// Waits for the thread inside. Only for what is inside for a few steps.
  void enter() noexcept {
    while (!try_enter()) {
    }
  }
  void leave() noexcept { taken_.store(false, std::memory_order_release); }

 private:
  Atomic<bool> taken_{false};
};

/// Who has leases of a node of a tree of budgets and of nodes below it; known to the tree's root. Whoever takes from
/// those nodes while there are leases of them is the thread inside.
class LeaseHolder {
 public:
  LeaseHolder(const LeaseHolder&) = delete;
  LeaseHolder& operator=(const LeaseHolder&) = delete;

  /// From now on this thread uses the leases; waits while another recalls them. Contract: no thread uses them.
  void enter() noexcept { gate_.enter(); }
  void leave() noexcept { gate_.leave(); }

  /// Gives back what leases have left of `dimension`. Called with the gate entered, by this or another thread; may give
  /// back to budgets and nothing else.
  virtual void return_idle(Dimension dimension) noexcept = 0;

  /// Lets every holder in the tree of `root` that nobody uses, and `own`, return what is idle. Returns whether any was
  /// asked.
  static bool recall(Budget& root, Dimension dimension, LeaseHolder* own) noexcept;

 protected:
  explicit LeaseHolder(Budget& budget) noexcept;
  ~LeaseHolder();
  /// From now on a recall may call return_idle; call it last in the constructor of the derived class.
  void enlist() noexcept;
  /// No recall calls return_idle after this; call it first in the destructor of the derived class.
  void resign() noexcept;

 private:
  Budget& budget_;
  Budget& root_;
  LeaseHolder* next_ = nullptr;
  bool is_known_ = false;
  BasicGate<> gate_;
};

/// An amount of one dimension, counted down here. Used by the thread that has entered its holder.
class Lease {
 public:
  /// `block` is what a refill takes at once where there is room.
  Lease(Budget& budget, Dimension dimension, Amount block) noexcept
      : budget_(budget), block_(block), dimension_(dimension) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { return_idle(); }

  /// Uses `amount`. Errors: those of Budget::try_take; then nothing changed but for idle leases that were recalled.
  Result<void> spend(Amount amount = 1) noexcept {
    if (amount > left_) [[unlikely]]
      return refill(amount);
    left_ -= amount;
    return {};
  }

  /// Of a dimension that is held: what was spent is free again. Keeps up to two blocks.
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

  /// Of a dimension that is used up: a new period begins, see Budget::restart.
  void restart() noexcept {
    left_ = 0;
    budget_.restart(dimension_);
  }

  /// What is left, and counted in the budget's usage.
  Amount left() const noexcept { return left_; }
  /// What was spent.
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
