// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/testing/type_builder.hpp"

#include <algorithm>

namespace holdfast::abi::testing {

using component::InterfaceType;
using component::TypeKind;
using engine::ValueType;

namespace {

std::uint32_t align_to(std::uint32_t offset, std::uint32_t alignment) {
  return (offset + alignment - 1) / alignment * alignment;
}

void append_flat(std::vector<ValueType>& flat, const std::vector<ValueType>& more) {
  for (const ValueType value : more) {
    if (flat.size() < component::max_flat) flat.push_back(value);
  }
}

ValueType join(ValueType a, ValueType b) {
  if (a == b) return a;
  const auto is_narrow = [](ValueType value) { return value == ValueType::i32 || value == ValueType::f32; };
  return is_narrow(a) && is_narrow(b) ? ValueType::i32 : ValueType::i64;
}

void set_layout(InterfaceType& type, std::uint32_t size, std::vector<ValueType> flat) {
  type.size = size;
  type.alignment = size;
  type.flat = std::move(flat);
}

}  // namespace

TypeBuilder::Id TypeBuilder::simple(TypeKind kind) {
  InterfaceType type;
  type.kind = kind;
  switch (kind) {
    case TypeKind::boolean:
    case TypeKind::s8:
    case TypeKind::u8: set_layout(type, 1, {ValueType::i32}); break;
    case TypeKind::s16:
    case TypeKind::u16: set_layout(type, 2, {ValueType::i32}); break;
    case TypeKind::s64:
    case TypeKind::u64: set_layout(type, 8, {ValueType::i64}); break;
    case TypeKind::f32: set_layout(type, 4, {ValueType::f32}); break;
    case TypeKind::f64: set_layout(type, 8, {ValueType::f64}); break;
    case TypeKind::string:
      set_layout(type, 8, {ValueType::i32, ValueType::i32});
      type.alignment = 4;
      break;
    default: set_layout(type, 4, {ValueType::i32}); break;
  }
  return types_.intern(std::move(type));
}

TypeBuilder::Id TypeBuilder::list(Id element) {
  InterfaceType type;
  type.kind = TypeKind::list;
  type.element = element;
  type.size = 8;
  type.alignment = 4;
  type.flat = {ValueType::i32, ValueType::i32};
  type.has_handle = types_[element].has_handle;
  return types_.intern(std::move(type));
}

TypeBuilder::Id TypeBuilder::map(Id key, Id value) {
  InterfaceType type = types_[list(value)];
  type.kind = TypeKind::map;
  type.key = key;
  return types_.intern(std::move(type));
}

TypeBuilder::Id TypeBuilder::fixed_list(Id element, std::uint32_t length) {
  InterfaceType type;
  type.kind = TypeKind::fixed_list;
  type.element = element;
  type.length = length;
  type.size = types_[element].size * length;
  type.alignment = types_[element].alignment;
  for (std::uint32_t i = 0; i < length; ++i) append_flat(type.flat, types_[element].flat);
  return types_.intern(std::move(type));
}

TypeBuilder::Id TypeBuilder::with_fields(TypeKind kind, NamedTypes fields) {
  InterfaceType type;
  type.kind = kind;
  for (auto& [name, id] : fields) {
    const InterfaceType& part = types_[id];
    type.size = align_to(type.size, part.alignment);
    type.alignment = std::max(type.alignment, part.alignment);
    type.fields.push_back({std::move(name), id, type.size});
    type.size += part.size;
    append_flat(type.flat, part.flat);
  }
  type.size = align_to(type.size, type.alignment);
  return types_.intern(std::move(type));
}

TypeBuilder::Id TypeBuilder::record(NamedTypes fields) { return with_fields(TypeKind::record, std::move(fields)); }

TypeBuilder::Id TypeBuilder::tuple(std::vector<Id> elements) {
  NamedTypes fields;
  for (const Id element : elements) fields.emplace_back("", element);
  return with_fields(TypeKind::tuple, std::move(fields));
}

TypeBuilder::Id TypeBuilder::with_cases(TypeKind kind, Cases cases) {
  InterfaceType type;
  type.kind = kind;
  type.discriminant_size = cases.size() <= 256 ? 1 : cases.size() <= 65536 ? 2 : 4;
  std::uint32_t payload_size = 0;
  std::uint32_t payload_alignment = 1;
  std::vector<ValueType> flat;
  for (auto& [name, id] : cases) {
    if (id) {
      const InterfaceType& part = types_[*id];
      payload_size = std::max(payload_size, part.size);
      payload_alignment = std::max(payload_alignment, part.alignment);
      for (std::size_t i = 0; i < part.flat.size(); ++i) {
        if (i < flat.size()) {
          flat[i] = join(flat[i], part.flat[i]);
        } else {
          flat.push_back(part.flat[i]);
        }
      }
    }
    type.cases.push_back({std::move(name), id});
  }
  type.alignment = std::max(type.discriminant_size, payload_alignment);
  type.payload_offset = align_to(type.discriminant_size, payload_alignment);
  type.size = align_to(type.payload_offset + payload_size, type.alignment);
  type.flat = {ValueType::i32};
  append_flat(type.flat, flat);
  return types_.intern(std::move(type));
}

TypeBuilder::Id TypeBuilder::variant(Cases cases) { return with_cases(TypeKind::variant, std::move(cases)); }

TypeBuilder::Id TypeBuilder::enumeration(std::vector<std::string> names) {
  Cases cases;
  for (std::string& name : names) cases.emplace_back(std::move(name), std::nullopt);
  return with_cases(TypeKind::enumeration, std::move(cases));
}

TypeBuilder::Id TypeBuilder::option(Id some) {
  return with_cases(TypeKind::option, {{"none", std::nullopt}, {"some", some}});
}

TypeBuilder::Id TypeBuilder::result(OptionalId ok, OptionalId error) {
  return with_cases(TypeKind::result, {{"ok", ok}, {"error", error}});
}

TypeBuilder::Id TypeBuilder::flags(std::vector<std::string> labels) {
  InterfaceType type;
  type.kind = TypeKind::flags;
  set_layout(type, labels.size() <= 8 ? 1 : labels.size() <= 16 ? 2 : 4, {ValueType::i32});
  type.labels = std::move(labels);
  return types_.intern(std::move(type));
}

TypeBuilder::Id TypeBuilder::handle(TypeKind kind, std::uint32_t slot) {
  InterfaceType type;
  type.kind = kind;
  set_layout(type, 4, {ValueType::i32});
  type.resource = component::ResourceSlot(slot);
  type.has_handle = true;
  type.has_borrow = kind == TypeKind::borrow;
  return types_.intern(std::move(type));
}

TypeBuilder::Id TypeBuilder::own(std::uint32_t slot) { return handle(TypeKind::own, slot); }
TypeBuilder::Id TypeBuilder::borrow(std::uint32_t slot) { return handle(TypeKind::borrow, slot); }

component::FunctionType TypeBuilder::function(NamedTypes parameters, OptionalId result) {
  component::FunctionType function;
  for (auto& [name, id] : parameters) {
    const InterfaceType& part = types_[id];
    const std::uint32_t offset = align_to(function.parameters_size, part.alignment);
    function.parameters_size = offset + part.size;
    function.parameters_alignment = std::max(function.parameters_alignment, part.alignment);
    function.parameters.push_back({std::move(name), id, offset});
    append_flat(function.flat_parameters, part.flat);
  }
  function.parameters_size = align_to(function.parameters_size, function.parameters_alignment);
  function.parameters_spill = function.flat_parameters.size() > component::max_flat_parameters;
  function.result = result;
  function.result_spills = result && types_[*result].flat.size() > component::max_flat_results;
  return types_[types_.intern(std::move(function))];
}

}  // namespace holdfast::abi::testing
