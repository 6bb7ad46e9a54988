// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/filesystem/file_status.hpp"

#include <fcntl.h>
#include <limits>

#include "holdfast/core/result.hpp"

namespace holdfast::wasi {

namespace {

std::optional<FileTime> file_time(const timespec& time) noexcept {
  if (time.tv_sec < 0) return std::nullopt;
  return FileTime{static_cast<std::uint64_t>(time.tv_sec), static_cast<std::uint32_t>(time.tv_nsec)};
}

FileResult<timespec> new_time(const NewTimestamp& timestamp) noexcept {
  timespec time{};
  time.tv_nsec = timestamp.value.index() == 0 ? UTIME_OMIT : UTIME_NOW;
  const FileTime* const requested = std::get_if<2>(&timestamp.value);
  if (requested == nullptr) return time;
  // UTIME_NOW and UTIME_OMIT are among the larger numbers.
  if (requested->nanoseconds >= 1'000'000'000) return file_failure(FileError::invalid);
  if (requested->seconds > static_cast<std::uint64_t>(std::numeric_limits<std::time_t>::max())) {
    return file_failure(FileError::overflow);
  }
  time.tv_sec = static_cast<std::time_t>(requested->seconds);
  time.tv_nsec = static_cast<long>(requested->nanoseconds);
  return time;
}

}  // namespace

DescriptorType descriptor_type(mode_t mode) noexcept {
  switch (mode & S_IFMT) {
    case S_IFBLK: return DescriptorType::block_device;
    case S_IFCHR: return DescriptorType::character_device;
    case S_IFDIR: return DescriptorType::directory;
    case S_IFIFO: return DescriptorType::fifo;
    case S_IFLNK: return DescriptorType::symbolic_link;
    case S_IFREG: return DescriptorType::regular_file;
    case S_IFSOCK: return DescriptorType::socket;
    default: return DescriptorType::unknown;
  }
}

DescriptorStat descriptor_stat(const struct stat& status) noexcept {
  return {.type = descriptor_type(status.st_mode),
          .link_count = static_cast<std::uint64_t>(status.st_nlink),
          .size = static_cast<std::uint64_t>(status.st_size),
          .data_access_timestamp = file_time(status.st_atim),
          .data_modification_timestamp = file_time(status.st_mtim),
          .status_change_timestamp = file_time(status.st_ctim)};
}

FileResult<struct stat> status_of(int descriptor) noexcept {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) return system_failure();
  return status;
}

FileResult<struct stat> status_at(int directory, const char* name) noexcept {
  struct stat status{};
  if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return system_failure();
  return status;
}

FileResult<std::array<timespec, 2>> new_times(const NewTimestamp& access, const NewTimestamp& modification) noexcept {
  HOLDFAST_TRY_ASSIGN(const timespec access_time, new_time(access));
  HOLDFAST_TRY_ASSIGN(const timespec modification_time, new_time(modification));
  return std::array{access_time, modification_time};
}

}  // namespace holdfast::wasi
