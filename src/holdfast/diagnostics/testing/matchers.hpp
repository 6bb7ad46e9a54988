// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Matchers of GoogleTest for results, for the tests of all layers:
//
//   EXPECT_THAT(result, Succeeds());                          any std::expected with a value
//   EXPECT_THAT(result, Gives(42u));                          the value, compared with ==
//   EXPECT_THAT(result, Fails(ErrorKind::link, "words"));     kind, and words that the message contains
//   EXPECT_THAT(result, Traps(Rule::lift_own, "words"));      kind `trap`, the broken rule, and words
//
// Traps, Misuse, Closed and Limit stand for Fails with their kind. When a matcher fails it prints the whole error.
#pragma once

#include <gmock/gmock.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::matchers {

/// "trap, rule 3: ...", with call path and backtrace.
inline std::string describe(const HostError& error) {
  std::string text(name_of(error.kind()));
  if (error.rule() != Rule::none) text += ", rule " + std::to_string(number_of(error.rule()));
  return text + ": " + error.to_string();
}
/// Of other errors, the name.
template <class E>
std::string describe(const E& error) {
  return std::string(name_of(error));
}

/// The value of a result that must have one; an exception with the error ends the test otherwise.
template <class T>
T need(HostResult<T> result) {
  if (!result) throw std::runtime_error(describe(result.error()));
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

MATCHER(Succeeds, "succeeds") {
  if (!arg) *result_listener << "which failed: " << describe(arg.error());
  return static_cast<bool>(arg);
}

MATCHER_P(Gives, expected, "gives " + ::testing::PrintToString(expected)) {
  if (!arg) {
    *result_listener << "which failed: " << describe(arg.error());
    return false;
  }
  return *arg == expected;
}

/// `rule` is empty when any rule, or none, is right.
MATCHER_P3(IsFailure, kind, rule, words,
           "fails as " + std::string(name_of(kind)) + (rule ? ", rule " + std::string(name_of(*rule)) : "") +
               ", with \"" + words + '"') {
  if (arg) {
    *result_listener << "which succeeded";
    return false;
  }
  *result_listener << "which failed: " << describe(arg.error());
  return arg.error().kind() == kind && (!rule || arg.error().rule() == *rule) &&
         arg.error().message().find(words) != std::string::npos;
}

inline auto Fails(ErrorKind kind, std::string_view words) {
  return IsFailure(kind, std::optional<Rule>(), std::string(words));
}
inline auto Fails(ErrorKind kind, Rule rule, std::string_view words) {
  return IsFailure(kind, std::optional(rule), std::string(words));
}

inline auto Traps(std::string_view words) { return Fails(ErrorKind::trap, words); }
inline auto Traps(Rule rule, std::string_view words) { return Fails(ErrorKind::trap, rule, words); }
inline auto Limit(std::string_view words) { return Fails(ErrorKind::limit, words); }
inline auto Limit(Rule rule, std::string_view words) { return Fails(ErrorKind::limit, rule, words); }
inline auto Misuse(std::string_view words) { return Fails(ErrorKind::misuse, words); }
inline auto Misuse(Rule rule, std::string_view words) { return Fails(ErrorKind::misuse, rule, words); }
inline auto Closed(std::string_view words) { return Fails(ErrorKind::closed, words); }
inline auto Closed(Rule rule, std::string_view words) { return Fails(ErrorKind::closed, rule, words); }

}  // namespace holdfast::matchers
