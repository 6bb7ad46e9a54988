// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The syntax tree of the statements of `holdfast run --invoke`, before names and types are resolved:
//
//   let b = blob([104, 105]); b.write([33]); b.read(9); drop b
//
// Plain values that own their text. Positions are byte offsets in the source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::cli {

/// Bytes [offset, offset + size) of the source.
struct Span {
  std::size_t offset = 0;
  std::size_t size = 0;
  std::size_t end() const noexcept { return offset + size; }
};

/// From the start of `first` to the end of `last`.
inline Span join(Span first, Span last) noexcept { return {first.offset, last.end() - first.offset}; }

/// An error in a statement, and its place.
struct SourceError {
  std::string message;
  Span span;
};
template <class T>
using SourceResult = std::expected<T, SourceError>;

inline std::unexpected<SourceError> source_fail(Span span, std::string message) {
  return std::unexpected(SourceError{std::move(message), span});
}

/// One part of a name: a word ("blob"), an interface ("demo:store/blobs@0.1.0"), or a number ("0", of a tuple's
/// element).
struct NamePart {
  std::string text;
  Span span;
};

struct Expression {
  enum class Kind : std::uint8_t {
    number,     ///< `text` as written, also with a sign, also -inf
    character,  ///< `text` is the character in UTF-8
    string,     ///< `text` is its content, without quotes and escapes
    list,       ///< `items`
    tuple,      ///< `items`
    braces,     ///< a record or flags: `labels`; for a record also `items`, their values
    name,       ///< `parts`: a variable, function, case or keyword; if `has_arguments`, `items` are the arguments
  };
  Kind kind = Kind::number;
  Span span;
  std::string text;
  std::vector<Expression> items;  ///< elements, values of fields, arguments
  std::vector<NamePart> labels;
  std::vector<NamePart> parts;
  bool has_arguments = false;
  bool is_label = false;  ///< written with a %: a case, not a keyword

  /// The parts of the name, joined with dots.
  std::string full_name() const {
    std::string name;
    for (const NamePart& part : parts) name += (name.empty() ? "" : ".") + part.text;
    return name;
  }
};

struct Statement {
  enum class Kind : std::uint8_t { let, evaluate, drop };
  Kind kind = Kind::evaluate;
  Span span;
  std::optional<NamePart> variable;  ///< of let
  Expression expression;             ///< for drop: a variable or a part of one
};

/// The message, with the line of `source` and a caret under the place:
///
///   error: …
///     b.raed(9)
///       ^~~~
///
/// Lines and columns count from 1. `name` is the name of the script file, or empty.
std::string render(const SourceError& error, std::string_view source, std::string_view name);

}  // namespace holdfast::cli
