// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/core/rules.hpp"

#include <cstddef>
#include <iterator>

namespace holdfast {
namespace {

struct RuleDescription {
  Rule rule;
  std::string_view name;
  std::string_view text;
  std::string_view source;
};

constexpr RuleDescription rules[] = {
    {Rule::none, "none", "", ""},
#define HOLDFAST_RULE(number, name, text, source) {Rule::name, #name, text, source},
#include "holdfast/core/rules.def"
#undef HOLDFAST_RULE
};

constexpr bool numbers_have_no_gap() {
  for (std::size_t i = 0; i < std::size(rules); ++i) {
    if (number_of(rules[i].rule) != i) return false;
  }
  return true;
}
static_assert(numbers_have_no_gap(), "rules.def lists the rules in the order of their numbers");

const RuleDescription& describe(Rule rule) noexcept {
  const std::size_t number = number_of(rule);
  return number < std::size(rules) ? rules[number] : rules[0];
}

}  // namespace

std::string_view name_of(Rule rule) noexcept { return describe(rule).name; }
std::string_view text_of(Rule rule) noexcept { return describe(rule).text; }
std::string_view source_of(Rule rule) noexcept { return describe(rule).source; }

}  // namespace holdfast
