// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/filesystem/directory_stream.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>

#include "holdfast/abi/utf.hpp"
#include "holdfast/wasi/filesystem/file_status.hpp"
#include "holdfast/wasi/io/unique_fd.hpp"

namespace holdfast::wasi {

namespace {

DescriptorType type_of(DIR* entries, const dirent& entry) noexcept {
  switch (entry.d_type) {
    case DT_BLK: return DescriptorType::block_device;
    case DT_CHR: return DescriptorType::character_device;
    case DT_DIR: return DescriptorType::directory;
    case DT_FIFO: return DescriptorType::fifo;
    case DT_LNK: return DescriptorType::symbolic_link;
    case DT_REG: return DescriptorType::regular_file;
    case DT_SOCK: return DescriptorType::socket;
    default: break;  // some file systems do not report the type
  }
  struct stat status{};
  if (::fstatat(::dirfd(entries), entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return DescriptorType::unknown;
  return descriptor_type(status.st_mode);
}

}  // namespace

FileResult<DirectoryEntryStream> DirectoryEntryStream::open(int directory) {
  UniqueFd own(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!own) return system_failure();
  DIR* const entries = ::fdopendir(own.get());
  if (entries == nullptr) return system_failure();
  static_cast<void>(own.release());
  return DirectoryEntryStream(entries);
}

FileResult<std::optional<DirectoryEntry>> DirectoryEntryStream::read_directory_entry() {
  while (true) {
    errno = 0;
    const dirent* const entry = ::readdir(entries_.get());
    if (entry == nullptr) {
      if (errno != 0) return system_failure();
      return std::nullopt;
    }
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (!abi::utf::check_utf8(reinterpret_cast<const std::byte*>(name.data()), name.size())) {
      return file_failure(FileError::illegal_byte_sequence);
    }
    return DirectoryEntry{type_of(entries_.get(), *entry), std::string(name)};
  }
}

}  // namespace holdfast::wasi
