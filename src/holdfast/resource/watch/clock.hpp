// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Time in the resource library: numbers from a clock that the user provides. `CoarseClock` is a clock that the program
// sets itself, from a timer interrupt or once per frame of its main loop; reading it is one load. Freestanding.
#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>

namespace holdfast::resource {

/// A point in time or a duration, in the unit of its clock. A machine word: ages are differences, and these are correct
/// as long as they fit in the word (for milliseconds in 32 bits, 49 days).
using Ticks = std::size_t;

/// Anything with `Ticks now()`. Time must not go backwards.
template <class C>
concept Clock = requires(const C& clock) {
  { clock.now() } noexcept -> std::convertible_to<Ticks>;
};

/// Returns the time that it was last set to. One thread sets it; any thread may read it.
class CoarseClock {
 public:
  explicit CoarseClock(Ticks start = 0) noexcept : now_(start) {}
  Ticks now() const noexcept { return now_.load(std::memory_order_relaxed); }
  void set(Ticks time) noexcept { now_.store(time, std::memory_order_relaxed); }
  void advance(Ticks by = 1) noexcept { set(now() + by); }

 private:
  std::atomic<Ticks> now_;
};

/// Refers to any clock, for classes that are not templates on the clock type. The clock must outlive it. Without a
/// clock the time is always 0.
class ClockRef {
 public:
  constexpr ClockRef() noexcept = default;
  template <Clock C>
  ClockRef(const C& clock) noexcept  // NOLINT(google-explicit-constructor): a reference to the clock
      : clock_(&clock), now_([](const void* of) noexcept -> Ticks { return static_cast<const C*>(of)->now(); }) {}

  Ticks now() const noexcept { return now_(clock_); }

 private:
  const void* clock_ = nullptr;
  Ticks (*now_)(const void*) noexcept = [](const void*) noexcept -> Ticks { return 0; };
};

}  // namespace holdfast::resource
