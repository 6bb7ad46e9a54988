// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What may be kept in a resource table, how it is cleaned up, and who may watch. Freestanding.
#pragma once

#include <concepts>
#include <expected>
#include <optional>
#include <type_traits>
#include <utility>

#include "holdfast/core/error.hpp"
#include "holdfast/resource/tables/handle.hpp"

namespace holdfast::resource {

namespace detail {

template <class>
inline constexpr bool is_expected_void = false;
template <class E>
inline constexpr bool is_expected_void<std::expected<void, E>> = true;

template <class T>
concept HasCleanupMember = requires(T& value) { value.cleanup(); };

template <class T>
struct CleanupErrorOf {
  using type = Error;
};
template <HasCleanupMember T>
struct CleanupErrorOf<T> {
  using type = typename decltype(std::declval<T&>().cleanup())::error_type;
};

}  // namespace detail

/// T has a clean-up that can fail: `std::expected<void, E> cleanup()`.
template <class T>
concept HasCleanup = detail::HasCleanupMember<T> && detail::is_expected_void<decltype(std::declval<T&>().cleanup())>;

/// Anything that can be moved and destroyed. A member `cleanup`, if there is one, must have the right type:
/// a resource whose clean-up is misspelt must not be cleaned up by chance of its destructor.
template <class T>
concept Resource = std::is_object_v<T> && std::move_constructible<T> && (!detail::HasCleanupMember<T> || HasCleanup<T>);

/// E of T's clean-up; `Error` where T has none.
template <class T>
using CleanupError = typename detail::CleanupErrorOf<T>::type;

/// Why a removal failed. When `cleanup` has a value the resource is gone and this is what its clean-up said
/// (`error` is cleanup_failed); else nothing changed.
template <class E>
struct RemovalFailure {
  Error error;
  std::optional<E> cleanup;

  operator Error() const noexcept { return error; }  // NOLINT(google-explicit-constructor): for HOLDFAST_TRY
};

/// What removing a T returns. A clean-up that fails with `Error` hands that error itself on.
template <class T>
using RemovalResult =
    std::expected<void,
                  std::conditional_t<std::same_as<CleanupError<T>, Error>, Error, RemovalFailure<CleanupError<T>>>>;

/// What an insert that failed gives back: the reason and the value, unharmed.
template <class T>
struct Rejected {
  Error error;
  T value;

  operator Error() const noexcept { return error; }  // NOLINT(google-explicit-constructor): for HOLDFAST_TRY
};

/// Watches a table. Every callback may call back into the same table. `on_access` may change the value;
/// during the last two the handle is dead already and the value alive still. Moving a value out is no clean-up, see
/// ObservesTaking; ObservesRenewal is for whoever keeps handles.
template <class O, class T>
concept ObserverOf = requires(O observer, Handle<T> handle, T& value, const T& made, const CleanupError<T>& error) {
  observer.on_create(handle, made);
  observer.on_access(handle, value);
  observer.on_cleanup(handle, value);
  observer.on_cleanup_failed(handle, value, error);
};

/// An observer that also hears, by `on_take(handle, value)`, of a value that is about to be moved out: the handle is
/// dead already.
template <class O, class T>
concept ObservesTaking = requires(O observer, Handle<T> handle, T& value) { observer.on_take(handle, value); };

/// An observer that also hears, by `on_renew(old_handle, handle, value)`, of a resource that has a new handle: the old
/// one is dead already.
template <class O, class T>
concept ObservesRenewal =
    requires(O observer, Handle<T> handle, T& value) { observer.on_renew(handle, handle, value); };

/// Whether an observer may call back into its table. One that never does says so with
/// `static constexpr bool calls_back = false`, and its table need not look again after calling it.
template <class O>
inline constexpr bool may_call_back = [] {
  if constexpr (requires { O::calls_back; }) {
    return bool{O::calls_back};
  } else {
    return true;
  }
}();

/// An observer of which a ResourceTable keeps an `O::PerResource` beside each resource, where a look-up comes by
/// anyway. It is made by default with the resource, lives as long, does not move, and is the third argument of
/// on_create and on_access.
template <class O>
concept KeepsPerResource = std::default_initializable<typename O::PerResource>;

namespace detail {

/// The name PerResource for an observer that stands for `O`.
template <class O>
struct PerResourceOf {};
template <KeepsPerResource O>
struct PerResourceOf<O> {
  using PerResource = typename O::PerResource;
};

/// A resource in a table, with what its observer keeps beside it (before it: with the slot's own words).
template <class T, class Observer>
struct Observed {
  template <class... Arguments>
  explicit Observed(Arguments&&... arguments) : value(std::forward<Arguments>(arguments)...) {}

  typename Observer::PerResource kept{};
  T value;
};

}  // namespace detail

/// Watches nothing and costs nothing.
struct NoObserver {
  static constexpr void on_create(auto&&...) noexcept {}
  static constexpr void on_access(auto&&...) noexcept {}
  static constexpr void on_cleanup(auto&&...) noexcept {}
  static constexpr void on_cleanup_failed(auto&&...) noexcept {}
};

}  // namespace holdfast::resource
