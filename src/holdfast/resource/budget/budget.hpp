// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Budget`: a tree of limits with usage (process > store > instance > type). Usage of a node counts in its ancestors
// too. A reservation walks to the root; if any node refuses, nothing is taken. Leases make frequent small amounts
// cheap, see lease.hpp. Every function except the destructor may be called from any thread; reading never blocks. No
// allocation. Freestanding.
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

/// A snapshot of one dimension of one node.
struct ResourceUsage {
  Amount used = 0;
  Amount peak = 0;  ///< the highest `used` so far
  Amount limit = unlimited;
};

class Budget;
class LeaseHolder;

/// Receives a call when a limit of a node is reached or passed, for programs that need more than an error. The call
/// comes on whichever thread takes from the node or below it. It may use the tree.
class ExhaustionHandler {
 public:
  /// For Exhaustion::reclaim_stale: frees what nobody uses. Returns whether to try again.
  virtual bool reclaim_stale(Budget& /*node*/, Dimension, Amount /*requested*/) noexcept { return false; }
  /// For Exhaustion::ask: returns whether to try again.
  virtual bool ask(Budget& /*node*/, Dimension, Amount /*requested*/) noexcept { return false; }
  /// A soft limit was passed. Called once each time usage rises from below the limit to beyond it.
  virtual void on_soft_limit(Budget& /*node*/, Dimension, Amount /*used*/) noexcept {}

 protected:
  ~ExhaustionHandler() = default;  // nobody deletes through this
};

class Reservation;

/// Grants amounts to tables and reservations: a Budget, or a class of the user's in its place. Being an interface, it
/// keeps the code of budgets out of programs that have none.
class ResourceLimiter {
 public:
  /// Takes `amount`; the caller returns it with give_back. On error nothing is taken.
  virtual Result<void> try_take(Dimension dimension, Amount amount) noexcept = 0;
  /// Gives back an amount that try_take took or Reservation::keep returned. Contract: no more than that.
  virtual void give_back(Dimension dimension, Amount amount) noexcept = 0;

  /// As try_take; the Reservation gives the amount back.
  Result<Reservation> reserve(Dimension dimension, Amount amount) noexcept;
  /// Wraps in a Reservation an amount that try_take took or Reservation::keep returned. Same contract as give_back.
  Reservation adopt(Dimension dimension, Amount amount) noexcept;

 protected:
  ~ResourceLimiter() = default;  // nobody deletes through this
};

/// An amount taken from a limiter; the destructor gives it back. The limiter must outlive it.
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

  /// Takes `more` in addition. Errors: those of the limiter's try_take; wrong_state for a reservation without a
  /// limiter. On error nothing changed.
  Result<void> grow(Amount more) noexcept;

  /// Gives everything back now.
  void release() noexcept;

  /// Leaves the amount taken and returns it; the caller must give it back with ResourceLimiter::give_back.
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
  // NOLINTNEXTLINE(google-explicit-constructor): takes a Budget, but does not copy it
  explicit Budget(Budget& parent, const ResourceLimits& limits = {}) noexcept : Budget(&parent, limits) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  /// Gives whatever is still taken here back to the ancestors. Contract: no child and no Reservation is left.
  ~Budget();

  /// Takes `amount` here and from every ancestor. Before it fails, it recalls idle leases in the whole tree. Errors:
  /// over_budget, limit_traps or limit_terminates (depending on the Exhaustion of the node that refused), with the
  /// limit that refused; then nothing is taken, though other threads may briefly have seen the amount as used.
  Result<void> try_take(Dimension dimension, Amount amount) noexcept override;

  /// Takes `amount` if that is within all current limits, without stretching, recalling, reclaiming or asking; returns
  /// whether it did.
  bool take_within(Dimension dimension, Amount amount) noexcept {
    return take_in_tree(*this, dimension, amount, Stretch::no) == nullptr;
  }

  void give_back(Dimension dimension, Amount amount) noexcept override;

  /// Checks whether `amount` more would be granted now; takes nothing. Errors: over_budget.
  Result<void> check_allocation_allowed(Dimension dimension, Amount amount) const noexcept;

  /// Starts a new period of a dimension that is used up: gives back the node's whole usage.
  /// Contract: no child of the node uses the dimension, and nobody calls give_back for it.
  void restart(Dimension dimension) noexcept;

  /// Ends a period of the adaptive limits of this node. A limit that was nearly reached (to an eighth) grows by a
  /// quarter; a limit of which less than half was used shrinks by a quarter. Both stay within their bounds.
  void adapt() noexcept;

  Amount usage(Dimension dimension) const noexcept { return account(dimension).used.load(std::memory_order_relaxed); }
  Amount peak(Dimension dimension) const noexcept { return account(dimension).peak.load(std::memory_order_relaxed); }
  Amount limit(Dimension dimension) const noexcept { return account(dimension).limit.load(std::memory_order_relaxed); }
  ResourceUsage resource_usage(Dimension dimension) const noexcept {
    return {usage(dimension), peak(dimension), limit(dimension)};
  }

  /// Changes the limit of this node. A limit below the current usage takes nothing away: requests are refused until
  /// enough is given back. A request on another thread may meanwhile see parts of the old and of the new limit.
  void set_limit(Dimension dimension, Amount limit) noexcept { set_limit(dimension, Limit::hard(limit)); }
  void set_limit(Dimension dimension, const Limit& limit) noexcept;
  void set_exhaustion(Dimension dimension, Exhaustion exhaustion) noexcept {
    account(dimension).exhaustion.store(exhaustion, std::memory_order_relaxed);
  }
  /// `handler` must outlive the node or be replaced; null for none, then the nearest ancestor's handler is called.
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
  LeaseHolder* holder_ = nullptr;          // has leases of this node and of nodes below it
  std::atomic<bool> holders_lock_{false};  // used at a root
  LeaseHolder* holders_ = nullptr;         // at a root: all holders in the tree
};

}  // namespace holdfast::resource
