// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ReadGuard<T>`: short read access to a resource of a shared table; the resource lives at least as long as the guard.
// With epochs the guard writes to no memory that another thread writes; otherwise it is a counted reference. It must
// stay on the thread that created it, and may outlive the table as a `Shared<T>` may. No allocation. Freestanding.
#pragma once

#include <utility>

#include "holdfast/resource/tables/shared.hpp"

namespace holdfast::resource {

/// Do not keep a guard: while it exists, the clean-up of everything removed from the same table waits (see
/// SharedResourceTable). Keep a Shared instead.
template <class T, class Concurrency = DefaultConcurrency>
class [[nodiscard]] ReadGuard {
 public:
  const T& operator*() const noexcept { return *value_; }
  const T* operator->() const noexcept { return value_; }
  const T* get() const noexcept { return value_; }

  /// For containers. `pin` keeps `value` alive.
  ReadGuard(typename Concurrency::Domain::Pin pin, const T& value) noexcept : pin_(std::move(pin)), value_(&value) {}

 private:
  typename Concurrency::Domain::Pin pin_;
  const T* value_;
};

template <class T, class Concurrency>
  requires(!Concurrency::has_readers)
class [[nodiscard]] ReadGuard<T, Concurrency> {
 public:
  const T& operator*() const noexcept { return *value_; }
  const T* operator->() const noexcept { return value_.get(); }
  const T* get() const noexcept { return value_.get(); }

  explicit ReadGuard(Shared<T, Concurrency> value) noexcept : value_(std::move(value)) {}

 private:
  Shared<T, Concurrency> value_;
};

}  // namespace holdfast::resource
