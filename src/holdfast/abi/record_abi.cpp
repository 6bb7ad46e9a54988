// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/record_abi.hpp"

#include "holdfast/abi/lift.hpp"
#include "holdfast/abi/lower.hpp"
#include "holdfast/abi/memory.hpp"
#include "holdfast/abi/val_payload.hpp"

namespace holdfast::abi {
namespace {

using component::InterfaceField;
using component::InterfaceType;
using component::TypeKind;

Result<void> charge_members(Context& context, const InterfaceType& type) {
  if (type.kind == TypeKind::tuple) {
    return charge(context, sizeof(ListPayload) + type.fields.size() * sizeof(Val));
  }
  std::uint64_t size = sizeof(RecordPayload);
  for (const InterfaceField& field : type.fields) size += sizeof(ValField) + field.name.size();
  return charge(context, size);
}

/// Lifts each member with `lift_member(field)`, in order.
template <class LiftMember>
Result<Val> lift_members(Context& context, const InterfaceType& type, const LiftMember& lift_member) {
  HOLDFAST_TRY(charge_members(context, type));
  if (type.kind == TypeKind::tuple) {
    std::vector<Val> elements;
    elements.reserve(type.fields.size());
    for (const InterfaceField& field : type.fields) {
      HOLDFAST_TRY_ASSIGN(Val value, lift_member(field));
      elements.push_back(std::move(value));
    }
    return Val::tuple(std::move(elements));
  }
  std::vector<ValField> fields;
  fields.reserve(type.fields.size());
  for (const InterfaceField& field : type.fields) {
    HOLDFAST_TRY_ASSIGN(Val value, lift_member(field));
    fields.push_back({field.name, std::move(value)});
  }
  return Val::record(std::move(fields));
}

template <class LowerMember>
Result<void> lower_members(const InterfaceType& type, const Val& value, const LowerMember& lower_member) {
  for (std::size_t i = 0; i < type.fields.size(); ++i) {
    const Val* member = member_of(type, value, i);
    if (!member) return fail(ErrorCode::value_type_mismatch);
    HOLDFAST_TRY(lower_member(type.fields[i], *member));
  }
  return {};
}

}  // namespace

const Val* member_of(const InterfaceType& type, const Val& value, std::size_t index) {
  if (type.kind == TypeKind::tuple) {
    if (value.kind() != ValKind::tuple) return nullptr;
    const auto& elements = ValAccess::payload<ListPayload>(value)->elements;
    return elements.size() == type.fields.size() ? &elements[index] : nullptr;
  }
  if (value.kind() != ValKind::record) return nullptr;
  const auto& fields = ValAccess::payload<RecordPayload>(value)->fields;
  if (fields.size() != type.fields.size()) return nullptr;
  const std::string& name = type.fields[index].name;
  if (fields[index].name == name) return &fields[index].value;
  for (const ValField& field : fields) {
    if (field.name == name) return &field.value;
  }
  return nullptr;
}

Result<Val> lift_flat_record(Context& context, const InterfaceType& type, FlatReader& values) {
  return lift_members(context, type,
                      [&](const InterfaceField& field) { return lift_flat(context, field.type, values); });
}

Result<Val> load_record(Context& context, const InterfaceType& type, std::uint32_t pointer) {
  return lift_members(context, type,
                      [&](const InterfaceField& field) { return load(context, field.type, pointer + field.offset); });
}

Result<void> lower_flat_record(Context& context, const InterfaceType& type, const Val& value, FlatWriter& values) {
  return lower_members(type, value, [&](const InterfaceField& field, const Val& member) {
    return lower_flat(context, field.type, member, values);
  });
}

Result<void> store_record(Context& context, const InterfaceType& type, const Val& value, std::uint32_t pointer) {
  return lower_members(type, value, [&](const InterfaceField& field, const Val& member) {
    return store(context, field.type, member, pointer + field.offset);
  });
}

}  // namespace holdfast::abi
