// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `InternTable<IdT, T>`: owns all nodes of one sort; equal nodes are stored once. References stay valid as long as the
// table lives. One thread at a time while it grows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

#include "holdfast/component/types/hash_index.hpp"

namespace holdfast::component::types {

/// Mixes `value` into the hash `seed`.
inline void mix(std::size_t& seed, std::size_t value) noexcept {
  seed ^= value + std::size_t{0x9e3779b97f4a7c15} + (seed << 6) + (seed >> 2);
  seed *= std::size_t{0xff51afd7ed558ccd};
}

template <class IdT, class T>
class InternTable {
 public:
  const T& operator[](IdT id) const { return nodes_[id.index()]; }
  std::size_t size() const { return nodes_.size(); }

  /// Adds `node` unless an equal node exists. Returns the id of that node, and whether it is new.
  /// `hash` must be equal for equal nodes.
  std::pair<IdT, bool> add(T node, std::size_t hash) {
    const auto position = index_.find(hash, [&](std::uint32_t candidate) { return nodes_[candidate] == node; });
    if (position) return {IdT(*position), false};
    const IdT id(static_cast<std::uint32_t>(nodes_.size()));
    nodes_.push_back(std::move(node));
    index_.add(hash);
    return {id, true};
  }

 private:
  std::deque<T> nodes_;
  HashIndex index_;
};

}  // namespace holdfast::component::types
