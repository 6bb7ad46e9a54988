// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "statements/statement_lexer.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utf8.h>

namespace holdfast::cli {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_label_character(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; }

}  // namespace

void StatementLexer::skip_blanks() {
  while (position_ < source_.size()) {
    const char c = peek();
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      ++position_;
    } else if (c == '/' && peek(1) == '/') {
      position_ = std::min(source_.find('\n', position_), source_.size());
    } else {
      return;
    }
  }
}

SourceResult<Token> StatementLexer::next() {
  skip_blanks();
  const std::size_t start = position_;
  if (start == source_.size()) return Token{Token::Kind::end, {}, {start, 0}};
  const char c = peek();
  if (is_digit(c) || c == '-') return number();
  if (is_letter(c) || c == '%') return word();
  if (c == '\'') return character();
  if (c == '"') return source_.substr(start).starts_with("\"\"\"") ? multiline_string() : string();
  constexpr std::string_view symbols = "()[]{},;:=.";
  if (symbols.find(c) != std::string_view::npos) {
    ++position_;
    return Token{Token::Kind::symbol, std::string(1, c), since(start)};
  }
  std::string shown;
  if (auto copied = copy_character(shown); !copied) return std::unexpected(copied.error());
  return source_fail(since(start), "`" + shown + "` is not allowed here");
}

SourceResult<Token> StatementLexer::number() {
  const std::size_t start = position_;
  if (peek() == '-') ++position_;
  if (is_letter(peek())) {
    skip_label();
    Token token{Token::Kind::number, std::string(source_.substr(start, position_ - start)), since(start)};
    if (token.text == "-inf" || token.text == "-nan") return token;
    return source_fail(token.span, "`" + token.text + "` is neither a number nor a name");
  }
  const auto skip_digits = [this] {
    const std::size_t first = position_;
    while (is_digit(peek())) ++position_;
    return position_ != first;
  };
  bool is_good = skip_digits();
  if (is_good && peek() == '.' && is_digit(peek(1))) {
    ++position_;
    skip_digits();
  }
  if (is_good && (peek() == 'e' || peek() == 'E')) {
    ++position_;
    if (peek() == '+' || peek() == '-') ++position_;
    is_good = skip_digits();
  }
  while (is_label_character(peek())) {
    ++position_;
    is_good = false;
  }
  std::string text(source_.substr(start, position_ - start));
  if (!is_good) return source_fail(since(start), "`" + text + "` is not a number");
  return Token{Token::Kind::number, std::move(text), since(start)};
}

void StatementLexer::skip_label() {
  while (is_label_character(peek())) ++position_;
}

/// After a label: skips ":package/interface" and a version. False: the text is not an interface name; nothing is
/// skipped.
bool StatementLexer::skip_interface() {
  const std::size_t start = position_;
  const auto skip_part = [this](char separator) {
    if (peek() != separator || !is_letter(peek(1))) return false;
    ++position_;
    skip_label();
    return true;
  };
  if (!skip_part(':')) return false;
  while (skip_part(':')) {
  }
  if (!skip_part('/')) {
    position_ = start;
    return false;
  }
  while (skip_part('/')) {
  }
  if (peek() != '@' || !is_digit(peek(1))) return true;
  ++position_;
  // At most two dots, each before a digit, belong to the version; the next dot separates a name.
  for (int dots = 0; is_digit(peek()) || (peek() == '.' && is_digit(peek(1)) && dots < 2);) {
    if (peek() == '.') ++dots;
    ++position_;
  }
  if (peek() == '-' || peek() == '+') {
    while (is_label_character(peek()) || peek() == '+' || (peek() == '.' && is_digit(peek(1)))) ++position_;
  }
  return true;
}

SourceResult<Token> StatementLexer::word() {
  const std::size_t start = position_;
  const bool is_escaped = peek() == '%';
  if (is_escaped) ++position_;
  if (!is_letter(peek())) return source_fail({start, 1}, "expected a name after `%`");
  const std::size_t label_start = position_;
  skip_label();
  const bool is_interface = !is_escaped && skip_interface();
  return Token{is_interface ? Token::Kind::interface : Token::Kind::word,
               std::string(source_.substr(label_start, position_ - label_start)), since(start), is_escaped};
}

