// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a resource ends, the same in every table: its observer is notified, its clean-up runs, and the outcome becomes a
// RemovalResult. Freestanding.
#pragma once

#include <concepts>
#include <expected>
#include <utility>

#include "holdfast/resource/tables/resource.hpp"

namespace holdfast::resource::detail {

/// A RemovalResult<T> for a removal that was refused: nothing changed.
template <Resource T>
RemovalResult<T> refused(Error error) noexcept {
  if constexpr (std::same_as<CleanupError<T>, Error>) {
    return std::unexpected(error);
  } else {
    return std::unexpected(RemovalFailure<CleanupError<T>>{error, {}});
  }
}

/// Cleans up `value`, whose handle is already dead; the caller destroys it afterwards.
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
