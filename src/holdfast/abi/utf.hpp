// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checking, measuring and transcoding of UTF-8, UTF-16 (little-endian, any address) and Latin-1. Pure functions
// over bytes, no allocation. Counts are of code units of the encoding that the name says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "holdfast/core/result.hpp"

namespace holdfast::abi::utf {

/// Errors: invalid_utf8, its detail the offset of the first byte that is wrong.
Result<void> check_utf8(const std::byte* data, std::size_t size);

/// The size in UTF-8 of `count` UTF-16 code units. Errors: invalid_utf16, its detail the first lone surrogate.
Result<std::size_t> utf8_size_of_utf16(const std::byte* data, std::size_t count);

/// How many bytes are past 0x7f.
std::size_t count_not_ascii(const std::byte* data, std::size_t size);
/// How many bytes from the start on are ASCII.
std::size_t ascii_prefix(std::string_view text);

// The rest works on valid text only; `out` has room for the result.
void utf16_to_utf8(const std::byte* data, std::size_t count, char* out);
void latin1_to_utf8(const std::byte* data, std::size_t size, char* out);

std::size_t utf16_count(std::string_view text);
std::size_t code_point_count(std::string_view text);

/// Writes `text` as UTF-16; returns the number of code units.
std::size_t utf8_to_utf16(std::string_view text, std::byte* out);
/// Writes as Latin-1 what comes before the first character past 0xff. `read` and `written` are both in bytes.
struct Latin1Prefix {
  std::size_t read = 0;
  std::size_t written = 0;
};
Latin1Prefix utf8_to_latin1(std::string_view text, std::byte* out);

}  // namespace holdfast::abi::utf