SourceResult<void> StatementLexer::copy_character(std::string& out) {
  const auto lead = static_cast<unsigned char>(peek());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const std::string_view bytes = source_.substr(position_, size);
  if (bytes.size() < size || !utf8::is_valid(bytes.begin(), bytes.end())) {
    return source_fail({position_, 1}, "the text is not UTF-8");
  }
  out += bytes;
  position_ += size;
  return {};
}

/// Reads the escape that begins at this backslash.
SourceResult<void> StatementLexer::escape(std::string& out) {
  const std::size_t start = position_;
  ++position_;
  const char c = peek();
  if (position_ < source_.size()) ++position_;
  switch (c) {
    case 'n': out += '\n'; return {};
    case 'r': out += '\r'; return {};
    case 't': out += '\t'; return {};
    case '\\':
    case '\'':
    case '"': out += c; return {};
    case 'u': break;
    default: return source_fail(since(start), "unknown escape; the escapes are \\n \\r \\t \\\\ \\' \\\" \\u{...}");
  }
  const std::size_t close = source_.find('}', position_);
  std::uint32_t code_point = 0;
  if (peek() == '{' && close != std::string_view::npos && close - position_ - 1 <= 6) {
    const char* const first = source_.data() + position_ + 1;
    const char* const last = source_.data() + close;
    const auto parsed = std::from_chars(first, last, code_point, 16);
    position_ = close + 1;
    const bool is_scalar = code_point <= 0x10ffff && (code_point < 0xd800 || code_point > 0xdfff);
    if (first != last && parsed.ec == std::errc{} && parsed.ptr == last && is_scalar) {
      utf8::unchecked::append(code_point, std::back_inserter(out));
      return {};
    }
  }
  return source_fail(
      since(start), "invalid Unicode escape: expected \\u{...} with one to six hexadecimal digits, such as \\u{1f600}");
}

SourceResult<Token> StatementLexer::character() {
  const std::size_t start = position_++;
  Token token{Token::Kind::character, {}, {}};
  if (position_ == source_.size() || peek() == '\'') return source_fail(since(start), "the character literal is empty");
  const auto copied = peek() == '\\' ? escape(token.text) : copy_character(token.text);
  if (!copied) return std::unexpected(copied.error());
  if (peek() != '\'') return source_fail({start, 1}, "expected one character and a closing `'`");
  ++position_;
  token.span = since(start);
  return token;
}

SourceResult<Token> StatementLexer::string() {
  const std::size_t start = position_++;
  Token token{Token::Kind::string, {}, {}};
  while (peek() != '"') {
    if (position_ == source_.size() || peek() == '\n')
      return source_fail({start, 1}, "the string has no closing quote");
    const auto copied = peek() == '\\' ? escape(token.text) : copy_character(token.text);
    if (!copied) return std::unexpected(copied.error());
  }
  ++position_;
  token.span = since(start);
  return token;
}

/// A string in triple quotes. The text begins on the next line; the indentation of the closing quotes is removed from
/// each line.
SourceResult<Token> StatementLexer::multiline_string() {
  const std::size_t start = position_;
  position_ += 3;
  if (peek() == '\r') ++position_;
  if (peek() != '\n') return source_fail({start, 3}, "expected a line end after the opening \"\"\"");
  ++position_;
  const std::size_t end = source_.find("\"\"\"", position_);
  if (end == std::string_view::npos) return source_fail({start, 3}, "the string has no closing quote");
  const std::size_t last_line = source_.rfind('\n', end) + 1;
  const std::string_view indent = source_.substr(last_line, end - last_line);
  if (indent.find_first_not_of(" \t") != std::string_view::npos) {
    return source_fail({end, 3}, "the closing \"\"\" must be on a line of its own");
  }
  Token token{Token::Kind::string, {}, {}};
  while (position_ < last_line) {
    if (peek() != '\n' && source_.substr(position_).starts_with(indent)) position_ += indent.size();
    while (peek() != '\n') {
      const auto copied = peek() == '\\' ? escape(token.text) : copy_character(token.text);
      if (!copied) return std::unexpected(copied.error());
    }
    ++position_;
    if (position_ < last_line) token.text += '\n';
  }
  position_ = end + 3;
  token.span = since(start);
  return token;
}

}  // namespace holdfast::cli
