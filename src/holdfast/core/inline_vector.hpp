// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `InlineVector<T, N>`: a vector that stores up to N elements inside the object, for lists on the path of a call that
// are nearly always short. T is trivial to copy. Allocates with `new` when it grows past N. Not thread-safe.
// (`StaticVector` never grows past N.)
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

#include "holdfast/core/array_operations.hpp"

namespace holdfast::core {

template <class T, std::uint32_t N>
class InlineVector : public ArrayOperations<InlineVector<T, N>, T> {
  static_assert(std::is_trivially_copyable_v<T> && N > 0);

 public:
  InlineVector() noexcept = default;
  InlineVector(const InlineVector&) = delete;
  InlineVector& operator=(const InlineVector&) = delete;

  /// Invalidates iterators.
  void push_back(const T& value) {
    if (size_ == capacity_) grow();
    data()[size_++] = value;
  }
  void clear() noexcept { size_ = 0; }

  void pop_back() noexcept { --size_; }

  std::uint32_t size() const noexcept { return size_; }
  T* data() noexcept { return heap_ ? heap_.get() : inline_; }
  const T* data() const noexcept { return heap_ ? heap_.get() : inline_; }

 private:
  void grow() {
    auto larger = std::make_unique<T[]>(capacity_ * 2);
    for (std::uint32_t i = 0; i < size_; ++i) larger[i] = data()[i];
    heap_ = std::move(larger);
    capacity_ *= 2;
  }

  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = N;
  std::unique_ptr<T[]> heap_;
  T inline_[N];  // not initialised until used
};

}  // namespace holdfast::core
