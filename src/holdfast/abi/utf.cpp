// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/utf.hpp"

#include <bit>
#include <cstring>
#include <utf8.h>

namespace holdfast::abi::utf {
namespace {

constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080;

std::uint64_t load_eight(const void* data) {
  std::uint64_t word;
  std::memcpy(&word, data, sizeof word);
  return word;
}

std::uint32_t utf16_unit(const std::byte* data, std::size_t index) {
  std::uint16_t unit;
  std::memcpy(&unit, data + 2 * index, sizeof unit);
  return unit;
}

void put_utf16_unit(std::byte* out, std::size_t index, std::uint32_t unit) {
  const auto narrow = static_cast<std::uint16_t>(unit);
  std::memcpy(out + 2 * index, &narrow, sizeof narrow);
}

constexpr bool is_lead(std::uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
constexpr bool is_trail(std::uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

std::size_t ascii_prefix(const char* data, std::size_t size) {
  std::size_t i = 0;
  while (size - i >= 8 && (load_eight(data + i) & high_bits) == 0) i += 8;
  while (i < size && static_cast<unsigned char>(data[i]) < 0x80) ++i;
  return i;
}

}  // namespace

std::size_t ascii_prefix(std::string_view text) { return ascii_prefix(text.data(), text.size()); }

Result<void> check_utf8(const std::byte* data, std::size_t size) {
  const char* const begin = reinterpret_cast<const char*>(data);
  const char* const end = begin + size;
  const char* position = begin;
  while (true) {
    position += ascii_prefix(position, static_cast<std::size_t>(end - position));
    // The next characters that are not ASCII, one at a time.
    while (position != end && static_cast<unsigned char>(*position) >= 0x80) {
      const char* const start = position;
      if (utf8::internal::validate_next(position, end) != utf8::internal::UTF8_OK) {
        return fail(ErrorCode::invalid_utf8, static_cast<std::uint64_t>(start - begin));
      }
    }
    if (position == end) return {};
  }
}

Result<std::size_t> utf8_size_of_utf16(const std::byte* data, std::size_t count) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t unit = utf16_unit(data, i);
    if (unit < 0x80) {
      size += 1;
    } else if (unit < 0x800) {
      size += 2;
    } else if (!is_lead(unit) && !is_trail(unit)) {
      size += 3;
    } else {
      if (is_trail(unit) || i + 1 == count || !is_trail(utf16_unit(data, i + 1))) {
        return fail(ErrorCode::invalid_utf16, i);
      }
      size += 4;
      ++i;
    }
  }
  return size;
}

std::size_t count_not_ascii(const std::byte* data, std::size_t size) {
  std::size_t count = 0;
  std::size_t i = 0;
  for (; size - i >= 8; i += 8) count += static_cast<std::size_t>(std::popcount(load_eight(data + i) & high_bits));
  for (; i < size; ++i) count += static_cast<std::size_t>(data[i] >= std::byte{0x80});
  return count;
}

void utf16_to_utf8(const std::byte* data, std::size_t count, char* out) {
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t code_point = utf16_unit(data, i);
    if (is_lead(code_point)) code_point = 0x10000 + ((code_point - 0xd800) << 10) + (utf16_unit(data, ++i) - 0xdc00);
    out = utf8::unchecked::append(code_point, out);
  }
}

void latin1_to_utf8(const std::byte* data, std::size_t size, char* out) {
  for (std::size_t i = 0; i < size; ++i) out = utf8::unchecked::append(std::to_integer<std::uint32_t>(data[i]), out);
}

std::size_t utf16_count(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    count += static_cast<std::size_t>((byte & 0xc0) != 0x80) + static_cast<std::size_t>(byte >= 0xf0);
  }
  return count;
}

std::size_t code_point_count(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += static_cast<std::size_t>((static_cast<unsigned char>(c) & 0xc0) != 0x80);
  return count;
}

std::size_t utf8_to_utf16(std::string_view text, std::byte* out) {
  const char* position = text.data();
  const char* const end = position + text.size();
  std::size_t count = 0;
  while (position != end) {
    const std::uint32_t code_point = utf8::unchecked::next(position);
    if (code_point < 0x10000) {
      put_utf16_unit(out, count++, code_point);
    } else {
      put_utf16_unit(out, count++, 0xd800 + ((code_point - 0x10000) >> 10));
      put_utf16_unit(out, count++, 0xdc00 + ((code_point - 0x10000) & 0x3ff));
    }
  }
  return count;
}

Latin1Prefix utf8_to_latin1(std::string_view text, std::byte* out) {
  const char* position = text.data();
  const char* const end = position + text.size();
  Latin1Prefix done;
  while (position != end) {
    const std::uint32_t code_point = utf8::unchecked::next(position);
    if (code_point > 0xff) break;
    out[done.written++] = static_cast<std::byte>(code_point);
    done.read = static_cast<std::size_t>(position - text.data());
  }
  return done;
}

}  // namespace holdfast::abi::utf
