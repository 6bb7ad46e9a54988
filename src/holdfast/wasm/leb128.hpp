// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LEB128 integers as WebAssembly restricts them: at most ceil(N / 7) bytes, padding allowed within that, no set bits
// beyond the N-th. Pure functions over borrowed bytes; no allocation, any thread.
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
  std::uint32_t size;  ///< bytes that it takes
};

/// Decode the integer at the start of `bytes`; `offset` is where that is in the file, for errors.
/// Errors: unexpected_end, integer_too_long (one more byte would follow the last allowed one), integer_too_large
/// (the last allowed byte has bits that do not belong to the number).
Result<Leb128<std::uint32_t>> decode_u32(std::span<const std::byte> bytes, std::uint32_t offset = 0) noexcept;
Result<Leb128<std::uint64_t>> decode_u64(std::span<const std::byte> bytes, std::uint32_t offset = 0) noexcept;
/// A signed integer of 33 bits: what a type index or a negative type code is written as.
Result<Leb128<std::int64_t>> decode_s33(std::span<const std::byte> bytes, std::uint32_t offset = 0) noexcept;
Result<Leb128<std::int32_t>> decode_s32(std::span<const std::byte> bytes, std::uint32_t offset = 0) noexcept;
Result<Leb128<std::int64_t>> decode_s64(std::span<const std::byte> bytes, std::uint32_t offset = 0) noexcept;

}  // namespace holdfast::wasm
