// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `SharedWord`: what a slot of a shared container knows about its value, in one word that changes in single
// steps: generation, state, and the count of those who keep the value (the container itself is one of them while
// the value is live). So a reference is taken only on the generation that was asked for, and exactly one releases
// the last. Any thread. Freestanding.
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
    free,     ///< in the free list, whose next slot stands in place of the count
    making,   ///< taken by somebody who makes a value in it, or moves it out
    removed,  ///< the handle is dead; the value goes with its last reference
    retired,  ///< its generations are used up
  };

  struct Snapshot {
    std::uint64_t bits;
    State state() const noexcept { return static_cast<State>(bits >> 60); }
    std::uint32_t generation() const noexcept {
      return static_cast<std::uint32_t>(bits >> 32) & ((std::uint32_t{1} << 28) - 1);
    }
    std::uint32_t count() const noexcept { return static_cast<std::uint32_t>(bits); }
    /// Live is 0, so that one comparison tells generation and state at once.
    bool is_live(std::uint32_t generation) const noexcept { return bits >> 32 == generation; }
  };

  Snapshot load() const noexcept { return {bits_.load(std::memory_order_seq_cst)}; }

  // --- for those who hold handles or references ---

  enum class Outcome : std::uint8_t { done, not_live, refused };

  /// One more reference, if the value of `generation` is live. `refused`: there are as many as can be counted.
  Outcome acquire(std::uint32_t generation) noexcept {
    Snapshot seen = load();
    do {
      if (!seen.is_live(generation)) return Outcome::not_live;
      if (seen.count() == most_references) return Outcome::refused;
    } while (!bits_.compare_exchange_weak(seen.bits, seen.bits + 1, std::memory_order_acq_rel));
    return Outcome::done;
  }

  /// One more reference, if a value is live of which `is_wanted`, asked while it was, says so: for those who came to
  /// the slot by other ways than a handle, and cannot be sure that it still serves what they came for.
  template <class IsWanted>
  Outcome acquire_if(IsWanted&& is_wanted) noexcept {
    Snapshot seen = load();
    do {
      if (seen.state() != State::live || !is_wanted()) return Outcome::not_live;
      if (seen.count() == most_references) return Outcome::refused;
    } while (!bits_.compare_exchange_weak(seen.bits, seen.bits + 1, std::memory_order_acq_rel));
    return Outcome::done;
  }

  /// One more reference for someone who has one. False when there are as many as can be counted.
  bool retain() noexcept {
    Snapshot seen = load();
    do {
      if (seen.count() == most_references) return false;
    } while (!bits_.compare_exchange_weak(seen.bits, seen.bits + 1, std::memory_order_relaxed));
    return true;
  }

  /// One reference less. True: it was the last, and the caller has to end the value.
  bool release() noexcept { return Snapshot{bits_.fetch_sub(1, std::memory_order_acq_rel)}.count() == 1; }

  /// The handle of `generation` dies, and with it the container's reference; `references` is how many are left.
  /// When none is, the caller has to end the value.
  Outcome remove(std::uint32_t generation, std::uint32_t& references) noexcept {
    Snapshot seen = load();
    do {
      if (!seen.is_live(generation)) return Outcome::not_live;
      references = seen.count() - 1;
    } while (!bits_.compare_exchange_weak(seen.bits, pack(generation, State::removed, references).bits,
                                          std::memory_order_seq_cst));
    return Outcome::done;
  }

  /// As remove; `refused` when there are references besides the container's.
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

  // --- for the one who has the slot to itself ---

  /// Another state, with the same generation; `number` is the count or, in lists, the next slot.
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
