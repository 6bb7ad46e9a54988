// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values from WAVE text (the WebAssembly Value Encoding), read with the type that is expected, and with names of
// variables and calls among them. Source: the README of the crate wasm-wave.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "holdfast/abi/val.hpp"
#include "holdfast/component/program/interface_type.hpp"
#include "statements/statement_syntax.hpp"

namespace holdfast::cli {

/// What names in values mean. One thread.
class ValueScope {
 public:
  virtual ~ValueScope() = default;

  /// The type as people read it.
  virtual std::string describe(component::InterfaceTypeId type) const = 0;
  /// The value of a variable that stands for a text, read as a `wanted`, with the handles in it passed; nullopt for
  /// other names.
  virtual std::optional<SourceResult<Val>> literal(const Expression&, component::InterfaceTypeId) {
    return std::nullopt;
  }
  /// The value of another variable or a call; `wanted` is what it is for. Errors: there is no such name, or its call
  /// failed.
  virtual SourceResult<Val> evaluate(const Expression& name, component::InterfaceTypeId wanted) = 0;
  /// `handle` is passed where `type`, an own or borrow, is expected. Errors: it is of another resource type, or was
  /// given away.
  virtual SourceResult<void> pass(const Val& handle, const component::InterfaceType& type, Span span) = 0;
};

class WaveParser {
 public:
  WaveParser(const component::InterfaceTypes& types, ValueScope& scope) noexcept : types_(types), scope_(scope) {}

  /// The value of type `type` that `expression` is. `some(...)` and `ok(...)` may be left out where what they hold is
  /// neither an option nor a result, and fields of a record that are none. Errors: what does not fit, and why.
  SourceResult<Val> value(const Expression& expression, component::InterfaceTypeId type);

  /// `given`, the value of a variable or call, as a value of `type`: as it is, or without the some or ok around it, or
  /// with one.
  SourceResult<Val> adapt(Val given, component::InterfaceTypeId type, Span span);

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
  SourceResult<void> pass_handles(const Val& given, Id type, Span span);
  bool may_leave_out(Id type) const;

  const component::InterfaceTypes& types_;
  ValueScope& scope_;
};

/// What `expression` is, for messages: "a list", "the number 300".
std::string describe(const Expression& expression);

}  // namespace holdfast::cli
