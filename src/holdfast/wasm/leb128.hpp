// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LEB128 integers with WebAssembly's restrictions: an N-bit integer has at most ceil(N / 7) bytes, padding is allowed
// within that length, and unused bits of the last byte must be zero or copies of the sign bit. Pure functions over
// borrowed bytes; no allocation, any thread.
// Source: WebAssembly core specification, "Binary Format / Values / Integers".
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "holdfast/core/result.hpp"

namespace holdfast::wasm {

template <class T>
struct Leb128 {
  T value;
  std::uint32_t size;  ///< length of the encoding in bytes
};

/// Each function decodes the integer at the start of `bytes`; `offset` is the offset of `bytes` in the file, for
/// errors. Errors: unexpected_end; integer_too_long when another byte follows the last allowed one; integer_too_large
/// when the unused bits of the last allowed byte are wrong.
Result<Leb128<std::uint32_t>> decode_u32(std::span<const std::byte> bytes, std::uint32_t offset = 0) noexcept;
Result<Leb128<std::uint64_t>> decode_u64(std::span<const std::byte> bytes, std::uint32_t offset = 0) noexcept;
/// A signed integer of 33 bits, the encoding of a type index or a negative type code.
Result<Leb128<std::int64_t>> decode_s33(std::span<const std::byte> bytes, std::uint32_t offset = 0) noexcept;
Result<Leb128<std::int32_t>> decode_s32(std::span<const std::byte> bytes, std::uint32_t offset = 0) noexcept;
Result<Leb128<std::int64_t>> decode_s64(std::span<const std::byte> bytes, std::uint32_t offset = 0) noexcept;

}  // namespace holdfast::wasm
