// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The resource `directory-entry-stream`: the entries of a directory, without "." and "..". It has a descriptor of its
// own, so that several streams on one directory do not disturb each other. One thread at a time.
#pragma once

#include <dirent.h>
#include <memory>
#include <optional>
#include <utility>

#include "holdfast/wasi/filesystem/filesystem_error.hpp"
#include "holdfast/wasi/filesystem/filesystem_types.hpp"

namespace holdfast::wasi {

class DirectoryEntryStream {
 public:
  /// Starts at the beginning of `directory`, which may be closed afterwards. Errors: those of the system.
  static FileResult<DirectoryEntryStream> open(int directory);

  /// Returns the next entry, or nullopt at the end. Errors: illegal_byte_sequence for a name that is not UTF-8 (the
  /// next call returns the next entry), and those of the system.
  FileResult<std::optional<DirectoryEntry>> read_directory_entry();

 private:
  struct Close {
    void operator()(DIR* entries) const noexcept { ::closedir(entries); }
  };
  explicit DirectoryEntryStream(DIR* entries) noexcept : entries_(entries) {}

  std::unique_ptr<DIR, Close> entries_;
};

}  // namespace holdfast::wasi
