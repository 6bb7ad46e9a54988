// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a resource table can hold, how resources are cleaned up, and how to observe them. Freestanding.
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

/// Anything that can be moved and destroyed. If it has a member `cleanup`, that must have the right type: a clean-up
/// with a mistyped signature must not be skipped silently.
template <class T>
concept Resource = std::is_object_v<T> && std::move_constructible<T> && (!detail::HasCleanupMember<T> || HasCleanup<T>);

/// The error type of T's clean-up; `Error` if T has none.
template <class T>
using CleanupError = typename detail::CleanupErrorOf<T>::type;

/// Why a removal failed. If `cleanup` has a value, the resource is gone and this is the error of its clean-up (`error`
/// is cleanup_failed). Otherwise nothing changed.
template <class E>
struct RemovalFailure {
  Error error;
  std::optional<E> cleanup;

  operator Error() const noexcept { return error; }  // NOLINT(google-explicit-constructor): for HOLDFAST_TRY
};

/// What removing a T returns. A clean-up that fails with an `Error` passes on that error itself.
template <class T>
using RemovalResult =
    std::expected<void,
                  std::conditional_t<std::same_as<CleanupError<T>, Error>, Error, RemovalFailure<CleanupError<T>>>>;

/// What a failed insert returns: the reason, and the value unchanged.
template <class T>
struct Rejected {
  Error error;
  T value;

  operator Error() const noexcept { return error; }  // NOLINT(google-explicit-constructor): for HOLDFAST_TRY
};

/// Observes a table. Every callback may call back into the same table. `on_access` may change the value. During
/// `on_cleanup` and `on_cleanup_failed` the handle is already dead and the value still alive. Moving a value out calls
/// neither, see ObservesTaking; an observer that keeps handles also needs ObservesRenewal.
template <class O, class T>
concept ObserverOf = requires(O observer, Handle<T> handle, T& value, const T& created, const CleanupError<T>& error) {
  observer.on_create(handle, created);
  observer.on_access(handle, value);
  observer.on_cleanup(handle, value);
  observer.on_cleanup_failed(handle, value, error);
};

/// An observer with `on_take(handle, value)`, called when a value is about to be moved out. The handle is already dead.
template <class O, class T>
concept ObservesTaking = requires(O observer, Handle<T> handle, T& value) { observer.on_take(handle, value); };

/// An observer with `on_renew(old_handle, handle, value)`, called when a resource has received a new handle. The old
/// handle is already dead.
template <class O, class T>
concept ObservesRenewal =
    requires(O observer, Handle<T> handle, T& value) { observer.on_renew(handle, handle, value); };

/// Whether an observer may call back into its table. An observer that never does declares
/// `static constexpr bool calls_back = false`, and its table then need not repeat a look-up after calling it.
template <class O>
inline constexpr bool may_call_back = [] {
  if constexpr (requires { O::calls_back; }) {
    return bool{O::calls_back};
  } else {
    return true;
  }
}();

/// An observer for which a ResourceTable keeps an `O::PerResource` next to each resource, in memory that a look-up
/// touches anyway. It is default-constructed with the resource, lives as long, does not move, and is passed to
/// on_create and on_access as the third argument.
template <class O>
concept KeepsPerResource = std::default_initializable<typename O::PerResource>;

namespace detail {

/// Gives an observer that forwards to `O` the same PerResource as `O`, if any.
template <class O>
struct PerResourceOf {};
template <KeepsPerResource O>
struct PerResourceOf<O> {
  using PerResource = typename O::PerResource;
};

/// A resource in a table with its observer's PerResource, which comes first to be near the slot's own words.
template <class T, class Observer>
struct Observed {
  template <class... Arguments>
  explicit Observed(Arguments&&... arguments) : value(std::forward<Arguments>(arguments)...) {}

  typename Observer::PerResource kept{};
  T value;
};

}  // namespace detail

/// Observes nothing and costs nothing.
struct NoObserver {
  static constexpr void on_create(auto&&...) noexcept {}
  static constexpr void on_access(auto&&...) noexcept {}
  static constexpr void on_cleanup(auto&&...) noexcept {}
  static constexpr void on_cleanup_failed(auto&&...) noexcept {}
};

}  // namespace holdfast::resource
