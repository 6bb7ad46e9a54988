// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `FlatTypes`: the core types to which a value type flattens, cut at `flat_cut` types.
// A value without allocations.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

#include "holdfast/engine/core_value.hpp"

namespace holdfast::component::types {

/// At most 16 parameters are passed flat, so 17 types mean "too many".
inline constexpr std::size_t flat_cut = 17;

class FlatTypes {
 public:
  FlatTypes() = default;
  FlatTypes(std::initializer_list<engine::ValueType> types) { append({types.begin(), types.size()}); }

  /// Adds types at the end. Types beyond `flat_cut` are dropped.
  void push_back(engine::ValueType type) { append({&type, 1}); }
  void append(std::span<const engine::ValueType> types) {
    const std::size_t count = std::min(types.size(), flat_cut - size_);
    std::copy_n(types.begin(), count, types_.begin() + size_);
    size_ = static_cast<std::uint8_t>(size_ + count);
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  engine::ValueType& operator[](std::size_t index) { return types_[index]; }
  const engine::ValueType& operator[](std::size_t index) const { return types_[index]; }
  const engine::ValueType* begin() const { return types_.data(); }
  const engine::ValueType* end() const { return types_.data() + size_; }

  friend bool operator==(const FlatTypes& a, const FlatTypes& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  std::array<engine::ValueType, flat_cut> types_{};
  std::uint8_t size_ = 0;
};

}  // namespace holdfast::component::types
