// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/filesystem/filesystem_error.hpp"

#include <cerrno>

namespace holdfast::wasi {

FileError file_error(int system_error) noexcept {
  // EAGAIN and EWOULDBLOCK are equal on some systems and differ on others; so are ENOTSUP and EOPNOTSUPP.
  if (system_error == EWOULDBLOCK) return FileError::would_block;
  if (system_error == EOPNOTSUPP) return FileError::unsupported;
  switch (system_error) {
    case EACCES: return FileError::access;
    case EAGAIN: return FileError::would_block;
    case EALREADY: return FileError::already;
    case EBADF: return FileError::bad_descriptor;
    case EBUSY: return FileError::busy;
    case EDEADLK: return FileError::deadlock;
    case EDQUOT: return FileError::quota;
    case EEXIST: return FileError::exist;
    case EFBIG: return FileError::file_too_large;
    case EILSEQ: return FileError::illegal_byte_sequence;
    case EINPROGRESS: return FileError::in_progress;
    case EINTR: return FileError::interrupted;
    case EINVAL: return FileError::invalid;
    case EIO: return FileError::io;
    case EISDIR: return FileError::is_directory;
    case ELOOP: return FileError::loop;
    case EMLINK: return FileError::too_many_links;
    case EMSGSIZE: return FileError::message_size;
    case ENAMETOOLONG: return FileError::name_too_long;
    case ENODEV: return FileError::no_device;
    case ENOENT: return FileError::no_entry;
    case ENOLCK: return FileError::no_lock;
    case ENOMEM: return FileError::insufficient_memory;
    case ENOSPC: return FileError::insufficient_space;
    case ENOTDIR: return FileError::not_directory;
    case ENOTEMPTY: return FileError::not_empty;
    case ENOTRECOVERABLE: return FileError::not_recoverable;
    case ENOTSUP: return FileError::unsupported;
    case ENOSYS: return FileError::unsupported;
    case ENOTTY: return FileError::no_tty;
    case ENXIO: return FileError::no_such_device;
    case EOVERFLOW: return FileError::overflow;
    case EPERM: return FileError::not_permitted;
    case EPIPE: return FileError::pipe;
    case EROFS: return FileError::read_only;
    case ESPIPE: return FileError::invalid_seek;
    case ETXTBSY: return FileError::text_file_busy;
    case EXDEV: return FileError::cross_device;
    // These have no code of their own:
    case EMFILE:
    case ENFILE:
    case ENOBUFS: return FileError::insufficient_memory;
    case ESTALE: return FileError::no_entry;
    default: return FileError::io;
  }
}

std::unexpected<FileError> system_failure() noexcept { return std::unexpected(file_error(errno)); }

FileResult<void> system_result(int result) noexcept {
  if (result != 0) return system_failure();
  return {};
}

}  // namespace holdfast::wasi
