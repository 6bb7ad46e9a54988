// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// References to resources of a shared table, for keeping: `Shared<T>` keeps its resource alive, `WeakHandle<T>` only
// notices its removal. Both may outlive the table (unless its storage is Static). As with std::shared_ptr, each object
// may be used by one thread at a time, and its copies by other threads; the resource itself must allow concurrent use
// (`Locked<T>` does). No allocation. Freestanding.
#pragma once

#include <cstdint>
#include <utility>

#include "holdfast/core/assert.hpp"
#include "holdfast/core/concurrency.hpp"
#include "holdfast/core/result.hpp"
#include "holdfast/core/shared_word.hpp"

namespace holdfast::resource {

using core::DefaultConcurrency;

template <class T, class Concurrency>
class WeakHandle;

namespace detail {

/// A value with the word that counts its references.
template <class T, class Concurrency>
struct CountedValue {
  CountedValue() noexcept {}
  ~CountedValue() {}

  core::SharedWord<Concurrency> word;
  union {
    T value;
  };
};

/// The container, as its references see it.
template <class T, class Concurrency>
class SharedOwner : public Concurrency::Domain {
 public:
  /// Ends a value whose handle is dead and whose last reference the caller has just given back.
  virtual void end_value(CountedValue<T, Concurrency>& counted) noexcept = 0;

  void give_back(CountedValue<T, Concurrency>& counted) noexcept {
    if (counted.word.release()) end_value(counted);
  }

 protected:
  ~SharedOwner() = default;
};

}  // namespace detail

/// A counted reference: its resource lives at least as long. Null when moved from or default-constructed. Giving back
/// the last reference to a removed resource cleans the resource up, at that moment and on that thread.
template <class T, class Concurrency = DefaultConcurrency>
class Shared {
  using Counted = detail::CountedValue<T, Concurrency>;
  using Owner = detail::SharedOwner<T, Concurrency>;

 public:
  Shared() noexcept = default;
  Shared(const Shared& other) noexcept : counted_(other.counted_), owner_(other.owner_) {
    if (counted_ != nullptr)
      HOLDFAST_ASSERT(counted_->word.retain(), "a resource has fewer than 2^32 shared references");
  }
  Shared(Shared&& other) noexcept
      : counted_(std::exchange(other.counted_, nullptr)), owner_(std::exchange(other.owner_, nullptr)) {}
  Shared& operator=(Shared other) noexcept {
    std::swap(counted_, other.counted_);
    std::swap(owner_, other.owner_);
    return *this;
  }
  ~Shared() {
    if (counted_ != nullptr) owner_->give_back(*counted_);
  }

  /// Gives the reference back now.
  void reset() noexcept { *this = Shared(); }

  /// The resource; null if this is null.
  T* get() const noexcept { return counted_ == nullptr ? nullptr : std::addressof(counted_->value); }
  /// Contract: not null.
  T& operator*() const noexcept { return counted_->value; }
  T* operator->() const noexcept { return std::addressof(counted_->value); }
  explicit operator bool() const noexcept { return counted_ != nullptr; }

  /// Whether its handle is already dead. False may be out of date by the time it is returned.
  bool is_removed() const noexcept {
    return counted_ != nullptr && counted_->word.load().state() == core::SharedWord<Concurrency>::State::removed;
  }

  /// A weak handle to the same resource. Contract: not null.
  WeakHandle<T, Concurrency> weak() const noexcept { return WeakHandle<T, Concurrency>(*counted_, *owner_); }

  /// Whether both refer to the same resource.
  friend bool operator==(const Shared& a, const Shared& b) noexcept { return a.counted_ == b.counted_; }

  /// For containers: takes over a reference that is already counted.
  Shared(Counted& counted, Owner& owner) noexcept : counted_(&counted), owner_(&owner) {}

 private:
  Counted* counted_ = nullptr;
  Owner* owner_ = nullptr;
};

/// Refers to a resource without keeping it alive. It does keep the memory of the table's slots, so it can be asked
/// safely at any time, even after the table is gone.
template <class T, class Concurrency = DefaultConcurrency>
class WeakHandle {
  using Counted = detail::CountedValue<T, Concurrency>;
  using Owner = detail::SharedOwner<T, Concurrency>;
  using Outcome = typename core::SharedWord<Concurrency>::Outcome;

 public:
  WeakHandle() noexcept = default;
  WeakHandle(const WeakHandle& other) noexcept
      : counted_(other.counted_), owner_(other.owner_), generation_(other.generation_) {
    if (owner_ != nullptr) owner_->retain();
  }
  WeakHandle(WeakHandle&& other) noexcept
      : counted_(std::exchange(other.counted_, nullptr)),
        owner_(std::exchange(other.owner_, nullptr)),
        generation_(std::exchange(other.generation_, 0)) {}
  WeakHandle& operator=(WeakHandle other) noexcept {
    std::swap(counted_, other.counted_);
    std::swap(owner_, other.owner_);
    std::swap(generation_, other.generation_);
    return *this;
  }
  ~WeakHandle() {
    if (owner_ != nullptr) owner_->release();
  }

  /// A reference that keeps the resource alive. Errors: stale_handle once the resource was removed or taken from its
  /// table, even if other references still keep it alive; null_handle when this is null; over_budget at 2^32 - 1
  /// references.
  Result<Shared<T, Concurrency>> upgrade() const noexcept {
    if (counted_ == nullptr) return fail(ErrorCode::null_handle);
    switch (counted_->word.acquire(generation_)) {
      case Outcome::not_live: return fail(ErrorCode::stale_handle);
      case Outcome::refused: return fail(ErrorCode::over_budget, counted_->word.load().count());
      case Outcome::done: break;
    }
    return Shared<T, Concurrency>(*counted_, *owner_);
  }

  /// Whether upgrade would fail. False may be out of date by the time it is returned; true is final.
  bool is_expired() const noexcept { return counted_ == nullptr || !counted_->word.load().is_live(generation_); }

  /// Whether both refer to the same resource.
  friend bool operator==(const WeakHandle& a, const WeakHandle& b) noexcept {
    return a.counted_ == b.counted_ && a.generation_ == b.generation_;
  }

  /// For containers. The caller keeps the value alive.
  WeakHandle(Counted& counted, Owner& owner) noexcept
      : counted_(&counted), owner_(&owner), generation_(counted.word.load().generation()) {
    owner.retain();
  }

 private:
  Counted* counted_ = nullptr;
  Owner* owner_ = nullptr;
  std::uint32_t generation_ = 0;
};

/// The name that requirement TAB-3 uses for `WeakHandle`.
template <class T, class Concurrency = DefaultConcurrency>
using WeakResourceHandle = WeakHandle<T, Concurrency>;

}  // namespace holdfast::resource
