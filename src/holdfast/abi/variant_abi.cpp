// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/variant_abi.hpp"

#include "holdfast/abi/lift.hpp"
#include "holdfast/abi/lower.hpp"
#include "holdfast/abi/memory.hpp"
#include "holdfast/abi/val_payload.hpp"

namespace holdfast::abi {
namespace {

using component::InterfaceType;
using component::TypeKind;

/// Makes the value of the case `index`, with the lifted `payload`.
Result<Val> make_case(Context& context, const InterfaceType& type, std::uint32_t index, std::optional<Val> payload) {
  const std::string& name = type.cases[index].name;
  switch (type.kind) {
    case TypeKind::option:
      if (payload) HOLDFAST_TRY(charge(context, sizeof(BoxPayload)));
      return Val::option(std::move(payload));
    case TypeKind::result:
      if (payload) HOLDFAST_TRY(charge(context, sizeof(BoxPayload)));
      return Val::result(index == 0, std::move(payload));
    default: break;
  }
  HOLDFAST_TRY(charge(context, sizeof(CasePayload) + name.size()));
  const ValKind kind = type.kind == TypeKind::enumeration ? ValKind::enumeration : ValKind::variant;
  return ValAccess::make(kind, index, CasePayload{name, std::move(payload)});
}

/// The index of the case `name`. `guess` is its index in the type with which the value was lifted.
std::optional<std::uint32_t> find_case(const InterfaceType& type, const std::string& name, std::uint64_t guess) {
  if (guess < type.cases.size() && type.cases[guess].name == name) return static_cast<std::uint32_t>(guess);
  for (std::size_t i = 0; i < type.cases.size(); ++i) {
    if (type.cases[i].name == name) return static_cast<std::uint32_t>(i);
  }
  return std::nullopt;
}

/// The case of `value`. Errors: value_type_mismatch, also if a payload is missing or superfluous.
Result<ChosenCase> checked_case(const InterfaceType& type, const Val& value) {
  const std::optional<ChosenCase> chosen = case_of(type, value);
  if (!chosen) return fail(ErrorCode::value_type_mismatch);
  const bool needs_payload = type.cases[chosen->index].type.has_value();
  if (needs_payload != (chosen->payload != nullptr)) return fail(ErrorCode::value_type_mismatch);
  return *chosen;
}

}  // namespace

std::optional<ChosenCase> case_of(const InterfaceType& type, const Val& value) {
  const std::uint64_t bits = ValAccess::bits(value);
  switch (value.kind()) {
    case ValKind::variant:
    case ValKind::enumeration: {
      const TypeKind expected = value.kind() == ValKind::variant ? TypeKind::variant : TypeKind::enumeration;
      if (type.kind != expected) return std::nullopt;
      const auto& payload = *ValAccess::payload<CasePayload>(value);
      const std::optional<std::uint32_t> index = find_case(type, payload.name, bits);
      if (!index) return std::nullopt;
      return ChosenCase{*index, payload.value ? &*payload.value : nullptr};
    }
    case ValKind::option:
    case ValKind::result: {
      const TypeKind expected = value.kind() == ValKind::option ? TypeKind::option : TypeKind::result;
      if (type.kind != expected) return std::nullopt;
      const auto* box = ValAccess::payload<BoxPayload>(value);
      const bool is_first = value.kind() == ValKind::option ? bits == 0 : bits != 0;  // none, ok
      return ChosenCase{is_first ? 0U : 1U, box ? &box->value : nullptr};
    }
    default: return std::nullopt;
  }
}

Result<Val> lift_flat_variant(Context& context, const InterfaceType& type, FlatReader& values) {
  const std::size_t start = values.position();
  const std::uint32_t index = values.next().i32();
  HOLDFAST_TRY(check_discriminant(type, index));
  std::optional<Val> payload;
  if (const auto& payload_type = type.cases[index].type) {
    HOLDFAST_TRY_ASSIGN(payload, lift_flat(context, *payload_type, values));
  }
  values.skip_to(start + type.flat.size());
  return make_case(context, type, index, std::move(payload));
}

Result<Val> load_variant(Context& context, const InterfaceType& type, std::uint32_t pointer) {
  const std::uint32_t index = load_sized(context, pointer, type.discriminant_size);
  HOLDFAST_TRY(check_discriminant(type, index));
  std::optional<Val> payload;
  if (const auto& payload_type = type.cases[index].type) {
    HOLDFAST_TRY_ASSIGN(payload, load(context, *payload_type, pointer + type.payload_offset));
  }
  return make_case(context, type, index, std::move(payload));
}

Result<void> lower_flat_variant(Context& context, const InterfaceType& type, const Val& value, FlatWriter& values) {
  HOLDFAST_TRY_ASSIGN(const ChosenCase chosen, checked_case(type, value));
  const std::size_t start = values.position();
  values.put_i32(chosen.index);
  if (chosen.payload) {
    HOLDFAST_TRY(lower_flat(context, *type.cases[chosen.index].type, *chosen.payload, values));
  }
  values.fill_to(start + type.flat.size());
  return {};
}

Result<void> store_variant(Context& context, const InterfaceType& type, const Val& value, std::uint32_t pointer) {
  HOLDFAST_TRY_ASSIGN(const ChosenCase chosen, checked_case(type, value));
  store_sized(context, pointer, type.discriminant_size, chosen.index);
  if (!chosen.payload) return {};
  return store(context, *type.cases[chosen.index].type, *chosen.payload, pointer + type.payload_offset);
}

}  // namespace holdfast::abi
