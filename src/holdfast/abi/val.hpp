// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Val`: a component-level value of any type, for calls whose types are known only at run time. Immutable. Copies share
// their content, so copying and moving are cheap (32 bytes, no allocation). Values may be used on any thread, except
// own and borrow, which belong to one store. Creating a string, an aggregate, a case, flags or a held handle allocates.
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

/// The name of `kind` as WIT spells it ("u32", "enum").
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
  /// A NaN becomes the canonical NaN, the only one in the component model.
  static Val f32(float value) noexcept;
  static Val f64(double value) noexcept;
  /// Every `value` is accepted here. Passing a surrogate or a number past 0x10ffff to a component is an error.
  static Val character(char32_t value) noexcept { return scalar(ValKind::character, value); }
  /// `value` is UTF-8. Passing other text to a component is an error.
  static Val string(std::string value);
  /// A list, a fixed-length list, or a map (a list of tuples of key and value).
  static Val list(std::vector<Val> elements);
  /// The order of the fields does not matter when the record is passed to a component: names identify them.
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
  /// Used by stores; `to_val` (embed/own.hpp) makes handle values for embedders. Only the store that made the token can
  /// interpret it. `keeper` is destroyed with the last copy of the value, to release a handle that was never passed on.
  /// `type_name` is for printing.
  static Val own(abi::HandleToken token, std::shared_ptr<void> keeper = {}, std::string type_name = {});
  static Val borrow(abi::HandleToken token, std::shared_ptr<void> keeper = {}, std::string type_name = {});

  ValKind kind() const noexcept { return kind_; }

  // Each accessor fails with ErrorKind::misuse if the value has another kind; the message names both kinds.
  // Views and pointers are valid as long as this value or a copy of it exists.
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
  /// The payload; null for none.
  HostResult<const Val*> as_option() const;
  HostResult<ValResult> as_result() const;
  /// The names of the flags that are set, each once.
  HostResult<std::span<const std::string>> as_flags() const;
  HostResult<abi::HandleToken> as_own() const;
  HostResult<abi::HandleToken> as_borrow() const;

  /// The field `name` of a record. Errors: misuse (this is not a record, or it has no such field).
  HostResult<Val> field(std::string_view name) const;
  /// The keeper of an own or borrow; null for every other kind.
  std::shared_ptr<void> keeper() const;

  /// The value as WAVE text, on one line. WAVE has no handles; they are written as `<type#number>`.
  std::string to_wave() const;

  /// Values are equal if they have the same kind and content. Floats compare by their bits (NaN equals NaN, and 0 does
  /// not equal -0), fields of records by name and order, flags as sets, and handles by their tokens.
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
  HostResult<T> integer(ValKind expected) const;

  ValKind kind_ = ValKind::boolean;
  // Scalars: the value, sign-extended if signed. Floats: their bits. Option and result: 1 for some and ok, 0 for none
  // and error. Variant and enumeration: the probable index of the case. Handles: the token.
  std::uint64_t bits_ = 0;
  std::shared_ptr<const void> payload_;  // its type depends on the kind, see val_payload.hpp
};
static_assert(sizeof(Val) <= 40);

/// A field of a record.
struct ValField {
  std::string name;
  Val value;
  friend bool operator==(const ValField&, const ValField&) = default;
};

/// The case of a variant.
struct ValCase {
  std::string_view name;
  const Val* payload = nullptr;  ///< null if the case has none
};

/// The side of a result.
struct ValResult {
  bool is_ok = true;
  const Val* payload = nullptr;  ///< null if this side has none
};

}  // namespace holdfast
