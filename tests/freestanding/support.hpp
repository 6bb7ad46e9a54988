// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Helpers for the tests of all environments: a list, random numbers, a value that counts its instances. No heap.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "holdfast/core/assert.hpp"
#include "holdfast/core/error.hpp"

namespace holdfast::freestanding {

/// A list of at most N entries, for recording what happened in order.
template <class T, std::size_t N = 64>
class List {
 public:
  List() = default;
  List(std::initializer_list<T> values) {
    for (const T& value : values) push_back(value);
  }
  void push_back(const T& value) {
    HOLDFAST_ASSERT(size_ < N, "a test's list must be large enough");
    values_[size_++] = value;
  }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T& operator[](std::size_t index) const { return values_[index]; }
  const T& back() const { return values_[size_ - 1]; }
  const T* begin() const { return values_.data(); }
  const T* end() const { return values_.data() + size_; }
  friend bool operator==(const List& a, const List& b) { return std::ranges::equal(a, b); }

 private:
  std::array<T, N> values_{};
  std::size_t size_ = 0;
};

/// Marsaglia's xorshift: the same numbers on every platform.
class Random {
 public:
  explicit Random(std::uint32_t seed) : state_(seed) {}
  std::uint32_t operator()() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_;
  }
  std::uint32_t below(std::uint32_t bound) { return (*this)() % bound; }
  std::uint64_t bits64() { return std::uint64_t{(*this)()} << 32 | (*this)(); }

 private:
  std::uint32_t state_;
};

/// A move-only value that counts its live instances.
class Token {
 public:
  explicit Token(int n) : number_(n) { ++alive; }
  Token(Token&& other) noexcept : number_(std::exchange(other.number_, moved_away)) { ++alive; }
  Token& operator=(Token&&) = delete;
  ~Token() { --alive; }

  int number() const { return number_; }
  static constexpr int moved_away = -1;
  static inline int alive = 0;

 private:
  int number_;
};

/// The text of an error.
class Rendered {
 public:
  explicit Rendered(const Error& error) : text_(render(error, buffer_, sizeof buffer_)) {}
  Rendered(const Rendered&) = delete;
  friend bool operator==(const Rendered& rendered, std::string_view text) { return rendered.text_ == text; }

 private:
  char buffer_[256];
  std::string_view text_;
};

}  // namespace holdfast::freestanding
