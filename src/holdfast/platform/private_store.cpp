// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/platform/private_store.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace holdfast::platform {
namespace {

// Closes a file descriptor at the end of a scope.
class Descriptor {
 public:
  explicit Descriptor(int value) noexcept : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const noexcept { return value_; }
  bool is_open() const noexcept { return value_ >= 0; }
  int release() noexcept { return std::exchange(value_, -1); }

 private:
  int value_;
};

constexpr mode_t writable_by_others = S_IWGRP | S_IWOTH;
constexpr std::string_view temporary_prefix = ".temporary-";
constexpr std::time_t temporary_lifetime_seconds = 3600;

std::string system_message(int error) { return std::error_code(error, std::generic_category()).message(); }

std::unexpected<HostError> refuse(const std::filesystem::path& directory, std::string_view reason) {
  return host_fail(ErrorKind::io,
                   "cannot use the private directory " + directory.string() + ": " + std::string(reason));
}

// A user with write access to a parent directory can replace the directory in it, unless the parent has the sticky bit.
// `open` checks the directory itself more strictly; this check only refuses unsafe parents.
HostResult<void> check_parents(const std::filesystem::path& directory) {
  for (auto parent = directory.parent_path(); !parent.empty(); parent = parent.parent_path()) {
    struct stat status{};
    if (::stat(parent.c_str(), &status) == 0 && (status.st_mode & S_IWOTH) != 0 && (status.st_mode & S_ISVTX) == 0)
      return refuse(directory, parent.string() + " is writable by everybody");
    if (parent == parent.root_path()) break;
  }
  return {};
}

HostResult<void> make_missing(const std::filesystem::path& directory) {
  std::filesystem::path sofar;
  for (const auto& part : directory) {
    sofar /= part;
    if (::mkdir(sofar.c_str(), S_IRWXU) != 0) {
      // For an existing directory, mkdir may report an error other than EEXIST (read-only file system, no permission).
      const int error = errno;
      struct stat status{};
      if (::stat(sofar.c_str(), &status) != 0) return refuse(directory, system_message(error));
    }
  }
  return {};
}

bool write_all(int file, std::span<const std::byte> bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

bool read_all(int file, std::span<std::byte> bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t count = ::read(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

// Unique among running processes. O_EXCL detects a file left by a crashed process that had the same process id.
std::string temporary_name() {
  static std::atomic<std::uint64_t> counter{0};
  return std::string(temporary_prefix) + std::to_string(::getpid()) + "-" +
         std::to_string(counter.fetch_add(1, std::memory_order_relaxed));
}

struct ListedFile {
  std::string name;
  std::uint64_t size = 0;
  timespec used{};
};

bool used_earlier(const ListedFile& left, const ListedFile& right) noexcept {
  return left.used.tv_sec != right.used.tv_sec ? left.used.tv_sec < right.used.tv_sec
                                               : left.used.tv_nsec < right.used.tv_nsec;
}

// Lists the store's files, and removes temporary files that crashed writers left behind.
std::vector<ListedFile> list_files(int directory) {
  std::vector<ListedFile> files;
  // Opens a second descriptor, because reading a directory moves a position that duplicates of a descriptor share.
  const int own = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (own < 0) return files;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(own), &::closedir);
  if (!stream) {
    ::close(own);
    return files;
  }
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    struct stat status{};
    if (::fstatat(directory, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) continue;
    if (name.starts_with(temporary_prefix)) {
      if (std::time(nullptr) - status.st_mtim.tv_sec > temporary_lifetime_seconds)
        ::unlinkat(directory, entry->d_name, 0);
    } else if (PrivateStore::is_valid_name(name)) {
      files.push_back({std::string(name), static_cast<std::uint64_t>(status.st_size), status.st_mtim});
    }
  }
  return files;
}

}  // namespace

HostResult<PrivateStore> PrivateStore::open(const std::filesystem::path& directory) {
  if (directory.empty()) return refuse(directory, "the path is empty");
  std::error_code error;
  auto path = std::filesystem::absolute(directory, error);
  if (!error) path = std::filesystem::weakly_canonical(path, error);
  if (error) return refuse(directory, error.message());
  if (!path.has_filename()) path = path.parent_path();

  HOLDFAST_TRY(check_parents(path));
  HOLDFAST_TRY(make_missing(path));
  Descriptor opened(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!opened.is_open()) return refuse(path, system_message(errno));
  struct stat status{};
  if (::fstat(opened.get(), &status) != 0) return refuse(path, system_message(errno));
  if (status.st_uid != ::geteuid()) return refuse(path, "it belongs to another user");
  if ((status.st_mode & writable_by_others) != 0) return refuse(path, "its group or others may write to it");
  return PrivateStore(opened.release());
}

PrivateStore::PrivateStore(PrivateStore&& other) noexcept : directory_(std::exchange(other.directory_, -1)) {}

PrivateStore& PrivateStore::operator=(PrivateStore&& other) noexcept {
  std::swap(directory_, other.directory_);
  return *this;
}

PrivateStore::~PrivateStore() {
  if (directory_ >= 0) ::close(directory_);
}

std::optional<std::vector<std::byte>> PrivateStore::read(std::string_view name) const {
  if (!is_valid_name(name)) return std::nullopt;
  // O_NONBLOCK: if the file is a pipe, opening it must not wait for a writer.
  const Descriptor file(
      ::openat(directory_, std::string(name).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status{};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid() || (status.st_mode & writable_by_others) != 0)
    return std::nullopt;
  std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
  if (!read_all(file.get(), bytes)) return std::nullopt;
  ::futimens(file.get(), nullptr);  // errors are ignored: the time decides only in which order `trim` works
  return bytes;
}

HostResult<void> PrivateStore::write(std::string_view name, std::span<const std::byte> bytes) const {
  if (!is_valid_name(name))
    return host_fail(ErrorKind::misuse, "'" + std::string(name) + "' is not a valid file name for a private directory");
  const std::string target(name);
  const auto fail_with = [&](int error) {
    return host_fail(ErrorKind::io, "cannot write " + target + ": " + system_message(error));
  };
  for (int attempt = 0; attempt < 100; ++attempt) {
    const std::string temporary = temporary_name();
    Descriptor file(::openat(directory_, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                             S_IRUSR | S_IWUSR));
    if (!file.is_open() && errno == EEXIST) continue;
    if (!file.is_open()) return fail_with(errno);
    const bool written = write_all(file.get(), bytes) && ::close(file.release()) == 0;
    if (written && ::renameat(directory_, temporary.c_str(), directory_, target.c_str()) == 0) return {};
    const int error = errno;
    ::unlinkat(directory_, temporary.c_str(), 0);
    return fail_with(error);
  }
  return fail_with(EEXIST);
}

void PrivateStore::remove(std::string_view name) const noexcept {
  if (!is_valid_name(name)) return;
  char buffer[256] = {};
  std::copy(name.begin(), name.end(), buffer);
  ::unlinkat(directory_, buffer, 0);
}

void PrivateStore::trim(std::uint64_t max_bytes) const {
  auto files = list_files(directory_);
  std::uint64_t total = 0;
  for (const auto& file : files) total += file.size;
  std::sort(files.begin(), files.end(), used_earlier);
  for (const auto& file : files) {
    if (total <= max_bytes) break;
    if (::unlinkat(directory_, file.name.c_str(), 0) == 0) total -= file.size;
  }
}

bool PrivateStore::is_valid_name(std::string_view name) noexcept {
  const auto is_valid = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  };
  return !name.empty() && name.size() <= 200 && name.front() != '.' && std::all_of(name.begin(), name.end(), is_valid);
}

}  // namespace holdfast::platform
