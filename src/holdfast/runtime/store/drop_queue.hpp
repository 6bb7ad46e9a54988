// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Drops that have to wait: requested on another thread, or by the destructor of a C++ wrapper while a guest runs, or
// for handles left in the tables of an instance that trapped. Any thread may add; the store's thread takes.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "holdfast/runtime/store/resource_type.hpp"

namespace holdfast::runtime {

/// A resource whose own handle has already been removed.
struct OrphanedResource {
  ResourceTag tag;
  std::uint32_t rep;
};
/// A handle that the host holds, as the bits of its HeldId.
struct HeldDrop {
  std::uint64_t bits;
};
using QueuedDrop = std::variant<OrphanedResource, HeldDrop>;

class DropQueue {
 public:
  void add(QueuedDrop drop) {
    const std::lock_guard lock(mutex_);
    drops_.push_back(drop);
    empty_.store(false, std::memory_order_release);
  }
  /// Empties the queue and returns its drops, oldest first.
  std::vector<QueuedDrop> take_all() {
    const std::lock_guard lock(mutex_);
    empty_.store(true, std::memory_order_relaxed);
    return std::exchange(drops_, {});
  }
  /// Takes no lock, because every call checks it.
  bool empty() const noexcept { return empty_.load(std::memory_order_acquire); }

 private:
  std::mutex mutex_;
  std::atomic<bool> empty_{true};
  std::vector<QueuedDrop> drops_;
};

}  // namespace holdfast::runtime
