// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/clocks.hpp"

#include <chrono>
#include <limits>
#include <memory>
#include <time.h>

#include "holdfast/wasi/interfaces/interface.hpp"
#include "holdfast/wasi/interfaces/link.hpp"
#include "holdfast/wasi/io/pollable.hpp"

namespace holdfast::wasi {
namespace {

using Nanoseconds = std::uint64_t;

Nanoseconds monotonic_now() {
  return static_cast<Nanoseconds>(
      std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
}

timespec resolution_of(clockid_t clock) {
  timespec resolution{};
  return ::clock_getres(clock, &resolution) == 0 ? resolution : timespec{0, 1};
}

/// Waits for a time of the monotonic clock. Times that the host's clock cannot represent (after some 292 years) never
/// come.
class Timer final : public Waitable {
 public:
  explicit Timer(Nanoseconds when) : when_(when) {}
  WaitFor wait_for() override {
    constexpr auto latest = static_cast<Nanoseconds>(std::numeric_limits<std::int64_t>::max());
    if (when_ > latest) return WaitFor::never();
    return WaitFor::time(Instant(std::chrono::nanoseconds(static_cast<std::int64_t>(when_))));
  }

 private:
  Nanoseconds when_;
};

Pollable subscribe(Nanoseconds when) { return Pollable(std::make_shared<Timer>(when)); }

Datetime to_datetime(const timespec& time) {
  return {static_cast<std::uint64_t>(time.tv_sec), static_cast<std::uint32_t>(time.tv_nsec)};
}

}  // namespace

void link_clocks(Linker& linker) {
  define_interface(linker, "clocks/monotonic-clock")
      .func("now", &monotonic_now)
      .func("resolution",
            [] {
              const timespec resolution = resolution_of(CLOCK_MONOTONIC);
              return static_cast<Nanoseconds>(resolution.tv_sec) * 1'000'000'000 +
                     static_cast<Nanoseconds>(resolution.tv_nsec);
            })
      .func("subscribe-instant", &subscribe)
      .func("subscribe-duration", [](Nanoseconds duration) {
        const Nanoseconds now = monotonic_now();
        constexpr Nanoseconds never = std::numeric_limits<Nanoseconds>::max();
        return subscribe(duration < never - now ? now + duration : never);
      });
  define_interface(linker, "clocks/wall-clock")
      .func("now",
            [] {
              timespec now{};
              static_cast<void>(::clock_gettime(CLOCK_REALTIME, &now));  // fails only for unknown clocks
              return to_datetime(now);
            })
      .func("resolution", [] { return to_datetime(resolution_of(CLOCK_REALTIME)); });
  // Guests do not learn the host's timezone: it is always UTC.
  define_interface(linker, "clocks/timezone")
      .func("display", [](const Datetime&) { return TimezoneDisplay{}; })
      .func("utc-offset", [](const Datetime&) { return std::int32_t{0}; });
}

}  // namespace holdfast::wasi
