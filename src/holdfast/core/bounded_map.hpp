// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `BoundedMap<K, V, N>`: a map of at most N entries, sorted by key and stored inside the object. An insert into a full
// map fails and changes nothing. A lookup takes log N steps; an insert or erase moves up to N entries, so N should be
// small. Lookups accept any type that compares with the key (a string_view for BoundedString).
// Not thread-safe, allocates nothing. Freestanding.
//
//   BoundedMap<BoundedString<15>, int, 8> uses;
//   HOLDFAST_TRY(uses.insert(name, 1));    // already_present, or capacity_exhausted when it has 8 entries
//   if (int* count = uses.find("texture")) ++*count;
//   uses.erase("texture");
#pragma once

#include <concepts>
#include <cstdint>
#include <utility>

#include "holdfast/core/static_vector.hpp"

namespace holdfast::core {

template <class K, std::movable V, std::uint32_t N>
  requires std::movable<K> && std::totally_ordered<K>
class BoundedMap {
 public:
  struct Entry {
    K key;
    V value;
    friend bool operator==(const Entry&, const Entry&) = default;
  };

  /// Errors: already_present, capacity_exhausted; then nothing changed, and `key` and `value` were not moved from.
  /// Invalidates pointers and iterators.
  template <std::convertible_to<K> Key, std::convertible_to<V> Value>
  Result<V*> insert(Key&& key, Value&& value) {
    const std::uint32_t position = lower_bound(key);
    if (holds(position, key)) return fail(ErrorCode::already_present);
    return insert_at(position, std::forward<Key>(key), std::forward<Value>(value));
  }

  /// As insert, but replaces the value of a key that is already present. Errors: capacity_exhausted.
  template <std::convertible_to<K> Key, std::convertible_to<V> Value>
  Result<V*> insert_or_assign(Key&& key, Value&& value) {
    const std::uint32_t position = lower_bound(key);
    if (!holds(position, key)) return insert_at(position, std::forward<Key>(key), std::forward<Value>(value));
    entries_[position].value = std::forward<Value>(value);
    return &entries_[position].value;
  }

  /// The value of `key`, or null when the map does not contain it; valid until the map is changed.
  template <class Key>
  V* find(const Key& key) noexcept {
    const std::uint32_t position = lower_bound(key);
    return holds(position, key) ? &entries_[position].value : nullptr;
  }
  template <class Key>
  const V* find(const Key& key) const noexcept {
    return const_cast<BoundedMap*>(this)->find(key);
  }
  template <class Key>
  bool contains(const Key& key) const noexcept {
    return find(key) != nullptr;
  }

  /// Removes `key`; returns whether the map contained it. Invalidates pointers and iterators.
  template <class Key>
  bool erase(const Key& key) noexcept {
    const std::uint32_t position = lower_bound(key);
    if (!holds(position, key)) return false;
    entries_.erase(position);
    return true;
  }
  void clear() noexcept { entries_.clear(); }

  std::uint32_t size() const noexcept { return entries_.size(); }
  bool empty() const noexcept { return entries_.empty(); }
  bool full() const noexcept { return entries_.full(); }
  static constexpr std::uint32_t capacity() noexcept { return N; }

  /// Iterates over the entries in the order of their keys.
  const Entry* begin() const noexcept { return entries_.begin(); }
  const Entry* end() const noexcept { return entries_.end(); }

  friend bool operator==(const BoundedMap&, const BoundedMap&) = default;

 private:
  template <class Key>
  std::uint32_t lower_bound(const Key& key) const noexcept {
    std::uint32_t from = 0;
    std::uint32_t to = size();
    while (from != to) {
      const std::uint32_t middle = from + (to - from) / 2;
      if (entries_[middle].key < key) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
  template <class Key>
  bool holds(std::uint32_t position, const Key& key) const noexcept {
    return position != size() && entries_[position].key == key;
  }

  template <class Key, class Value>
  Result<V*> insert_at(std::uint32_t position, Key&& key, Value&& value) {
    if (full()) return fail(ErrorCode::capacity_exhausted, N);
    // The entry is appended, then moved forward to its place.
    HOLDFAST_TRY(entries_.emplace_back(K(std::forward<Key>(key)), V(std::forward<Value>(value))));
    for (std::uint32_t i = size() - 1; i > position; --i) std::swap(entries_[i], entries_[i - 1]);
    return &entries_[position].value;
  }

  StaticVector<Entry, N> entries_;
};

}  // namespace holdfast::core
