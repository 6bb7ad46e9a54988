// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/filesystem/file_io.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "holdfast/core/result.hpp"

namespace holdfast::wasi {

namespace {

constexpr auto largest_offset = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());

/// The largest size that a file may have. Writing beyond it raises SIGXFSZ, which would end the host.
std::uint64_t largest_file() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return largest_offset;
  return std::min<std::uint64_t>(limit.rlim_cur, largest_offset);
}

/// The part of `bytes` that may be written at `offset`. Errors: EFBIG if nothing may be written there.
SystemResult<std::span<const std::uint8_t>> writable_part(std::span<const std::uint8_t> bytes,
                                                          std::uint64_t offset) noexcept {
  const std::uint64_t largest = largest_file();
  if (offset >= largest) return std::unexpected(EFBIG);
  return bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), largest - offset)));
}

/// Makes a system call again if a signal interrupted it.
template <class Call>
SystemResult<std::size_t> transfer(Call call) noexcept {
  ssize_t count = 0;
  do {
    count = call();
  } while (count < 0 && errno == EINTR);
  if (count < 0) return std::unexpected(errno);
  return static_cast<std::size_t>(count);
}

}  // namespace

SystemResult<std::size_t> read_at(int file, std::span<std::uint8_t> buffer, std::uint64_t offset) noexcept {
  if (offset > largest_offset) return std::unexpected(EINVAL);
  return transfer([&] { return ::pread(file, buffer.data(), buffer.size(), static_cast<off_t>(offset)); });
}

SystemResult<std::size_t> write_at(int file, std::span<const std::uint8_t> bytes, std::uint64_t offset) noexcept {
  HOLDFAST_TRY_ASSIGN(const auto part, writable_part(bytes, offset));
  if (part.empty()) return 0;
  HOLDFAST_TRY_ASSIGN(const std::size_t count,
                      transfer([&] { return ::pwrite(file, part.data(), part.size(), static_cast<off_t>(offset)); }));
  if (count == 0) return std::unexpected(EIO);  // no file should do this, and a writer would repeat the call forever
  return count;
}

SystemResult<std::size_t> append_to(int file, std::span<const std::uint8_t> bytes) noexcept {
  struct stat status{};
  if (::fstat(file, &status) != 0) return std::unexpected(errno);
  HOLDFAST_TRY_ASSIGN(const auto part, writable_part(bytes, static_cast<std::uint64_t>(status.st_size)));
  if (part.empty()) return 0;
  // The call only reads the bytes, although iovec is not const.
  const iovec vector{const_cast<std::uint8_t*>(part.data()), part.size()};
  auto count = transfer([&] { return ::pwritev2(file, &vector, 1, 0, RWF_APPEND); });
  if (!count && (count.error() == EOPNOTSUPP || count.error() == ENOSYS)) {
    return write_at(file, part, static_cast<std::uint64_t>(status.st_size));  // an old kernel without RWF_APPEND
  }
  if (count && *count == 0) return std::unexpected(EIO);
  return count;
}

SystemResult<void> resize(int file, std::uint64_t size) noexcept {
  if (size > largest_file()) return std::unexpected(EFBIG);
  int result = 0;
  do {
    result = ::ftruncate(file, static_cast<off_t>(size));
  } while (result != 0 && errno == EINTR);
  if (result != 0) return std::unexpected(errno);
  return {};
}

}  // namespace holdfast::wasi
