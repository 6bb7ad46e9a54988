// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Observers beyond the one that a table has at compile time: `ObserverList`, to which `LifecycleCallback`s can be
// attached at run time, up to its capacity; and `ObserverRef`, which forwards to an observer that lives elsewhere.
// Neither owns what it calls. As thread-safe as the table that is observed; no allocation. Freestanding.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "holdfast/core/result.hpp"
#include "holdfast/resource/tables/resource.hpp"

namespace holdfast::resource {

/// The events in the life of a resource of type T, for observers that are attached at run time. Override the callbacks
/// of interest. The contracts are those of ObserverOf. Every callback may call back into the table and change the list.
template <class T>
class LifecycleCallback {
 public:
  virtual void on_create(Handle<T>, const T&) {}
  virtual void on_access(Handle<T>, T&) {}
  /// The value is about to be moved out of the table.
  virtual void on_take(Handle<T>, T&) {}
  /// The resource has received a new handle, the second argument.
  virtual void on_renew(Handle<T>, Handle<T>, T&) {}
  virtual void on_cleanup(Handle<T>, T&) {}
  virtual void on_cleanup_failed(Handle<T>, T&, const CleanupError<T>&) {}

 protected:
  ~LifecycleCallback() = default;  // nobody deletes through this
};

/// Makes any observer a LifecycleCallback: forwards to `observer`, which must outlive this.
template <class T, ObserverOf<T> O>
class LifecycleForwarder final : public LifecycleCallback<T> {
 public:
  explicit LifecycleForwarder(O& observer) noexcept : observer_(observer) {}
  void on_create(Handle<T> handle, const T& value) override { observer_.on_create(handle, value); }
  void on_access(Handle<T> handle, T& value) override { observer_.on_access(handle, value); }
  void on_take(Handle<T> handle, T& value) override {
    if constexpr (ObservesTaking<O, T>) observer_.on_take(handle, value);
  }
  void on_renew(Handle<T> old_handle, Handle<T> handle, T& value) override {
    if constexpr (ObservesRenewal<O, T>) observer_.on_renew(old_handle, handle, value);
  }
  void on_cleanup(Handle<T> handle, T& value) override { observer_.on_cleanup(handle, value); }
  void on_cleanup_failed(Handle<T> handle, T& value, const CleanupError<T>& error) override {
    observer_.on_cleanup_failed(handle, value, error);
  }

 private:
  O& observer_;
};

/// An observer that calls up to `Capacity` attached callbacks, in the order in which they were attached. The list may
/// change during a call: a callback that is attached meanwhile is called from the next event on; one that is detached
/// is not called again.
template <class T, std::size_t Capacity = 8>
class ObserverList {
  static_assert(Capacity >= 1);

 public:
  /// `callback` must stay alive until it is detached or the list is destroyed.
  /// Errors: capacity_exhausted; wrong_state if it is already attached.
  Result<void> attach(LifecycleCallback<T>& callback) noexcept {
    if (is_attached(callback)) return fail(ErrorCode::wrong_state);
    if (length_ == Capacity) return fail(ErrorCode::capacity_exhausted, Capacity);
    attached_[length_++] = &callback;
    return {};
  }

  /// Errors: wrong_state if it is not attached.
  Result<void> detach(LifecycleCallback<T>& callback) noexcept {
    for (std::size_t i = 0; i < length_; ++i) {
      if (attached_[i] != &callback) continue;
      attached_[i] = nullptr;
      has_gaps_ = true;
      if (calls_ == 0) close_gaps();
      return {};
    }
    return fail(ErrorCode::wrong_state);
  }

  bool is_attached(const LifecycleCallback<T>& callback) const noexcept {
    for (std::size_t i = 0; i < length_; ++i)
      if (attached_[i] == &callback) return true;
    return false;
  }

  /// The number of attached callbacks.
  std::size_t size() const noexcept {
    std::size_t count = 0;
    for (std::size_t i = 0; i < length_; ++i) count += attached_[i] != nullptr;
    return count;
  }

