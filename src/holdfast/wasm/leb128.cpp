// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasm/leb128.hpp"

#include <type_traits>

namespace holdfast::wasm {
namespace {

constexpr unsigned payload_bits = 7;
constexpr std::uint8_t continues = 0x80;

// Whether the unused bits of the last allowed byte are correct: all zero or, in a signed number, copies of its sign
// bit.
template <unsigned bits, bool is_signed>
constexpr bool last_byte_fits(std::uint8_t payload) {
  constexpr unsigned own = bits % payload_bits == 0 ? payload_bits : bits % payload_bits;
  if constexpr (is_signed) {
    constexpr std::uint8_t spare = static_cast<std::uint8_t>((0x7f << (own - 1)) & 0x7f);
    return (payload & spare) == 0 || (payload & spare) == spare;
  } else {
    return (payload >> own) == 0;
  }
}

template <class T, unsigned bits>
Result<Leb128<T>> decode(std::span<const std::byte> bytes, std::uint32_t offset) noexcept {
  constexpr bool is_signed = std::is_signed_v<T>;
  constexpr unsigned longest = (bits + payload_bits - 1) / payload_bits;
  std::uint64_t value = 0;
  for (unsigned i = 0; i < longest; ++i) {
    const std::uint32_t byte_offset = offset + i;
    if (i == bytes.size()) return fail(ErrorCode::unexpected_end, 0, byte_offset);
    const auto byte = std::to_integer<std::uint8_t>(bytes[i]);
    const std::uint8_t payload = byte & 0x7f;
    value |= std::uint64_t{payload} << (i * payload_bits);
    if (i + 1 == longest) {
      if ((byte & continues) != 0) return fail(ErrorCode::integer_too_long, 0, byte_offset);
      if (!last_byte_fits<bits, is_signed>(payload)) return fail(ErrorCode::integer_too_large, 0, byte_offset);
    }
    if ((byte & continues) != 0) continue;
    const unsigned written = (i + 1) * payload_bits;
    if (is_signed && (payload & 0x40) != 0 && written < 64) value |= ~std::uint64_t{0} << written;
    return Leb128<T>{static_cast<T>(value), i + 1};
  }
  return fail(ErrorCode::integer_too_long, 0, offset);
}

}  // namespace

Result<Leb128<std::uint32_t>> decode_u32(std::span<const std::byte> bytes, std::uint32_t offset) noexcept {
  return decode<std::uint32_t, 32>(bytes, offset);
}
Result<Leb128<std::uint64_t>> decode_u64(std::span<const std::byte> bytes, std::uint32_t offset) noexcept {
  return decode<std::uint64_t, 64>(bytes, offset);
}
Result<Leb128<std::int64_t>> decode_s33(std::span<const std::byte> bytes, std::uint32_t offset) noexcept {
  return decode<std::int64_t, 33>(bytes, offset);
}
Result<Leb128<std::int32_t>> decode_s32(std::span<const std::byte> bytes, std::uint32_t offset) noexcept {
  return decode<std::int32_t, 32>(bytes, offset);
}
Result<Leb128<std::int64_t>> decode_s64(std::span<const std::byte> bytes, std::uint32_t offset) noexcept {
  return decode<std::int64_t, 64>(bytes, offset);
}

}  // namespace holdfast::wasm
