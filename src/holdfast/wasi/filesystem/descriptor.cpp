// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operations on the open file or directory itself. Operations on paths below a directory are in descriptor_paths.cpp.
#include "holdfast/wasi/filesystem/descriptor.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <limits>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "holdfast/core/result.hpp"
#include "holdfast/wasi/filesystem/file_io.hpp"
#include "holdfast/wasi/filesystem/file_status.hpp"
#include "holdfast/wasi/filesystem/file_streams.hpp"

namespace holdfast::wasi {

namespace {

int system_advice(Advice advice) noexcept {
  switch (advice) {
    case Advice::normal: return POSIX_FADV_NORMAL;
    case Advice::sequential: return POSIX_FADV_SEQUENTIAL;
    case Advice::random: return POSIX_FADV_RANDOM;
    case Advice::will_need: return POSIX_FADV_WILLNEED;
    case Advice::dont_need: return POSIX_FADV_DONTNEED;
    case Advice::no_reuse: return POSIX_FADV_NOREUSE;
  }
  return POSIX_FADV_NORMAL;
}

}  // namespace

HostResult<Descriptor> Descriptor::open_folder(const Preopen& preopen,
                                               std::shared_ptr<const FilesystemSettings> settings) {
  UniqueFd folder(::open(preopen.host.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) {
    const std::string reason = std::generic_category().message(errno);
    return host_fail(ErrorKind::io, fmt::format("cannot open the folder {}: {}", preopen.host.string(), reason));
  }
  auto flags = DescriptorFlags::read;
  if (preopen.access == Access::read_write) flags = flags | DescriptorFlags::mutate_directory;
  return Descriptor(std::move(folder), DescriptorType::directory, flags, preopen.access, std::move(settings));
}

FileResult<void> Descriptor::check_file(DescriptorFlags needed) const noexcept {
  if (type_ == DescriptorType::directory) return file_failure(FileError::bad_descriptor);
  if (needed == DescriptorFlags::write) HOLDFAST_TRY(check_changeable());
  if (!has(flags_, needed)) return file_failure(FileError::bad_descriptor);
  return {};
}

FileResult<void> Descriptor::check_changeable() const noexcept {
  if (access_ != Access::read_write) return file_failure(FileError::read_only);
  return {};
}

FileResult<DescriptorStat> Descriptor::stat() const {
  HOLDFAST_TRY_ASSIGN(const auto status, status_of(file()));
  return descriptor_stat(status);
}

FileResult<void> Descriptor::set_times(const NewTimestamp& access, const NewTimestamp& modification) const {
  HOLDFAST_TRY(check_changeable());
  HOLDFAST_TRY_ASSIGN(const auto times, new_times(access, modification));
  return system_result(::futimens(file(), times.data()));
}

FileResult<void> Descriptor::sync() const {
  if (!has(flags_, DescriptorFlags::write | DescriptorFlags::mutate_directory)) return {};
  return system_result(::fsync(file()));
}

FileResult<void> Descriptor::sync_data() const {
  if (!has(flags_, DescriptorFlags::write | DescriptorFlags::mutate_directory)) return {};
  return system_result(::fdatasync(file()));
}

bool Descriptor::is_same_object(const Descriptor& other) const {
  const auto own_status = status_of(file());
  const auto other_status = status_of(other.file());
  return own_status && other_status && own_status->st_dev == other_status->st_dev &&
         own_status->st_ino == other_status->st_ino;
}

FileResult<MetadataHash> Descriptor::metadata_hash() const {
  HOLDFAST_TRY_ASSIGN(const auto status, status_of(file()));
  return wasi::metadata_hash(settings_->hash_key, status);
}

FileResult<InputStream> Descriptor::read_via_stream(std::uint64_t offset) const {
  HOLDFAST_TRY(check_file(DescriptorFlags::read));
  return InputStream(std::make_unique<FileSource>(file_, offset));
}

FileResult<OutputStream> Descriptor::write_via_stream(std::uint64_t offset) const {
  HOLDFAST_TRY(check_file(DescriptorFlags::write));
  return OutputStream(std::make_unique<FileSink>(file_, offset));
}

FileResult<OutputStream> Descriptor::append_via_stream() const {
  HOLDFAST_TRY(check_file(DescriptorFlags::write));
  return OutputStream(std::make_unique<AppendingFileSink>(file_));
}

FileResult<void> Descriptor::advise(std::uint64_t offset, std::uint64_t length, Advice advice) const {
  if (type_ == DescriptorType::directory) return file_failure(FileError::bad_descriptor);
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());
  if (offset > largest || length > largest) return file_failure(FileError::invalid);
  const int error =
      ::posix_fadvise(file(), static_cast<off_t>(offset), static_cast<off_t>(length), system_advice(advice));
  if (error != 0) return file_failure(file_error(error));
  return {};
}

FileResult<void> Descriptor::set_size(std::uint64_t size) const {
  HOLDFAST_TRY(check_file(DescriptorFlags::write));
  const auto resized = resize(file(), size);
  if (!resized) return file_failure(file_error(resized.error()));
  return {};
}

FileResult<std::tuple<std::vector<std::uint8_t>, bool>> Descriptor::read(std::uint64_t length,
                                                                         std::uint64_t offset) const {
  HOLDFAST_TRY(check_file(DescriptorFlags::read));
  std::vector<std::uint8_t> bytes(std::min(length, most_read_bytes));
  const auto count = read_at(file(), bytes, offset);
  if (!count) return file_failure(file_error(count.error()));
  const bool at_end = *count == 0 && length != 0;
  bytes.resize(*count);
  return std::tuple(std::move(bytes), at_end);
}

FileResult<std::uint64_t> Descriptor::write(std::span<const std::uint8_t> bytes, std::uint64_t offset) const {
  HOLDFAST_TRY(check_file(DescriptorFlags::write));
  const auto count = write_at(file(), bytes, offset);
  if (!count) return file_failure(file_error(count.error()));
  return *count;
}

}  // namespace holdfast::wasi
