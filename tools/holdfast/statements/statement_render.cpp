// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>

#include "statements/statement_syntax.hpp"

namespace holdfast::cli {
namespace {

constexpr std::size_t widest_excerpt = 110;  // bytes of a long line that are shown

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// Counts characters, not bytes, so that the caret is in the right column.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !continues_character(c); }));
}

/// Replaces control characters, which would move the cursor.
std::string printable(std::string_view text) {
  std::string result(text);
  std::ranges::replace_if(result, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return result;
}

}  // namespace

std::string render(const SourceError& error, std::string_view source, std::string_view name) {
  const std::size_t offset = std::min(error.span.offset, source.size());
  const std::size_t before = source.substr(0, offset).rfind('\n');
  const std::size_t line_start = before == std::string_view::npos ? 0 : before + 1;
  const std::size_t line_end = std::min(source.find('\n', offset), source.size());
  std::size_t start = line_start;
  std::size_t end = line_end;
  if (end - start > widest_excerpt) {
    start = offset > line_start + widest_excerpt / 2 ? offset - widest_excerpt / 2 : line_start;
    end = std::min(end, start + widest_excerpt);
    while (start < offset && continues_character(source[start])) ++start;
    while (end > offset && end < line_end && continues_character(source[end])) --end;
  }
  const std::size_t marked_end = std::clamp(error.span.end(), offset, end);
  const std::string_view left = source.substr(start, offset - start);

  std::string text = error.message + '\n';
  const auto line = std::ranges::count(source.substr(0, line_start), '\n') + 1;
  const bool has_lines = source.find('\n') != std::string_view::npos;
  if (!name.empty() || has_lines) {
    text += "  at ";
    if (!name.empty()) text += std::string(name) + ':';
    text += (name.empty() ? "line " : "") + std::to_string(line) + ':' +
            std::to_string(columns(source.substr(line_start, offset - line_start)) + 1) + '\n';
  }
  text += "    " + printable(source.substr(start, end - start)) + '\n';
  text += "    " + std::string(columns(left), ' ') + '^';
  const std::size_t width = columns(source.substr(offset, marked_end - offset));
  if (width > 1) text += std::string(width - 1, '~');
  return text + '\n';
}

}  // namespace holdfast::cli
