// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resolves a guest's path relative to a directory, so that it never leads out of the directory: not through "..", not
// through symbolic links, not through links that somebody swaps in meanwhile. A plain value; any number of threads.
// Each call closes the descriptors that it opens, except the one that it returns.
//
// There are two ways. Linux's openat2 with RESOLVE_BENEATH takes one system call. Without openat2 (old kernels,
// containers that filter it), the path is walked component by component: each is opened relative to the descriptor
// before it and without following links, and links are expanded here. Neither way looks a name up twice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>

#include "holdfast/wasi/filesystem/filesystem_error.hpp"
#include "holdfast/wasi/io/unique_fd.hpp"

namespace holdfast::wasi {

/// What happens to a symbolic link in the last component of a path. If the path ends with a slash, the link is always
/// followed.
enum class LastLink : std::uint8_t { not_followed, followed };

/// The last component of a path, and the directory that contains it: for operations on names rather than on files.
class ParentPath {
 public:
  ParentPath(int directory, std::string name, bool names_directory)
      : directory_(directory), name_(std::move(name)), names_directory_(names_directory) {}
  ParentPath(UniqueFd directory, std::string name, bool names_directory)
      : ParentPath(directory.get(), std::move(name), names_directory) {
    owned_ = std::move(directory);
  }

  /// Valid while both this object and the base directory live.
  int directory() const noexcept { return directory_; }
  /// One component, without slashes; never "..". It is "." if the path names the directory itself.
  const char* name() const noexcept { return name_.c_str(); }
  /// Whether the path ended with a slash, so that it can only name a directory. (`name` has no slash, because with a
  /// slash system calls would follow a link.)
  bool names_directory() const noexcept { return names_directory_; }

 private:
  UniqueFd owned_;  // empty when the parent is the base directory
  int directory_;
  std::string name_;
  bool names_directory_;
};

class PathResolver {
 public:
  enum class Strategy : std::uint8_t { kernel, walk };

  /// Chooses the kernel's way if openat2 works, and walking otherwise. One system call.
  static PathResolver probe() noexcept;
  explicit PathResolver(Strategy strategy) noexcept : strategy_(strategy) {}

  Strategy strategy() const noexcept { return strategy_; }

  /// Opens `path` below `base`, a directory. `flags`: as for openat, of O_PATH, the access mode, O_CREAT, O_EXCL,
  /// O_TRUNC, O_DIRECTORY, O_SYNC, O_DSYNC, O_RSYNC, O_NONBLOCK, O_NOCTTY. `mode`: the mode of a new file.
  /// Errors: not_permitted (the path or a link in it is absolute or leads out), no_entry (also for an empty path),
  /// invalid (the path contains a NUL character), name_too_long, loop (more than 40 links, or the last component is a
  /// link that must not be followed), and those of the system.
  FileResult<UniqueFd> open(int base, std::string_view path, int flags, LastLink last_link, mode_t mode = 0) const;

  /// Resolves all of `path` but its last component. Errors: as `open`. The last component need not exist.
  FileResult<ParentPath> open_parent(int base, std::string_view path) const;

 private:
  Strategy strategy_;
};

/// The way of resolving without openat2; `path` has passed the checks that both ways share. In path_walk.cpp.
FileResult<UniqueFd> walk_path(int base, std::string_view path, int flags, LastLink last_link, mode_t mode);

}  // namespace holdfast::wasi
