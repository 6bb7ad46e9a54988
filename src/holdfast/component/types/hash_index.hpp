// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `HashIndex`: finds elements of a growing list by their hash. It stores only hashes and positions; the caller owns the
// elements and decides which are equal. Elements are never removed. A value; one thread at a time while it grows.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace holdfast::component::types {

class HashIndex {
 public:
  /// The position of the element with this hash for which `equals(position)` is true; empty if there is none.
  template <class Equals>
  std::optional<std::uint32_t> find(std::size_t hash, Equals equals) const {
    const std::uint32_t folded = fold(hash);
    if (slots_.empty()) {
      for (std::uint32_t position = 0; position < hashes_.size(); ++position) {
        if (hashes_[position] == folded && equals(position)) return position;
      }
      return std::nullopt;
    }
    for (std::size_t slot = first_slot(folded); slots_[slot] != 0; slot = next_slot(slot)) {
      const std::uint32_t position = slots_[slot] - 1;
      if (hashes_[position] == folded && equals(position)) return position;
    }
    return std::nullopt;
  }

  /// Adds the next element of the list, by its hash.
  void add(std::size_t hash) {
    hashes_.push_back(fold(hash));
    if (hashes_.size() * 2 > slots_.size() && hashes_.size() > few) {
      slots_.assign(std::bit_ceil(hashes_.size() * 4), 0);
      for (std::uint32_t position = 0; position < hashes_.size(); ++position) place(position);
    } else if (!slots_.empty()) {
      place(static_cast<std::uint32_t>(hashes_.size() - 1));
    }
  }

 private:
  /// A list of up to this many elements is searched from the start, without slots.
  static constexpr std::size_t few = 8;

  static std::uint32_t fold(std::size_t hash) noexcept {
    return static_cast<std::uint32_t>(std::uint64_t{hash} ^ (std::uint64_t{hash} >> 32));
  }
  std::size_t first_slot(std::uint32_t hash) const noexcept { return hash & (slots_.size() - 1); }
  std::size_t next_slot(std::size_t slot) const noexcept { return (slot + 1) & (slots_.size() - 1); }
  void place(std::uint32_t position) noexcept {
    std::size_t slot = first_slot(hashes_[position]);
    while (slots_[slot] != 0) slot = next_slot(slot);
    slots_[slot] = position + 1;
  }

  std::vector<std::uint32_t> hashes_;  // by position
  std::vector<std::uint32_t> slots_;   // size is a power of two, at most half used; position + 1, or 0 if unused
};

}  // namespace holdfast::component::types
