// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/val.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "holdfast/abi/scalar_abi.hpp"
#include "holdfast/abi/val_payload.hpp"

namespace holdfast {

using abi::ValAccess;

std::string_view name_of(ValKind kind) noexcept {
  static constexpr std::string_view names[] = {
      "bool",   "s8",   "u8",     "s16",   "u16",     "s32",  "u32",    "s64",    "u64",   "f32", "f64",   "char",
      "string", "list", "record", "tuple", "variant", "enum", "option", "result", "flags", "own", "borrow"};
  return names[static_cast<std::size_t>(kind)];
}

namespace {

std::unexpected<HostError> other_kind(const Val& value, ValKind expected) {
  std::string message = "expected a value of kind ";
  message += name_of(expected);
  message += ", got ";
  message += name_of(value.kind());
  return host_fail(ErrorKind::misuse, std::move(message));
}

Val make_handle(ValKind kind, abi::HandleToken token, std::shared_ptr<void> keeper, std::string type_name) {
  // A keeper may have a deleter and still point to nothing.
  if (keeper.use_count() == 0 && type_name.empty()) return ValAccess::make(kind, token.bits);
  return ValAccess::make(kind, token.bits, abi::HandlePayload{std::move(keeper), std::move(type_name)});
}

Val make_box(ValKind kind, std::uint64_t bits, std::optional<Val> payload) {
  if (!payload) return ValAccess::make(kind, bits);
  return ValAccess::make(kind, bits, abi::BoxPayload{*std::move(payload)});
}

bool is_handle(const Val& value) { return value.kind() == ValKind::own || value.kind() == ValKind::borrow; }

}  // namespace

Val Val::f32(float value) noexcept {
  return scalar(ValKind::f32, abi::canonical_nan32(std::bit_cast<std::uint32_t>(value)));
}
Val Val::f64(double value) noexcept {
  return scalar(ValKind::f64, abi::canonical_nan64(std::bit_cast<std::uint64_t>(value)));
}
Val Val::string(std::string value) {
  return ValAccess::make(ValKind::string, 0, abi::StringPayload{std::move(value), StringOrigin::utf8});
}
Val Val::list(std::vector<Val> elements) {
  return ValAccess::make(ValKind::list, 0, abi::ListPayload{std::move(elements)});
}
Val Val::record(std::vector<ValField> fields) {
  return ValAccess::make(ValKind::record, 0, abi::RecordPayload{std::move(fields)});
}
Val Val::tuple(std::vector<Val> elements) {
  return ValAccess::make(ValKind::tuple, 0, abi::ListPayload{std::move(elements)});
}
Val Val::variant(std::string case_name) { return variant(std::move(case_name), std::nullopt); }
Val Val::variant(std::string case_name, Val payload) {
  return variant(std::move(case_name), std::optional<Val>(std::move(payload)));
}
Val Val::variant(std::string case_name, std::optional<Val> payload) {
  return ValAccess::make(ValKind::variant, 0, abi::CasePayload{std::move(case_name), std::move(payload)});
}
Val Val::enumeration(std::string case_name) {
  return ValAccess::make(ValKind::enumeration, 0, abi::CasePayload{std::move(case_name), std::nullopt});
}
Val Val::option(std::optional<Val> payload) { return payload ? some(*std::move(payload)) : none(); }
Val Val::some(Val payload) { return make_box(ValKind::option, 1, std::move(payload)); }
Val Val::ok() { return result(true, std::nullopt); }
Val Val::ok(Val payload) { return result(true, std::move(payload)); }
Val Val::error() { return result(false, std::nullopt); }
Val Val::error(Val payload) { return result(false, std::move(payload)); }
Val Val::result(bool is_ok, std::optional<Val> payload) {
  return make_box(ValKind::result, is_ok ? 1 : 0, std::move(payload));
}
Val Val::flags(std::vector<std::string> names) {
  std::vector<std::string> unique;
  unique.reserve(names.size());
  for (std::string& name : names) {
    if (std::ranges::find(unique, name) == unique.end()) unique.push_back(std::move(name));
  }
  return ValAccess::make(ValKind::flags, 0, abi::FlagsPayload{std::move(unique)});
}
Val Val::own(abi::HandleToken token, std::shared_ptr<void> keeper, std::string type_name) {
  return make_handle(ValKind::own, token, std::move(keeper), std::move(type_name));
}
Val Val::borrow(abi::HandleToken token, std::shared_ptr<void> keeper, std::string type_name) {
  return make_handle(ValKind::borrow, token, std::move(keeper), std::move(type_name));
}

template <class T>
HostResult<T> Val::integer(ValKind expected) const {
  if (kind_ != expected) return other_kind(*this, expected);
  return static_cast<T>(bits_);
}

HostResult<bool> Val::as_bool() const {
  if (kind_ != ValKind::boolean) return other_kind(*this, ValKind::boolean);
  return bits_ != 0;
}
HostResult<std::int8_t> Val::as_s8() const { return integer<std::int8_t>(ValKind::s8); }
HostResult<std::uint8_t> Val::as_u8() const { return integer<std::uint8_t>(ValKind::u8); }
HostResult<std::int16_t> Val::as_s16() const { return integer<std::int16_t>(ValKind::s16); }
HostResult<std::uint16_t> Val::as_u16() const { return integer<std::uint16_t>(ValKind::u16); }
HostResult<std::int32_t> Val::as_s32() const { return integer<std::int32_t>(ValKind::s32); }
HostResult<std::uint32_t> Val::as_u32() const { return integer<std::uint32_t>(ValKind::u32); }
HostResult<std::int64_t> Val::as_s64() const { return integer<std::int64_t>(ValKind::s64); }
HostResult<std::uint64_t> Val::as_u64() const { return integer<std::uint64_t>(ValKind::u64); }
HostResult<char32_t> Val::as_char() const { return integer<char32_t>(ValKind::character); }

HostResult<float> Val::as_f32() const {
  if (kind_ != ValKind::f32) return other_kind(*this, ValKind::f32);
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits_));
}
HostResult<double> Val::as_f64() const {
  if (kind_ != ValKind::f64) return other_kind(*this, ValKind::f64);
  return std::bit_cast<double>(bits_);
}
HostResult<std::string_view> Val::as_string() const {
  if (kind_ != ValKind::string) return other_kind(*this, ValKind::string);
  return std::string_view(ValAccess::payload<abi::StringPayload>(*this)->text);
}
HostResult<std::span<const Val>> Val::as_list() const {
  if (kind_ != ValKind::list) return other_kind(*this, ValKind::list);
  return std::span<const Val>(ValAccess::payload<abi::ListPayload>(*this)->elements);
}
HostResult<std::span<const ValField>> Val::as_record() const {
  if (kind_ != ValKind::record) return other_kind(*this, ValKind::record);
  return std::span<const ValField>(ValAccess::payload<abi::RecordPayload>(*this)->fields);
}
HostResult<std::span<const Val>> Val::as_tuple() const {
  if (kind_ != ValKind::tuple) return other_kind(*this, ValKind::tuple);
  return std::span<const Val>(ValAccess::payload<abi::ListPayload>(*this)->elements);
}
HostResult<ValCase> Val::as_variant() const {
  if (kind_ != ValKind::variant) return other_kind(*this, ValKind::variant);
  const auto& payload = *ValAccess::payload<abi::CasePayload>(*this);
  return ValCase{payload.name, payload.value ? &*payload.value : nullptr};
}
HostResult<std::string_view> Val::as_enum() const {
  if (kind_ != ValKind::enumeration) return other_kind(*this, ValKind::enumeration);
  return std::string_view(ValAccess::payload<abi::CasePayload>(*this)->name);
}
HostResult<const Val*> Val::as_option() const {
  if (kind_ != ValKind::option) return other_kind(*this, ValKind::option);
  return ValAccess::boxed(*this);
}
HostResult<ValResult> Val::as_result() const {
  if (kind_ != ValKind::result) return other_kind(*this, ValKind::result);
  return ValResult{bits_ != 0, ValAccess::boxed(*this)};
}
HostResult<std::span<const std::string>> Val::as_flags() const {
  if (kind_ != ValKind::flags) return other_kind(*this, ValKind::flags);
  return std::span<const std::string>(ValAccess::payload<abi::FlagsPayload>(*this)->names);
}
HostResult<abi::HandleToken> Val::as_own() const {
  if (kind_ != ValKind::own) return other_kind(*this, ValKind::own);
  return abi::HandleToken{bits_};
}
HostResult<abi::HandleToken> Val::as_borrow() const {
  if (kind_ != ValKind::borrow) return other_kind(*this, ValKind::borrow);
  return abi::HandleToken{bits_};
}

