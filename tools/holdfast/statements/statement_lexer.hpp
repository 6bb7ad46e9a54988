// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tokens of statements. A lexer refers to its source, which must outlive it; the tokens own their text. One thread.
// Literals are those of WAVE, the WebAssembly Value Encoding.
#pragma once

#include <string_view>

#include "statements/statement_syntax.hpp"

namespace holdfast::cli {

struct Token {
  enum class Kind : std::uint8_t {
    end,
    number,     ///< `text` as written; also -inf and -nan
    character,  ///< `text` in UTF-8
    string,     ///< `text` is its content, without quotes and escapes
    word,       ///< a label, without its %
    interface,  ///< demo:store/blobs, demo:store/blobs@0.1.0
    symbol,     ///< one of ( ) [ ] { } , ; : = .
  };
  Kind kind = Kind::end;
  std::string text;
  Span span;
  bool is_escaped = false;  ///< a word written with a %

  bool is_symbol(char c) const noexcept { return kind == Kind::symbol && text[0] == c; }
};

class StatementLexer {
 public:
  explicit StatementLexer(std::string_view source) noexcept : source_(source) {}

  /// The next token; at the end of the source always `end`. Errors: a character that is not allowed, a literal without
  /// an end or with a wrong escape, bytes that are not UTF-8.
  SourceResult<Token> next();

 private:
  char peek(std::size_t ahead = 0) const noexcept {
    return ahead < source_.size() - position_ ? source_[position_ + ahead] : '\0';
  }
  Span since(std::size_t start) const noexcept { return {start, position_ - start}; }
  void skip_blanks();
  void skip_label();
  bool skip_interface();
  SourceResult<Token> number();
  SourceResult<Token> word();
  SourceResult<Token> character();
  SourceResult<Token> string();
  SourceResult<Token> multiline_string();
  SourceResult<void> escape(std::string& out);
  SourceResult<void> copy_character(std::string& out);

  std::string_view source_;
  std::size_t position_ = 0;
};

}  // namespace holdfast::cli
