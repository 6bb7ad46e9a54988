// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `SharedWord`: generation, state and reference count of a slot in a shared container, in one word that changes
// atomically. The container itself holds one reference while the value is live. Because the three change together, a
// reference is taken only on the requested generation, and exactly one caller releases the last reference. May be used
// from any thread. Freestanding.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

namespace holdfast::core {

template <class Concurrency>
class SharedWord {
 public:
  enum class State : std::uint32_t {
    live,     ///< reachable by its handle
    free,     ///< in the free list; the count holds the index of the next free slot
    making,   ///< reserved by a thread that constructs a value in it or moves the value out
    removed,  ///< the handle is dead; the value is destroyed with its last reference
    retired,  ///< no generations are left
  };

  struct Snapshot {
    std::uint64_t bits;
    State state() const noexcept { return static_cast<State>(bits >> 60); }
    std::uint32_t generation() const noexcept {
      return static_cast<std::uint32_t>(bits >> 32) & ((std::uint32_t{1} << 28) - 1);
    }
    std::uint32_t count() const noexcept { return static_cast<std::uint32_t>(bits); }
    /// State::live is 0, so that one comparison checks both generation and state.
    bool is_live(std::uint32_t generation) const noexcept { return bits >> 32 == generation; }
  };

  Snapshot load() const noexcept { return {bits_.load(std::memory_order_seq_cst)}; }

  // --- for holders of handles or references ---

  enum class Outcome : std::uint8_t { done, not_live, refused };

  /// Adds a reference if the value of `generation` is live. `refused`: the count is at its maximum.
  Outcome acquire(std::uint32_t generation) noexcept {
    Snapshot seen = load();
    do {
      if (!seen.is_live(generation)) return Outcome::not_live;
      if (seen.count() == most_references) return Outcome::refused;
    } while (!bits_.compare_exchange_weak(seen.bits, seen.bits + 1, std::memory_order_acq_rel));
    return Outcome::done;
  }

  /// Adds a reference if a value is live and `is_wanted` accepts it; `is_wanted` is called while the value is live. For
  /// callers that found the slot without a handle, and so do not know whether it still holds the value that they
  /// looked for. `refused`: the count is at its maximum.
  template <class IsWanted>
  Outcome acquire_if(IsWanted&& is_wanted) noexcept {
    Snapshot seen = load();
    do {
      if (seen.state() != State::live || !is_wanted()) return Outcome::not_live;
      if (seen.count() == most_references) return Outcome::refused;
    } while (!bits_.compare_exchange_weak(seen.bits, seen.bits + 1, std::memory_order_acq_rel));
    return Outcome::done;
  }

  /// Adds a reference for a caller that already holds one. False when the count is at its maximum.
  bool retain() noexcept {
    Snapshot seen = load();
    do {
      if (seen.count() == most_references) return false;
    } while (!bits_.compare_exchange_weak(seen.bits, seen.bits + 1, std::memory_order_relaxed));
    return true;
  }

  /// Removes a reference. True: it was the last one, and the caller must destroy the value.
  bool release() noexcept { return Snapshot{bits_.fetch_sub(1, std::memory_order_acq_rel)}.count() == 1; }

  /// Makes the handle of `generation` invalid and removes the container's reference. Sets `references` to the number
  /// that is left; if that is 0, the caller must destroy the value.
  Outcome remove(std::uint32_t generation, std::uint32_t& references) noexcept {
    Snapshot seen = load();
    do {
      if (!seen.is_live(generation)) return Outcome::not_live;
      references = seen.count() - 1;
    } while (!bits_.compare_exchange_weak(seen.bits, pack(generation, State::removed, references).bits,
                                          std::memory_order_seq_cst));
    return Outcome::done;
  }

  /// As remove, but `refused` if there are other references than the container's.
  Outcome take(std::uint32_t generation, std::uint32_t& references) noexcept {
    Snapshot seen = load();
    do {
      if (!seen.is_live(generation)) return Outcome::not_live;
      references = seen.count() - 1;
      if (references != 0) return Outcome::refused;
    } while (
        !bits_.compare_exchange_weak(seen.bits, pack(generation, State::removed, 0).bits, std::memory_order_seq_cst));
    return Outcome::done;
  }

  // --- for a thread with exclusive access to the slot ---

  /// Changes the state and keeps the generation; `number` is the count or, in a free list, the next slot.
  void set(State state, std::uint32_t number) noexcept { set(load().generation(), state, number); }
  void set(std::uint32_t generation, State state, std::uint32_t number) noexcept {
    bits_.store(pack(generation, state, number).bits, std::memory_order_release);
  }

 private:
  static constexpr std::uint32_t most_references = std::numeric_limits<std::uint32_t>::max();

  static constexpr Snapshot pack(std::uint32_t generation, State state, std::uint32_t number) noexcept {
    return {std::uint64_t{generation | static_cast<std::uint32_t>(state) << 28} << 32 | number};
  }

  typename Concurrency::template Atomic<std::uint64_t> bits_{pack(1, State::free, 0).bits};
};

}  // namespace holdfast::core
