// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ArrayOperations<Derived, T>`: a base class with the operations that all lists of consecutive elements share.
// Derived provides `data()`, `size()` and `pop_back()`. Owns nothing. Not thread-safe, allocates nothing. Freestanding.
#pragma once

#include <cstdint>
#include <utility>

#include "holdfast/core/assert.hpp"

namespace holdfast::core {

template <class Derived, class T>
class ArrayOperations {
 public:
  using value_type = T;
  using iterator = T*;
  using const_iterator = const T*;

  bool empty() const noexcept { return self().size() == 0; }
  T* begin() noexcept { return self().data(); }
  T* end() noexcept { return self().data() + self().size(); }
  const T* begin() const noexcept { return self().data(); }
  const T* end() const noexcept { return self().data() + self().size(); }

  /// Contract: `index` is less than size().
  T& operator[](std::uint32_t index) noexcept {
    HOLDFAST_ASSERT(index < self().size(), "the index must be less than the size of the list");
    return self().data()[index];
  }
  const T& operator[](std::uint32_t index) const noexcept { return const_cast<ArrayOperations&>(*this)[index]; }
  /// Contract: the list is not empty.
  T& back() noexcept { return (*this)[self().size() - 1]; }
  const T& back() const noexcept { return (*this)[self().size() - 1]; }

  /// Removes the element at `index` and keeps the order of the others. Contract: `index` is less than size().
  void erase(std::uint32_t index) noexcept {
    HOLDFAST_ASSERT(index < self().size(), "the index must be less than the size of the list");
    T* const elements = self().data();
    for (std::uint32_t i = index; i + 1 < self().size(); ++i) elements[i] = std::move(elements[i + 1]);
    self().pop_back();
  }

  /// Removes the first element that equals `value`, if there is one, and keeps the order of the others.
  void remove_first(const T& value) noexcept {
    for (std::uint32_t i = 0; i < self().size(); ++i)
      if (self().data()[i] == value) return erase(i);
  }

 private:
  friend Derived;
  constexpr ArrayOperations() noexcept = default;

  Derived& self() noexcept { return static_cast<Derived&>(*this); }
  const Derived& self() const noexcept { return static_cast<const Derived&>(*this); }
};

}  // namespace holdfast::core
