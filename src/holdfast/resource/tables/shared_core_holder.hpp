// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `SharedCoreHolder`: where a container keeps its SharedCore: in memory from its allocator, so that values, references
// and readers may outlive the container; or, with Static storage, inside itself, and then they may not. Freestanding.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "holdfast/core/assert.hpp"
#include "holdfast/core/storage.hpp"
#include "holdfast/resource/budget/budget.hpp"

namespace holdfast::resource::detail {

template <class Core, class Storage>
class SharedCoreHolder;

template <class Core, core::Allocator A>
class SharedCoreHolder<Core, core::Allocated<A>> {
 public:
  template <class Observer>
  SharedCoreHolder(ResourceLimiter* budget, Observer observer, A allocator = A())
      : core_(static_cast<Core*>(allocator.allocate(sizeof(Core), alignof(Core)))) {
    if (core_ != nullptr) std::construct_at(core_, budget, std::move(observer), std::move(allocator));
  }
  SharedCoreHolder(SharedCoreHolder&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  SharedCoreHolder& operator=(SharedCoreHolder&&) = delete;
  ~SharedCoreHolder() {
    if (core_ == nullptr) return;
    core_->close();
    core_->release();
  }

  /// Null if the allocator had no memory, or after a move.
  Core* get() const noexcept { return core_; }

 private:
  Core* core_;
};

template <class Core, std::uint32_t N>
class SharedCoreHolder<Core, core::Static<N>> {
 public:
  template <class Observer>
  SharedCoreHolder(ResourceLimiter* budget, Observer observer) : core_(budget, std::move(observer)) {}
  SharedCoreHolder(const SharedCoreHolder&) = delete;
  SharedCoreHolder& operator=(const SharedCoreHolder&) = delete;
  ~SharedCoreHolder() {
    core_.close();
    HOLDFAST_ASSERT(core_.is_last(), "nothing refers to a container with Static storage when it is destroyed");
  }

  Core* get() const noexcept { return &core_; }

 private:
  mutable Core core_;
};

}  // namespace holdfast::resource::detail
