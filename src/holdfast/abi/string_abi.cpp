// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/string_abi.hpp"

#include "holdfast/abi/memory.hpp"
#include "holdfast/abi/utf.hpp"
#include "holdfast/abi/val_payload.hpp"

namespace holdfast::abi {

using component::StringEncoding;

Result<GuestString> locate_string(const Context& context, ContentRange range) {
  GuestString text{nullptr, range.length, StringOrigin::utf8};
  std::uint32_t unit_size = 1;
  switch (context.encoding) {
    case StringEncoding::utf8: break;
    case StringEncoding::utf16:
      text.origin = StringOrigin::utf16;
      unit_size = 2;
      break;
    case StringEncoding::latin1_utf16:
      if ((range.length & utf16_tag) != 0) {
        text.origin = StringOrigin::tagged_utf16;
        text.code_units = range.length ^ utf16_tag;
        unit_size = 2;
      } else {
        text.origin = StringOrigin::latin1;
      }
      break;
  }
  const std::uint32_t alignment = context.encoding == StringEncoding::utf8 ? 1 : 2;
  const std::uint64_t size = std::uint64_t{text.code_units} * unit_size;
  if (size > max_content_size) return fail(ErrorCode::string_too_long, size, range.pointer);
  if (!is_aligned(range.pointer, alignment)) return fail(ErrorCode::string_misaligned, alignment, range.pointer);
  HOLDFAST_TRY(check_range(context, range.pointer, size, alignment, ErrorCode::string_out_of_bounds));
  text.data = bytes_at(context, range.pointer, size);
  return text;
}

Result<std::size_t> utf8_size(const GuestString& text) {
  switch (text.origin) {
    case StringOrigin::utf8: HOLDFAST_TRY(utf::check_utf8(text.data, text.code_units)); return text.code_units;
    case StringOrigin::latin1: return text.code_units + utf::count_not_ascii(text.data, text.code_units);
    default: return utf::utf8_size_of_utf16(text.data, text.code_units);
  }
}

void transcode_to_utf8(const GuestString& text, char* out) {
  switch (text.origin) {
    case StringOrigin::utf8:
      if (text.code_units != 0) std::memcpy(out, text.data, text.code_units);
      return;
    case StringOrigin::latin1: return utf::latin1_to_utf8(text.data, text.code_units, out);
    default: return utf::utf16_to_utf8(text.data, text.code_units, out);
  }
}

bool is_utf8_in_place(const GuestString& text, std::size_t size) {
  const bool is_bytes = text.origin == StringOrigin::utf8 || text.origin == StringOrigin::latin1;
  return is_bytes && size == text.code_units;  // Latin-1 of that size is pure ASCII
}

Result<void> check_utf8(std::string_view text) {
  return utf::check_utf8(reinterpret_cast<const std::byte*>(text.data()), text.size());
}

Result<std::string> lift_string(Context& context, ContentRange range) {
  HOLDFAST_TRY_ASSIGN(const GuestString text, locate_string(context, range));
  HOLDFAST_TRY_ASSIGN(const std::size_t size, utf8_size(text));
  HOLDFAST_TRY(charge(context, size));
  std::string result;
  result.resize_and_overwrite(size, [&text, size](char* out, std::size_t) {
    transcode_to_utf8(text, out);
    return size;
  });
  return result;
}

ContentRange next_range(FlatReader& values) noexcept {
  const std::uint32_t pointer = values.next().i32();
  return {pointer, values.next().i32()};
}

ContentRange load_range(const Context& context, std::uint32_t pointer) noexcept {
  return {load_int<std::uint32_t>(context, pointer), load_int<std::uint32_t>(context, pointer + 4)};
}

void put_range(FlatWriter& values, ContentRange range) noexcept {
  values.put_i32(range.pointer);
  values.put_i32(range.length);
}

void store_range(const Context& context, std::uint32_t pointer, ContentRange range) noexcept {
  store_int(context, pointer, range.pointer);
  store_int(context, pointer + 4, range.length);
}

Result<Val> lift_string_val(Context& context, ContentRange range) {
  HOLDFAST_TRY_ASSIGN(const GuestString text, locate_string(context, range));
  HOLDFAST_TRY(charge(context, sizeof(StringPayload)));
  HOLDFAST_TRY_ASSIGN(std::string lifted, lift_string(context, range));
  return ValAccess::make(ValKind::string, 0, StringPayload{std::move(lifted), text.origin});
}

Result<ContentRange> lower_string_val(Context& context, const Val& value) {
  if (value.kind() != ValKind::string) return fail(ErrorCode::value_type_mismatch);
  const auto& payload = *ValAccess::payload<StringPayload>(value);
  return lower_string(context, payload.text, payload.origin);
}

}  // namespace holdfast::abi
