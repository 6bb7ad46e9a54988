// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Defines wasi:filesystem in a linker.
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "holdfast/wasi/filesystem/descriptor.hpp"
#include "holdfast/wasi/interfaces/interface.hpp"
#include "holdfast/wasi/interfaces/link.hpp"

namespace holdfast::wasi {

namespace {

/// The preopened folders, with their names for the guest.
using Folders = std::vector<std::tuple<Descriptor, std::string>>;

HostResult<std::shared_ptr<const Folders>> open_folders(std::span<const Preopen> preopens) {
  const auto settings = std::make_shared<const FilesystemSettings>(FilesystemSettings::detect());
  auto folders = std::make_shared<Folders>();
  for (const Preopen& preopen : preopens) {
    HOLDFAST_TRY_ASSIGN(Descriptor folder, Descriptor::open_folder(preopen, settings));
    folders->emplace_back(std::move(folder), preopen.guest);
  }
  return folders;
}

std::optional<FileError> filesystem_error_code(const IoError& error) {
  if (error.system_error() == 0) return std::nullopt;
  return file_error(error.system_error());
}

void link_types(Linker& linker) {
  define_interface(linker, "filesystem/types")
      .resource<Descriptor>("descriptor")
      .resource<DirectoryEntryStream>("directory-entry-stream")
      .func("[method]descriptor.read-via-stream", &Descriptor::read_via_stream)
      .func("[method]descriptor.write-via-stream", &Descriptor::write_via_stream)
      .func("[method]descriptor.append-via-stream", &Descriptor::append_via_stream)
      .func("[method]descriptor.advise", &Descriptor::advise)
      .func("[method]descriptor.sync-data", &Descriptor::sync_data)
      .func("[method]descriptor.get-flags", &Descriptor::get_flags)
      .func("[method]descriptor.get-type", &Descriptor::get_type)
      .func("[method]descriptor.set-size", &Descriptor::set_size)
      .func("[method]descriptor.set-times", &Descriptor::set_times)
      .func("[method]descriptor.read", &Descriptor::read)
      .func("[method]descriptor.write", &Descriptor::write)
      .func("[method]descriptor.read-directory", &Descriptor::read_directory)
      .func("[method]descriptor.sync", &Descriptor::sync)
      .func("[method]descriptor.create-directory-at", &Descriptor::create_directory_at)
      .func("[method]descriptor.stat", &Descriptor::stat)
      .func("[method]descriptor.stat-at", &Descriptor::stat_at)
      .func("[method]descriptor.set-times-at", &Descriptor::set_times_at)
      .func("[method]descriptor.link-at", &Descriptor::link_at)
      .func("[method]descriptor.open-at", &Descriptor::open_at)
      .func("[method]descriptor.readlink-at", &Descriptor::readlink_at)
      .func("[method]descriptor.remove-directory-at", &Descriptor::remove_directory_at)
      .func("[method]descriptor.rename-at", &Descriptor::rename_at)
      .func("[method]descriptor.symlink-at", &Descriptor::symlink_at)
      .func("[method]descriptor.unlink-file-at", &Descriptor::unlink_file_at)
      .func("[method]descriptor.is-same-object", &Descriptor::is_same_object)
      .func("[method]descriptor.metadata-hash", &Descriptor::metadata_hash)
      .func("[method]descriptor.metadata-hash-at", &Descriptor::metadata_hash_at)
      .func("[method]directory-entry-stream.read-directory-entry", &DirectoryEntryStream::read_directory_entry)
      .func("filesystem-error-code", &filesystem_error_code);
}

}  // namespace

HostResult<void> link_filesystem(Linker& linker, std::span<const Preopen> preopens) {
  HOLDFAST_TRY_ASSIGN(auto folders, open_folders(preopens));
  link_types(linker);
  define_interface(linker, "filesystem/preopens").func("get-directories", [folders = std::move(folders)] {
    Folders duplicates;
    duplicates.reserve(folders->size());
    for (const auto& [folder, name] : *folders) duplicates.emplace_back(folder.duplicate(), name);
    return duplicates;
  });
  return {};
}

}  // namespace holdfast::wasi