  void on_create(Handle<T> handle, const T& value) {
    call([&](LifecycleCallback<T>& to) { to.on_create(handle, value); });
  }
  void on_access(Handle<T> handle, T& value) {
    call([&](LifecycleCallback<T>& to) { to.on_access(handle, value); });
  }
  void on_take(Handle<T> handle, T& value) {
    call([&](LifecycleCallback<T>& to) { to.on_take(handle, value); });
  }
  void on_renew(Handle<T> old_handle, Handle<T> handle, T& value) {
    call([&](LifecycleCallback<T>& to) { to.on_renew(old_handle, handle, value); });
  }
  void on_cleanup(Handle<T> handle, T& value) {
    call([&](LifecycleCallback<T>& to) { to.on_cleanup(handle, value); });
  }
  void on_cleanup_failed(Handle<T> handle, T& value, const CleanupError<T>& error) {
    call([&](LifecycleCallback<T>& to) { to.on_cleanup_failed(handle, value, error); });
  }

 private:
  // Counts the calls in progress, even if one of them throws.
  struct Calling {
    ObserverList& list;
    explicit Calling(ObserverList& calling) noexcept : list(calling) { ++list.calls_; }
    Calling(const Calling&) = delete;
    Calling& operator=(const Calling&) = delete;
    ~Calling() {
      if (--list.calls_ == 0 && list.has_gaps_) list.close_gaps();
    }
  };

  // Detaching leaves a gap until no call is iterating over the list, so that positions do not move during the
  // iteration.
  template <class Call>
  void call(Call&& callback) {
    if (length_ == 0) return;
    const Calling calling(*this);
    const std::size_t end = length_;
    for (std::size_t i = 0; i < end; ++i)
      if (attached_[i] != nullptr) callback(*attached_[i]);
  }

  void close_gaps() noexcept {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < length_; ++i)
      if (attached_[i] != nullptr) attached_[kept++] = attached_[i];
    length_ = kept;
    has_gaps_ = false;
  }

  std::array<LifecycleCallback<T>*, Capacity> attached_{};
  std::size_t length_ = 0;  // gaps included
  std::uint32_t calls_ = 0;
  bool has_gaps_ = false;
};

/// Forwards to an `O` that lives elsewhere and must outlive the table: for observers that cannot be moved, or that are
/// read after the table is gone.
template <class O>
class ObserverRef : public detail::PerResourceOf<O> {
 public:
  static constexpr bool calls_back = may_call_back<O>;

  explicit ObserverRef(O& observer) noexcept : observer_(&observer) {}
  O& operator*() const noexcept { return *observer_; }
  O* operator->() const noexcept { return observer_; }

  template <class T>
  void on_create(Handle<T> handle, const T& value) {
    observer_->on_create(handle, value);
  }
  template <class T>
  void on_access(Handle<T> handle, T& value) {
    observer_->on_access(handle, value);
  }
  template <class T, class PerResource>
  void on_create(Handle<T> handle, const T& value, PerResource& kept) {
    observer_->on_create(handle, value, kept);
  }
  template <class T, class PerResource>
  void on_access(Handle<T> handle, T& value, PerResource& kept) {
    observer_->on_access(handle, value, kept);
  }
  template <class T>
    requires ObservesTaking<O, T>
  void on_take(Handle<T> handle, T& value) {
    observer_->on_take(handle, value);
  }
  template <class T>
    requires ObservesRenewal<O, T>
  void on_renew(Handle<T> old_handle, Handle<T> handle, T& value) {
    observer_->on_renew(old_handle, handle, value);
  }
  template <class T>
  void on_cleanup(Handle<T> handle, T& value) {
    observer_->on_cleanup(handle, value);
  }
  template <class T>
  void on_cleanup_failed(Handle<T> handle, T& value, const CleanupError<T>& error) {
    observer_->on_cleanup_failed(handle, value, error);
  }

 private:
  O* observer_;
};

}  // namespace holdfast::resource
