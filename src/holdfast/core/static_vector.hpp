// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `StaticVector<T, N>`: a list of at most N elements, all stored inside the object. Adding to a full list fails and
// changes nothing. Not thread-safe, allocates nothing. Freestanding. (`InlineVector` can grow past N.)
//
//   StaticVector<Handle<Texture>, 4> targets;
//   HOLDFAST_TRY(targets.push_back(colour));            // capacity_exhausted when it has 4 elements
//   for (const Handle<Texture> target : targets) draw(target);
//   targets.remove_first(colour);
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "holdfast/core/array_operations.hpp"
#include "holdfast/core/result.hpp"

namespace holdfast::core {

template <std::move_constructible T, std::uint32_t N>
class StaticVector : public ArrayOperations<StaticVector<T, N>, T> {
  static_assert(N > 0);

 public:
  StaticVector() noexcept = default;
  StaticVector(const StaticVector& other)
    requires std::copy_constructible<T>
  {
    append(other);
  }
  StaticVector(StaticVector&& other) noexcept { append(std::move(other)); }
  StaticVector& operator=(const StaticVector& other)
    requires std::copy_constructible<T>
  {
    if (this == &other) return *this;
    clear();
    append(other);
    return *this;
  }
  /// `other` is left empty.
  StaticVector& operator=(StaticVector&& other) noexcept {
    if (this == &other) return *this;
    clear();
    append(std::move(other));
    return *this;
  }
  ~StaticVector() { clear(); }

  /// Constructs an element at the end; on error `arguments` are not moved from. Invalidates end().
  /// Errors: capacity_exhausted.
  template <class... Arguments>
  Result<T*> emplace_back(Arguments&&... arguments) {
    if (size_ == N) return fail(ErrorCode::capacity_exhausted, N);
    T* const element = std::construct_at(data() + size_, std::forward<Arguments>(arguments)...);
    ++size_;
    return element;
  }

  /// As emplace_back; on error the caller keeps `value`.
  Result<T*> push_back(T&& value) { return emplace_back(std::move(value)); }
  Result<T*> push_back(const T& value)
    requires std::copy_constructible<T>
  {
    return emplace_back(value);
  }

  /// Contract: the list is not empty.
  void pop_back() noexcept {
    HOLDFAST_ASSERT(size_ != 0, "the list must not be empty");
    std::destroy_at(data() + --size_);
  }

  /// Destroys all elements, the last one first.
  void clear() noexcept {
    while (size_ != 0) pop_back();
  }

  std::uint32_t size() const noexcept { return size_; }
  bool full() const noexcept { return size_ == N; }
  static constexpr std::uint32_t capacity() noexcept { return N; }
  T* data() noexcept { return reinterpret_cast<T*>(bytes_); }
  const T* data() const noexcept { return reinterpret_cast<const T*>(bytes_); }

 private:
  // Contract: this list is empty, so the elements of `other` always fit.
  void append(const StaticVector& other) {
    for (const T& value : other) std::construct_at(data() + size_++, value);
  }
  void append(StaticVector&& other) noexcept {
    for (T& value : other) std::construct_at(data() + size_++, std::move(value));
    other.clear();
  }

  std::uint32_t size_ = 0;
  alignas(T) std::byte bytes_[sizeof(T) * N];  // not initialised until used
};

template <std::equality_comparable T, std::uint32_t N>
bool operator==(const StaticVector<T, N>& a, const StaticVector<T, N>& b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::uint32_t i = 0; i < a.size(); ++i)
    if (!(a[i] == b[i])) return false;
  return true;
}

}  // namespace holdfast::core
