// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Arena<IdT, T>` owns every T of one index space and is the only place that turns an id into a reference.
// It only grows, at its end. `add` invalidates references; ids stay valid.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "holdfast/core/assert.hpp"
#include "holdfast/core/id.hpp"

namespace holdfast {

template <class IdT, class T>
class Arena {
 public:
  IdT add(T value) {
    items_.push_back(std::move(value));
    return IdT(static_cast<std::uint32_t>(items_.size() - 1));
  }

  T& operator[](IdT id) {
    HOLDFAST_ASSERT(id.index() < items_.size(), "the id must belong to this arena");
    return items_[id.index()];
  }
  const T& operator[](IdT id) const {
    HOLDFAST_ASSERT(id.index() < items_.size(), "the id must belong to this arena");
    return items_[id.index()];
  }

  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(items_.size()); }
  bool empty() const noexcept { return items_.empty(); }
  auto begin() const noexcept { return items_.begin(); }
  auto end() const noexcept { return items_.end(); }
  auto begin() noexcept { return items_.begin(); }
  auto end() noexcept { return items_.end(); }

 private:
  std::vector<T> items_;
};

}  // namespace holdfast
