// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads values of a known type from expressions in WAVE (the WebAssembly Value Encoding), which may also contain names
// of variables and calls. Source: the README of the crate wasm-wave.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "holdfast/abi/val.hpp"
#include "holdfast/component/program/interface_type.hpp"
#include "statements/statement_syntax.hpp"

namespace holdfast::cli {

/// The meaning of names in values. One thread.
class ValueScope {
 public:
  virtual ~ValueScope() = default;

  /// The type as WIT.
  virtual std::string describe(component::InterfaceTypeId type) const = 0;
  /// If `name` is a variable that holds text, the text read as a value of type `expected`, with its handles passed.
  /// Otherwise nullopt.
  virtual std::optional<SourceResult<Val>> literal(const Expression& /*name*/,
                                                   component::InterfaceTypeId /*expected*/) {
    return std::nullopt;
  }
  /// The value of any other variable, or the result of a call; `expected` is for messages. Errors: the name is unknown,
  /// or the call failed.
  virtual SourceResult<Val> evaluate(const Expression& name, component::InterfaceTypeId expected) = 0;
  /// Called for each `handle` that is passed where `type`, an own or borrow, is expected. Errors: it has another
  /// resource type, or was passed on or dropped before.
  virtual SourceResult<void> pass(const Val& handle, const component::InterfaceType& type, Span span) = 0;
};

class WaveParser {
 public:
  WaveParser(const component::InterfaceTypes& types, ValueScope& scope) noexcept : types_(types), scope_(scope) {}

  /// The value of `expression`, which must fit `type`. `some(...)` and `ok(...)` may be left out around anything but
  /// options and results. Fields of a record may be left out if they are none. Errors: what does not fit, and why.
  SourceResult<Val> value(const Expression& expression, component::InterfaceTypeId type);

  /// Converts `source`, the value of a variable or call, to `type`: unchanged, with its some or ok removed, or with a
  /// some added.
  SourceResult<Val> adapt(Val source, component::InterfaceTypeId type, Span span);

 private:
  using Id = component::InterfaceTypeId;

  std::unexpected<SourceError> mismatch(const Expression& expression, Id type) const;
  SourceResult<Val> integer(const Expression& expression, Id type) const;
  SourceResult<Val> floating(const Expression& expression, Id type) const;
  SourceResult<Val> list(const Expression& expression, Id type);
  SourceResult<Val> record(const Expression& expression, Id type);
  SourceResult<Val> tuple(const Expression& expression, Id type);
  SourceResult<Val> flags(const Expression& expression, Id type) const;
  SourceResult<Val> named_case(const Expression& expression, Id type, std::size_t index);
  SourceResult<Val> keyword_or_name(const Expression& expression, Id type);
  SourceResult<Val> left_out(const Expression& expression, Id type);
  SourceResult<void> pass_handles(const Val& source, Id type, Span span);
  bool may_leave_out(Id type) const;

  const component::InterfaceTypes& types_;
  ValueScope& scope_;
};

/// The expression for messages: "a list", "the number 300".
std::string describe(const Expression& expression);

}  // namespace holdfast::cli
