// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The directives of a script, read from its S-expressions. Plain values that own their text. A mistake inside one
// directive makes only that directive fail; the others still run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "holdfast/abi/val.hpp"
#include "wast/text.hpp"

namespace holdfast::cli::wast {

/// A component or core module in the script.
struct Source {
  enum class Form : std::uint8_t {
    text,    ///< WAT
    quote,   ///< WAT in strings, which may be malformed
    binary,  ///< the binary form
  };
  Form form = Form::text;
  bool is_module = false;
  std::string name;   ///< without $; empty: no name
  std::string bytes;  ///< text or binary
};

/// (invoke $instance? "function" arguments...)
struct Invocation {
  std::string instance;  ///< empty: the current one
  std::string function;
  std::vector<Val> arguments;
};

// --- the directives ---

struct Instantiation {  ///< (component ...)
  Source source;
};
struct Definition {  ///< (component definition ...)
  Source source;
};
struct InstanceOf {  ///< (component instance $instance? $definition?)
  std::string instance;
  std::string definition;
};
struct AssertReturn {  ///< assert_return, and (invoke ...) with any result
  Invocation invocation;
  std::vector<Val> results;
  bool any_result = false;
};
struct AssertTrap {
  std::variant<Invocation, Source> action;
  std::string words;
};
/// assert_invalid, assert_malformed, assert_unlinkable
struct AssertRejected {
  enum class By : std::uint8_t { validation, conversion, linking };
  By by = By::validation;
  Source source;
  std::string words;
};
/// What a directive would have created if it had run. Later directives must not use an older one of the same name.
struct Absent {
  enum class What : std::uint8_t { nothing, instance, definition };
  What what = What::nothing;
  std::string name;
};
/// A known directive that Holdfast cannot run.
struct Unsupported {
  std::string reason;
  Absent absent;
};
/// A directive with a mistake in its text.
struct Malformed {
  std::string reason;
  Absent absent;
};

struct Directive {
  std::uint32_t line = 1;  ///< of its opening parenthesis
  std::string kind;        ///< its keyword, with -definition or -instance for these forms of component and module
  std::variant<Instantiation, Definition, InstanceOf, AssertReturn, AssertTrap, AssertRejected, Unsupported, Malformed>
      body;
};

/// The directives in `text`, in order. Errors: invalid, with the line (there is text outside parentheses).
HostResult<std::vector<Directive>> read_directives(const ScriptText& text);

}  // namespace holdfast::cli::wast
