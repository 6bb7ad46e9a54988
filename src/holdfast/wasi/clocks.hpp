// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The records of wasi:clocks. Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "holdfast/abi/type_traits.hpp"

namespace holdfast::wasi {

/// The record `datetime`: time since 1970-01-01T00:00:00Z.
struct Datetime {
  std::uint64_t seconds = 0;
  std::uint32_t nanoseconds = 0;  ///< less than 10^9
};

/// The record `timezone-display`.
struct TimezoneDisplay {
  std::int32_t utc_offset = 0;  ///< in seconds
  std::string name = "UTC";
  bool in_daylight_saving_time = false;
};

}  // namespace holdfast::wasi

template <>
struct holdfast::TypeTraits<holdfast::wasi::Datetime> {
  using Datetime = wasi::Datetime;
  static constexpr auto fields =
      std::tuple{field("seconds", &Datetime::seconds), field("nanoseconds", &Datetime::nanoseconds)};
};

template <>
struct holdfast::TypeTraits<holdfast::wasi::TimezoneDisplay> {
  using Display = wasi::TimezoneDisplay;
  static constexpr auto fields = std::tuple{field("utc-offset", &Display::utc_offset), field("name", &Display::name),
                                            field("in-daylight-saving-time", &Display::in_daylight_saving_time)};
};
