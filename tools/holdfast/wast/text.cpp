// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wast/text.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utf8.h>
#include <utility>

namespace holdfast::cli::wast {
namespace {

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Takes one escape off the front of `body`, which begins after the backslash. False: it is not a valid escape.
bool take_escape(std::string_view& body, std::string& out) {
  if (body.empty()) return false;
  const char kind = body.front();
  constexpr std::string_view names = "nrt\"'\\", meanings = "\n\r\t\"'\\";
  if (const auto index = names.find(kind); index != std::string_view::npos) {
    out += meanings[index];
    body.remove_prefix(1);
    return true;
  }
  if (kind == 'u') {
    const auto close = body.find('}');
    if (close == std::string_view::npos || !body.starts_with("u{")) return false;
    std::uint32_t value = 0;
    const std::string_view digits = body.substr(2, close - 2);
    bool is_after_digit = false;  // a `_` must be between two digits
    for (const char c : digits) {
      const bool is_separator = c == '_' && is_after_digit;
      is_after_digit = !is_separator;
      if (is_separator) continue;
      if (hex_digit(c) < 0 || value > 0x10ffff) return false;
      value = value * 16 + static_cast<std::uint32_t>(hex_digit(c));
    }
    if (!is_after_digit || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return false;
    utf8::append(value, std::back_inserter(out));
    body.remove_prefix(close + 1);
    return true;
  }
  if (body.size() < 2 || hex_digit(body[0]) < 0 || hex_digit(body[1]) < 0) return false;
  out += static_cast<char>(hex_digit(body[0]) * 16 + hex_digit(body[1]));
  body.remove_prefix(2);
  return true;
}

/// Decodes the text between the quotes; nullopt for an invalid escape.
std::optional<std::string> decode(std::string_view body) {
  std::string out;
  while (!body.empty()) {
    const char c = body.front();
    body.remove_prefix(1);
    if (c != '\\') {
      out += c;
    } else if (!take_escape(body, out)) {
      return std::nullopt;
    }
  }
  return out;
}

bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool ends_word(char c) noexcept { return is_blank(c) || c == '(' || c == ')' || c == '"' || c == ';'; }

}  // namespace

class TextReader {
 public:
  explicit TextReader(ScriptText& text) noexcept : text_(text), source_(text.source_) {}

  HostResult<void> run() {
    if (source_.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
      return host_fail(ErrorKind::limit, "the script is too large");
    }
    if (const auto bad = utf8::find_invalid(source_.begin(), source_.end()); bad != source_.end()) {
      return fail(1 + static_cast<std::uint32_t>(std::count(source_.begin(), bad, '\n')), "the file is not UTF-8");
    }
    while (true) {
      HOLDFAST_TRY(skip_blanks());
      if (position_ == source_.size()) break;
      HOLDFAST_TRY(take_token());
    }
    if (!open_.empty()) return fail(text_.nodes_[open_.back()].line, "this `(` is never closed");
    return {};
  }

 private:
  using Kind = ScriptText::Kind;

  static std::unexpected<HostError> fail(std::uint32_t line, std::string reason) {
    return host_fail(ErrorKind::invalid, "line " + std::to_string(line) + ": " + std::move(reason));
  }
  char at(std::size_t position) const noexcept { return position < source_.size() ? source_[position] : '\0'; }
  bool at_text(std::string_view text) const noexcept { return source_.substr(position_).starts_with(text); }
  void step() noexcept {
    if (source_[position_++] == '\n') ++line_;
  }

  HostResult<void> skip_blanks() {
    while (position_ < source_.size()) {
      if (is_blank(source_[position_])) {
        step();
      } else if (at_text(";;")) {
        while (position_ < source_.size() && source_[position_] != '\n') ++position_;
      } else if (at_text("(;")) {
        HOLDFAST_TRY(skip_block());
      } else {
        break;
      }
    }
    return {};
  }

  HostResult<void> skip_block() {
    const std::uint32_t line = line_;
    std::size_t depth = 0;
    do {
      if (position_ >= source_.size()) return fail(line, "this comment is never closed");
      const bool opens = at_text("(;"), closes = at_text(";)");
      if (opens) ++depth;
      if (closes) --depth;
      if (opens || closes) ++position_;
      step();
    } while (depth != 0);
    return {};
  }

