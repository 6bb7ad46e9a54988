// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Value types, defined types, function, component, instance and resource types, and core types.
#include <utility>

#include "holdfast/component/binary/production_reader.hpp"
#include "holdfast/wasm/core_type_reader.hpp"

namespace holdfast::component::binary {
namespace {

using syntax::PrimitiveType;

bool is_primitive(std::uint8_t byte) {
  return (byte >= std::to_underlying(PrimitiveType::string) && byte <= std::to_underlying(PrimitiveType::boolean)) ||
         byte == std::to_underlying(PrimitiveType::error_context);
}

// --- parts of defined types ---

Result<syntax::LabelledType> read_labelled_type(ByteCursor& cursor) {
  syntax::LabelledType labelled;
  labelled.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(labelled.label, cursor.read_name());
  HOLDFAST_TRY_ASSIGN(labelled.type, read_value_type(cursor));
  return labelled;
}

Result<syntax::Case> read_case(ByteCursor& cursor) {
  syntax::Case result;
  result.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(result.label, cursor.read_name());
  HOLDFAST_TRY_ASSIGN(result.type, read_optional_value_type(cursor));
  HOLDFAST_TRY_ASSIGN(const std::uint8_t end, cursor.read_byte());
  if (end != 0x00) return cursor.fail_at_last_byte(ErrorCode::bad_case_end);
  return result;
}

Result<syntax::Label> read_label(ByteCursor& cursor) {
  syntax::Label label;
  label.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(label.label, cursor.read_name());
  return label;
}

using TypeValue = decltype(syntax::Type::value);

/// Reads a type that consists of a list. `member` is the list in T; `read_element` reads one element of it.
template <class T, class List, class ReadElement>
Result<TypeValue> read_list_type(ByteCursor& cursor, List T::* member, ReadElement read_element) {
  T type;
  HOLDFAST_TRY(cursor.read_list(type.*member, read_element));
  return TypeValue(std::move(type));
}

template <class T>
Result<TypeValue> read_element_type(ByteCursor& cursor) {
  HOLDFAST_TRY_ASSIGN(const syntax::ValueType element, read_value_type(cursor));
  return TypeValue(T{element});
}

template <class T>
Result<TypeValue> read_optional_element_type(ByteCursor& cursor) {
  HOLDFAST_TRY_ASSIGN(const auto element, read_optional_value_type(cursor));
  return TypeValue(T{element});
}

template <class T>
Result<TypeValue> read_handle_type(ByteCursor& cursor) {
  HOLDFAST_TRY_ASSIGN(const std::uint32_t resource, cursor.read_u32());
  return TypeValue(T{resource});
}

Result<TypeValue> read_fixed_length_list_type(ByteCursor& cursor) {
  syntax::FixedLengthListType list;
  HOLDFAST_TRY_ASSIGN(list.element, read_value_type(cursor));
  HOLDFAST_TRY_ASSIGN(list.length, cursor.read_u32());
  return TypeValue(list);
}

Result<TypeValue> read_map_type(ByteCursor& cursor) {
  syntax::MapType map;
  HOLDFAST_TRY_ASSIGN(map.key, read_value_type(cursor));
  HOLDFAST_TRY_ASSIGN(map.value, read_value_type(cursor));
  return TypeValue(map);
}

Result<TypeValue> read_result_type(ByteCursor& cursor) {
  syntax::ResultType result;
  HOLDFAST_TRY_ASSIGN(result.ok, read_optional_value_type(cursor));
  HOLDFAST_TRY_ASSIGN(result.error, read_optional_value_type(cursor));
  return TypeValue(result);
}

// --- the other types ---

Result<TypeValue> read_resource_type(ByteCursor& cursor) {
  syntax::ResourceTypeDefinition resource;
  HOLDFAST_TRY_ASSIGN(resource.representation, wasm::read_core_value_type(cursor));
  HOLDFAST_TRY_ASSIGN(const std::uint8_t has_destructor, cursor.read_byte());
  if (has_destructor > 0x01) return cursor.fail_at_last_byte(ErrorCode::bad_destructor);
  if (has_destructor == 0x01) {
    HOLDFAST_TRY_ASSIGN(resource.destructor, cursor.read_u32());
  }
  return TypeValue(resource);
}

Result<TypeValue> read_function_type(ByteCursor& cursor, bool is_async) {
  syntax::FunctionType function;
  function.is_async = is_async;
  HOLDFAST_TRY(cursor.read_list(function.parameters, read_labelled_type));
  HOLDFAST_TRY_ASSIGN(function.result, read_results(cursor));
  return TypeValue(std::move(function));
}

Result<syntax::Declaration> read_instance_declaration(ByteCursor& cursor) {
  syntax::Declaration declaration;
  declaration.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(const std::uint8_t kind, cursor.read_byte());
  switch (kind) {
    case 0x00: HOLDFAST_TRY(assign(declaration.value, read_core_type(cursor))); return declaration;
    case 0x01: HOLDFAST_TRY(assign(declaration.value, read_type(cursor))); return declaration;
    case 0x02: HOLDFAST_TRY(assign(declaration.value, read_alias(cursor))); return declaration;
    case 0x04: {
      syntax::ExportDeclaration exported;
      HOLDFAST_TRY_ASSIGN(exported.name, read_extern_name(cursor));
      HOLDFAST_TRY_ASSIGN(exported.type, read_extern_type(cursor));
      declaration.value = std::move(exported);
      return declaration;
    }
    default: return cursor.fail_at_last_byte(ErrorCode::bad_declaration);
  }
}

Result<syntax::Declaration> read_component_declaration(ByteCursor& cursor) {
  HOLDFAST_TRY_ASSIGN(const std::uint8_t kind, cursor.peek_byte());
  if (kind != 0x03) return read_instance_declaration(cursor);
  syntax::Declaration declaration;
  declaration.offset = cursor.offset();
  HOLDFAST_TRY(cursor.read_byte());
  HOLDFAST_TRY_ASSIGN(declaration.value, read_import(cursor));
  return declaration;
}

/// Reads the rest of a type; `cursor` is just after the opcode.
Result<TypeValue> read_type_value(ByteCursor& cursor, std::uint8_t opcode) {
  using namespace syntax;
  switch (opcode) {
    case 0x72: return read_list_type(cursor, &RecordType::fields, read_labelled_type);
    case 0x71: return read_list_type(cursor, &VariantType::cases, read_case);
    case 0x70: return read_element_type<ListType>(cursor);
    case 0x6f: return read_list_type(cursor, &TupleType::elements, read_value_type);
    case 0x6e: return read_list_type(cursor, &FlagsType::labels, read_label);
    case 0x6d: return read_list_type(cursor, &EnumType::labels, read_label);
    case 0x6b: return read_element_type<OptionType>(cursor);
    case 0x6a: return read_result_type(cursor);
    case 0x69: return read_handle_type<OwnType>(cursor);
    case 0x68: return read_handle_type<BorrowType>(cursor);
    case 0x67: return read_fixed_length_list_type(cursor);
    case 0x66: return read_optional_element_type<StreamType>(cursor);
    case 0x65: return read_optional_element_type<FutureType>(cursor);
    case 0x63: return read_map_type(cursor);
    case 0x43: return read_function_type(cursor, true);
    case 0x42: return read_list_type(cursor, &InstanceType::declarations, read_instance_declaration);
    case 0x41: return read_list_type(cursor, &ComponentType::declarations, read_component_declaration);
    case 0x40: return read_function_type(cursor, false);
    case 0x3f: return read_resource_type(cursor);
    default: break;
  }
  if (is_primitive(opcode)) return TypeValue(static_cast<PrimitiveType>(opcode));
  return cursor.fail_at_last_byte(ErrorCode::bad_defined_type);
}

// --- core types ---

Result<syntax::CoreOuterAlias> read_core_outer_alias(ByteCursor& cursor) {
  syntax::CoreOuterAlias alias;
  HOLDFAST_TRY_ASSIGN(const std::uint8_t sort, cursor.read_byte());
  if (sort != std::to_underlying(syntax::CoreSort::type)) {
    return cursor.fail_at_last_byte(ErrorCode::bad_core_alias_kind);
  }
  HOLDFAST_TRY_ASSIGN(const std::uint8_t target, cursor.read_byte());
  if (target != 0x01) return cursor.fail_at_last_byte(ErrorCode::bad_core_alias_target);
  HOLDFAST_TRY_ASSIGN(alias.count, cursor.read_u32());
  HOLDFAST_TRY_ASSIGN(alias.index, cursor.read_u32());
  return alias;
}

Result<wasm::CoreExport> read_core_export_declaration(ByteCursor& cursor) {
  wasm::CoreExport result;
  result.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(result.name, cursor.read_name());
  HOLDFAST_TRY_ASSIGN(result.type, wasm::read_core_extern_type(cursor));
  return result;
}

Result<syntax::ModuleTypeDeclaration> read_module_declaration(ByteCursor& cursor) {
  syntax::ModuleTypeDeclaration declaration;
  declaration.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(const std::uint8_t kind, cursor.read_byte());
  switch (kind) {
    case 0x00: HOLDFAST_TRY(assign(declaration.value, wasm::read_core_import(cursor))); return declaration;
    case 0x01: HOLDFAST_TRY(assign(declaration.value, wasm::read_core_recursion_group(cursor))); return declaration;
    case 0x02: HOLDFAST_TRY(assign(declaration.value, read_core_outer_alias(cursor))); return declaration;
    case 0x03: HOLDFAST_TRY(assign(declaration.value, read_core_export_declaration(cursor))); return declaration;
    default: return cursor.fail_at_last_byte(ErrorCode::bad_module_declaration);
  }
}

}  // namespace

Result<syntax::ValueType> read_value_type(ByteCursor& cursor) {
  syntax::ValueType type;
  type.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(const std::uint8_t byte, cursor.peek_byte());
  if (is_primitive(byte)) {
    HOLDFAST_TRY(cursor.read_byte());
    type.value = static_cast<PrimitiveType>(byte);
    return type;
  }
  HOLDFAST_TRY_ASSIGN(const std::int64_t index, cursor.read_s33());
  if (index < 0) return ByteCursor::fail_at(ErrorCode::bad_component_value_type, type.offset, byte);
  type.value = syntax::TypeIndex{static_cast<std::uint32_t>(index)};
  return type;
}

Result<std::optional<syntax::ValueType>> read_optional_value_type(ByteCursor& cursor) {
  HOLDFAST_TRY_ASSIGN(const std::uint8_t kind, cursor.read_byte());
  if (kind > 0x01) return cursor.fail_at_last_byte(ErrorCode::bad_optional_type);
  if (kind == 0x00) return std::nullopt;
  return read_value_type(cursor);
}

Result<std::optional<syntax::ValueType>> read_results(ByteCursor& cursor) {
  HOLDFAST_TRY_ASSIGN(const std::uint8_t kind, cursor.read_byte());
  if (kind > 0x01) return cursor.fail_at_last_byte(ErrorCode::bad_results);
  if (kind == 0x00) return read_value_type(cursor);
  HOLDFAST_TRY_ASSIGN(const std::uint8_t count, cursor.read_byte());
  if (count != 0x00) return cursor.fail_at_last_byte(ErrorCode::bad_result_count);
  return std::nullopt;
}

Result<syntax::CoreType> read_core_type(ByteCursor& cursor) {
  constexpr std::uint8_t sub_or_module = 0x50;
  syntax::CoreType type;
  type.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(std::uint8_t byte, cursor.peek_byte());
  if (byte == sub_or_module) {
    HOLDFAST_TRY(cursor.read_byte());
    syntax::ModuleType module;
    HOLDFAST_TRY(cursor.read_list(module.declarations, read_module_declaration));
    type.value = std::move(module);
    return type;
  }
  // A non-final sub type has the same opcode as a module type; a 0x00 before the opcode marks the sub type.
  if (byte == 0x00) {
    HOLDFAST_TRY(cursor.read_byte());
    HOLDFAST_TRY_ASSIGN(byte, cursor.peek_byte());
    if (byte != sub_or_module) return ByteCursor::fail_at(ErrorCode::bad_non_final_sub, cursor.offset(), byte);
  }
  HOLDFAST_TRY_ASSIGN(type.value, wasm::read_core_recursion_group(cursor));
  return type;
}

Result<syntax::Type> read_type(ByteCursor& cursor) {
  syntax::Type type;
  type.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(const auto nesting, wasm::NestingScope::enter(cursor));
  HOLDFAST_TRY_ASSIGN(const std::uint8_t opcode, cursor.read_byte());
  HOLDFAST_TRY_ASSIGN(type.value, read_type_value(cursor, opcode));
  return type;
}

}  // namespace holdfast::component::binary
