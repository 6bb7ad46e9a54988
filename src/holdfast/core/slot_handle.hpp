// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `SlotHandle`: 64 bits that name a value in a slot map without owning it; and the layout of those bits.
// Plain bytes, safe to copy anywhere. `next_table_tag` may be called from any thread. Freestanding.
#pragma once

#include <atomic>
#include <cstdint>

namespace holdfast::core {

/// The bits of a handle. Zero is the null handle, which no map ever returns.
struct SlotHandle {
  std::uint64_t bits = 0;

  constexpr bool is_null() const noexcept { return bits == 0; }
  friend constexpr bool operator==(SlotHandle, SlotHandle) = default;
};

/// Distinguishes the handles of one map from those of another map of the same type.
struct TableTag {
  std::uint32_t value = 0;
  /// The first generation of each slot, in layouts with 28 generation bits; in other layouts generations begin at 1.
  std::uint32_t first_generation = 1;
};

/// The layout of the 64 bits, from the lowest: slot index, generation, table tag.
///
/// Index and generation have at most 28 bits each. For the index, because a component sees it as a 32-bit rep and
/// handle tables end at 2^28 - 1. For the generation, because a slot keeps its state beside it in 32 bits.
template <unsigned IndexBits, unsigned GenerationBits, unsigned TagBits>
struct SlotHandleLayout {
  static_assert(IndexBits >= 1 && IndexBits <= 28);
  static_assert(GenerationBits >= 1 && GenerationBits <= 28);
  static_assert(TagBits >= 1 && TagBits <= 8);

  /// The most slots that a map can have.
  static constexpr std::uint32_t max_slots = std::uint32_t{1} << IndexBits;
  /// Generations run from 1 to last_generation; 0 is reserved for the null handle.
  static constexpr std::uint32_t last_generation = (std::uint32_t{1} << GenerationBits) - 1;
  static constexpr std::uint32_t tag_mask = (std::uint32_t{1} << TagBits) - 1;

  /// `tag`, reduced to the bits that handles of this layout have room for.
  static constexpr TableTag fit(TableTag tag) noexcept {
    return {tag.value & tag_mask, GenerationBits == 28 ? tag.first_generation : 1};
  }

  static constexpr SlotHandle make(std::uint32_t index, std::uint32_t generation, std::uint32_t tag) noexcept {
    return {std::uint64_t{index} | std::uint64_t{generation} << IndexBits |
            std::uint64_t{tag} << (IndexBits + GenerationBits)};
  }
  static constexpr std::uint32_t index(SlotHandle handle) noexcept {
    return static_cast<std::uint32_t>(handle.bits) & (max_slots - 1);
  }
  static constexpr std::uint32_t generation(SlotHandle handle) noexcept {
    return static_cast<std::uint32_t>(handle.bits >> IndexBits) & last_generation;
  }
  /// All bits above the generation, unmasked, so that a handle with bits that no map sets is foreign.
  static constexpr std::uint64_t tag(SlotHandle handle) noexcept { return handle.bits >> (IndexBits + GenerationBits); }
};

using DefaultSlotHandleLayout = SlotHandleLayout<28, 28, 8>;

/// A tag for a new map. Its number repeats after 255 maps, but each time the generations begin far from those of all
/// earlier maps with the same number. Even among a thousand maps with one number (255,000 maps in all), a slot can be
/// reused 50,000 times before one of its handles could be mistaken for a handle of another map.
inline TableTag next_table_tag() noexcept {
  static constinit std::atomic<std::uint32_t> next_number{0};
  const std::uint32_t number = next_number.fetch_add(1, std::memory_order_relaxed);
  // Multiples of the golden ratio of 2^32 stay far apart. The shift leaves half of all generations above each start.
  return {number % 255 + 1, 1 + (number / 255 * 0x9e37'79b1U >> 5)};
}

}  // namespace holdfast::core
