// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Budget`: a tree of limits with usage (process > store > instance > type). What a node uses, its ancestors use. A
// reservation walks to the root; if any node refuses, nothing is taken. What is needed often is leased, see lease.hpp.
// Every function but the destructor may be called from any thread; reading never blocks. No allocation.
// Freestanding.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "holdfast/core/result.hpp"
#include "holdfast/resource/budget/account.hpp"
#include "holdfast/resource/budget/limits.hpp"

namespace holdfast::resource {

/// How one dimension of one node stands: a snapshot.
struct ResourceUsage {
  Amount used = 0;
  Amount peak = 0;  ///< the highest `used` there has been
  Amount limit = unlimited;
};

class Budget;
class LeaseHolder;

/// Is told when a node's limit is reached or passed; for those that need more than an error. May be called from any
/// thread that takes from the node or below it, and may use the tree.
class ExhaustionHandler {
 public:
  /// Exhaustion::reclaim_stale: frees what nobody uses. Returns whether trying again makes sense.
  virtual bool reclaim_stale(Budget& /*node*/, Dimension, Amount /*wanted*/) noexcept { return false; }
  /// Exhaustion::ask: decides. True: the operation is tried once more.
  virtual bool ask(Budget& /*node*/, Dimension, Amount /*wanted*/) noexcept { return false; }
  /// A soft limit was passed; told once each time the usage goes from below it to beyond it.
  virtual void on_soft_limit(Budget& /*node*/, Dimension, Amount /*used*/) noexcept {}

 protected:
  ~ExhaustionHandler() = default;  // nobody deletes through this
};

class Reservation;

/// What tables, reservations and leases ask for leave: a Budget, or something of the user's in its place. That it is an
/// interface keeps the code of budgets out of programs that have none.
class ResourceLimiter {
 public:
  /// Takes `amount`, which is given back by give_back. On error nothing is taken.
  virtual Result<void> try_take(Dimension dimension, Amount amount) noexcept = 0;
  /// Gives back what try_take or Reservation::keep left taken. Contract: not more than that.
  virtual void give_back(Dimension dimension, Amount amount) noexcept = 0;

  /// As try_take; the Reservation gives it back.
  Result<Reservation> reserve(Dimension dimension, Amount amount) noexcept;
  /// A Reservation for what try_take or Reservation::keep left taken. Contract as give_back.
  Reservation adopt(Dimension dimension, Amount amount) noexcept;

 protected:
  ~ResourceLimiter() = default;  // nobody deletes through this
};

/// An amount that was taken from a limiter; given back when this is destroyed. The limiter must outlive it.
class [[nodiscard]] Reservation {
 public:
  Reservation() noexcept = default;
  Reservation(Reservation&& other) noexcept
      : limiter_(std::exchange(other.limiter_, nullptr)),
        amount_(std::exchange(other.amount_, 0)),
        dimension_(other.dimension_) {}
  Reservation& operator=(Reservation&& other) noexcept;
  ~Reservation() {
    if (limiter_ != nullptr) release();
  }

  Amount amount() const noexcept { return amount_; }

  /// Takes `more` in addition. Errors: over_budget; then nothing changed. A reservation that has no limiter cannot
  /// grow: wrong_state.
  Result<void> grow(Amount more) noexcept;

  /// Gives everything back now.
  void release() noexcept;

  /// Leaves the amount taken; whoever calls this gives it back with ResourceLimiter::give_back.
  Amount keep() noexcept {
    limiter_ = nullptr;
    return std::exchange(amount_, 0);
  }

 private:
  friend ResourceLimiter;
  Reservation(ResourceLimiter& limiter, Dimension dimension, Amount amount) noexcept
      : limiter_(&limiter), amount_(amount), dimension_(dimension) {}

  ResourceLimiter* limiter_ = nullptr;
  Amount amount_ = 0;
  Dimension dimension_{};
};

inline Reservation ResourceLimiter::adopt(Dimension dimension, Amount amount) noexcept {
  return Reservation(*this, dimension, amount);
}

inline Result<Reservation> ResourceLimiter::reserve(Dimension dimension, Amount amount) noexcept {
  HOLDFAST_TRY(try_take(dimension, amount));
  return adopt(dimension, amount);
}

class Budget final : public ResourceLimiter {
 public:
  /// A root.
  explicit Budget(const ResourceLimits& limits = {}) noexcept : Budget(nullptr, limits) {}
  /// A node below `parent`, which must outlive it.
  explicit Budget(Budget& parent, const ResourceLimits& limits = {}) noexcept : Budget(&parent, limits) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  /// Gives the ancestors back whatever is taken here still. Contract: no child and no Reservation is left.
  ~Budget();

