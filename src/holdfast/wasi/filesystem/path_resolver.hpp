// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Paths that guests give, relative to a directory, resolved so that they never lead out of it: not by "..", not by
// symbolic links, not by links that somebody exchanges meanwhile. A plain value; any number of threads. Each call owns
// the descriptors that it opens until it hands one out.
//
// There are two ways. Linux's openat2 with RESOLVE_BENEATH does it in one system call. Where that is missing (old
// kernels, containers that filter it) the path is walked component by component from descriptor to descriptor, each
// opened without following links, and links are expanded here. Neither trusts a name twice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>

#include "holdfast/wasi/filesystem/filesystem_error.hpp"
#include "holdfast/wasi/io/unique_fd.hpp"

namespace holdfast::wasi {

/// What happens to a symbolic link that stands last in a path. A path with a slash at its end means what the link
/// points to in any case.
enum class LastLink : std::uint8_t { not_followed, followed };

/// The last component of a path and the directory that it stands in: for what happens to names rather than to files.
class ParentPath {
 public:
  ParentPath(int directory, std::string name, bool names_directory)
      : directory_(directory), name_(std::move(name)), names_directory_(names_directory) {}
  ParentPath(UniqueFd directory, std::string name, bool names_directory)
      : ParentPath(directory.get(), std::move(name), names_directory) {
    owned_ = std::move(directory);
  }

  /// Valid as long as this object and the base directory.
  int directory() const noexcept { return directory_; }
  /// One component, without slashes; never "..". "." when the path means the directory itself.
  const char* name() const noexcept { return name_.c_str(); }
  /// The path ended with a slash, so only a directory will do. (The name is given to system calls without it: with a
  /// slash they would follow a link.)
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

  /// The kernel's way if it is there. One system call.
  static PathResolver probe() noexcept;
  explicit PathResolver(Strategy strategy) noexcept : strategy_(strategy) {}

  Strategy strategy() const noexcept { return strategy_; }

  /// Opens `path` below `base`, a directory. `flags`: as for openat, of O_PATH, the access mode, O_CREAT, O_EXCL,
  /// O_TRUNC, O_DIRECTORY, O_SYNC, O_DSYNC, O_RSYNC, O_NONBLOCK, O_NOCTTY. `mode`: of a file that is made.
  /// Errors: not_permitted (the path is absolute or leads out, or a link on the way does), no_entry (also for an empty
  /// path), invalid (a NUL), name_too_long, loop (more than 40 links; a link that was not to be followed), and what
  /// the system says.
  FileResult<UniqueFd> open(int base, std::string_view path, int flags, LastLink last_link, mode_t mode = 0) const;

  /// Resolves all of `path` but its last component. Errors: as `open`. The last component need not exist.
  FileResult<ParentPath> open_parent(int base, std::string_view path) const;

 private:
  Strategy strategy_;
};

/// One way of resolving; a path that is checked for what both refuse. In path_walk.cpp.
FileResult<UniqueFd> walk_path(int base, std::string_view path, int flags, LastLink last_link, mode_t mode);

}  // namespace holdfast::wasi
