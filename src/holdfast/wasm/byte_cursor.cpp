// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasm/byte_cursor.hpp"

#include <algorithm>
#include <utf8.h>

#include "holdfast/wasm/leb128.hpp"

namespace holdfast::wasm {

Result<std::span<const std::byte>> ByteCursor::read_bytes(std::size_t count) noexcept {
  if (count > remaining()) return fail_at(ErrorCode::unexpected_end, origin_ + bytes_.size());
  const auto part = bytes_.subspan(position_, count);
  position_ += count;
  return part;
}

Result<ByteCursor> ByteCursor::read_part(std::size_t count) noexcept {
  const std::size_t start = offset();
  HOLDFAST_TRY_ASSIGN(const auto part, read_bytes(count));
  return ByteCursor(part, start, budget_);
}

namespace {

template <class T>
Result<T> advance(Result<Leb128<T>> decoded, std::size_t& position) noexcept {
  if (!decoded) return std::unexpected(decoded.error());
  position += decoded->size;
  return decoded->value;
}

}  // namespace

Result<std::uint32_t> ByteCursor::read_longer_u32() noexcept {
  return advance(decode_u32(bytes_.subspan(position_), static_cast<std::uint32_t>(offset())), position_);
}
Result<std::uint64_t> ByteCursor::read_u64() noexcept {
  return advance(decode_u64(bytes_.subspan(position_), static_cast<std::uint32_t>(offset())), position_);
}
Result<std::int64_t> ByteCursor::read_s33() noexcept {
  return advance(decode_s33(bytes_.subspan(position_), static_cast<std::uint32_t>(offset())), position_);
}
Result<std::int32_t> ByteCursor::read_s32() noexcept {
  return advance(decode_s32(bytes_.subspan(position_), static_cast<std::uint32_t>(offset())), position_);
}
Result<std::int64_t> ByteCursor::read_s64() noexcept {
  return advance(decode_s64(bytes_.subspan(position_), static_cast<std::uint32_t>(offset())), position_);
}

Result<bool> ByteCursor::read_boolean() noexcept {
  HOLDFAST_TRY_ASSIGN(const std::uint8_t byte, read_byte());
  if (byte > 1) return fail_at_last_byte(ErrorCode::invalid_boolean);
  return byte == 1;
}

Result<std::string_view> ByteCursor::read_name() noexcept {
  const std::size_t start = offset();
  HOLDFAST_TRY_ASSIGN(const std::uint32_t length, read_u32());
  if (budget_ != nullptr && length > budget_->name_bytes) {
    return fail_at(ErrorCode::name_too_long, start, budget_->name_bytes);
  }
  const std::size_t first = offset();
  HOLDFAST_TRY_ASSIGN(const auto bytes, read_bytes(length));
  if (!is_utf8(bytes)) return fail_at(ErrorCode::malformed_utf8, first);
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

std::unexpected<Error> ByteCursor::fail_at_last_byte(ErrorCode code) const noexcept {
  return fail_at(code, offset() - 1, std::to_integer<std::uint8_t>(bytes_[position_ - 1]));
}

Result<void> ByteCursor::take_items(std::size_t count) noexcept {
  if (budget_ == nullptr) return {};
  if (budget_->items < count) return fail_at(ErrorCode::too_many_items, offset());
  budget_->items -= static_cast<std::uint32_t>(count);
  return {};
}

Result<NestingScope> NestingScope::enter(const ByteCursor& cursor) noexcept {
  ReadBudget* budget = cursor.budget();
  if (budget == nullptr) return NestingScope(nullptr);
  if (budget->nesting == 0) return ByteCursor::fail_at(ErrorCode::nested_too_deeply, cursor.offset());
  --budget->nesting;
  return NestingScope(budget);
}

bool is_utf8(std::span<const std::byte> bytes) noexcept {
  const auto* first = reinterpret_cast<const char*>(bytes.data());
  const auto* const end = first + bytes.size();
  // Nearly all names are ASCII, which needs no decoding.
  first = std::find_if(first, end, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  return utf8::is_valid(first, end);
}

}  // namespace holdfast::wasm
