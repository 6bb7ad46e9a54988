// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `BasicAccount`: limit and usage of one dimension at one node of a budget tree; and the walk that takes an amount from
// a node and all its ancestors, or from none of them. Both are templates on the atomic type, so that a test can
// enumerate the interleavings of their steps. Lock-free; callable from any thread. Freestanding.
#pragma once

#include <atomic>

#include "holdfast/core/assert.hpp"
#include "holdfast/resource/budget/limits.hpp"

namespace holdfast::resource {

template <template <class> class Atomic = std::atomic>
struct BasicAccount {
  Atomic<Amount> used{0};
  Atomic<Amount> peak{0};
  Atomic<Amount> recent_peak{0};  ///< since the last adapt
  Atomic<Amount> limit{unlimited};
  Atomic<Amount> lowest{0};
  Atomic<Amount> highest{unlimited};
  Atomic<LimitKind> kind{LimitKind::hard};
  Atomic<Exhaustion> exhaustion{Exhaustion::refuse};

  static bool fits(Amount amount, Amount now, Amount most) noexcept { return now <= most && amount <= most - now; }

  /// Takes `amount` unless usage would exceed `most`; returns whether it did.
  bool take(Amount amount, Amount most) noexcept {
    Amount now = used.load(std::memory_order_relaxed);
    do {
      if (!fits(amount, now, most)) return false;
    } while (!used.compare_exchange_weak(now, now + amount, std::memory_order_relaxed));
    return true;
  }

  void give_back(Amount amount) noexcept {
    const Amount before = used.fetch_sub(amount, std::memory_order_relaxed);
    HOLDFAST_ASSERT(amount <= before, "no more is given back than was taken");
  }

  /// The most that may be used, for a request of `amount`. `parent` is the same dimension of the parent, null at a
  /// root.
  Amount ceiling(const BasicAccount* parent, Amount amount) const noexcept {
    const Amount most = limit.load(std::memory_order_relaxed);
    switch (kind.load(std::memory_order_relaxed)) {
      case LimitKind::soft: return unlimited;
      case LimitKind::elastic:
        return parent != nullptr && parent->has_room(amount) ? most + most / 5 < most ? unlimited : most + most / 5
                                                             : most;
      default: return most;
    }
  }

  /// Whether `amount` more stays within the limit, not stretched.
  bool has_room(Amount amount) const noexcept {
    return fits(amount, used.load(std::memory_order_relaxed), limit.load(std::memory_order_relaxed));
  }

  void note_peak() noexcept {
    const Amount now = used.load(std::memory_order_relaxed);
    raise(peak, now);
    raise(recent_peak, now);
  }

  /// See Budget::adapt.
  void adapt() noexcept {
    const Amount seen = recent_peak.exchange(used.load(std::memory_order_relaxed), std::memory_order_relaxed);
    if (kind.load(std::memory_order_relaxed) != LimitKind::adaptive) return;
    const Amount now = limit.load(std::memory_order_relaxed);
    const Amount step = now / 4 + 1;
    const Amount bottom = lowest.load(std::memory_order_relaxed);
    const Amount top = highest.load(std::memory_order_relaxed);
    if (seen >= now - now / 8) {
      limit.store(now < top ? now + (step < top - now ? step : top - now) : now, std::memory_order_relaxed);
    } else if (seen < now / 2) {
      limit.store(now > bottom ? now - (step < now - bottom ? step : now - bottom) : now, std::memory_order_relaxed);
    }
  }

 private:
  static void raise(Atomic<Amount>& mark, Amount now) noexcept {
    Amount highest_seen = mark.load(std::memory_order_relaxed);
    while (now > highest_seen && !mark.compare_exchange_weak(highest_seen, now, std::memory_order_relaxed)) {
    }
  }
};

/// Whether a request may use what soft and elastic limits allow beyond their amount.
enum class Stretch : bool { no, yes };

/// Takes `amount` from `node` and all its ancestors. Returns null, or the node that refused; then nothing is taken,
/// though other threads may briefly have seen the amount as used.
/// `Node` has `Node* parent()` and `BasicAccount& account(Dimension)`.
template <class Node>
Node* take_in_tree(Node& node, Dimension dimension, Amount amount, Stretch stretch) noexcept {
  for (Node* at = &node; at != nullptr; at = at->parent()) {
    auto& account = at->account(dimension);
    if (account.take(amount, account.limit.load(std::memory_order_relaxed))) [[likely]]
      continue;
    if (stretch == Stretch::yes) {
      const auto* above = at->parent() == nullptr ? nullptr : &at->parent()->account(dimension);
      if (account.take(amount, account.ceiling(above, amount))) continue;
    }
    for (Node* taken = &node; taken != at; taken = taken->parent()) taken->account(dimension).give_back(amount);
    return at;
  }
  for (Node* at = &node; at != nullptr; at = at->parent()) at->account(dimension).note_peak();
  return nullptr;
}

template <class Node>
void give_back_in_tree(Node& node, Dimension dimension, Amount amount) noexcept {
  for (Node* at = &node; at != nullptr; at = at->parent()) at->account(dimension).give_back(amount);
}

}  // namespace holdfast::resource
