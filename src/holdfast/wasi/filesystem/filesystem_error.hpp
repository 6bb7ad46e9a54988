// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `FileError`: the enum `error-code` of wasi:filesystem/types, and the translation of the operating system's errors.
// Plain values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

#include "holdfast/abi/type_traits.hpp"

namespace holdfast::wasi {

/// In the order of the WIT text.
enum class FileError : std::uint8_t {
  access,
  would_block,
  already,
  bad_descriptor,
  busy,
  deadlock,
  quota,
  exist,
  file_too_large,
  illegal_byte_sequence,
  in_progress,
  interrupted,
  invalid,
  io,
  is_directory,
  loop,
  too_many_links,
  message_size,
  name_too_long,
  no_device,
  no_entry,
  no_lock,
  insufficient_memory,
  insufficient_space,
  not_directory,
  not_empty,
  not_recoverable,
  unsupported,
  no_tty,
  no_such_device,
  overflow,
  not_permitted,
  pipe,
  read_only,
  invalid_seek,
  text_file_busy,
  cross_device,
};

template <class T>
using FileResult = std::expected<T, FileError>;

/// `system_error`: an errno value. An error without a code of its own becomes the nearest one: too many open files is
/// insufficient_memory, an unknown error is io.
FileError file_error(int system_error) noexcept;

/// The failure of the last system call, from errno.
std::unexpected<FileError> system_failure() noexcept;

/// The result of a system call that returns 0 on success.
FileResult<void> system_result(int result) noexcept;

/// The failure half of a FileResult.
constexpr std::unexpected<FileError> file_failure(FileError error) noexcept { return std::unexpected(error); }

}  // namespace holdfast::wasi

template <>
struct holdfast::TypeTraits<holdfast::wasi::FileError> {
  static constexpr std::array<std::string_view, 37> cases{"access",
                                                          "would-block",
                                                          "already",
                                                          "bad-descriptor",
                                                          "busy",
                                                          "deadlock",
                                                          "quota",
                                                          "exist",
                                                          "file-too-large",
                                                          "illegal-byte-sequence",
                                                          "in-progress",
                                                          "interrupted",
                                                          "invalid",
                                                          "io",
                                                          "is-directory",
                                                          "loop",
                                                          "too-many-links",
                                                          "message-size",
                                                          "name-too-long",
                                                          "no-device",
                                                          "no-entry",
                                                          "no-lock",
                                                          "insufficient-memory",
                                                          "insufficient-space",
                                                          "not-directory",
                                                          "not-empty",
                                                          "not-recoverable",
                                                          "unsupported",
                                                          "no-tty",
                                                          "no-such-device",
                                                          "overflow",
                                                          "not-permitted",
                                                          "pipe",
                                                          "read-only",
                                                          "invalid-seek",
                                                          "text-file-busy",
                                                          "cross-device"};
};

namespace holdfast::wasi {

/// The name in the WIT text: "no-entry".
constexpr std::string_view name_of(FileError error) noexcept {
  return TypeTraits<FileError>::cases[static_cast<std::size_t>(error)];
}

}  // namespace holdfast::wasi
