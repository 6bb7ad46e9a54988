// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The core WebAssembly values and function types that cross the engine seam. Plain data.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace holdfast::engine {

/// The value types that Holdfast itself passes to or from guest code. Canonical ABI signatures use only these.
enum class ValueType : std::uint8_t { i32, i64, f32, f64 };

/// A core function type over the four number types.
struct FunctionType {
  std::vector<ValueType> parameters;
  std::vector<ValueType> results;
  friend bool operator==(const FunctionType&, const FunctionType&) = default;
};

/// One argument or result of an unchecked call: 16 untyped bytes. A value must be read as the type that was written.
/// Same layout as the engine's raw value (engine/wasmtime asserts it), which has an alignment of 8 bytes. 32-bit values
/// are zero-extended to the lower 8 bytes, so that no uninitialised byte is ever read.
struct RawValue {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  static constexpr RawValue from_i32(std::uint32_t value) noexcept { return {value, 0}; }
  static constexpr RawValue from_i64(std::uint64_t value) noexcept { return {value, 0}; }
  static constexpr RawValue from_f32_bits(std::uint32_t bits) noexcept { return {bits, 0}; }
  static constexpr RawValue from_f64_bits(std::uint64_t bits) noexcept { return {bits, 0}; }
  constexpr std::uint32_t i32() const noexcept { return static_cast<std::uint32_t>(low); }
  constexpr std::uint64_t i64() const noexcept { return low; }
  constexpr std::uint32_t f32_bits() const noexcept { return static_cast<std::uint32_t>(low); }
  constexpr std::uint64_t f64_bits() const noexcept { return low; }
};
static_assert(sizeof(RawValue) == 16 && alignof(RawValue) == 8 && std::endian::native == std::endian::little);

}  // namespace holdfast::engine
