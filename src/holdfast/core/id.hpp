// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Id<Tag>`: an index into an arena. Each kind of item has its own id type; ids have no arithmetic. Freestanding.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>

namespace holdfast {

template <class Tag>
class Id {
 public:
  /// An id that refers to nothing.
  constexpr Id() noexcept = default;
  constexpr explicit Id(std::uint32_t index) noexcept : index_(index) {}

  constexpr std::uint32_t index() const noexcept { return index_; }
  constexpr bool is_valid() const noexcept { return index_ != none; }

  friend constexpr auto operator<=>(const Id&, const Id&) = default;

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t index_ = none;
};

}  // namespace holdfast

template <class Tag>
struct std::hash<holdfast::Id<Tag>> {
  std::size_t operator()(holdfast::Id<Tag> id) const noexcept {
    const std::uint64_t mixed = id.index() * std::uint64_t{0x9e3779b97f4a7c15};
    return static_cast<std::size_t>(mixed ^ mixed >> 32);
  }
};
