// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasm/core_type_reader.hpp"

#include <utility>

namespace holdfast::wasm {
namespace {

// Type codes: the one-byte negative numbers of "Binary Format / Types", as bytes.
namespace code {
constexpr std::uint8_t i32 = 0x7f;
constexpr std::uint8_t i64 = 0x7e;
constexpr std::uint8_t f32 = 0x7d;
constexpr std::uint8_t f64 = 0x7c;
constexpr std::uint8_t v128 = 0x7b;
constexpr std::uint8_t i8 = 0x78;
constexpr std::uint8_t i16 = 0x77;
constexpr std::uint8_t shared = 0x65;
constexpr std::uint8_t ref = 0x64;
constexpr std::uint8_t ref_null = 0x63;
constexpr std::uint8_t exact = 0x62;
constexpr std::uint8_t function = 0x60;
constexpr std::uint8_t structure = 0x5f;
constexpr std::uint8_t array = 0x5e;
constexpr std::uint8_t continuation = 0x5d;
constexpr std::uint8_t sub = 0x50;
constexpr std::uint8_t sub_final = 0x4f;
constexpr std::uint8_t rec = 0x4e;
constexpr std::uint8_t descriptor = 0x4d;
constexpr std::uint8_t describes = 0x4c;
}  // namespace code

std::optional<AbstractHeapType> abstract_heap_type_of(std::uint8_t byte) {
  switch (byte) {
    case 0x75: return AbstractHeapType::nocont;
    case 0x74: return AbstractHeapType::noexn;
    case 0x73: return AbstractHeapType::nofunc;
    case 0x72: return AbstractHeapType::noextern;
    case 0x71: return AbstractHeapType::none;
    case 0x70: return AbstractHeapType::func;
    case 0x6f: return AbstractHeapType::extern_;
    case 0x6e: return AbstractHeapType::any;
    case 0x6d: return AbstractHeapType::eq;
    case 0x6c: return AbstractHeapType::i31;
    case 0x6b: return AbstractHeapType::struct_;
    case 0x6a: return AbstractHeapType::array;
    case 0x69: return AbstractHeapType::exn;
    case 0x68: return AbstractHeapType::cont;
    default: return std::nullopt;
  }
}

// Reads an optional `shared` and an abstract heap type; `code` is the error for any other byte.
Result<CoreHeapType> read_abstract_heap_type(ByteCursor& cursor, ErrorCode code) {
  CoreHeapType heap;
  HOLDFAST_TRY_ASSIGN(std::uint8_t byte, cursor.read_byte());
  if (byte == code::shared) {
    heap.shared = true;
    HOLDFAST_TRY_ASSIGN(byte, cursor.read_byte());
  }
  const auto abstract = abstract_heap_type_of(byte);
  if (!abstract) return cursor.fail_at_last_byte(code);
  heap.abstract = *abstract;
  return heap;
}

Result<CoreFieldType> read_field_type(ByteCursor& cursor) {
  CoreFieldType field;
  HOLDFAST_TRY_ASSIGN(const std::uint8_t byte, cursor.peek_byte());
  if (byte == code::i8 || byte == code::i16) {
    field.packed = byte == code::i8 ? PackedKind::i8 : PackedKind::i16;
    HOLDFAST_TRY(cursor.read_byte());
  } else {
    HOLDFAST_TRY_ASSIGN(field.value, read_core_value_type(cursor));
  }
  HOLDFAST_TRY_ASSIGN(const std::uint8_t mutability, cursor.read_byte());
  if (mutability > 1) return cursor.fail_at_last_byte(ErrorCode::bad_core_mutability);
  field.is_mutable = mutability == 1;
  return field;
}

Result<CoreFunctionType> read_function_type(ByteCursor& cursor) {
  CoreFunctionType function;
  HOLDFAST_TRY(cursor.read_list(function.parameters, read_core_value_type));
  HOLDFAST_TRY(cursor.read_list(function.results, read_core_value_type));
  return function;
}

Result<CoreContinuationType> read_continuation_type(ByteCursor& cursor) {
  const std::size_t start = cursor.offset();
  HOLDFAST_TRY_ASSIGN(const std::int64_t index, cursor.read_s33());
  if (index < 0) return ByteCursor::fail_at(ErrorCode::bad_core_continuation, start);
  return CoreContinuationType{static_cast<std::uint32_t>(index)};
}

Result<CoreCompositeType> read_inner_type(ByteCursor& cursor, std::uint8_t opcode) {
  switch (opcode) {
    case code::function: return read_function_type(cursor);
    case code::structure: {
      CoreStructType structure;
      HOLDFAST_TRY(cursor.read_list(structure.fields, read_field_type));
      return structure;
    }
    case code::array: {
      HOLDFAST_TRY_ASSIGN(const CoreFieldType element, read_field_type(cursor));
      return CoreArrayType{element};
    }
    case code::continuation: return read_continuation_type(cursor);
    default: return cursor.fail_at_last_byte(ErrorCode::bad_core_type);
  }
}

// Reads the composite type that starts with `opcode`, which was already read. Its prefixes come in a fixed order.
Result<void> read_composite_type(ByteCursor& cursor, std::uint8_t opcode, CoreSubType& out) {
  if (opcode == code::shared) {
    out.shared = true;
    HOLDFAST_TRY_ASSIGN(opcode, cursor.read_byte());
  }
  if (opcode == code::describes) {
    HOLDFAST_TRY_ASSIGN(out.describes, cursor.read_u32());
    HOLDFAST_TRY_ASSIGN(opcode, cursor.read_byte());
  }
  if (opcode == code::descriptor) {
    HOLDFAST_TRY_ASSIGN(out.descriptor, cursor.read_u32());
    HOLDFAST_TRY_ASSIGN(opcode, cursor.read_byte());
  }
  HOLDFAST_TRY_ASSIGN(out.composite, read_inner_type(cursor, opcode));
  return {};
}

Result<CoreSubType> read_sub_type(ByteCursor& cursor) {
  CoreSubType type;
  type.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(std::uint8_t opcode, cursor.read_byte());
  if (opcode == code::sub || opcode == code::sub_final) {
    type.is_final = opcode == code::sub_final;
    HOLDFAST_TRY_ASSIGN(const std::uint32_t supertypes, cursor.read_u32());
    if (supertypes > 1) return ByteCursor::fail_at(ErrorCode::multiple_supertypes, type.offset, supertypes);
    if (supertypes == 1) {
      HOLDFAST_TRY_ASSIGN(type.supertype, cursor.read_u32());
    }
    HOLDFAST_TRY_ASSIGN(opcode, cursor.read_byte());
  }
  HOLDFAST_TRY(read_composite_type(cursor, opcode, type));
  return type;
}

// Reads the minimum and, if `flags` say so, the maximum.
Result<CoreLimits> read_limits(ByteCursor& cursor, std::uint8_t flags) {
  CoreLimits limits;
  limits.shared = (flags & 0b010) != 0;
  limits.is_64 = (flags & 0b100) != 0;
  HOLDFAST_TRY_ASSIGN(limits.minimum, cursor.read_u64());
  if ((flags & 0b001) != 0) {
    HOLDFAST_TRY_ASSIGN(limits.maximum, cursor.read_u64());
  }
  return limits;
}

}  // namespace

Result<CoreHeapType> read_core_heap_type(ByteCursor& cursor) {
  CoreHeapType heap;
  HOLDFAST_TRY_ASSIGN(const std::uint8_t byte, cursor.peek_byte());
  if (byte == code::exact) {
    HOLDFAST_TRY(cursor.read_byte());
    heap.kind = HeapKind::exact;
    HOLDFAST_TRY_ASSIGN(heap.index, cursor.read_u32());
    return heap;
  }
  // A byte from 0x40 to 0x7f is a one-byte negative number, and so an abstract type. Everything else is an index.
  if (byte >= 0x40 && byte < 0x80) return read_abstract_heap_type(cursor, ErrorCode::bad_core_heap_type);
  const std::size_t start = cursor.offset();
  HOLDFAST_TRY_ASSIGN(const std::int64_t index, cursor.read_s33());
  if (index < 0) return ByteCursor::fail_at(ErrorCode::bad_core_heap_type, start, byte);
  heap.kind = HeapKind::concrete;
  heap.index = static_cast<std::uint32_t>(index);
  return heap;
}

Result<CoreReferenceType> read_core_reference_type(ByteCursor& cursor) {
  CoreReferenceType reference;
  HOLDFAST_TRY_ASSIGN(const std::uint8_t byte, cursor.peek_byte());
  if (byte == code::ref || byte == code::ref_null) {
    HOLDFAST_TRY(cursor.read_byte());
    reference.nullable = byte == code::ref_null;
    HOLDFAST_TRY_ASSIGN(reference.heap, read_core_heap_type(cursor));
    return reference;
  }
  HOLDFAST_TRY_ASSIGN(reference.heap, read_abstract_heap_type(cursor, ErrorCode::bad_core_reference_type));
  return reference;
}

Result<CoreValueType> read_core_value_type(ByteCursor& cursor) {
  CoreValueType value;
  HOLDFAST_TRY_ASSIGN(const std::uint8_t byte, cursor.read_byte());
  switch (byte) {
    case code::i32: value.kind = CoreValueKind::i32; return value;
    case code::i64: value.kind = CoreValueKind::i64; return value;
    case code::f32: value.kind = CoreValueKind::f32; return value;
    case code::f64: value.kind = CoreValueKind::f64; return value;
    case code::v128: value.kind = CoreValueKind::v128; return value;
    default: break;
  }
  value.kind = CoreValueKind::reference;
  if (byte == code::ref || byte == code::ref_null) {
    value.reference.nullable = byte == code::ref_null;
    HOLDFAST_TRY_ASSIGN(value.reference.heap, read_core_heap_type(cursor));
    return value;
  }
  if (byte == code::shared) {
    HOLDFAST_TRY_ASSIGN(value.reference.heap, read_abstract_heap_type(cursor, ErrorCode::bad_core_reference_type));
    value.reference.heap.shared = true;
    return value;
  }
  const auto abstract = abstract_heap_type_of(byte);
  if (!abstract) return cursor.fail_at_last_byte(ErrorCode::bad_core_value_type);
  value.reference.heap.abstract = *abstract;
  return value;
}

Result<CoreRecursionGroup> read_core_recursion_group(ByteCursor& cursor) {
  CoreRecursionGroup group;
  group.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(const std::uint8_t byte, cursor.peek_byte());
  if (byte == code::rec) {
    HOLDFAST_TRY(cursor.read_byte());
    group.is_explicit = true;
    HOLDFAST_TRY(cursor.read_list(group.types, read_sub_type));
    return group;
  }
  HOLDFAST_TRY_ASSIGN(auto type, read_sub_type(cursor));
  group.types.push_back(std::move(type));
  return group;
}

Result<CoreTableType> read_core_table_type(ByteCursor& cursor) {
  CoreTableType table;
  HOLDFAST_TRY_ASSIGN(table.element, read_core_reference_type(cursor));
  HOLDFAST_TRY_ASSIGN(const std::uint8_t flags, cursor.read_byte());
  if (flags > 0b111) return cursor.fail_at_last_byte(ErrorCode::bad_core_table_flags);
  HOLDFAST_TRY_ASSIGN(table.limits, read_limits(cursor, flags));
  return table;
}

Result<CoreMemoryType> read_core_memory_type(ByteCursor& cursor) {
  CoreMemoryType memory;
  HOLDFAST_TRY_ASSIGN(const std::uint8_t flags, cursor.read_byte());
  if (flags > 0b1111) return cursor.fail_at_last_byte(ErrorCode::bad_core_memory_flags);
  HOLDFAST_TRY_ASSIGN(memory.limits, read_limits(cursor, flags));
  if ((flags & 0b1000) == 0) return memory;
  const std::size_t start = cursor.offset();
  HOLDFAST_TRY_ASSIGN(memory.page_size_log2, cursor.read_u32());
  if (memory.page_size_log2 >= 64) {
    return ByteCursor::fail_at(ErrorCode::bad_core_page_size, start, memory.page_size_log2);
  }
  return memory;
}

Result<CoreGlobalType> read_core_global_type(ByteCursor& cursor) {
  CoreGlobalType global;
  HOLDFAST_TRY_ASSIGN(global.content, read_core_value_type(cursor));
  HOLDFAST_TRY_ASSIGN(const std::uint8_t flags, cursor.read_byte());
  if (flags > 0b11) return cursor.fail_at_last_byte(ErrorCode::bad_core_global_flags);
  global.is_mutable = (flags & 0b01) != 0;
  global.shared = (flags & 0b10) != 0;
  return global;
}

Result<CoreTagType> read_core_tag_type(ByteCursor& cursor) {
  HOLDFAST_TRY_ASSIGN(const std::uint8_t attribute, cursor.read_byte());
  if (attribute != 0) return cursor.fail_at_last_byte(ErrorCode::bad_core_tag);
  HOLDFAST_TRY_ASSIGN(const std::uint32_t type, cursor.read_u32());
  return CoreTagType{type};
}

Result<CoreExternType> read_core_extern_type(ByteCursor& cursor) {
  HOLDFAST_TRY_ASSIGN(const std::uint8_t kind, cursor.read_byte());
  switch (kind) {
    case 0x00:
    case 0x20: {
      HOLDFAST_TRY_ASSIGN(const std::uint32_t type, cursor.read_u32());
      return CoreFunctionReference{type, kind == 0x20};
    }
    case 0x01: return read_core_table_type(cursor);
    case 0x02: return read_core_memory_type(cursor);
    case 0x03: return read_core_global_type(cursor);
    case 0x04: return read_core_tag_type(cursor);
    default: return cursor.fail_at_last_byte(ErrorCode::bad_core_external_kind);
  }
}

Result<CoreImport> read_core_import(ByteCursor& cursor) {
  CoreImport import;
  import.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(import.module, cursor.read_name());
  HOLDFAST_TRY_ASSIGN(import.name, cursor.read_name());
  HOLDFAST_TRY_ASSIGN(import.type, read_core_extern_type(cursor));
  return import;
}

}  // namespace holdfast::wasm
