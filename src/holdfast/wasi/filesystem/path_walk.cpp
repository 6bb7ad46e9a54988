// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resolves a path without the kernel's help. The walk keeps a stack of open directories, from the base down to its
// current position. ".." pops one, so no name is ever looked up outside the base.
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <vector>

#include "holdfast/core/result.hpp"
#include "holdfast/wasi/filesystem/path_resolver.hpp"

namespace holdfast::wasi {

namespace {

constexpr int most_links = 40;
/// The most directories that are open at once: guests must not use up the host's descriptors.
constexpr std::size_t most_levels = 256;

int open_no_follow(int directory, const char* name, int flags, mode_t mode) noexcept {
  int descriptor = -1;
  do {
    descriptor = ::openat(directory, name, flags | O_NOFOLLOW | O_CLOEXEC, mode);
  } while (descriptor < 0 && errno == EINTR);
  return descriptor;
}

class Walk {
 public:
  Walk(int base, std::string_view path) : base_(base) { push_components(path); }

  FileResult<UniqueFd> open(int flags, LastLink last_link, mode_t mode) {
    while (true) {
      const std::string name = std::move(pending_.back());
      pending_.pop_back();
      const bool last = pending_.empty();
      if (name == "..") {
        if (levels_.empty()) return file_failure(FileError::not_permitted);
        levels_.pop_back();
      }
      if (name == "." || name == "..") {
        if (last) return open_current(flags, mode);
        continue;
      }
      if (!last) {
        HOLDFAST_TRY(descend(name));
        continue;
      }
      HOLDFAST_TRY_ASSIGN(std::optional<UniqueFd> opened, open_last(name, flags, last_link, mode));
      if (opened) return *std::move(opened);
      // The name was a link; its components are pending now.
    }
  }

 private:
  int current() const noexcept { return levels_.empty() ? base_ : levels_.back().get(); }

  /// Puts the components of `path` before the pending ones. A slash at the very end becomes a last ".", which only a
  /// directory has. `path` is not absolute.
  void push_components(std::string_view path) {
    if (path.back() == '/' && pending_.empty()) pending_.emplace_back(".");
    std::size_t end = path.size();
    while (end > 0) {
      const std::size_t slash = path.find_last_of('/', end - 1);
      const std::size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
      if (begin < end) pending_.emplace_back(path.substr(begin, end - begin));
      end = slash == std::string_view::npos ? 0 : slash;
    }
  }

  FileResult<UniqueFd> open_current(int flags, mode_t mode) {
    const int descriptor = open_no_follow(current(), ".", flags, mode);
    if (descriptor < 0) return system_failure();
    return UniqueFd(descriptor);
  }

  /// Enters the directory `name`, or expands it if it is a link.
  FileResult<void> descend(const std::string& name) {
    UniqueFd directory(open_no_follow(current(), name.c_str(), O_PATH | O_DIRECTORY, 0));
    if (!directory) {
      const int reason = errno;
      if (reason == ENOTDIR || reason == ELOOP) {  // perhaps a link
        HOLDFAST_TRY_ASSIGN(const bool expanded, expand(current(), name.c_str()));
        if (expanded) return {};
      }
      return file_failure(file_error(reason));
    }
    if (levels_.size() == most_levels) return file_failure(FileError::name_too_long);
    levels_.push_back(std::move(directory));
    return {};
  }

  /// Returns nullopt if `name` was a link and has been expanded.
  FileResult<std::optional<UniqueFd>> open_last(const std::string& name, int flags, LastLink last_link, mode_t mode) {
    UniqueFd opened(open_no_follow(current(), name.c_str(), flags, mode));
    if (!opened) {
      const int reason = errno;
      if (last_link == LastLink::followed && (reason == ELOOP || reason == ENOTDIR)) {
        HOLDFAST_TRY_ASSIGN(const bool expanded, expand(current(), name.c_str()));
        if (expanded) return std::nullopt;
      }
      return file_failure(file_error(reason));
    }
    if ((flags & O_PATH) != 0 && last_link == LastLink::followed) {  // O_PATH opens the link itself
      struct stat status{};
      if (::fstat(opened.get(), &status) != 0) return system_failure();
      if (S_ISLNK(status.st_mode)) {
        HOLDFAST_TRY_ASSIGN(const bool expanded, expand(opened.get(), ""));
        if (expanded) return std::nullopt;
      }
    }
    return opened;
  }

  /// Reads the link and makes its components pending. Returns false if the file is not a link (any more).
  /// Errors: not_permitted for an absolute target, loop.
  FileResult<bool> expand(int directory, const char* name) {
    char target[PATH_MAX];
    const ssize_t size = ::readlinkat(directory, name, target, sizeof target);
    if (size < 0 && errno == EINVAL) return false;
    if (size < 0) return system_failure();
    if (static_cast<std::size_t>(size) == sizeof target) return file_failure(FileError::name_too_long);
    if (size == 0) return file_failure(FileError::no_entry);
    if (++links_ > most_links) return file_failure(FileError::loop);
    if (target[0] == '/') return file_failure(FileError::not_permitted);
    push_components(std::string_view(target, static_cast<std::size_t>(size)));
    return true;
  }

  int base_;
  std::vector<UniqueFd> levels_;  // the open directories below the base
  std::vector<std::string>
      pending_;  // components in reverse order: the next one is at the end; not empty while walking
  int links_ = 0;
};

}  // namespace

FileResult<UniqueFd> walk_path(int base, std::string_view path, int flags, LastLink last_link, mode_t mode) {
  return Walk(base, path).open(flags, last_link, mode);
}

}  // namespace holdfast::wasi
