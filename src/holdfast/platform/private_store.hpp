// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `PrivateStore`: a directory of small named files that only this user can have written. Its contents are therefore as
// trustworthy as this user; the compiled-code cache depends on that. Owns a file descriptor of the directory.
// Thread-safe, and safe to use while other processes use the same directory. POSIX.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::platform {

class PrivateStore {
 public:
  /// Opens the directory. Creates it and its missing parents (mode 0700) if it does not exist.
  /// Refuses a directory that the effective user does not own, or that its group or others may write to. Also refuses a
  /// directory below one that everybody may write to, unless that one has the sticky bit, as /tmp has.
  /// Errors: io, with the directory and the reason.
  static HostResult<PrivateStore> open(const std::filesystem::path& directory);

  PrivateStore(PrivateStore&& other) noexcept;
  PrivateStore& operator=(PrivateStore&& other) noexcept;
  ~PrivateStore();

  /// Returns the bytes of the file `name` and marks it as just used (see `trim`). Returns nullopt when the file does
  /// not exist, when it cannot be read, or when another user could have written it: it is not a regular file (links are
  /// not followed), the effective user does not own it, or its group or others may write to it.
  std::optional<std::vector<std::byte>> read(std::string_view name) const;

  /// Replaces the file `name` as a whole: readers see either the old bytes or the new bytes. A system crash may leave
  /// damaged files, so contents should carry a checksum. Errors: misuse for a name that `is_valid_name` refuses, else
  /// io.
  HostResult<void> write(std::string_view name, std::span<const std::byte> bytes) const;

  /// Removes the file `name`, if it exists.
  void remove(std::string_view name) const noexcept;

  /// Removes the least recently used files until the rest have at most `max_bytes` in total. Also removes temporary
  /// files that a crashed writer left behind. Skips files that it cannot inspect or remove.
  void trim(std::uint64_t max_bytes) const;

  /// Whether `name` has 1 to 200 characters, all of them letters, digits, '_', '-' or '.', and does not begin with '.'.
  static bool is_valid_name(std::string_view name) noexcept;

 private:
  explicit PrivateStore(int directory) noexcept : directory_(directory) {}
  int directory_ = -1;
};

}  // namespace holdfast::platform
