// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `SharedIterator`: iterates over the live values of a SharedCore while other threads change it. Freestanding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>

#include "holdfast/resource/tables/handle.hpp"

namespace holdfast::resource::detail {

/// Keeps its current value alive by a reference. Dereferencing returns `Entry::of(slot, handle)`.
template <class Core, class Shared, class Entry>
class SharedIterator {
 public:
  using value_type = Entry;
  using difference_type = std::ptrdiff_t;

  SharedIterator() = default;
  /// Starts at the first value, or at the end if `core` is null or has none. Skips values in slots that are added
  /// later.
  explicit SharedIterator(Core* core) : core_(core), end_(core == nullptr ? 0 : core->length()) { skip_holes(); }

  Entry operator*() const noexcept { return Entry::of(core_->slots().at(index_), core_->handle_of(index_)); }
  SharedIterator& operator++() {
    ++index_;
    skip_holes();
    return *this;
  }
  SharedIterator operator++(int) {
    SharedIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const SharedIterator& a, const SharedIterator& b) noexcept {
    return a.core_ == b.core_ && a.index_ == b.index_;
  }
  friend bool operator==(const SharedIterator& it, std::default_sentinel_t) noexcept { return it.index_ == it.end_; }

 private:
  void skip_holes() {
    kept_.reset();
    for (; index_ != end_; ++index_) {
      const auto handle = core_->live_handle(index_);
      if (handle.is_null()) continue;
      if (auto kept = core_->acquire(handle)) {
        kept_ = *std::move(kept);
        return;
      }
    }
  }

  Core* core_ = nullptr;
  std::uint32_t index_ = 0;
  std::uint32_t end_ = 0;
  Shared kept_;
};

}  // namespace holdfast::resource::detail
