// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `SlotHandle`: 64 bits that name a value in a slot map without owning it, and how the bits are divided.
// Plain bytes, safe to copy anywhere. `next_table_tag` may be called from any thread. Freestanding.
#pragma once

#include <atomic>
#include <cstdint>

namespace holdfast::core {

/// The bits of a handle. Zero is the null handle: no map ever gives it out.
struct SlotHandle {
  std::uint64_t bits = 0;

  constexpr bool is_null() const noexcept { return bits == 0; }
  friend constexpr bool operator==(SlotHandle, SlotHandle) = default;
};

/// What tells the handles of one map from those of another map of the same type.
struct TableTag {
  std::uint32_t value = 0;
  /// Where the generations of its slots begin, in layouts with 28 bits for them; in others they begin at 1.
  std::uint32_t first_generation = 1;
};

/// How the 64 bits are divided, from the lowest: slot index, generation, table tag.
///
/// Index and generation have at most 28 bits: the index, because a component sees it as a 32-bit rep and
/// tables of handles end at 2^28 - 1; the generation, because a slot keeps its state beside it in 32 bits.
template <unsigned IndexBits, unsigned GenerationBits, unsigned TagBits>
struct SlotHandleLayout {
  static_assert(IndexBits >= 1 && IndexBits <= 28);
  static_assert(GenerationBits >= 1 && GenerationBits <= 28);
  static_assert(TagBits >= 1 && TagBits <= 8);

  /// Slots a map can have.
  static constexpr std::uint32_t max_slots = std::uint32_t{1} << IndexBits;
  /// Generations run from 1 to this; 0 is kept for the null handle.
  static constexpr std::uint32_t last_generation = (std::uint32_t{1} << GenerationBits) - 1;
  static constexpr std::uint32_t tag_mask = (std::uint32_t{1} << TagBits) - 1;

  /// The part of a tag that handles of this layout have room for.
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
  /// Everything above the generation, unmasked, so that bits which no map sets make a handle foreign.
  static constexpr std::uint64_t tag(SlotHandle handle) noexcept { return handle.bits >> (IndexBits + GenerationBits); }
};

using DefaultSlotHandleLayout = SlotHandleLayout<28, 28, 8>;

/// A tag for a new map. Its number repeats after 255 maps, but then the generations begin elsewhere, far from those of
/// all maps before that have the number: of a thousand such maps (255,000 in all) each has 50,000 generations for each
/// slot before one of its handles could be taken for a handle of another one.
inline TableTag next_table_tag() noexcept {
  static constinit std::atomic<std::uint32_t> made{0};
  const std::uint32_t number = made.fetch_add(1, std::memory_order_relaxed);
  // Multiples of the golden ratio of 2^32 keep away from each other; half of the generations stay above each.
  return {number % 255 + 1, 1 + (number / 255 * 0x9e37'79b1U >> 5)};
}

}  // namespace holdfast::core
