// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Strings in the three encodings; on the host they are UTF-8. Lifting checks every byte. Lowering allocates in the
// guest in the same steps as the specification, for each pair of encodings. Source: CanonicalABI.md, "Loading"
// (load_string) and "Storing" (store_string); rule 29.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/flat.hpp"
#include "holdfast/abi/string_origin.hpp"

namespace holdfast {
class Val;
}

namespace holdfast::abi {

/// The bit of a length that says, in the encoding latin1+utf16, that the code units are those of UTF-16.
inline constexpr std::uint32_t utf16_tag = std::uint32_t{1} << 31;

/// A pointer to content in guest memory and its length: elements of a list, or code units of a string (with
/// `utf16_tag` where it applies).
struct ContentRange {
  std::uint32_t pointer = 0;
  std::uint32_t length = 0;
};

/// Text in guest memory. It is in bounds, but its encoding was not checked. Valid until guest code runs.
struct GuestString {
  const std::byte* data = nullptr;
  std::uint32_t code_units = 0;
  StringOrigin origin = StringOrigin::utf8;
};

/// Checks the range of a string. Errors, in this order: string_too_long, string_misaligned, string_out_of_bounds.
Result<GuestString> locate_string(const Context& context, ContentRange range);

/// Checks the encoding of `text` and returns its size in UTF-8, in bytes. Errors: invalid_utf8, invalid_utf16.
Result<std::size_t> utf8_size(const GuestString& text);

/// Writes `text` as UTF-8. Contract: `utf8_size` succeeded, and `out` has room for that many bytes.
void transcode_to_utf8(const GuestString& text, char* out);

/// Whether the bytes of `text` are already its UTF-8 form. Contract: `size` is its utf8_size.
bool is_utf8_in_place(const GuestString& text, std::size_t size);

/// Checks that `text` is UTF-8. Errors: invalid_utf8, with the offset of the first wrong byte as its detail.
Result<void> check_utf8(std::string_view text);

/// Lifts the string at `range`; charges its size to the lift allowance before it allocates.
/// Errors: those of locate_string and utf8_size, and lift_allowance_exceeded.
Result<std::string> lift_string(Context& context, ContentRange range);

/// Lowers `text`, which had the encoding `origin` where it comes from, into memory that the guest allocates. Contract:
/// text with the origin Latin-1 has no character past 0xff. Errors: string_too_long and invalid_utf8 (nothing is
/// allocated), and those of Guest::reallocate, with string_out_of_bounds instead of realloc_out_of_bounds.
Result<ContentRange> lower_string(Context& context, std::string_view text, StringOrigin origin = StringOrigin::utf8);

// The pointer and length of a string or list: flat, or in memory at a checked `pointer`.
ContentRange next_range(FlatReader& values) noexcept;
ContentRange load_range(const Context& context, std::uint32_t pointer) noexcept;
void put_range(FlatWriter& values, ContentRange range) noexcept;
void store_range(const Context& context, std::uint32_t pointer, ContentRange range) noexcept;

/// The same for dynamic values. Errors: those of lift_string and lower_string, and value_type_mismatch.
Result<Val> lift_string_val(Context& context, ContentRange range);
Result<ContentRange> lower_string_val(Context& context, const Val& value);

}  // namespace holdfast::abi