HostResult<Val> Val::field(std::string_view name) const {
  HOLDFAST_TRY_ASSIGN(const auto fields, as_record());
  for (const ValField& field : fields) {
    if (field.name == name) return field.value;
  }
  return host_fail(ErrorKind::misuse, "the record has no field " + std::string(name));
}

std::shared_ptr<void> Val::keeper() const {
  if (!is_handle(*this) || !payload_) return nullptr;
  return ValAccess::payload<abi::HandlePayload>(*this)->keeper;
}

bool operator==(const Val& a, const Val& b) {
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case ValKind::string:
      return ValAccess::payload<abi::StringPayload>(a)->text == ValAccess::payload<abi::StringPayload>(b)->text;
    case ValKind::list:
    case ValKind::tuple:
      return ValAccess::payload<abi::ListPayload>(a)->elements == ValAccess::payload<abi::ListPayload>(b)->elements;
    case ValKind::record:
      return ValAccess::payload<abi::RecordPayload>(a)->fields == ValAccess::payload<abi::RecordPayload>(b)->fields;
    case ValKind::variant:
    case ValKind::enumeration: {
      const auto& case_a = *ValAccess::payload<abi::CasePayload>(a);
      const auto& case_b = *ValAccess::payload<abi::CasePayload>(b);
      return case_a.name == case_b.name && case_a.value == case_b.value;
    }
    case ValKind::option:
    case ValKind::result: {
      const Val* value_a = ValAccess::boxed(a);
      const Val* value_b = ValAccess::boxed(b);
      if (a.bits_ != b.bits_ || !value_a != !value_b) return false;
      return !value_a || *value_a == *value_b;
    }
    case ValKind::flags:
      return std::ranges::is_permutation(ValAccess::payload<abi::FlagsPayload>(a)->names,
                                         ValAccess::payload<abi::FlagsPayload>(b)->names);
    default: return a.bits_ == b.bits_;
  }
}

}  // namespace holdfast
