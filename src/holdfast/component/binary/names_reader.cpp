// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names with attributes, sorts, extern types, aliases, imports and exports.
#include <utility>

#include "holdfast/component/binary/production_reader.hpp"

namespace holdfast::component::binary {
namespace {

using syntax::AliasTarget;
using syntax::CoreSort;
using syntax::ExternKind;
using syntax::Sort;

Result<syntax::NameAttribute> read_name_attribute(ByteCursor& cursor) {
  syntax::NameAttribute attribute;
  attribute.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(const std::uint8_t kind, cursor.read_byte());
  if (kind > 0x02) return cursor.fail_at_last_byte(ErrorCode::bad_name_attribute);
  attribute.kind = static_cast<syntax::AttributeKind>(kind);
  HOLDFAST_TRY_ASSIGN(attribute.value, cursor.read_name());
  return attribute;
}

/// The one or two bytes of a sort, unchecked.
struct SortBytes {
  std::uint8_t sort = 0;
  std::uint8_t core_sort = 0;  ///< if sort is 0
  std::size_t offset = 0;

  std::unexpected<Error> fail(ErrorCode code) const {
    return ByteCursor::fail_at(code, sort == 0 ? offset + 1 : offset, sort == 0 ? core_sort : sort);
  }
};

Result<SortBytes> read_sort_bytes(ByteCursor& cursor) {
  SortBytes bytes;
  bytes.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(bytes.sort, cursor.read_byte());
  if (bytes.sort == 0) {
    HOLDFAST_TRY_ASSIGN(bytes.core_sort, cursor.read_byte());
  }
  return bytes;
}

/// Whether imports and exports of components may have this sort. The only core sort they may have is module.
bool is_extern_sort(const SortBytes& bytes) {
  if (bytes.sort == 0) return bytes.core_sort == std::to_underlying(CoreSort::module);
  return bytes.sort <= std::to_underlying(Sort::instance);
}

bool is_outer_sort(const SortBytes& bytes) {
  if (bytes.sort == 0) {
    return bytes.core_sort == std::to_underlying(CoreSort::type) ||
           bytes.core_sort == std::to_underlying(CoreSort::module);
  }
  return bytes.sort == std::to_underlying(Sort::type) || bytes.sort == std::to_underlying(Sort::component);
}

Result<SortBytes> read_extern_sort(ByteCursor& cursor) {
  HOLDFAST_TRY_ASSIGN(const SortBytes bytes, read_sort_bytes(cursor));
  if (!is_extern_sort(bytes)) return bytes.fail(ErrorCode::bad_external_kind);
  return bytes;
}

Result<syntax::TypeBound> read_type_bound(ByteCursor& cursor) {
  syntax::TypeBound bound;
  HOLDFAST_TRY_ASSIGN(const std::uint8_t kind, cursor.read_byte());
  if (kind > 0x01) return cursor.fail_at_last_byte(ErrorCode::bad_type_bound);
  if (kind == 0x00) {
    HOLDFAST_TRY_ASSIGN(bound.equal, cursor.read_u32());
  }
  return bound;
}

Result<syntax::ValueBound> read_value_bound(ByteCursor& cursor) {
  if (dialect_at(cursor) == Dialect::wasm_tools) {
    HOLDFAST_TRY_ASSIGN(const syntax::ValueType bare, read_value_type(cursor));
    return syntax::ValueBound{bare};
  }
  HOLDFAST_TRY_ASSIGN(const std::uint8_t kind, cursor.read_byte());
  if (kind > 0x01) return cursor.fail_at_last_byte(ErrorCode::bad_value_bound);
  if (kind == 0x00) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t index, cursor.read_u32());
    return syntax::ValueBound{index};
  }
  HOLDFAST_TRY_ASSIGN(const syntax::ValueType type, read_value_type(cursor));
  return syntax::ValueBound{type};
}

ExternKind extern_kind_of(Sort sort) {
  switch (sort) {
    case Sort::core: return ExternKind::core_module;
    case Sort::function: return ExternKind::function;
    case Sort::value: return ExternKind::value;
    case Sort::type: return ExternKind::type;
    case Sort::component: return ExternKind::component;
    case Sort::instance: return ExternKind::instance;
  }
  std::unreachable();
}

/// Reads what follows the sort and target of an alias.
Result<void> read_alias_operands(ByteCursor& cursor, syntax::Alias& alias) {
  if (alias.target == AliasTarget::outer) {
    HOLDFAST_TRY_ASSIGN(alias.outer_count, cursor.read_u32());
    HOLDFAST_TRY_ASSIGN(alias.outer_index, cursor.read_u32());
    return {};
  }
  HOLDFAST_TRY_ASSIGN(alias.instance, cursor.read_u32());
  HOLDFAST_TRY_ASSIGN(alias.name, cursor.read_name());
  return {};
}

