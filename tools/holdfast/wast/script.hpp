// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The directives of a script, read from its S-expressions. Plain values that own their text. What is written wrong
// inside of one directive is that directive's own failure, so that the others still run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "holdfast/abi/val.hpp"
#include "wast/text.hpp"

namespace holdfast::cli::wast {

/// A component or core module as the script gives it.
struct Source {
  enum class Form : std::uint8_t {
    text,    ///< WAT, also for `quote`
    quote,   ///< WAT that need not be well-formed
    binary,  ///< the bytes themselves
  };
  Form form = Form::text;
  bool is_module = false;
  std::string name;   ///< without $; empty when there is none
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
/// What a directive that is not carried out would have made: nothing may be taken for it afterwards.
struct Absent {
  enum class What : std::uint8_t { nothing, instance, definition };
  What what = What::nothing;
  std::string name;
};
/// Known, and nothing that can be carried out here.
struct Unsupported {
  std::string reason;
  Absent absent;
};
/// Not written as it has to be.
struct Malformed {
  std::string reason;
  Absent absent;
};

struct Directive {
  std::uint32_t line = 1;  ///< of its opening parenthesis
  std::string kind;        ///< its keyword; component-definition and the like for the forms of component and module
  std::variant<Instantiation, Definition, InstanceOf, AssertReturn, AssertTrap, AssertRejected, Unsupported, Malformed>
      body;
};

/// The directives in `text`, in order. Errors: invalid, with the line, for what stands outside of parentheses.
HostResult<std::vector<Directive>> read_directives(const ScriptText& text);

}  // namespace holdfast::cli::wast
