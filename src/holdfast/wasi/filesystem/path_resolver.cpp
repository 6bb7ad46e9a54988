// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/filesystem/path_resolver.hpp"

#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <linux/openat2.h>
#include <optional>
#include <sys/syscall.h>

#include "holdfast/core/result.hpp"

namespace holdfast::wasi {

namespace {

/// Refuses paths that neither way of resolving may see. A path that passes can be null-terminated and is shorter than
/// PATH_MAX.
FileResult<void> check_path(std::string_view path) {
  if (path.empty()) return file_failure(FileError::no_entry);
  if (path.find('\0') != std::string_view::npos) return file_failure(FileError::invalid);
  if (path.front() == '/') return file_failure(FileError::not_permitted);
  if (path.size() >= PATH_MAX) return file_failure(FileError::name_too_long);
  return {};
}

int open_beneath(int base, const char* path, int flags, mode_t mode) noexcept {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags);
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  int descriptor = -1;
  do {
    descriptor = static_cast<int>(::syscall(SYS_openat2, base, path, &how, sizeof how));
  } while (descriptor < 0 && errno == EINTR);
  return descriptor;
}

/// Returns nullopt if the kernel gives up because directories are renamed again and again.
std::optional<FileResult<UniqueFd>> open_by_kernel(int base, std::string_view path, int flags, LastLink last_link,
                                                   mode_t mode) {
  const std::string text(path);
  if (last_link == LastLink::not_followed) flags |= O_NOFOLLOW;
  if ((flags & O_CREAT) == 0) mode = 0;  // openat2 refuses a mode without O_CREAT
  constexpr int most_attempts = 32;
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    const int descriptor = open_beneath(base, text.c_str(), flags | O_CLOEXEC, mode);
    if (descriptor >= 0) return UniqueFd(descriptor);
    if (errno == EXDEV) return file_failure(FileError::not_permitted);  // openat2's error for a path that leads out
    if (errno != EAGAIN) return system_failure();
  }
  return std::nullopt;
}

}  // namespace

PathResolver PathResolver::probe() noexcept {
  const UniqueFd probed(open_beneath(AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0));
  // Filters of system calls return EPERM; old kernels return ENOSYS, EINVAL or E2BIG. Other errors are about the
  // directory.
  const bool missing = !probed && (errno == ENOSYS || errno == EPERM || errno == EINVAL || errno == E2BIG);
  return PathResolver(missing ? Strategy::walk : Strategy::kernel);
}

FileResult<UniqueFd> PathResolver::open(int base, std::string_view path, int flags, LastLink last_link,
                                        mode_t mode) const {
  HOLDFAST_TRY(check_path(path));
  // Systems differ in their error for making a file whose name ends with a slash. Ours is that of Linux, EISDIR.
  if ((flags & O_CREAT) != 0 && path.back() == '/') return file_failure(FileError::is_directory);
  if (strategy_ == Strategy::kernel) {
    if (auto opened = open_by_kernel(base, path, flags, last_link, mode)) return *std::move(opened);
  }
  return walk_path(base, path, flags, last_link, mode);
}

FileResult<ParentPath> PathResolver::open_parent(int base, std::string_view path) const {
  HOLDFAST_TRY(check_path(path));
  const std::size_t end = path.find_last_not_of('/') + 1;  // not 0: the path is not absolute
  const std::string_view trimmed = path.substr(0, end);
  const bool names_directory = end != path.size();
  const std::size_t slash = trimmed.find_last_of('/');
  const std::string_view name = slash == std::string_view::npos ? trimmed : trimmed.substr(slash + 1);

  constexpr int directory_flags = O_PATH | O_DIRECTORY;
  if (name == "." || name == "..") {
    HOLDFAST_TRY_ASSIGN(UniqueFd directory, open(base, path, directory_flags, LastLink::followed));
    return ParentPath(std::move(directory), ".", true);
  }
  if (slash == std::string_view::npos) return ParentPath(base, std::string(name), names_directory);
  HOLDFAST_TRY_ASSIGN(UniqueFd directory, open(base, trimmed.substr(0, slash), directory_flags, LastLink::followed));
  return ParentPath(std::move(directory), std::string(name), names_directory);
}

}  // namespace holdfast::wasi
