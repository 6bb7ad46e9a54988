// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operations of directories on paths below them. An operation on a name (rename, unlink, …) first opens the parent
// directory and then acts on the last component in it. An operation on a file first opens the file.
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "holdfast/abi/utf.hpp"
#include "holdfast/core/result.hpp"
#include "holdfast/wasi/filesystem/descriptor.hpp"
#include "holdfast/wasi/filesystem/file_status.hpp"

namespace holdfast::wasi {

namespace {

LastLink last_link(PathFlags flags) noexcept {
  return has(flags, PathFlags::symlink_follow) ? LastLink::followed : LastLink::not_followed;
}

int system_flags(OpenFlags open_flags, DescriptorFlags flags) noexcept {
  // Without O_NONBLOCK, a pipe that replaces the file at the last moment could block us. On files it has no effect.
  int result = O_NONBLOCK | O_NOCTTY;
  if (has(flags, DescriptorFlags::write)) {
    result |= has(flags, DescriptorFlags::read) ? O_RDWR : O_WRONLY;
  } else {
    result |= O_RDONLY;
  }
  if (has(open_flags, OpenFlags::create)) result |= O_CREAT;
  if (has(open_flags, OpenFlags::create) && has(open_flags, OpenFlags::exclusive)) result |= O_EXCL;
  if (has(open_flags, OpenFlags::truncate)) result |= O_TRUNC;
  if (has(open_flags, OpenFlags::directory)) result |= O_DIRECTORY;
  if (has(flags, DescriptorFlags::file_integrity_sync)) result |= O_SYNC;
  if (has(flags, DescriptorFlags::data_integrity_sync)) result |= O_DSYNC;
  if (has(flags, DescriptorFlags::requested_write_sync)) result |= O_RSYNC;
  return result;
}

bool may_be_opened(DescriptorType type) noexcept {
  return type == DescriptorType::regular_file || type == DescriptorType::directory;
}

/// Errors: exist or no_entry if the path ends with a slash: only the name of a new directory may.
FileResult<void> check_new_name(const ParentPath& path) {
  if (!path.names_directory()) return {};
  return file_failure(status_at(path.directory(), path.name()) ? FileError::exist : FileError::no_entry);
}

/// For a path that ends with a slash. Errors: not_directory if it names anything else, also a link to a directory.
FileResult<void> check_is_directory(const ParentPath& path) {
  HOLDFAST_TRY_ASSIGN(const auto status, status_at(path.directory(), path.name()));
  if (!S_ISDIR(status.st_mode)) return file_failure(FileError::not_directory);
  return {};
}

}  // namespace

FileResult<void> Descriptor::check_directory() const noexcept {
  if (type_ != DescriptorType::directory) return file_failure(FileError::not_directory);
  return {};
}

FileResult<void> Descriptor::check_changeable_directory() const noexcept {
  HOLDFAST_TRY(check_directory());
  return check_changeable();
}

FileResult<UniqueFd> Descriptor::open_path(PathFlags path_flags, std::string_view path) const {
  HOLDFAST_TRY(check_directory());
  return settings_->resolver.open(file(), path, O_PATH, last_link(path_flags));
}

FileResult<DirectoryEntryStream> Descriptor::read_directory() const {
  HOLDFAST_TRY(check_directory());
  return DirectoryEntryStream::open(file());
}

FileResult<void> Descriptor::create_directory_at(std::string_view path) const {
  HOLDFAST_TRY(check_changeable_directory());
  HOLDFAST_TRY_ASSIGN(const ParentPath place, settings_->resolver.open_parent(file(), path));
  return system_result(::mkdirat(place.directory(), place.name(), 0777));
}

FileResult<DescriptorStat> Descriptor::stat_at(PathFlags path_flags, std::string_view path) const {
  HOLDFAST_TRY_ASSIGN(const UniqueFd opened, open_path(path_flags, path));
  HOLDFAST_TRY_ASSIGN(const auto status, status_of(opened.get()));
  return descriptor_stat(status);
}

FileResult<MetadataHash> Descriptor::metadata_hash_at(PathFlags path_flags, std::string_view path) const {
  HOLDFAST_TRY_ASSIGN(const UniqueFd opened, open_path(path_flags, path));
  HOLDFAST_TRY_ASSIGN(const auto status, status_of(opened.get()));
  return wasi::metadata_hash(settings_->hash_key, status);
}

FileResult<void> Descriptor::set_times_at(PathFlags path_flags, std::string_view path, const NewTimestamp& access,
                                          const NewTimestamp& modification) const {
  HOLDFAST_TRY(check_changeable_directory());
  HOLDFAST_TRY_ASSIGN(const auto times, new_times(access, modification));
  HOLDFAST_TRY_ASSIGN(const UniqueFd opened, open_path(path_flags, path));
  if (::utimensat(opened.get(), "", times.data(), AT_EMPTY_PATH) == 0) return {};
  if (errno != EINVAL && errno != ENOENT) return system_failure();
  // Kernels before 5.8 do not accept an O_PATH descriptor here, and cannot set the times of links.
  HOLDFAST_TRY_ASSIGN(const auto status, status_of(opened.get()));
  if (!may_be_opened(descriptor_type(status.st_mode))) return file_failure(FileError::unsupported);
  HOLDFAST_TRY_ASSIGN(const UniqueFd readable,
                      settings_->resolver.open(file(), path, O_RDONLY | O_NONBLOCK | O_NOCTTY, last_link(path_flags)));
  return system_result(::futimens(readable.get(), times.data()));
}

FileResult<void> Descriptor::link_at(PathFlags old_path_flags, std::string_view old_path,
                                     const Descriptor& new_directory, std::string_view new_path) const {
  HOLDFAST_TRY(check_changeable_directory());
  HOLDFAST_TRY(new_directory.check_changeable_directory());
  if (has(old_path_flags, PathFlags::symlink_follow)) return file_failure(FileError::invalid);
  HOLDFAST_TRY_ASSIGN(const ParentPath from, settings_->resolver.open_parent(file(), old_path));
  HOLDFAST_TRY_ASSIGN(const ParentPath to, settings_->resolver.open_parent(new_directory.file(), new_path));
  if (from.names_directory()) HOLDFAST_TRY(check_is_directory(from));
  HOLDFAST_TRY(check_new_name(to));
  return system_result(::linkat(from.directory(), from.name(), to.directory(), to.name(), 0));
}

FileResult<void> Descriptor::check_open(OpenFlags open_flags, DescriptorFlags flags) const noexcept {
  HOLDFAST_TRY(check_directory());
  constexpr auto changing_flags = DescriptorFlags::write | DescriptorFlags::mutate_directory;
  constexpr auto changing_open = OpenFlags::create | OpenFlags::truncate;
  if (has(flags, changing_flags) || has(open_flags, changing_open)) HOLDFAST_TRY(check_changeable());
  constexpr auto for_files = OpenFlags::create | OpenFlags::exclusive | OpenFlags::truncate;
  if (has(open_flags, OpenFlags::directory) && has(open_flags, for_files)) return file_failure(FileError::invalid);
  return {};
}

/// Checks the type of the file before it is opened, because opening a pipe or device may have side effects.
FileResult<void> Descriptor::refuse_special(PathFlags path_flags, std::string_view path, OpenFlags open_flags) const {
  const auto opened = open_path(path_flags, path);
  if (!opened) {
    if (opened.error() == FileError::no_entry && has(open_flags, OpenFlags::create)) return {};
    return file_failure(opened.error());
  }
  HOLDFAST_TRY_ASSIGN(const auto status, status_of(opened->get()));
  if (S_ISLNK(status.st_mode)) return {};  // opening a link fails with the system's error
  if (!may_be_opened(descriptor_type(status.st_mode))) return file_failure(FileError::not_permitted);
  return {};
}

FileResult<Descriptor> Descriptor::open_at(PathFlags path_flags, std::string_view path, OpenFlags open_flags,
                                           DescriptorFlags flags) const {
  HOLDFAST_TRY(check_open(open_flags, flags));
  const bool makes_new = has(open_flags, OpenFlags::create) && has(open_flags, OpenFlags::exclusive);
  if (!makes_new) HOLDFAST_TRY(refuse_special(path_flags, path, open_flags));
  HOLDFAST_TRY_ASSIGN(UniqueFd opened, settings_->resolver.open(file(), path, system_flags(open_flags, flags),
                                                                last_link(path_flags), 0666));
  HOLDFAST_TRY_ASSIGN(const auto status, status_of(opened.get()));
  const DescriptorType type = descriptor_type(status.st_mode);
  if (!may_be_opened(type)) return file_failure(FileError::not_permitted);
  if (type == DescriptorType::directory) {
    flags = flags & ~DescriptorFlags::write;
    if (access_ == Access::read_write) flags = flags | DescriptorFlags::mutate_directory;
  } else {
    flags = flags & ~DescriptorFlags::mutate_directory;
  }
  return Descriptor(std::move(opened), type, flags, access_, settings_);
}

FileResult<std::string> Descriptor::readlink_at(std::string_view path) const {
  HOLDFAST_TRY_ASSIGN(const UniqueFd link, open_path(PathFlags::none, path));
  HOLDFAST_TRY_ASSIGN(const auto status, status_of(link.get()));
  if (!S_ISLNK(status.st_mode)) return file_failure(FileError::invalid);
  std::string target(PATH_MAX, '\0');
  const ssize_t size = ::readlinkat(link.get(), "", target.data(), target.size());
  if (size < 0) return system_failure();
  if (static_cast<std::size_t>(size) == target.size()) return file_failure(FileError::name_too_long);
  target.resize(static_cast<std::size_t>(size));
  if (target.starts_with('/')) return file_failure(FileError::not_permitted);
  if (!abi::utf::check_utf8(reinterpret_cast<const std::byte*>(target.data()), target.size())) {
    return file_failure(FileError::illegal_byte_sequence);
  }
  return target;
}

FileResult<void> Descriptor::remove_directory_at(std::string_view path) const {
  HOLDFAST_TRY(check_changeable_directory());
  HOLDFAST_TRY_ASSIGN(const ParentPath place, settings_->resolver.open_parent(file(), path));
  return system_result(::unlinkat(place.directory(), place.name(), AT_REMOVEDIR));
}

FileResult<void> Descriptor::rename_at(std::string_view old_path, const Descriptor& new_directory,
                                       std::string_view new_path) const {
  HOLDFAST_TRY(check_changeable_directory());
  HOLDFAST_TRY(new_directory.check_changeable_directory());
  HOLDFAST_TRY_ASSIGN(const ParentPath from, settings_->resolver.open_parent(file(), old_path));
  HOLDFAST_TRY_ASSIGN(const ParentPath to, settings_->resolver.open_parent(new_directory.file(), new_path));
  if (from.names_directory() || to.names_directory()) HOLDFAST_TRY(check_is_directory(from));
  return system_result(::renameat(from.directory(), from.name(), to.directory(), to.name()));
}

FileResult<void> Descriptor::symlink_at(std::string_view target, std::string_view path) const {
  HOLDFAST_TRY(check_changeable_directory());
  if (target.starts_with('/')) return file_failure(FileError::not_permitted);
  if (target.find('\0') != std::string_view::npos) return file_failure(FileError::invalid);
  HOLDFAST_TRY_ASSIGN(const ParentPath place, settings_->resolver.open_parent(file(), path));
  HOLDFAST_TRY(check_new_name(place));
  return system_result(::symlinkat(std::string(target).c_str(), place.directory(), place.name()));
}

FileResult<void> Descriptor::unlink_file_at(std::string_view path) const {
  HOLDFAST_TRY(check_changeable_directory());
  HOLDFAST_TRY_ASSIGN(const ParentPath place, settings_->resolver.open_parent(file(), path));
  if (place.names_directory()) {
    HOLDFAST_TRY(check_is_directory(place));
    return file_failure(FileError::is_directory);
  }
  return system_result(::unlinkat(place.directory(), place.name(), 0));
}

}  // namespace holdfast::wasi
