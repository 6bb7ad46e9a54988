// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading and writing an open regular file at a position, for the functions of descriptors and for the file streams.
// Interrupted calls are repeated, offsets are checked, and exceeding the process's limit on file sizes is an error
// instead of a signal. Each function returns an errno value on failure. No state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

namespace holdfast::wasi {

template <class T>
using SystemResult = std::expected<T, int>;

/// Returns the number of bytes read; 0 at the end. Errors: EINVAL for an offset that no file can have.
SystemResult<std::size_t> read_at(int file, std::span<std::uint8_t> buffer, std::uint64_t offset) noexcept;

/// Returns the number of bytes written, at least one unless `bytes` is empty. Errors: EFBIG beyond the largest file
/// size.
SystemResult<std::size_t> write_at(int file, std::span<const std::uint8_t> bytes, std::uint64_t offset) noexcept;

/// The same at the current end of the file.
SystemResult<std::size_t> append_to(int file, std::span<const std::uint8_t> bytes) noexcept;

/// Sets the size of the file. Errors: EFBIG beyond the largest file size.
SystemResult<void> resize(int file, std::uint64_t size) noexcept;

}  // namespace holdfast::wasi
