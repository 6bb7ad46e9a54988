// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading and writing an open regular file at positions, as the functions of descriptors and the file streams do it:
// interrupted calls go on, offsets are checked, a limit of the process on the size of files is an error and not a
// signal. Each returns an errno value on failure. No state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

namespace holdfast::wasi {

template <class T>
using SystemResult = std::expected<T, int>;

/// How many bytes were read; 0 at the end. Errors: EINVAL for an offset that no file can have.
SystemResult<std::size_t> read_at(int file, std::span<std::uint8_t> buffer, std::uint64_t offset) noexcept;

/// How many bytes were written, at least one unless `bytes` is empty. Errors: EFBIG past the largest file.
SystemResult<std::size_t> write_at(int file, std::span<const std::uint8_t> bytes, std::uint64_t offset) noexcept;

/// The same at the end of the file, wherever that is by then.
SystemResult<std::size_t> append_to(int file, std::span<const std::uint8_t> bytes) noexcept;

/// Errors: EFBIG.
SystemResult<void> resize(int file, std::uint64_t size) noexcept;

}  // namespace holdfast::wasi
