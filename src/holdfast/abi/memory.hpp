// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checked ranges of a guest's memory, and integers in them. All pointers and sizes are bytes. Each access reads the
// memory view of the context again, because every reallocate may move the memory. Allocates nothing.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "holdfast/abi/context.hpp"
#include "holdfast/core/assert.hpp"

namespace holdfast::abi {

/// The largest size of the content of a string or list, in bytes (rule 29).
inline constexpr std::uint64_t max_content_size = (std::uint64_t{1} << 28) - 1;

/// Whether the `size` bytes from `pointer` lie in memory. Cannot wrap.
inline bool in_bounds(const Context& context, std::uint32_t pointer, std::uint64_t size) noexcept {
  return size <= context.memory.size && pointer <= context.memory.size - size;
}

/// `alignment` is a power of two.
inline bool is_aligned(std::uint32_t pointer, std::uint32_t alignment) noexcept {
  return (pointer & (alignment - 1)) == 0;
}

/// Checks a range that a guest passes: first its alignment, then its bounds.
/// Errors: pointer_misaligned, and the code `out_of_bounds`. Source: CanonicalABI.md, "Lifting and Lowering Values".
inline Result<void> check_range(const Context& context, std::uint32_t pointer, std::uint64_t size,
                                std::uint32_t alignment, ErrorCode out_of_bounds) noexcept {
  if (!is_aligned(pointer, alignment)) return fail(ErrorCode::pointer_misaligned, pointer);
  if (!in_bounds(context, pointer, size)) return fail(out_of_bounds, size, pointer);
  return {};
}

/// The bytes at `pointer`, valid until the next reallocate. Contract: the range [pointer, pointer + size) was checked.
inline std::byte* bytes_at(const Context& context, std::uint32_t pointer, std::uint64_t size) noexcept {
  HOLDFAST_DEBUG_ASSERT(in_bounds(context, pointer, size), "the range is in bounds");
  static_cast<void>(size);
  return context.memory.data + pointer;
}

/// A little-endian integer at a checked `pointer` (core_value.hpp asserts that the host is little-endian).
template <std::unsigned_integral T>
T load_int(const Context& context, std::uint32_t pointer) noexcept {
  T value;
  std::memcpy(&value, bytes_at(context, pointer, sizeof value), sizeof value);
  return value;
}

template <std::unsigned_integral T>
void store_int(const Context& context, std::uint32_t pointer, T value) noexcept {
  std::memcpy(bytes_at(context, pointer, sizeof value), &value, sizeof value);
}

/// An integer of 1, 2 or 4 bytes (`size`), as discriminants and flags are.
inline std::uint32_t load_sized(const Context& context, std::uint32_t pointer, std::uint32_t size) noexcept {
  if (size == 1) return load_int<std::uint8_t>(context, pointer);
  if (size == 2) return load_int<std::uint16_t>(context, pointer);
  return load_int<std::uint32_t>(context, pointer);
}

inline void store_sized(const Context& context, std::uint32_t pointer, std::uint32_t size,
                        std::uint32_t value) noexcept {
  if (size == 1) {
    store_int(context, pointer, static_cast<std::uint8_t>(value));
  } else if (size == 2) {
    store_int(context, pointer, static_cast<std::uint16_t>(value));
  } else {
    store_int(context, pointer, value);
  }
}

/// Takes `size` bytes from the lift allowance of the call; call it before each allocation on the host.
/// Errors: lift_allowance_exceeded (nothing is taken).
inline Result<void> charge(Context& context, std::uint64_t size) noexcept {
  if (size > context.lift_allowance) return fail(ErrorCode::lift_allowance_exceeded, size);
  context.lift_allowance -= size;
  return {};
}

}  // namespace holdfast::abi
