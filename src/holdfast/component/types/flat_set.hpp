// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `FlatSet`: a set that keeps its elements in one list, in insertion order. Elements are never removed.
// A value that owns its elements; one thread at a time while it grows.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "holdfast/component/types/hash_index.hpp"

namespace holdfast::component::types {

template <class T, class Hash = std::hash<T>, class Equal = std::equal_to<T>>
class FlatSet {
 public:
  /// Adds `value` and returns null, or returns the equal element that is already in the set. That pointer is valid
  /// until the next element is added.
  const T* add(T value) {
    const std::size_t hash = Hash()(value);
    if (const T* existing = find(hash, value)) return existing;
    index_.add(hash);
    elements_.push_back(std::move(value));
    return nullptr;
  }

  bool contains(const T& value) const { return find(Hash()(value), value) != nullptr; }

 private:
  const T* find(std::size_t hash, const T& value) const {
    const auto position = index_.find(hash, [&](std::uint32_t at) { return Equal()(elements_[at], value); });
    return position ? &elements_[*position] : nullptr;
  }

  std::vector<T> elements_;
  HashIndex index_;  // positions in elements_, by hash
};

}  // namespace holdfast::component::types
