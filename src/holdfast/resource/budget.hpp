// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Budget`: a tree of hard limits with usage (process > store > instance > type). What a node uses, its
// ancestors use. A reservation walks to the root; if any node refuses, nothing is taken.
// Every function but the destructor may be called from any thread; reading never blocks. No allocation.
// Freestanding.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "holdfast/core/result.hpp"

namespace holdfast::resource {

/// What is limited.
enum class Dimension : std::uint8_t {
  handles,         ///< entries of components' handle tables
  resources,       ///< values in resource tables
  instances,       ///< component instances
  core_instances,  ///< core module instances
  memories,        ///< linear memories
  memory_bytes,    ///< bytes of linear memory
  tables,          ///< core tables
  table_elements,  ///< elements of core tables
  host_bytes,      ///< bytes of host memory held for a guest (lists and strings being lifted, buffers)
  call_depth,      ///< calls between components that are active at once
};
inline constexpr std::size_t dimension_count = 10;
std::string_view name_of(Dimension dimension) noexcept;

/// A machine word: bytes or pieces. 64-bit atomics are not lock-free everywhere; on a 32-bit machine nothing
/// that is counted here exceeds 32 bits.
using Amount = std::size_t;
inline constexpr Amount unlimited = std::numeric_limits<Amount>::max();

/// The limits of one node; what is not set is unlimited.
class ResourceLimits {
 public:
  constexpr ResourceLimits() noexcept { amounts_.fill(unlimited); }
  /// Returns itself, so that settings chain.
  constexpr ResourceLimits& set(Dimension dimension, Amount limit) noexcept {
    amounts_[static_cast<std::size_t>(dimension)] = limit;
    return *this;
  }
  constexpr Amount get(Dimension dimension) const noexcept { return amounts_[static_cast<std::size_t>(dimension)]; }

 private:
  std::array<Amount, dimension_count> amounts_;
};

/// How one dimension of one node stands: a snapshot.
struct ResourceUsage {
  Amount used = 0;
  Amount peak = 0;  ///< the highest `used` there has been
  Amount limit = unlimited;
};

class Budget;

/// An amount that was taken from a budget; given back when this is destroyed. The budget must outlive it.
class [[nodiscard]] Reservation {
 public:
  Reservation() noexcept = default;
  Reservation(Reservation&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)),
        amount_(std::exchange(other.amount_, 0)),
        dimension_(other.dimension_) {}
  Reservation& operator=(Reservation&& other) noexcept;
  ~Reservation() {
    if (budget_ != nullptr) release();
  }

  Amount amount() const noexcept { return amount_; }

  /// Takes `more` in addition. Errors: over_budget; then nothing changed. A reservation that holds no budget
  /// cannot grow: wrong_state.
  Result<void> grow(Amount more) noexcept;

  /// Gives everything back now.
  void release() noexcept;

  /// Leaves the amount taken; whoever calls this gives it back with Budget::give_back.
  Amount keep() noexcept {
    budget_ = nullptr;
    return std::exchange(amount_, 0);
  }

 private:
  friend Budget;
  Reservation(Budget& budget, Dimension dimension, Amount amount) noexcept
      : budget_(&budget), amount_(amount), dimension_(dimension) {}

  Budget* budget_ = nullptr;
  Amount amount_ = 0;
  Dimension dimension_{};
};

class Budget {
 public:
  /// A root.
  explicit Budget(const ResourceLimits& limits = {}) noexcept : Budget(nullptr, limits) {}
  /// A node below `parent`, which must outlive it.
  explicit Budget(Budget& parent, const ResourceLimits& limits = {}) noexcept : Budget(&parent, limits) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  /// Gives the ancestors back whatever is taken here still. Contract: no child and no Reservation is left.
  ~Budget();

  /// Takes `amount` here and from every ancestor. Errors: over_budget with the limit that refused; then
  /// nothing is taken (other threads may for a moment have seen the amount as used).
  Result<Reservation> reserve(Dimension dimension, Amount amount) noexcept;

  /// As reserve, for those who keep the account themselves.
  Result<void> try_take(Dimension dimension, Amount amount) noexcept;

  /// Gives back what try_take or Reservation::keep left taken. Contract: not more than that.
  void give_back(Dimension dimension, Amount amount) noexcept;

  /// A Reservation for what try_take or Reservation::keep left taken. Contract as give_back.
  Reservation adopt(Dimension dimension, Amount amount) noexcept { return Reservation(*this, dimension, amount); }

  /// Whether `amount` more would be granted now; takes nothing. Errors: over_budget.
  Result<void> check_allocation_allowed(Dimension dimension, Amount amount) const noexcept;

  Amount usage(Dimension dimension) const noexcept { return account(dimension).used.load(std::memory_order_relaxed); }
  Amount peak(Dimension dimension) const noexcept { return account(dimension).peak.load(std::memory_order_relaxed); }
  Amount limit(Dimension dimension) const noexcept { return account(dimension).limit.load(std::memory_order_relaxed); }
  ResourceUsage resource_usage(Dimension dimension) const noexcept {
    return {usage(dimension), peak(dimension), limit(dimension)};
  }

  /// Changes the limit of this node. Below the usage it takes nothing away: it refuses until enough is given back.
  void set_limit(Dimension dimension, Amount limit) noexcept {
    account(dimension).limit.store(limit, std::memory_order_relaxed);
  }

 private:
  struct Account {
    std::atomic<Amount> used{0};
    std::atomic<Amount> peak{0};
    std::atomic<Amount> limit{unlimited};

    bool has_room(Amount amount, Amount used_now) const noexcept;
    bool take(Amount amount) noexcept;
    void give_back(Amount amount) noexcept;
    void raise_peak() noexcept;
  };

  Budget(Budget* parent, const ResourceLimits& limits) noexcept;

  Account& account(Dimension dimension) noexcept { return accounts_[static_cast<std::size_t>(dimension)]; }
  const Account& account(Dimension dimension) const noexcept { return accounts_[static_cast<std::size_t>(dimension)]; }

  Budget* parent_;
  std::atomic<std::uint32_t> children_{0};
  std::array<Account, dimension_count> accounts_;
};

}  // namespace holdfast::resource
