// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The end of a resource, the same in every table: its observers hear of it, its clean-up runs, and what that says
// takes the form of a RemovalResult. Freestanding.
#pragma once

#include <concepts>
#include <expected>
#include <utility>

#include "holdfast/resource/tables/resource.hpp"

namespace holdfast::resource::detail {

/// A refusal, as RemovalResult<T> has it: nothing changed.
template <Resource T>
RemovalResult<T> refused(Error error) noexcept {
  if constexpr (std::same_as<CleanupError<T>, Error>) {
    return std::unexpected(error);
  } else {
    return std::unexpected(RemovalFailure<CleanupError<T>>{error, {}});
  }
}

/// Cleans `value` up, whose handle is dead already; the caller ends it afterwards.
template <Resource T, class Observer>
RemovalResult<T> clean_up(Handle<T> handle, T& value, Observer& observer) {
  observer.on_cleanup(handle, value);
  if constexpr (HasCleanup<T>) {
    auto cleaned = value.cleanup();
    if (cleaned) return {};
    observer.on_cleanup_failed(handle, value, std::as_const(cleaned.error()));
    if constexpr (std::same_as<CleanupError<T>, Error>) {
      return std::unexpected(std::move(cleaned).error());
    } else {
      return std::unexpected(
          RemovalFailure<CleanupError<T>>{make_error(ErrorCode::cleanup_failed), std::move(cleaned).error()});
    }
  }
  return {};
}

}  // namespace holdfast::resource::detail
