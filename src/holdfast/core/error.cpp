// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/core/error.hpp"

#include <charconv>

namespace holdfast {
namespace {

struct Description {
  std::string_view name;
  unsigned rule;
  std::string_view text;
};

constexpr Description descriptions[] = {
    {"none", 0, "no error"},
#define HOLDFAST_ERROR(code, rule, text) {#code, rule, text},
#include "holdfast/core/error_codes.def"
#undef HOLDFAST_ERROR
};
constexpr Description unknown_code{"unknown", 0, "unknown error"};

const Description& describe(ErrorCode code) noexcept {
  const auto index = static_cast<std::size_t>(code);
  return index < std::size(descriptions) ? descriptions[index] : unknown_code;
}

}  // namespace

std::string_view name_of(ErrorCode code) noexcept { return describe(code).name; }
std::string_view text_of(ErrorCode code) noexcept { return describe(code).text; }
unsigned rule_of(ErrorCode code) noexcept { return describe(code).rule; }

std::string_view render(const Error& error, char* buffer, std::size_t size) noexcept {
  const std::string_view text = text_of(error.code);
  char* out = buffer;
  char* const end = buffer + size;
  for (std::size_t i = 0; i < text.size() && out != end; ++i) {
    const std::string_view rest = text.substr(i, 3);
    if (rest != "{d}" && rest != "{o}" && rest != "{x}") {
      *out++ = text[i];
      continue;
    }
    if (rest == "{x}") {
      *out++ = '0';
      if (out != end) *out++ = 'x';
    }
    const std::uint64_t number = rest == "{o}" ? error.offset : error.detail;
    const auto written = std::to_chars(out, end, number, rest == "{x}" ? 16 : 10);
    if (written.ec != std::errc{}) break;
    out = written.ptr;
    i += 2;
  }
  return {buffer, static_cast<std::size_t>(out - buffer)};
}

}  // namespace holdfast
