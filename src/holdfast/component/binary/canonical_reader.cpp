// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Canonical definitions: lift, lower and the built-ins.
#include <utility>

#include "holdfast/component/binary/production_reader.hpp"
#include "holdfast/wasm/core_type_reader.hpp"

namespace holdfast::component::binary {
namespace {

using syntax::CanonicalOpcode;
using syntax::CanonicalOptionKind;

bool is_opcode(std::uint8_t byte) {
  if (byte == 0x07 || byte == 0x08) return false;
  return byte <= std::to_underlying(CanonicalOpcode::thread_yield_then_promote) ||
         (byte >= std::to_underlying(CanonicalOpcode::thread_spawn_ref) &&
          byte <= std::to_underlying(CanonicalOpcode::thread_available_parallelism));
}

Result<syntax::CanonicalOption> read_option(ByteCursor& cursor) {
  syntax::CanonicalOption option;
  option.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(const std::uint8_t kind, cursor.read_byte());
  if (kind > std::to_underlying(CanonicalOptionKind::gc)) {
    return cursor.fail_at_last_byte(ErrorCode::bad_canonical_option);
  }
  option.kind = static_cast<CanonicalOptionKind>(kind);
  switch (option.kind) {
    case CanonicalOptionKind::memory:
    case CanonicalOptionKind::realloc:
    case CanonicalOptionKind::post_return:
    case CanonicalOptionKind::callback:
    case CanonicalOptionKind::core_type: HOLDFAST_TRY(assign(option.index, cursor.read_u32())); return option;
    case CanonicalOptionKind::string_encoding_utf8:
    case CanonicalOptionKind::string_encoding_utf16:
    case CanonicalOptionKind::string_encoding_latin1_utf16:
    case CanonicalOptionKind::async:
    case CanonicalOptionKind::gc: return option;
  }
  std::unreachable();
}

Result<void> read_options(ByteCursor& cursor, syntax::Canonical& canonical) {
  return cursor.read_list(canonical.options, read_option);
}

/// Reads the byte for the sort `func`, which follows the opcodes of lift and lower.
Result<void> read_function_sort(ByteCursor& cursor, ErrorCode code) {
  HOLDFAST_TRY_ASSIGN(const std::uint8_t sort, cursor.read_byte());
  if (sort != 0x00) return cursor.fail_at_last_byte(code);
  return {};
}

Result<void> read_spawn(ByteCursor& cursor, syntax::Canonical& canonical) {
  if (dialect_at(cursor) == Dialect::binary_md) {
    HOLDFAST_TRY_ASSIGN(canonical.is_shared, cursor.read_boolean());
  }
  if (canonical.opcode == CanonicalOpcode::thread_available_parallelism) return {};
  HOLDFAST_TRY_ASSIGN(canonical.type, cursor.read_u32());
  if (canonical.opcode == CanonicalOpcode::thread_spawn_indirect) {
    HOLDFAST_TRY_ASSIGN(canonical.table, cursor.read_u32());
  }
  return {};
}

/// Reads what follows the opcode.
Result<void> read_operands(ByteCursor& cursor, syntax::Canonical& canonical) {
  switch (canonical.opcode) {
    case CanonicalOpcode::lift:
      HOLDFAST_TRY(read_function_sort(cursor, ErrorCode::bad_canonical_lift));
      HOLDFAST_TRY(assign(canonical.function, cursor.read_u32()));
      HOLDFAST_TRY(read_options(cursor, canonical));
      return assign(canonical.type, cursor.read_u32());
    case CanonicalOpcode::lower:
      HOLDFAST_TRY(read_function_sort(cursor, ErrorCode::bad_canonical_lower));
      HOLDFAST_TRY(assign(canonical.function, cursor.read_u32()));
      return read_options(cursor, canonical);
    case CanonicalOpcode::resource_new:
    case CanonicalOpcode::resource_drop:
    case CanonicalOpcode::resource_rep:
    case CanonicalOpcode::stream_new:
    case CanonicalOpcode::stream_drop_readable:
    case CanonicalOpcode::stream_drop_writable:
    case CanonicalOpcode::future_new:
    case CanonicalOpcode::future_drop_readable:
    case CanonicalOpcode::future_drop_writable: return assign(canonical.type, cursor.read_u32());
    case CanonicalOpcode::stream_read:
    case CanonicalOpcode::stream_write:
    case CanonicalOpcode::future_read:
    case CanonicalOpcode::future_write:
      HOLDFAST_TRY(assign(canonical.type, cursor.read_u32()));
      return read_options(cursor, canonical);
    case CanonicalOpcode::stream_cancel_read:
    case CanonicalOpcode::stream_cancel_write:
    case CanonicalOpcode::future_cancel_read:
    case CanonicalOpcode::future_cancel_write:
      HOLDFAST_TRY(assign(canonical.type, cursor.read_u32()));
      return assign(canonical.is_async, cursor.read_boolean());
    case CanonicalOpcode::subtask_cancel: return assign(canonical.is_async, cursor.read_boolean());
    case CanonicalOpcode::task_return:
      HOLDFAST_TRY(assign(canonical.result, read_results(cursor)));
      return read_options(cursor, canonical);
    case CanonicalOpcode::context_get:
    case CanonicalOpcode::context_set:
      HOLDFAST_TRY(assign(canonical.context_type, wasm::read_core_value_type(cursor)));
      return assign(canonical.context_slot, cursor.read_u32());
    case CanonicalOpcode::error_context_new:
    case CanonicalOpcode::error_context_debug_message: return read_options(cursor, canonical);
    case CanonicalOpcode::waitable_set_wait:
    case CanonicalOpcode::waitable_set_poll:
      HOLDFAST_TRY(assign(canonical.is_cancellable, cursor.read_boolean()));
      return assign(canonical.memory, cursor.read_u32());
    case CanonicalOpcode::thread_yield:
    case CanonicalOpcode::thread_suspend:
    case CanonicalOpcode::thread_suspend_then_resume:
    case CanonicalOpcode::thread_yield_then_resume:
    case CanonicalOpcode::thread_suspend_then_promote:
    case CanonicalOpcode::thread_yield_then_promote: return assign(canonical.is_cancellable, cursor.read_boolean());
    case CanonicalOpcode::thread_new_indirect:
      HOLDFAST_TRY(assign(canonical.type, cursor.read_u32()));
      return assign(canonical.table, cursor.read_u32());
    case CanonicalOpcode::thread_spawn_ref:
    case CanonicalOpcode::thread_spawn_indirect:
    case CanonicalOpcode::thread_available_parallelism: return read_spawn(cursor, canonical);
    case CanonicalOpcode::task_cancel:
    case CanonicalOpcode::subtask_drop:
    case CanonicalOpcode::error_context_drop:
    case CanonicalOpcode::waitable_set_new:
    case CanonicalOpcode::waitable_set_drop:
    case CanonicalOpcode::waitable_join:
    case CanonicalOpcode::backpressure_inc:
    case CanonicalOpcode::backpressure_dec:
    case CanonicalOpcode::thread_index:
    case CanonicalOpcode::thread_resume_later: return {};
  }
  std::unreachable();
}

}  // namespace

Result<syntax::Canonical> read_canonical(ByteCursor& cursor) {
  syntax::Canonical canonical;
  HOLDFAST_TRY_ASSIGN(const std::uint8_t opcode, cursor.read_byte());
  if (!is_opcode(opcode)) return cursor.fail_at_last_byte(ErrorCode::bad_canonical);
  canonical.opcode = static_cast<CanonicalOpcode>(opcode);
  HOLDFAST_TRY(read_operands(cursor, canonical));
  return canonical;
}

}  // namespace holdfast::component::binary
