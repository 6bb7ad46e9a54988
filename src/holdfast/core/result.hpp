// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Result<T>`: a value or an `Error`; and TRY macros that return an error to the caller. Freestanding.
// Product code reads a result with `*r` after a check, never with `.value()`, which links `abort`.
#pragma once

#include <expected>
#include <utility>

#include "holdfast/core/error.hpp"

namespace holdfast {

template <class T>
using Result = std::expected<T, Error>;

/// The failure half of a `Result`.
inline constexpr std::unexpected<Error> fail(ErrorCode code, std::uint64_t detail = 0,
                                             std::uint32_t offset = 0) noexcept {
  return std::unexpected(make_error(code, detail, offset));
}

}  // namespace holdfast

#define HOLDFAST_CONCAT_(a, b) a##b
#define HOLDFAST_CONCAT(a, b) HOLDFAST_CONCAT_(a, b)

/// Evaluates `expression` (a std::expected); if it failed, returns its error from the enclosing function.
#define HOLDFAST_TRY(expression) HOLDFAST_TRY_(HOLDFAST_CONCAT(holdfast_try_, __COUNTER__), expression)
#define HOLDFAST_TRY_(name, expression)                                                   \
  do {                                                                                    \
    if (auto name = (expression); !name) return std::unexpected(std::move(name).error()); \
  } while (false)

/// `HOLDFAST_TRY_ASSIGN(auto x, f());` initialises x with the value of `f()`, or returns its error.
#define HOLDFAST_TRY_ASSIGN(declaration, expression) \
  HOLDFAST_TRY_ASSIGN_(HOLDFAST_CONCAT(holdfast_try_, __COUNTER__), declaration, expression)
#define HOLDFAST_TRY_ASSIGN_(name, declaration, expression)   \
  auto name = (expression);                                   \
  if (!name) return std::unexpected(std::move(name).error()); \
  declaration = *std::move(name)
