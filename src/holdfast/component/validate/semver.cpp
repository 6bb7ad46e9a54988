// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/validate/semver.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>

#include "holdfast/component/causes/cause.hpp"

namespace holdfast::component {
namespace {

bool is_identifier_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

/// Takes a number from the front of `text`.
HostResult<void> take_number(std::string_view& text, std::string_view part) {
  if (text.empty()) return refuse(Cause::version_ends, {part});
  if (!is_digit(text.front())) return refuse(Cause::version_unexpected_character, {text.substr(0, 1), "in", part});
  if (text.front() == '0' && text.size() > 1 && is_digit(text[1])) return refuse(Cause::version_leading_zero, {part});
  std::uint64_t value = 0;
  while (!text.empty() && is_digit(text.front())) {
    const auto digit = static_cast<std::uint64_t>(text.front() - '0');
    if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10)
      return refuse(Cause::version_overflow, {part});
    value = value * 10 + digit;
    text.remove_prefix(1);
  }
  return {};
}

/// Takes identifiers, separated by dots, from the front of `text`.
HostResult<void> take_identifiers(std::string_view& text, bool leading_zeros, std::string_view part) {
  while (true) {
    std::size_t length = 0;
    bool all_digits = true;
    for (; length < text.size() && is_identifier_character(text[length]); ++length)
      all_digits = all_digits && is_digit(text[length]);
    if (length == 0) {
      const bool is_foreign = !text.empty() && text.front() != '.' && text.front() != '+';
      if (is_foreign) return refuse(Cause::version_unexpected_character, {text.substr(0, 1), "in", part});
      return refuse(Cause::version_empty_segment, {part});
    }
    if (!leading_zeros && all_digits && length > 1 && text.front() == '0')
      return refuse(Cause::version_leading_zero, {part});
    text.remove_prefix(length);
    if (text.empty() || text.front() != '.') return {};
    text.remove_prefix(1);
  }
}

}  // namespace

HostResult<void> check_semver(std::string_view text) {
  if (text.empty()) return refuse(Cause::version_empty);
  constexpr std::array<std::string_view, 3> parts = {"major version number", "minor version number",
                                                     "patch version number"};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    HOLDFAST_TRY(take_number(text, parts[i]));
    if (i + 1 == parts.size()) break;
    if (text.empty()) return refuse(Cause::version_ends, {parts[i]});
    if (text.front() != '.') return refuse(Cause::version_unexpected_character, {text.substr(0, 1), "after", parts[i]});
    text.remove_prefix(1);
  }
  std::string_view last = parts.back();
  if (!text.empty() && text.front() == '-') {
    text.remove_prefix(1);
    last = "pre-release identifier";
    HOLDFAST_TRY(take_identifiers(text, false, last));
  }
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    last = "build metadata";
    HOLDFAST_TRY(take_identifiers(text, true, last));
  }
  if (!text.empty()) return refuse(Cause::version_unexpected_character, {text.substr(0, 1), "after", last});
  return {};
}

bool is_canonical_version(std::string_view text) noexcept {
  if (text == "0.0.0") return true;
  for (int i = 0; i < 2 && text.starts_with("0."); ++i) text.remove_prefix(2);
  return !text.empty() && text.front() != '0' && std::ranges::all_of(text, is_digit);
}

}  // namespace holdfast::component
