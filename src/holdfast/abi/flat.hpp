// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cursors over flattened core values. Neither owns its values. Raw values carry i32 and f32 zero-extended in 64 bits,
// so the joins of variant cases (i32 or f32 in an i64, f32 in an i32; CanonicalABI.md, "Flattening") need no
// conversion: a reader takes the low bits that its type has, a writer leaves the others zero.
#pragma once

#include <cstddef>
#include <span>

#include "holdfast/core/assert.hpp"
#include "holdfast/engine/core_value.hpp"

namespace holdfast::abi {

class FlatReader {
 public:
  explicit FlatReader(std::span<const engine::RawValue> values) noexcept : values_(values) {}

  /// Contract: there is a next value; the types of a call say how many there are.
  engine::RawValue next() noexcept {
    HOLDFAST_DEBUG_ASSERT(position_ < values_.size(), "the flattened type has a value here");
    return values_[position_++];
  }
  std::size_t position() const noexcept { return position_; }
  /// Passes over what a variant's case does not use.
  void skip_to(std::size_t position) noexcept { position_ = position; }

 private:
  std::span<const engine::RawValue> values_;
  std::size_t position_ = 0;
};

class FlatWriter {
 public:
  explicit FlatWriter(std::span<engine::RawValue> values) noexcept : values_(values) {}

  /// Contract: there is room; the types of a call say how much is needed.
  void put(engine::RawValue value) noexcept {
    HOLDFAST_DEBUG_ASSERT(position_ < values_.size(), "the flattened type has a value here");
    values_[position_++] = value;
  }
  void put_i32(std::uint32_t value) noexcept { put(engine::RawValue::from_i32(value)); }
  std::size_t position() const noexcept { return position_; }
  /// Writes zeros for what a variant's case does not use.
  void fill_to(std::size_t position) noexcept {
    while (position_ < position) put({});
  }

 private:
  std::span<engine::RawValue> values_;
  std::size_t position_ = 0;
};

}  // namespace holdfast::abi
