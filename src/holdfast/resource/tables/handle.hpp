// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Handle<T>`: 64 bits that name a resource of type T in one table (index, generation, table tag). It owns nothing, is
// copied like a number, and never becomes valid again once its resource is gone. Freestanding.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "holdfast/core/slot_handle.hpp"

namespace holdfast::resource {

template <class T>
class Handle {
 public:
  /// The null handle: all bits are zero, and every table refuses it.
  constexpr Handle() noexcept = default;

  /// The bits, for storing the handle as a number. from_bits accepts any bits: a table refuses bits that it never
  /// issued.
  constexpr std::uint64_t to_bits() const noexcept { return bits_; }
  static constexpr Handle from_bits(std::uint64_t bits) noexcept {
    Handle handle;
    handle.bits_ = bits;
    return handle;
  }

  constexpr bool is_null() const noexcept { return bits_ == 0; }
  constexpr explicit operator bool() const noexcept { return bits_ != 0; }
  friend constexpr auto operator<=>(const Handle&, const Handle&) = default;

 private:
  std::uint64_t bits_ = 0;
};

/// The name that requirement TAB-1 uses for `Handle`.
template <class T>
using ResourceHandle = Handle<T>;

}  // namespace holdfast::resource

template <class T>
struct std::hash<holdfast::resource::Handle<T>> {
  std::size_t operator()(holdfast::resource::Handle<T> handle) const noexcept {
    const std::uint64_t mixed = handle.to_bits() * std::uint64_t{0x9e3779b97f4a7c15};
    return static_cast<std::size_t>(mixed ^ mixed >> 32);
  }
};
