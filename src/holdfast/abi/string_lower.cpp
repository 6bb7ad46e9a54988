// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// store_string: one function for each way to write text into a guest. Each reads the memory view again after every
// reallocate. Sizes cannot wrap: text has at most max_content_size code units of at most 3 bytes.
#include <cstring>

#include "holdfast/abi/memory.hpp"
#include "holdfast/abi/string_abi.hpp"
#include "holdfast/abi/utf.hpp"

namespace holdfast::abi {
namespace {

using component::StringEncoding;

std::uint32_t narrow(std::size_t size) { return static_cast<std::uint32_t>(size); }

void copy_in(const Context& context, std::uint32_t pointer, std::string_view bytes) {
  if (!bytes.empty()) std::memcpy(bytes_at(context, pointer, bytes.size()), bytes.data(), bytes.size());
}

/// A block of guest memory that grows and shrinks.
struct Allocation {
  Context& context;
  std::uint32_t alignment;
  std::uint32_t pointer = 0;
  std::uint32_t size = 0;

  Result<void> resize(std::uint32_t new_size) {
    const auto moved = context.guest->reallocate(pointer, size, alignment, new_size);
    if (!moved) {
      const Error& error = moved.error();
      if (error.code != ErrorCode::realloc_out_of_bounds) return std::unexpected(error);
      return std::unexpected(Error{ErrorCode::string_out_of_bounds, Rule::realloc_is_confined,
                                   static_cast<std::uint32_t>(error.detail), std::uint64_t{new_size}});
    }
    pointer = *moved;
    size = new_size;
    return {};
  }
  Result<void> shrink(std::uint32_t new_size) {
    if (new_size < size) return resize(new_size);
    return {};
  }
};

/// store_string_copy from UTF-8 to UTF-8.
Result<ContentRange> copy_utf8(Context& context, std::string_view text) {
  Allocation memory{context, 1};
  HOLDFAST_TRY(memory.resize(narrow(text.size())));
  copy_in(context, memory.pointer, text);
  return ContentRange{memory.pointer, narrow(text.size())};
}

/// store_string_copy to UTF-16; the source determines the number of code units.
Result<ContentRange> copy_utf16(Context& context, std::string_view text, std::uint32_t code_units) {
  Allocation memory{context, 2};
  HOLDFAST_TRY(memory.resize(2 * code_units));
  utf::utf8_to_utf16(text, bytes_at(context, memory.pointer, memory.size));
  return ContentRange{memory.pointer, code_units};
}

/// store_string_copy to Latin-1.
Result<ContentRange> copy_latin1(Context& context, std::string_view text, std::uint32_t code_units) {
  Allocation memory{context, 2};
  HOLDFAST_TRY(memory.resize(code_units));
  utf::utf8_to_latin1(text, bytes_at(context, memory.pointer, memory.size));
  return ContentRange{memory.pointer, code_units};
}

/// store_string_to_utf8: allocates for ASCII first, then for the worst case, then shrinks.
Result<ContentRange> to_utf8(Context& context, std::string_view text, std::uint32_t code_units,
                             std::uint32_t worst_case_size) {
  Allocation memory{context, 1};
  HOLDFAST_TRY(memory.resize(code_units));
  const std::size_t prefix = utf::ascii_prefix(text);
  copy_in(context, memory.pointer, text.substr(0, prefix));
  if (prefix == text.size()) return ContentRange{memory.pointer, code_units};
  HOLDFAST_TRY(memory.resize(worst_case_size));
  copy_in(context, memory.pointer + narrow(prefix), text.substr(prefix));
  HOLDFAST_TRY(memory.shrink(narrow(text.size())));
  return ContentRange{memory.pointer, narrow(text.size())};
}

/// store_utf8_to_utf16.
Result<ContentRange> utf8_to_utf16(Context& context, std::string_view text) {
  Allocation memory{context, 2};
  HOLDFAST_TRY(memory.resize(2 * narrow(text.size())));
  const std::size_t code_units = utf::utf8_to_utf16(text, bytes_at(context, memory.pointer, memory.size));
  HOLDFAST_TRY(memory.shrink(2 * narrow(code_units)));
  return ContentRange{memory.pointer, narrow(code_units)};
}

/// store_string_to_latin1_or_utf16: Latin-1 until a character does not fit, then all of it as UTF-16.
Result<ContentRange> to_latin1_or_utf16(Context& context, std::string_view text, std::uint32_t code_units) {
  Allocation memory{context, 2};
  HOLDFAST_TRY(memory.resize(code_units));
  const utf::Latin1Prefix prefix = utf::utf8_to_latin1(text, bytes_at(context, memory.pointer, memory.size));
  if (prefix.read == text.size()) {
    HOLDFAST_TRY(memory.shrink(narrow(prefix.written)));
    return ContentRange{memory.pointer, narrow(prefix.written)};
  }
  HOLDFAST_TRY(memory.resize(2 * code_units));
  // Writes the prefix again from the source. The bytes are the same as if it were widened in place.
  const std::size_t utf16_units = utf::utf8_to_utf16(text, bytes_at(context, memory.pointer, memory.size));
  HOLDFAST_TRY(memory.shrink(2 * narrow(utf16_units)));
  return ContentRange{memory.pointer, narrow(utf16_units) | utf16_tag};
}

/// store_probably_utf16_to_latin1_or_utf16: text that was tagged as UTF-16 most likely needs UTF-16 again.
Result<ContentRange> probably_utf16(Context& context, std::string_view text, std::uint32_t code_units) {
  Allocation memory{context, 2};
  HOLDFAST_TRY(memory.resize(2 * code_units));
  std::byte* const out = bytes_at(context, memory.pointer, memory.size);
  utf::utf8_to_utf16(text, out);
  for (std::uint32_t i = 0; i < code_units; ++i) {
    if (out[2 * std::size_t{i} + 1] != std::byte{0}) return ContentRange{memory.pointer, code_units | utf16_tag};
  }
  for (std::uint32_t i = 0; i < code_units; ++i) out[i] = out[2 * std::size_t{i}];
  memory.alignment = 1;
  HOLDFAST_TRY(memory.resize(code_units));
  return ContentRange{memory.pointer, code_units};
}

/// The number of code units that `text` has in its original encoding.
std::uint32_t source_code_units(std::string_view text, StringOrigin origin) {
  switch (origin) {
    case StringOrigin::utf8: return narrow(text.size());
    case StringOrigin::latin1: return narrow(utf::code_point_count(text));
    default: return narrow(utf::utf16_count(text));
  }
}

}  // namespace

Result<ContentRange> lower_string(Context& context, std::string_view text, StringOrigin origin) {
  // The limit was applied to strings of guests in their own encoding when they were lifted. In UTF-8 they may be up to
  // twice as long.
  const std::uint64_t limit = origin == StringOrigin::utf8 ? max_content_size : 2 * max_content_size;
  if (text.size() > limit) return fail(ErrorCode::string_too_long, text.size());
  HOLDFAST_TRY(check_utf8(text));
  const std::uint32_t code_units = source_code_units(text, origin);
  switch (context.encoding) {
    case StringEncoding::utf8:
      if (origin == StringOrigin::utf8) return copy_utf8(context, text);
      return to_utf8(context, text, code_units, code_units * (origin == StringOrigin::latin1 ? 2 : 3));
    case StringEncoding::utf16:
      if (origin == StringOrigin::utf8) return utf8_to_utf16(context, text);
      return copy_utf16(context, text, code_units);
    case StringEncoding::latin1_utf16: break;
  }
  if (origin == StringOrigin::latin1) return copy_latin1(context, text, code_units);
  if (origin == StringOrigin::tagged_utf16) return probably_utf16(context, text, code_units);
  return to_latin1_or_utf16(context, text, code_units);
}

}  // namespace holdfast::abi
