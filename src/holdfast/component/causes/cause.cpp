// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/causes/cause.hpp"

#include <array>

namespace holdfast::component {
namespace {

struct Description {
  std::string_view name;
  ErrorKind kind;
  std::string_view text;
};

constexpr std::array descriptions = {
#define HOLDFAST_CAUSE(cause, kind, text) Description{#cause, ErrorKind::kind, text},
#include "holdfast/component/causes/messages.def"
#undef HOLDFAST_CAUSE
};

/// In bytes. Arguments may come from a guest, so longer ones are cut.
constexpr std::size_t longest_argument = 200;

std::string fill(std::string_view text, std::initializer_list<std::string_view> arguments) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_placeholder =
        text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}' && text[i + 1] >= '0' && text[i + 1] <= '9';
    if (!is_placeholder) {
      result += text[i];
      continue;
    }
    const auto position = static_cast<std::size_t>(text[i + 1] - '0');
    if (position < arguments.size()) {
      std::string_view argument = arguments.begin()[position];
      result += argument.substr(0, longest_argument);
      if (argument.size() > longest_argument) result += "...";
    }
    i += 2;
  }
  return result;
}

}  // namespace

std::string_view name_of(Cause cause) noexcept { return descriptions[static_cast<std::size_t>(cause)].name; }

std::string_view text_of(Cause cause) noexcept { return descriptions[static_cast<std::size_t>(cause)].text; }

std::unexpected<HostError> refuse(Cause cause, std::initializer_list<std::string_view> arguments) {
  const Description& description = descriptions[static_cast<std::size_t>(cause)];
  return std::unexpected(HostError(description.kind, fill(description.text, arguments)));
}

std::unexpected<HostError> refuse_at(std::size_t offset, Cause cause,
                                     std::initializer_list<std::string_view> arguments) {
  auto failure = refuse(cause, arguments);
  failure.error().with_offset(offset);
  return failure;
}

std::string number(std::uint64_t value) { return std::to_string(value); }

}  // namespace holdfast::component
