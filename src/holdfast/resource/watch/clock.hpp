// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Time as the resource library sees it: numbers from a clock that its user gives. `CoarseClock` is one that somebody
// else moves: a timer interrupt, a main loop, once a frame; reading it is one load. Freestanding.
#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>

namespace holdfast::resource {

/// A point in time or a span, in the unit of the clock it comes from. A machine word: ages are differences, which come
/// out right as long as they are shorter than the word's range (with milliseconds in 32 bits, 49 days).
using Ticks = std::size_t;

/// Anything with `Ticks now()`, which must not go backwards.
template <class C>
concept Clock = requires(const C& clock) {
  { clock.now() } noexcept -> std::convertible_to<Ticks>;
};

/// Shows what it was last set to. One thread moves it, any may read it.
class CoarseClock {
 public:
  explicit CoarseClock(Ticks start = 0) noexcept : now_(start) {}
  Ticks now() const noexcept { return now_.load(std::memory_order_relaxed); }
  void set(Ticks time) noexcept { now_.store(time, std::memory_order_relaxed); }
  void advance(Ticks by = 1) noexcept { set(now() + by); }

 private:
  std::atomic<Ticks> now_;
};

/// Any clock, for pieces that are not templates over theirs. The clock must outlive it. Without one it always says 0.
class ClockRef {
 public:
  constexpr ClockRef() noexcept = default;
  template <Clock C>
  ClockRef(const C& clock) noexcept  // NOLINT(google-explicit-constructor): it stands for the clock
      : clock_(&clock), now_([](const void* of) noexcept -> Ticks { return static_cast<const C*>(of)->now(); }) {}

  Ticks now() const noexcept { return now_(clock_); }

 private:
  const void* clock_ = nullptr;
  Ticks (*now_)(const void*) noexcept = [](const void*) noexcept -> Ticks { return 0; };
};

}  // namespace holdfast::resource
