// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Core instances, instances, start definitions and values.
#include "holdfast/component/binary/production_reader.hpp"

namespace holdfast::component::binary {
namespace {

Result<syntax::CoreInstantiateArgument> read_core_argument(ByteCursor& cursor) {
  syntax::CoreInstantiateArgument argument;
  argument.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(argument.name, cursor.read_name());
  HOLDFAST_TRY_ASSIGN(const std::uint8_t sort, cursor.read_byte());
  if (sort != static_cast<std::uint8_t>(syntax::CoreSort::instance)) {
    return cursor.fail_at_last_byte(ErrorCode::bad_core_argument_kind);
  }
  HOLDFAST_TRY_ASSIGN(argument.instance, cursor.read_u32());
  return argument;
}

Result<syntax::CoreInlineExport> read_core_inline_export(ByteCursor& cursor) {
  syntax::CoreInlineExport result;
  result.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(result.name, cursor.read_name());
  HOLDFAST_TRY_ASSIGN(const std::uint8_t sort, cursor.read_byte());
  if (sort > static_cast<std::uint8_t>(syntax::CoreSort::tag)) {
    return cursor.fail_at_last_byte(ErrorCode::bad_core_external_kind);
  }
  result.sort = static_cast<syntax::CoreSort>(sort);
  HOLDFAST_TRY_ASSIGN(result.index, cursor.read_u32());
  return result;
}

Result<syntax::InstantiateArgument> read_argument(ByteCursor& cursor) {
  syntax::InstantiateArgument argument;
  argument.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(argument.name, cursor.read_name());
  HOLDFAST_TRY_ASSIGN(argument.item, read_sort_index(cursor));
  return argument;
}

Result<syntax::InlineExport> read_inline_export(ByteCursor& cursor) {
  syntax::InlineExport result;
  result.offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(result.name, read_extern_name(cursor));
  HOLDFAST_TRY_ASSIGN(result.item, read_sort_index(cursor));
  return result;
}

}  // namespace

Result<syntax::CoreInstance> read_core_instance(ByteCursor& cursor) {
  HOLDFAST_TRY_ASSIGN(const std::uint8_t kind, cursor.read_byte());
  if (kind == 0x00) {
    syntax::CoreInstantiate instantiate;
    HOLDFAST_TRY_ASSIGN(instantiate.module, cursor.read_u32());
    HOLDFAST_TRY(cursor.read_list(instantiate.arguments, read_core_argument));
    return syntax::CoreInstance{std::move(instantiate)};
  }
  if (kind == 0x01) {
    syntax::CoreInlineExports exports;
    HOLDFAST_TRY(cursor.read_list(exports.exports, read_core_inline_export));
    return syntax::CoreInstance{std::move(exports)};
  }
  return cursor.fail_at_last_byte(ErrorCode::bad_core_instance);
}

Result<syntax::Instance> read_instance(ByteCursor& cursor) {
  HOLDFAST_TRY_ASSIGN(const std::uint8_t kind, cursor.read_byte());
  if (kind == 0x00) {
    syntax::Instantiate instantiate;
    HOLDFAST_TRY_ASSIGN(instantiate.component, cursor.read_u32());
    HOLDFAST_TRY(cursor.read_list(instantiate.arguments, read_argument));
    return syntax::Instance{std::move(instantiate)};
  }
  if (kind == 0x01) {
    syntax::InlineExports exports;
    HOLDFAST_TRY(cursor.read_list(exports.exports, read_inline_export));
    return syntax::Instance{std::move(exports)};
  }
  return cursor.fail_at_last_byte(ErrorCode::bad_instance);
}

Result<syntax::Start> read_start(ByteCursor& cursor) {
  // No function can have more results, and the public suites expect this bound.
  constexpr std::uint32_t most_results = 1000;
  syntax::Start start;
  HOLDFAST_TRY_ASSIGN(start.function, cursor.read_u32());
  HOLDFAST_TRY(cursor.read_list(start.arguments, [](ByteCursor& list) { return list.read_u32(); }));
  const std::size_t offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(start.results, cursor.read_u32());
  if (start.results > most_results) return ByteCursor::fail_at(ErrorCode::bad_start_results, offset, start.results);
  return start;
}

Result<syntax::Value> read_value(ByteCursor& cursor) {
  syntax::Value value;
  HOLDFAST_TRY_ASSIGN(value.type, read_value_type(cursor));
  HOLDFAST_TRY_ASSIGN(const std::uint32_t size, cursor.read_u32());
  value.bytes_offset = cursor.offset();
  HOLDFAST_TRY_ASSIGN(const auto bytes, cursor.read_bytes(size));
  value.bytes.assign(bytes.begin(), bytes.end());
  return value;
}

}  // namespace holdfast::component::binary