  HostResult<void> take_token() {
    const char c = source_[position_];
    if (c == ')') return close();
    if (c == '(') {
      const std::uint32_t node = add(Kind::list);
      ++position_;
      open_.push_back(node);
      last_.push_back(ScriptText::none);
      return {};
    }
    const std::uint32_t node = add(c == '"' ? Kind::string : Kind::word);
    HOLDFAST_TRY(c == '"' ? skip_string() : skip_word());
    text_.nodes_[node].end = static_cast<std::uint32_t>(position_);
    return {};
  }

  HostResult<void> close() {
    if (open_.empty()) return fail(line_, "this `)` has no matching `(`");
    ++position_;
    text_.nodes_[open_.back()].end = static_cast<std::uint32_t>(position_);
    open_.pop_back();
    last_.pop_back();
    return {};
  }

  HostResult<void> skip_string() {
    const std::uint32_t line = line_;
    const std::size_t begin = ++position_;
    while (at(position_) != '"') {
      if (position_ >= source_.size()) return fail(line, "this string is never closed");
      if (source_[position_] == '\n')
        return fail(line, "a string must end on the line where it begins (write \\n for a line end)");
      position_ += source_[position_] == '\\' ? 2 : 1;
    }
    const bool is_valid = decode(source_.substr(begin, position_ - begin)).has_value();
    ++position_;
    if (!is_valid) return fail(line, "this string has an invalid escape");
    return {};
  }

  HostResult<void> skip_word() {
    const bool may_be_quoted = at_text("$\"") || at_text("@\"");
    if (may_be_quoted) {
      ++position_;
      return skip_string();
    }
    if (source_[position_] == ';') return fail(line_, "unexpected `;`; comments begin with `;;` or `(;`");
    while (position_ < source_.size() && !ends_word(source_[position_])) ++position_;
    return {};
  }

  std::uint32_t add(Kind kind) {
    const auto node = static_cast<std::uint32_t>(text_.nodes_.size());
    text_.nodes_.push_back({static_cast<std::uint32_t>(position_), 0, line_, ScriptText::none, ScriptText::none, kind});
    if (last_.back() != ScriptText::none) {
      text_.nodes_[last_.back()].next = node;
    } else if (open_.empty()) {
      text_.first_ = node;
    } else {
      text_.nodes_[open_.back()].first = node;
    }
    last_.back() = node;
    return node;
  }

  ScriptText& text_;
  std::string_view source_;
  std::size_t position_ = 0;
  std::uint32_t line_ = 1;
  std::vector<std::uint32_t> open_;                    // the open lists, outermost first
  std::vector<std::uint32_t> last_{ScriptText::none};  // the last element so far of the script, then of each open list
};

HostResult<ScriptText> ScriptText::read(std::string source) {
  ScriptText text(std::move(source));
  HOLDFAST_TRY(TextReader(text).run());
  return text;
}

std::vector<Expression> ScriptText::chain(std::uint32_t first) const {
  std::vector<Expression> all;
  for (std::uint32_t node = first; node != none; node = nodes_[node].next) {
    const Expression expression(*this, node);
    if (!expression.keyword().starts_with('@')) all.push_back(expression);
  }
  return all;
}

std::vector<Expression> ScriptText::expressions() const { return chain(first_); }

bool Expression::is_list() const noexcept { return text_->nodes_[node_].kind == ScriptText::Kind::list; }
bool Expression::is_string() const noexcept { return text_->nodes_[node_].kind == ScriptText::Kind::string; }
std::uint32_t Expression::line() const noexcept { return text_->nodes_[node_].line; }

std::string_view Expression::source() const noexcept {
  const ScriptText::Node& node = text_->nodes_[node_];
  return std::string_view(text_->source_).substr(node.begin, node.end - node.begin);
}

std::string Expression::bytes() const {
  const std::string_view quoted = source();
  return *decode(quoted.substr(1, quoted.size() - 2));  // valid: reading the script has decoded it
}

std::string_view Expression::keyword() const noexcept {
  const std::uint32_t first = text_->nodes_[node_].first;
  if (first == ScriptText::none || text_->nodes_[first].kind != ScriptText::Kind::word) return {};
  return Expression(*text_, first).source();
}

std::vector<Expression> Expression::elements() const { return text_->chain(text_->nodes_[node_].first); }

std::string name_of(Expression name) {
  std::string_view text = name.source().substr(1);
  if (!text.starts_with('"')) return std::string(text);
  return decode(text.substr(1, text.size() - 2)).value_or(std::string(text));
}

}  // namespace holdfast::cli::wast
