// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Locked<T>`: a value together with the lock that guards it, for resources that several threads write. The value is
// accessible only while the lock is held. Owns both; no allocation. Freestanding: with `Guarded<S>` the lock is the
// critical section; with `Unsynchronized` there is none.
#pragma once

#include <type_traits>
#include <utility>

#include "holdfast/core/concurrency.hpp"
#include "holdfast/resource/tables/resource.hpp"

namespace holdfast::resource {

/// Any number of threads may call `lock` and `with`. A const Locked still gives write access to its value, so a
/// ReadGuard is enough to write. With Epochs the lock is not recursive: a thread that locks it twice waits forever.
template <class T, class Concurrency = core::DefaultConcurrency>
class Locked {
 public:
  /// Access to the value; other threads wait while it exists, so keep it short. Must stay on its thread and must not
  /// outlive the Locked.
  class [[nodiscard]] Access {
   public:
    explicit Access(const Locked& locked) noexcept : exclusive_(locked.lock_), value_(locked.value_) {}
    Access(const Access&) = delete;
    Access& operator=(const Access&) = delete;
    T& operator*() const noexcept { return value_; }
    T* operator->() const noexcept { return std::addressof(value_); }

   private:
    typename Concurrency::Exclusive exclusive_;
    T& value_;
  };

  /// A value made from `arguments`.
  template <class... Arguments>
    requires std::is_constructible_v<T, Arguments...>
  explicit(sizeof...(Arguments) != 1) Locked(Arguments&&... arguments)
      : value_(std::forward<Arguments>(arguments)...) {}

  /// Moves the value; the new lock is free. Contract: no other thread uses `other` meanwhile.
  Locked(Locked&& other) noexcept(std::is_nothrow_move_constructible_v<T>) : value_(std::move(other.value_)) {}
  Locked& operator=(Locked&&) = delete;

  /// Waits for the lock. Example: `locked.lock()->member = 1`.
  Access lock() const noexcept { return Access(*this); }

  /// Calls `use(T&)` under the lock and returns what it returns.
  template <class Use>
  decltype(auto) with(Use&& use) const {
    const Access access(*this);
    return std::forward<Use>(use)(*access);
  }

  /// Calls the clean-up of T under the lock, for the table that owns this.
  auto cleanup()
    requires HasCleanup<T>
  {
    return with([](T& value) { return value.cleanup(); });
  }

 private:
  mutable typename Concurrency::Lock lock_;
  mutable T value_;
};

}  // namespace holdfast::resource
