// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `PrivateStore`: a directory of small named files that only this user can have written. Whatever it returns may
// therefore be trusted as much as this user is; the compiled-code cache depends on that. Owns a file descriptor of
// the directory. Thread-safe, and safe against other processes that use the same directory. POSIX.
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
  /// Opens the directory, and makes it (mode 0700, with the parents that are missing) when it does not exist.
  /// Refused are: a directory that is not owned by the effective user, or that its group or others may write, and one
  /// below a directory that everybody may write (unless that has the sticky bit, as /tmp has).
  /// Errors: io, naming the directory and the reason.
  static HostResult<PrivateStore> open(const std::filesystem::path& directory);

  PrivateStore(PrivateStore&& other) noexcept;
  PrivateStore& operator=(PrivateStore&& other) noexcept;
  ~PrivateStore();

  /// The bytes of the file `name`, and marks it as just used (see `trim`). nullopt when there is none, when it cannot
  /// be read, or when somebody else could have written it: not a regular file (links are not followed), not owned by
  /// the effective user, or writable by its group or others.
  std::optional<std::vector<std::byte>> read(std::string_view name) const;

  /// Replaces the file `name` as a whole: readers see the old bytes or the new ones. What a crash of the machine
  /// leaves may be damaged, so contents carry their own checksum. Errors: misuse for a name that `is_valid_name`
  /// refuses, io for the rest.
  HostResult<void> write(std::string_view name, std::span<const std::byte> bytes) const;

  /// Removes the file `name`; no error when there is none.
  void remove(std::string_view name) const noexcept;

  /// Removes the files that were used longest ago until the rest have at most `max_bytes` in all, and temporary files
  /// that a crashed writer left. Files that it cannot look at or remove are left alone.
  void trim(std::uint64_t max_bytes) const;

  /// Names are 1 to 200 letters, digits, '_', '-' and '.', and do not begin with '.'.
  static bool is_valid_name(std::string_view name) noexcept;

 private:
  explicit PrivateStore(int directory) noexcept : directory_(directory) {}
  int directory_ = -1;
};

}  // namespace holdfast::platform
