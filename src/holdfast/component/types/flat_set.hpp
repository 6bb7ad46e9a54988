// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `FlatSet`: a set whose elements stand in one list, in the order in which they came; nothing is ever taken out.
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
  /// Null if `value` was added; else the element that is equal to it, valid until the next one is added.
  const T* add(T value) {
    const std::size_t hash = Hash()(value);
    if (const T* found = find(hash, value)) return found;
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
  HashIndex index_;  // of elements_
};

}  // namespace holdfast::component::types
