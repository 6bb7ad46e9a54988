// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks, measures and transcodes UTF-8, UTF-16 (little-endian, at any address) and Latin-1. Pure functions over bytes,
// without allocation. Sizes are bytes; counts are code units of the encoding that the function names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "holdfast/core/result.hpp"

namespace holdfast::abi::utf {

/// Checks `size` bytes. Errors: invalid_utf8; its detail is the offset of the first wrong character.
Result<void> check_utf8(const std::byte* data, std::size_t size);

/// The size in UTF-8 of `count` UTF-16 code units. Errors: invalid_utf16; its detail is the index of a lone surrogate.
Result<std::size_t> utf8_size_of_utf16(const std::byte* data, std::size_t count);

/// The number of bytes past 0x7f.
std::size_t count_not_ascii(const std::byte* data, std::size_t size);
/// The number of ASCII bytes at the start of `text`.
std::size_t ascii_prefix(std::string_view text);

// Contract of the functions below: the text is valid, and `out` has room for the result.
void utf16_to_utf8(const std::byte* data, std::size_t count, char* out);
void latin1_to_utf8(const std::byte* data, std::size_t size, char* out);

std::size_t utf16_count(std::string_view text);
std::size_t code_point_count(std::string_view text);

/// Writes `text` as UTF-16; returns the number of code units.
std::size_t utf8_to_utf16(std::string_view text, std::byte* out);
struct Latin1Prefix {
  std::size_t read = 0;     ///< bytes of the UTF-8 text
  std::size_t written = 0;  ///< bytes of Latin-1
};
/// Writes the text before the first character past 0xff as Latin-1.
Latin1Prefix utf8_to_latin1(std::string_view text, std::byte* out);

}  // namespace holdfast::abi::utf
