// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Lifetime`: the count of users of an object that several threads share; the last user to release it ends it. The
// values inside the object have counts of their own. Freestanding.
#pragma once

#include <atomic>
#include <cstdint>

namespace holdfast::core {

template <class Concurrency>
class Lifetime {
 public:
  Lifetime() noexcept = default;
  Lifetime(const Lifetime&) = delete;
  Lifetime& operator=(const Lifetime&) = delete;

  /// Adds a user. Contract: the caller is a user, or some user keeps the object alive during this call.
  void retain() noexcept { users_.fetch_add(1, std::memory_order_relaxed); }

  /// Removes a user. The object may be destroyed afterwards.
  void release() noexcept {
    if (users_.fetch_sub(1, std::memory_order_acq_rel) == 1) end();
  }

  /// Whether the caller is the only user. This stays true if no other thread can reach the object.
  bool is_last() const noexcept { return users_.load(std::memory_order_acquire) == 1; }

 protected:
  ~Lifetime() = default;
  /// Called when the last user has released the object.
  virtual void end() noexcept = 0;

 private:
  // On a cache line apart from the data that readers load: it changes whenever a value is added or removed.
  alignas(Concurrency::line_size) typename Concurrency::template Atomic<std::uint32_t> users_{1};
};

}  // namespace holdfast::core
