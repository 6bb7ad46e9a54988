// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Val`: a component-level value of any type, for calls whose types are known only at run time. Immutable; a copy
// shares what the value holds, so copies and moves are cheap (32 bytes, no allocation) and may go to other threads,
// but for own and borrow, which belong to one store. Strings, aggregates and named things allocate when made.
// Source of the textual form: WAVE, the WebAssembly Value Encoding.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/abi/context.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast {

enum class ValKind : std::uint8_t {
  boolean,
  s8,
  u8,
  s16,
  u16,
  s32,
  u32,
  s64,
  u64,
  f32,
  f64,
  character,
  string,
  list,
  record,
  tuple,
  variant,
  enumeration,
  option,
  result,
  flags,
  own,
  borrow,
};

/// The name of `kind` as WIT spells it ("u32", "enum", …).
std::string_view name_of(ValKind kind) noexcept;

namespace abi {
struct ValAccess;
}

class Val;
struct ValField;
struct ValCase;
struct ValResult;

class Val {
 public:
  /// The boolean false.
  Val() noexcept = default;

  static Val boolean(bool value) noexcept { return scalar(ValKind::boolean, value ? 1 : 0); }
  static Val s8(std::int8_t value) noexcept { return signed_scalar(ValKind::s8, value); }
  static Val u8(std::uint8_t value) noexcept { return scalar(ValKind::u8, value); }
  static Val s16(std::int16_t value) noexcept { return signed_scalar(ValKind::s16, value); }
  static Val u16(std::uint16_t value) noexcept { return scalar(ValKind::u16, value); }
  static Val s32(std::int32_t value) noexcept { return signed_scalar(ValKind::s32, value); }
  static Val u32(std::uint32_t value) noexcept { return scalar(ValKind::u32, value); }
  static Val s64(std::int64_t value) noexcept { return signed_scalar(ValKind::s64, value); }
  static Val u64(std::uint64_t value) noexcept { return scalar(ValKind::u64, value); }
  /// A NaN becomes the canonical NaN: the component model has one.
  static Val f32(float value) noexcept;
  static Val f64(double value) noexcept;
  /// Any `value` is accepted here; a surrogate or a number past 0x10ffff is refused when it is passed to a component.
  static Val character(char32_t value) noexcept { return scalar(ValKind::character, value); }
  /// UTF-8; other bytes are refused when the value is passed to a component.
  static Val string(std::string value);
  /// Also the value of a fixed-length list, and of a map (as list of tuples of key and value).
  static Val list(std::vector<Val> elements);
  /// Fields are found by their names; the order does not matter when the record is passed to a component.
  static Val record(std::vector<ValField> fields);
  static Val tuple(std::vector<Val> elements);
  static Val variant(std::string case_name);
  static Val variant(std::string case_name, Val payload);
  static Val variant(std::string case_name, std::optional<Val> payload);
  static Val enumeration(std::string case_name);
  static Val option(std::optional<Val> payload);
  static Val none() noexcept { return scalar(ValKind::option, 0); }
  static Val some(Val payload);
  static Val ok();
  static Val ok(Val payload);
  static Val error();
  static Val error(Val payload);
  static Val result(bool is_ok, std::optional<Val> payload);
  /// The names of the flags that are set.
  static Val flags(std::vector<std::string> names);
  /// What the token means is the business of the store that made it. `keeper` is destroyed with the last copy of the
  /// value: whoever makes handles for users lets it release what was never passed on. `type_name` is for printing.
  static Val own(abi::HandleToken token, std::shared_ptr<void> keeper = {}, std::string type_name = {});
  static Val borrow(abi::HandleToken token, std::shared_ptr<void> keeper = {}, std::string type_name = {});

  ValKind kind() const noexcept { return kind_; }

  // Each accessor fails with ErrorKind::misuse when the value is of another kind; the message names both kinds.
  // Views and pointers are valid as long as this value, or a copy of it, is.
  HostResult<bool> as_bool() const;
  HostResult<std::int8_t> as_s8() const;
  HostResult<std::uint8_t> as_u8() const;
  HostResult<std::int16_t> as_s16() const;
  HostResult<std::uint16_t> as_u16() const;
  HostResult<std::int32_t> as_s32() const;
  HostResult<std::uint32_t> as_u32() const;
  HostResult<std::int64_t> as_s64() const;
  HostResult<std::uint64_t> as_u64() const;
  HostResult<float> as_f32() const;
  HostResult<double> as_f64() const;
  HostResult<char32_t> as_char() const;
  HostResult<std::string_view> as_string() const;
  HostResult<std::span<const Val>> as_list() const;
  HostResult<std::span<const ValField>> as_record() const;
  HostResult<std::span<const Val>> as_tuple() const;
  HostResult<ValCase> as_variant() const;
  /// The name of the case.
  HostResult<std::string_view> as_enum() const;
  /// Null for none.
  HostResult<const Val*> as_option() const;
  HostResult<ValResult> as_result() const;
  /// The names of the flags that are set, each once.
  HostResult<std::span<const std::string>> as_flags() const;
  HostResult<abi::HandleToken> as_own() const;
  HostResult<abi::HandleToken> as_borrow() const;

  /// The field `name` of a record. Errors: misuse when this is no record or has no such field.
  HostResult<Val> field(std::string_view name) const;
  /// The keeper of an own or borrow; null for every other kind.
  std::shared_ptr<void> keeper() const;

  /// The value as WAVE text, on one line. Handles, which WAVE does not have, are `<type#number>`.
  std::string to_wave() const;

  /// Same kind and same content. Floats compare by their bits (so NaN equals NaN, and 0 is not -0), records by name
  /// and order, flags as sets, handles by their tokens.
  friend bool operator==(const Val& a, const Val& b);

 private:
  friend struct abi::ValAccess;

  Val(ValKind kind, std::uint64_t bits, std::shared_ptr<const void> payload) noexcept
      : kind_(kind), bits_(bits), payload_(std::move(payload)) {}
  static Val scalar(ValKind kind, std::uint64_t bits) noexcept { return Val(kind, bits, nullptr); }
  static Val signed_scalar(ValKind kind, std::int64_t value) noexcept {
    return scalar(kind, static_cast<std::uint64_t>(value));
  }
  template <class T>
  HostResult<T> integer(ValKind asked) const;

  ValKind kind_ = ValKind::boolean;
  // Scalars: the value, sign-extended; floats: their bits; option and result: 1 for none-or-error's opposite
  // (some, ok), else 0; variant and enumeration: a guess at the index of the case; handles: the token.
  std::uint64_t bits_ = 0;
  std::shared_ptr<const void> payload_;  // what the kind says, see val_payload.hpp
};
static_assert(sizeof(Val) <= 40);

struct ValField {
  std::string name;
  Val value;
  friend bool operator==(const ValField&, const ValField&) = default;
};

struct ValCase {
  std::string_view name;
  const Val* payload = nullptr;  ///< null when the case has none
};

struct ValResult {
  bool is_ok = true;
  const Val* payload = nullptr;  ///< null when the side has none
};

}  // namespace holdfast
