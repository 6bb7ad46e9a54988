// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The S-expressions of a script: lists, words and strings with their lines, without their meaning. Reading is one pass
// without recursion: nesting needs memory in proportion to the text, and no native stack. Immutable. An `Expression` is
// a small view of its `ScriptText`, which must outlive it. Source: the text format of WebAssembly, "Lexical Format",
// with all escapes of strings, line comments and nested block comments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::cli::wast {

class ScriptText;

class Expression {
 public:
  bool is_list() const noexcept;
  bool is_string() const noexcept;
  /// A keyword, number or $name.
  bool is_word() const noexcept { return !is_list() && !is_string(); }
  /// $name or $"name".
  bool is_name() const noexcept { return is_word() && source().starts_with('$'); }

  /// Its text in the script; for a list, including the parentheses.
  std::string_view source() const noexcept;
  /// The line of its first character, from 1.
  std::uint32_t line() const noexcept;
  /// The decoded bytes of a string. Contract: is_string().
  std::string bytes() const;
  /// The word at the start of a list; empty if the list starts otherwise, and for words and strings.
  std::string_view keyword() const noexcept;
  /// The elements of a list, without annotations; empty for words and strings.
  std::vector<Expression> elements() const;

 private:
  friend class ScriptText;
  Expression(const ScriptText& text, std::uint32_t node) noexcept : text_(&text), node_(node) {}
  const ScriptText* text_;
  std::uint32_t node_;
};

class ScriptText {
 public:
  /// Errors: invalid, with the line (unbalanced parentheses, a string or comment without an end, an invalid escape,
  /// text that is not UTF-8); limit (a script of 2 GiB or more).
  static HostResult<ScriptText> read(std::string source);

  const std::string& source() const noexcept { return source_; }
  /// The outermost expressions, without annotations.
  std::vector<Expression> expressions() const;

 private:
  friend class Expression;
  friend class TextReader;
  static constexpr std::uint32_t none = UINT32_MAX;
  enum class Kind : std::uint8_t { list, word, string };
  struct Node {
    std::uint32_t begin = 0, end = 0;  // in the source
    std::uint32_t line = 1;
    std::uint32_t first = none, next = none;  // the first element, the next element of the same list
    Kind kind = Kind::word;
  };

  explicit ScriptText(std::string source) : source_(std::move(source)) {}
  std::vector<Expression> chain(std::uint32_t first) const;

  std::string source_;
  std::vector<Node> nodes_;
  std::uint32_t first_ = none;
};

/// The name without $ and quotes. Contract: is_name().
std::string name_of(Expression name);

}  // namespace holdfast::cli::wast
