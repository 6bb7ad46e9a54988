// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rules of handle tables and resource built-ins that errors, comments and tests cite; docs/rules.md explains them.
// Freestanding.
#pragma once

#include <cstdint>
#include <string_view>

namespace holdfast {

/// The rules by name; each value is the rule's number. The list is core/rules.def.
enum class Rule : std::uint8_t {
  none = 0,
#define HOLDFAST_RULE(number, name, text, source) name = number,
#include "holdfast/core/rules.def"
#undef HOLDFAST_RULE
};

/// The number that documents and test names cite; 0 for `none`.
constexpr unsigned number_of(Rule rule) noexcept { return static_cast<unsigned>(rule); }

/// The name from rules.def; "none" for `none`. Never fails.
std::string_view name_of(Rule rule) noexcept;

/// The rule in one sentence; empty for `none`.
std::string_view text_of(Rule rule) noexcept;

/// The page and section of the specification that the rule comes from; empty for `none`.
std::string_view source_of(Rule rule) noexcept;

}  // namespace holdfast
