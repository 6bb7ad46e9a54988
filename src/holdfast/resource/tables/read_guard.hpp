// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ReadGuard<T>`: a look at a resource of a shared table, for short use: the resource lives as long as the guard.
// Where there are epochs the guard writes nothing that another thread writes; elsewhere it is a counted reference.
// It stays on the thread that made it, and may outlive the table as a `Shared<T>` does. No allocation. Freestanding.
#pragma once

#include <utility>

#include "holdfast/resource/tables/shared.hpp"

namespace holdfast::resource {

/// While a guard lives, what is removed from the same table is cleaned up later (see SharedResourceTable), so do
/// not keep it: take a Shared for that.
template <class T, class Concurrency = DefaultConcurrency>
class [[nodiscard]] ReadGuard {
 public:
  const T& operator*() const noexcept { return *value_; }
  const T* operator->() const noexcept { return value_; }
  const T* get() const noexcept { return value_; }

  /// For containers. `pin` keeps `value`.
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
