// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `InlineVector<T, N>`: a vector whose first N elements are inside it, for lists on the path of a call that are nearly
// always short. T is trivial to copy. Allocates with `new` from element N + 1 on. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

namespace holdfast::core {

template <class T, std::uint32_t N>
class InlineVector {
  static_assert(std::is_trivially_copyable_v<T> && N > 0);

 public:
  using value_type = T;
  using const_iterator = const T*;

  InlineVector() noexcept = default;
  InlineVector(const InlineVector&) = delete;
  InlineVector& operator=(const InlineVector&) = delete;

  /// Invalidates iterators.
  void push_back(const T& value) {
    if (size_ == capacity_) grow();
    data()[size_++] = value;
  }
  void clear() noexcept { size_ = 0; }

  /// Removes the first element that equals `value`; nothing happens when there is none. The order of the others stays.
  void remove_first(const T& value) noexcept {
    T* const elements = data();
    std::uint32_t i = 0;
    while (i < size_ && !(elements[i] == value)) ++i;
    if (i == size_) return;
    for (; i + 1 < size_; ++i) elements[i] = elements[i + 1];
    --size_;
  }

  std::uint32_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  T* begin() noexcept { return data(); }
  T* end() noexcept { return data() + size_; }
  const T* begin() const noexcept { return data(); }
  const T* end() const noexcept { return data() + size_; }

 private:
  T* data() noexcept { return heap_ ? heap_.get() : inline_; }
  const T* data() const noexcept { return heap_ ? heap_.get() : inline_; }

  void grow() {
    auto larger = std::make_unique<T[]>(capacity_ * 2);
    for (std::uint32_t i = 0; i < size_; ++i) larger[i] = data()[i];
    heap_ = std::move(larger);
    capacity_ *= 2;
  }

  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = N;
  std::unique_ptr<T[]> heap_;
  T inline_[N];  // uninitialised until it is used
};

}  // namespace holdfast::core