  /// Takes `amount` here and from every ancestor. Errors: over_budget, limit_traps or limit_terminates (as the node
  /// that refused has it, see Exhaustion) with the limit that refused; then nothing is taken (other threads may for a
  /// moment have seen the amount as used). Before it fails, idle leases in the whole tree are recalled.
  Result<void> try_take(Dimension dimension, Amount amount) noexcept override;

  /// Takes `amount` if that is within all limits as they stand: nothing is stretched, recalled, reclaimed or asked.
  bool take_within(Dimension dimension, Amount amount) noexcept {
    return take_in_tree(*this, dimension, amount, Stretch::no) == nullptr;
  }

  void give_back(Dimension dimension, Amount amount) noexcept override;

  /// Whether `amount` more would be granted now; takes nothing. Errors: over_budget.
  Result<void> check_allocation_allowed(Dimension dimension, Amount amount) const noexcept;

  /// Of a dimension that is used up: a new period begins for this node, its whole use is given back.
  /// Contract: no child of the node uses the dimension, and nobody gives it back.
  void restart(Dimension dimension) noexcept;

  /// Ends a period of the adaptive limits of this node: one that was nearly reached grows by a quarter, one of which
  /// less than half was used shrinks by a quarter, within its bounds.
  void adapt() noexcept;

  Amount usage(Dimension dimension) const noexcept { return account(dimension).used.load(std::memory_order_relaxed); }
  Amount peak(Dimension dimension) const noexcept { return account(dimension).peak.load(std::memory_order_relaxed); }
  Amount limit(Dimension dimension) const noexcept { return account(dimension).limit.load(std::memory_order_relaxed); }
  ResourceUsage resource_usage(Dimension dimension) const noexcept {
    return {usage(dimension), peak(dimension), limit(dimension)};
  }

  /// Changes the limit of this node. Below the usage it takes nothing away: it refuses until enough is given back.
  /// What another thread takes meanwhile may meet parts of the old and of the new limit.
  void set_limit(Dimension dimension, Amount limit) noexcept { set_limit(dimension, Limit::hard(limit)); }
  void set_limit(Dimension dimension, const Limit& limit) noexcept;
  void set_exhaustion(Dimension dimension, Exhaustion exhaustion) noexcept {
    account(dimension).exhaustion.store(exhaustion, std::memory_order_relaxed);
  }
  /// `handler` must outlive the node or be replaced; null: none, then its ancestors' is asked.
  void set_handler(ExhaustionHandler* handler) noexcept { handler_.store(handler, std::memory_order_release); }

  Budget* parent() const noexcept { return parent_; }
  BasicAccount<>& account(Dimension dimension) noexcept { return accounts_[static_cast<std::size_t>(dimension)]; }
  const BasicAccount<>& account(Dimension dimension) const noexcept {
    return accounts_[static_cast<std::size_t>(dimension)];
  }

 private:
  friend LeaseHolder;

  Budget(Budget* parent, const ResourceLimits& limits) noexcept;

  Budget& root() noexcept;
  ExhaustionHandler* nearest_handler() const noexcept;
  void report_soft_limits(Dimension dimension, Amount taken) noexcept;
  Result<void> take_when_refused(Budget* refused, Dimension dimension, Amount amount) noexcept;
  LeaseHolder* nearest_holder() const noexcept;
  bool asks_to_retry(Dimension dimension, Amount amount) noexcept;

  Budget* parent_;
  std::atomic<std::uint32_t> children_{0};
  std::array<BasicAccount<>, dimension_count> accounts_;
  std::atomic<ExhaustionHandler*> handler_{nullptr};
  LeaseHolder* holder_ = nullptr;          // whose leases are of this node and those below
  std::atomic<bool> holders_lock_{false};  // of a root
  LeaseHolder* holders_ = nullptr;         // of a root: all in the tree
};

}  // namespace holdfast::resource
