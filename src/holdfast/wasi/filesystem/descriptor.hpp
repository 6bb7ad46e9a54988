// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The resource `descriptor`: an open file or directory. It shares the open file with the streams made from it. A
// descriptor of a directory opens only files and directories below it, which may be changed only if the preopened
// folder was granted for writing. Immutable after construction: any number of threads may use it.
//
// Only regular files and directories are opened. Pipes, sockets and devices show up in stat-at and in listings, and can
// be renamed and unlinked, but open-at refuses them with not-permitted: opening one can block or have side effects.
//
// The functions are those of the WIT text, wasi:filesystem/types, which says what they do. Errors are those of the
// system, and for every function: bad_descriptor when a function for files is called on a directory, or on a file that
// was not opened for it; not_directory when a function for directories is called on a file; read_only for a change
// that is not allowed; those of PathResolver for paths.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/wasi/filesystem/directory_stream.hpp"
#include "holdfast/wasi/filesystem/filesystem_error.hpp"
#include "holdfast/wasi/filesystem/filesystem_types.hpp"
#include "holdfast/wasi/filesystem/metadata_hash.hpp"
#include "holdfast/wasi/filesystem/path_resolver.hpp"
#include "holdfast/wasi/filesystem/preopen.hpp"
#include "holdfast/wasi/io/streams.hpp"
#include "holdfast/wasi/io/unique_fd.hpp"

namespace holdfast::wasi {

/// Settings that all descriptors of one guest share: the way of resolving paths, and the key of metadata hashes.
struct FilesystemSettings {
  PathResolver resolver;
  HashKey hash_key;

  static FilesystemSettings detect() { return {PathResolver::probe(), HashKey::generate()}; }
};

/// The most bytes that one call of `read` returns, whatever the guest asks for.
inline constexpr std::uint64_t most_read_bytes = 256 * 1024;

class Descriptor {
 public:
  /// Opens the folder that `preopen` names. Errors: io, with its path in the message.
  static HostResult<Descriptor> open_folder(const Preopen& preopen, std::shared_ptr<const FilesystemSettings> settings);

  /// Returns another descriptor of the same open file.
  Descriptor duplicate() const { return Descriptor(*this); }
  Descriptor(Descriptor&&) = default;
  Descriptor& operator=(Descriptor&&) = default;

  // Any descriptor

  FileResult<DescriptorFlags> get_flags() const noexcept { return flags_; }
  FileResult<DescriptorType> get_type() const noexcept { return type_; }
  FileResult<DescriptorStat> stat() const;
  FileResult<void> set_times(const NewTimestamp& access, const NewTimestamp& modification) const;
  FileResult<void> sync() const;
  FileResult<void> sync_data() const;
  /// Also returns false if the system cannot tell.
  bool is_same_object(const Descriptor& other) const;
  FileResult<MetadataHash> metadata_hash() const;

  // Files

  FileResult<InputStream> read_via_stream(std::uint64_t offset) const;
  FileResult<OutputStream> write_via_stream(std::uint64_t offset) const;
  FileResult<OutputStream> append_via_stream() const;
  FileResult<void> advise(std::uint64_t offset, std::uint64_t length, Advice advice) const;
  FileResult<void> set_size(std::uint64_t size) const;
  /// Reads at most `most_read_bytes`; the bool is true at the end of the file.
  FileResult<std::tuple<std::vector<std::uint8_t>, bool>> read(std::uint64_t length, std::uint64_t offset) const;
  FileResult<std::uint64_t> write(std::span<const std::uint8_t> bytes, std::uint64_t offset) const;

  // Directories

  FileResult<DirectoryEntryStream> read_directory() const;
  FileResult<void> create_directory_at(std::string_view path) const;
  FileResult<DescriptorStat> stat_at(PathFlags path_flags, std::string_view path) const;
  FileResult<void> set_times_at(PathFlags path_flags, std::string_view path, const NewTimestamp& access,
                                const NewTimestamp& modification) const;
  /// Errors: invalid if `old_path_flags` asks to follow a symbolic link; not_permitted for a directory.
  FileResult<void> link_at(PathFlags old_path_flags, std::string_view old_path, const Descriptor& new_directory,
                           std::string_view new_path) const;
  /// An opened directory may be changed if this one may, even if `flags` does not ask for it: the adapters for preview
  /// 1 never do.
  FileResult<Descriptor> open_at(PathFlags path_flags, std::string_view path, OpenFlags open_flags,
                                 DescriptorFlags flags) const;
  /// Errors: invalid if the file is not a symbolic link; not_permitted for a link to an absolute path;
  /// illegal_byte_sequence.
  FileResult<std::string> readlink_at(std::string_view path) const;
  FileResult<void> remove_directory_at(std::string_view path) const;
  FileResult<void> rename_at(std::string_view old_path, const Descriptor& new_directory,
                             std::string_view new_path) const;
  /// Errors: not_permitted if `target` is absolute, invalid if it contains a NUL character.
  FileResult<void> symlink_at(std::string_view target, std::string_view path) const;
  FileResult<void> unlink_file_at(std::string_view path) const;
  FileResult<MetadataHash> metadata_hash_at(PathFlags path_flags, std::string_view path) const;

 private:
  Descriptor(UniqueFd file, DescriptorType type, DescriptorFlags flags, Access access,
             std::shared_ptr<const FilesystemSettings> settings)
      : file_(std::make_shared<const UniqueFd>(std::move(file))),
        settings_(std::move(settings)),
        flags_(flags),
        type_(type),
        access_(access) {}
  Descriptor(const Descriptor&) = default;  // only for `duplicate`: a resource is move-only

  int file() const noexcept { return file_->get(); }
  FileResult<void> check_file(DescriptorFlags needed) const noexcept;
  FileResult<void> check_changeable() const noexcept;
  FileResult<void> check_directory() const noexcept;
  FileResult<void> check_changeable_directory() const noexcept;

  FileResult<void> check_open(OpenFlags open_flags, DescriptorFlags flags) const noexcept;
  FileResult<UniqueFd> open_path(PathFlags path_flags, std::string_view path) const;
  FileResult<void> refuse_special(PathFlags path_flags, std::string_view path, OpenFlags open_flags) const;

  std::shared_ptr<const UniqueFd> file_;
  std::shared_ptr<const FilesystemSettings> settings_;
  DescriptorFlags flags_;
  DescriptorType type_;
  Access access_;
};

}  // namespace holdfast::wasi
