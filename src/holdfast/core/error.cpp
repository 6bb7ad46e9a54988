// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/core/error.hpp"

#include <charconv>

namespace holdfast {
namespace {

struct Description {
  std::string_view name;
  Rule rule;
  std::string_view text;
};

constexpr Description descriptions[] = {
    {"none", Rule::none, "no error"},
#define HOLDFAST_ERROR(code, rule, text) {#code, Rule::rule, text},
#include "holdfast/core/error_codes.def"
#undef HOLDFAST_ERROR
};
constexpr std::string_view state_names[] = {
#define HOLDFAST_RESOURCE_STATE(state, text) text,
#include "holdfast/core/resource_states.def"
#undef HOLDFAST_RESOURCE_STATE
};
constexpr Description unknown_code{"unknown", Rule::none, "unknown error"};

const Description& describe(ErrorCode code) noexcept {
  const auto index = static_cast<std::size_t>(code);
  return index < std::size(descriptions) ? descriptions[index] : unknown_code;
}

/// Writes into a buffer and drops what does not fit.
class Writer {
 public:
  Writer(char* buffer, std::size_t size) noexcept : begin_(buffer), out_(buffer), end_(buffer + size) {}

  void text(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size() && out_ != end_; ++i) *out_++ = text[i];
  }
  /// Writes the whole number. If it does not fit, neither it nor anything after it is written.
  void number(std::uint64_t number, int base) noexcept {
    const auto written = std::to_chars(out_, end_, number, base);
    if (written.ec == std::errc{}) {
      out_ = written.ptr;
    } else {
      end_ = out_;
    }
  }
  std::string_view written() const noexcept { return {begin_, static_cast<std::size_t>(out_ - begin_)}; }

 private:
  char* begin_;
  char* out_;
  char* end_;
};

void write_states(Writer& out, std::uint64_t pair) noexcept {
  const std::uint64_t from = pair >> 8;
  const std::uint64_t to = pair & 0xff;
  if (from == 0 || to == 0 || from > std::size(state_names) || to > std::size(state_names)) return;
  out.text(": it is ");
  out.text(state_names[from - 1]);
  out.text(" and cannot become ");
  out.text(state_names[to - 1]);
}

}  // namespace

std::string_view name_of(ErrorCode code) noexcept { return describe(code).name; }
std::string_view text_of(ErrorCode code) noexcept { return describe(code).text; }
Rule rule_of(ErrorCode code) noexcept { return describe(code).rule; }

std::string_view name_of(ResourceState state) noexcept {
  const auto index = static_cast<std::size_t>(state);
  return index < std::size(state_names) ? state_names[index] : "unknown";
}

std::string_view render(const Error& error, char* buffer, std::size_t size) noexcept {
  const std::string_view text = text_of(error.code);
  Writer out(buffer, size);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '{') {
      out.text(text.substr(i, 1));
      continue;
    }
    switch (text[i + 1]) {
      case 'd': out.number(error.detail, 10); break;
      case 'o': out.number(error.offset, 10); break;
      case 's': write_states(out, error.detail); break;
      case 'x':
        out.text("0x");
        out.number(error.detail, 16);
        break;
      default: break;
    }
    i += 2;
  }
  return out.written();
}

}  // namespace holdfast
