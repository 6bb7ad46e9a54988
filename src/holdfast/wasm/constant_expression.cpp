// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasm/constant_expression.hpp"

#include "holdfast/wasm/core_type_reader.hpp"

namespace holdfast::wasm {
namespace {

// Skips an instruction with the prefix 0xfb: those that create structs, arrays and i31 references, and two conversions.
Result<void> skip_aggregate_instruction(ByteCursor& cursor) {
  const std::size_t start = cursor.offset();
  HOLDFAST_TRY_ASSIGN(const std::uint32_t opcode, cursor.read_u32());
  switch (opcode) {
    case 0:   // struct.new
    case 1:   // struct.new_default
    case 6:   // array.new
    case 7:   // array.new_default
    case 32:  // struct.new_desc
    case 33:  // struct.new_default_desc
      HOLDFAST_TRY(cursor.read_u32());
      return {};
    case 8:  // array.new_fixed
      HOLDFAST_TRY(cursor.read_u32());
      HOLDFAST_TRY(cursor.read_u32());
      return {};
    case 26:  // any.convert_extern
    case 27:  // extern.convert_any
    case 28:  // ref.i31
    case 72:  // ref.i31_shared
      return {};
    default: return ByteCursor::fail_at(ErrorCode::not_constant, start, opcode);
  }
}

Result<void> skip_vector_instruction(ByteCursor& cursor) {
  const std::size_t start = cursor.offset();
  HOLDFAST_TRY_ASSIGN(const std::uint32_t opcode, cursor.read_u32());
  if (opcode != 12) return ByteCursor::fail_at(ErrorCode::not_constant, start, opcode);
  HOLDFAST_TRY(cursor.read_bytes(16));  // v128.const
  return {};
}

// Skips the immediates of the instruction `opcode`, which was already read and is not `end`.
Result<void> skip_instruction(ByteCursor& cursor, std::uint8_t opcode) {
  switch (opcode) {
    case 0x41: HOLDFAST_TRY(cursor.read_s32()); return {};            // i32.const
    case 0x42: HOLDFAST_TRY(cursor.read_s64()); return {};            // i64.const
    case 0x43: HOLDFAST_TRY(cursor.read_bytes(4)); return {};         // f32.const
    case 0x44: HOLDFAST_TRY(cursor.read_bytes(8)); return {};         // f64.const
    case 0x23:                                                        // global.get
    case 0xd2: HOLDFAST_TRY(cursor.read_u32()); return {};            // ref.func
    case 0xd0: HOLDFAST_TRY(read_core_heap_type(cursor)); return {};  // ref.null
    case 0x6a:                                                        // i32.add, i32.sub, i32.mul
    case 0x6b:
    case 0x6c:
    case 0x7c:  // i64.add, i64.sub, i64.mul
    case 0x7d:
    case 0x7e: return {};
    case 0xfb: return skip_aggregate_instruction(cursor);
    case 0xfd: return skip_vector_instruction(cursor);
    default: return cursor.fail_at_last_byte(ErrorCode::not_constant);
  }
}

}  // namespace

Result<void> skip_constant_expression(ByteCursor& cursor) {
  constexpr std::uint8_t end = 0x0b;
  for (;;) {
    HOLDFAST_TRY_ASSIGN(const std::uint8_t opcode, cursor.read_byte());
    if (opcode == end) return {};
    HOLDFAST_TRY(skip_instruction(cursor, opcode));
  }
}

}  // namespace holdfast::wasm
