// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `BoundedString<N>`: at most N bytes of text, stored inside the object without a terminating NUL. Text that does not
// fit is refused as a whole, never cut. Trivial to copy. Not thread-safe, allocates nothing. Freestanding.
//
//   BoundedString<15> name;
//   HOLDFAST_TRY(name.assign("texture"));
//   HOLDFAST_TRY(name.append("/atlas"));   // capacity_exhausted past 15 bytes; then name is unchanged
//   if (name == "texture/atlas") use(name.view());
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "holdfast/core/result.hpp"

namespace holdfast::core {

template <std::uint32_t N>
class BoundedString {
  static_assert(N > 0);
  using Size =
      std::conditional_t<N <= 0xff, std::uint8_t, std::conditional_t<N <= 0xffff, std::uint16_t, std::uint32_t>>;

 public:
  constexpr BoundedString() noexcept = default;

  /// Errors: capacity_exhausted.
  static constexpr Result<BoundedString> from(std::string_view text) noexcept {
    BoundedString string;
    HOLDFAST_TRY(string.append(text));
    return string;
  }

  /// Replaces the text. `text` may be part of this string. Errors: capacity_exhausted; then nothing changed.
  constexpr Result<void> assign(std::string_view text) noexcept {
    if (text.size() > N) return fail(ErrorCode::capacity_exhausted, N);
    copy(text, 0);
    return {};
  }

  /// Appends `text`, which may be part of this string. Errors: capacity_exhausted; then nothing changed.
  constexpr Result<void> append(std::string_view text) noexcept {
    if (text.size() > N - size()) return fail(ErrorCode::capacity_exhausted, N);
    copy(text, size_);
    return {};
  }
  constexpr Result<void> push_back(char byte) noexcept { return append({&byte, 1}); }

  constexpr void clear() noexcept { size_ = 0; }

  /// Valid until the string is changed or destroyed.
  constexpr std::string_view view() const noexcept { return {bytes_, size_}; }
  constexpr operator std::string_view() const noexcept { return view(); }  // NOLINT(google-explicit-constructor)

  constexpr std::uint32_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }
  static constexpr std::uint32_t capacity() noexcept { return N; }

  friend constexpr bool operator==(const BoundedString& a, const BoundedString& b) noexcept {
    return a.view() == b.view();
  }
  friend constexpr bool operator==(const BoundedString& a, std::string_view b) noexcept { return a.view() == b; }
  friend constexpr auto operator<=>(const BoundedString& a, const BoundedString& b) noexcept {
    return a.view() <=> b.view();
  }
  friend constexpr auto operator<=>(const BoundedString& a, std::string_view b) noexcept { return a.view() <=> b; }

 private:
  // Copies forwards. `text` may be part of bytes_: `assign` then copies towards the front, and `append` copies to
  // behind the existing text, so no byte is overwritten before it is read.
  constexpr void copy(std::string_view text, std::size_t from) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i) bytes_[from + i] = text[i];
    size_ = static_cast<Size>(from + text.size());
  }

  Size size_ = 0;
  char bytes_[N] = {};
};

}  // namespace holdfast::core
