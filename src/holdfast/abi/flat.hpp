// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cursors over flattened core values. They do not own the values. Raw values hold i32 and f32 zero-extended to 64 bits,
// so joined variant cases (i32 or f32 in an i64, f32 in an i32; CanonicalABI.md, "Flattening") need no conversion: a
// reader takes the low bits of its type, a writer leaves the high bits zero.
#pragma once

#include <cstddef>
#include <span>

#include "holdfast/core/assert.hpp"
#include "holdfast/engine/core_value.hpp"

namespace holdfast::abi {

class FlatReader {
 public:
  explicit FlatReader(std::span<const engine::RawValue> values) noexcept : values_(values) {}

  /// Contract: there is a next value; the types of a call determine the number of values.
  engine::RawValue next() noexcept {
    HOLDFAST_DEBUG_ASSERT(position_ < values_.size(), "the flattened type has a value here");
    return values_[position_++];
  }
  std::size_t position() const noexcept { return position_; }
  /// Skips the values that a variant's case does not use.
  void skip_to(std::size_t position) noexcept { position_ = position; }

 private:
  std::span<const engine::RawValue> values_;
  std::size_t position_ = 0;
};

class FlatWriter {
 public:
  explicit FlatWriter(std::span<engine::RawValue> values) noexcept : values_(values) {}

  /// Contract: there is room; the types of a call determine the number of values.
  void put(engine::RawValue value) noexcept {
    HOLDFAST_DEBUG_ASSERT(position_ < values_.size(), "the flattened type has a value here");
    values_[position_++] = value;
  }
  void put_i32(std::uint32_t value) noexcept { put(engine::RawValue::from_i32(value)); }
  std::size_t position() const noexcept { return position_; }
  /// Writes zeros for the values that a variant's case does not use.
  void fill_to(std::size_t position) noexcept {
    while (position_ < position) put({});
  }

 private:
  std::span<engine::RawValue> values_;
  std::size_t position_ = 0;
};

}  // namespace holdfast::abi