/// Checks that an alias with this target may have this sort.
Result<void> check_alias_sort(AliasTarget target, const SortBytes& sort) {
  switch (target) {
    case AliasTarget::instance_export:
      if (!is_extern_sort(sort)) return sort.fail(ErrorCode::bad_external_kind);
      return {};
    case AliasTarget::core_instance_export:
      if (sort.sort != 0) return sort.fail(ErrorCode::bad_core_export_alias);
      if (sort.core_sort > std::to_underlying(CoreSort::tag)) return sort.fail(ErrorCode::bad_core_external_kind);
      return {};
    case AliasTarget::outer:
      if (!is_outer_sort(sort)) return sort.fail(ErrorCode::bad_outer_alias_kind);
      return {};
  }
  std::unreachable();
}

}  // namespace

Result<syntax::ExternName> read_extern_name(ByteCursor& cursor) {
  syntax::ExternName name;
  name.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(name.prefix, cursor.read_byte());
  if (name.prefix > 0x02) return cursor.fail_at_last_byte(ErrorCode::bad_name_prefix);
  HOLDFAST_TRY_ASSIGN(name.name, cursor.read_name());
  if (name.prefix == 0x02) HOLDFAST_TRY(cursor.read_list(name.attributes, read_name_attribute));
  return name;
}

Result<syntax::SortIndex> read_sort_index(ByteCursor& cursor) {
  syntax::SortIndex item;
  HOLDFAST_TRY_ASSIGN(const SortBytes bytes, read_extern_sort(cursor));
  item.offset = bytes.offset;
  item.sort = static_cast<Sort>(bytes.sort);
  HOLDFAST_TRY_ASSIGN(item.index, cursor.read_u32());
  return item;
}

Result<syntax::ExternType> read_extern_type(ByteCursor& cursor) {
  syntax::ExternType type;
  HOLDFAST_TRY_ASSIGN(const SortBytes bytes, read_extern_sort(cursor));
  type.offset = bytes.offset;
  type.kind = extern_kind_of(static_cast<Sort>(bytes.sort));
  if (type.kind == ExternKind::type) {
    HOLDFAST_TRY_ASSIGN(type.type_bound, read_type_bound(cursor));
  } else if (type.kind == ExternKind::value) {
    HOLDFAST_TRY_ASSIGN(type.value_bound, read_value_bound(cursor));
  } else {
    HOLDFAST_TRY_ASSIGN(type.index, cursor.read_u32());
  }
  return type;
}

Result<syntax::Alias> read_alias(ByteCursor& cursor) {
  syntax::Alias alias;
  HOLDFAST_TRY_ASSIGN(const SortBytes sort, read_sort_bytes(cursor));
  HOLDFAST_TRY_ASSIGN(const std::uint8_t target, cursor.read_byte());
  if (target > 0x02) return cursor.fail_at_last_byte(ErrorCode::bad_alias);
  alias.offset = sort.offset;
  alias.target = static_cast<AliasTarget>(target);
  HOLDFAST_TRY(check_alias_sort(alias.target, sort));
  alias.sort = static_cast<Sort>(sort.sort);
  if (alias.sort == Sort::core) alias.core_sort = static_cast<CoreSort>(sort.core_sort);
  HOLDFAST_TRY(read_alias_operands(cursor, alias));
  return alias;
}

Result<syntax::Import> read_import(ByteCursor& cursor) {
  syntax::Import import;
  HOLDFAST_TRY_ASSIGN(import.name, read_extern_name(cursor));
  HOLDFAST_TRY_ASSIGN(import.type, read_extern_type(cursor));
  return import;
}

Result<syntax::Export> read_export(ByteCursor& cursor) {
  syntax::Export result;
  HOLDFAST_TRY_ASSIGN(result.name, read_extern_name(cursor));
  HOLDFAST_TRY_ASSIGN(result.item, read_sort_index(cursor));
  HOLDFAST_TRY_ASSIGN(const std::uint8_t has_type, cursor.read_byte());
  if (has_type > 0x01) return cursor.fail_at_last_byte(ErrorCode::bad_export_type);
  if (has_type == 0x01) {
    HOLDFAST_TRY_ASSIGN(result.type, read_extern_type(cursor));
  }
  return result;
}

}  // namespace holdfast::component::binary
