// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The streams of regular files. Each has its own position, so that several streams on one file do not disturb each
// other. It shares the open file with the descriptor that made it, which may be destroyed first. Regular files are
// always ready, so there is nothing to wait for.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "holdfast/wasi/io/streams.hpp"
#include "holdfast/wasi/io/unique_fd.hpp"

namespace holdfast::wasi {

class FileSource final : public ByteSource {
 public:
  /// Starts reading at `offset`, in bytes from the beginning of the file.
  FileSource(std::shared_ptr<const UniqueFd> file, std::uint64_t offset) noexcept
      : file_(std::move(file)), offset_(offset) {}

  StreamResult<std::size_t> read(std::span<std::uint8_t> buffer) override;

 private:
  std::shared_ptr<const UniqueFd> file_;
  std::uint64_t offset_;
};

class FileSink final : public ByteSink {
 public:
  /// Starts writing at `offset`, in bytes from the beginning of the file.
  FileSink(std::shared_ptr<const UniqueFd> file, std::uint64_t offset) noexcept
      : file_(std::move(file)), offset_(offset) {}

  StreamResult<std::size_t> write(std::span<const std::uint8_t> bytes) override;

 private:
  std::shared_ptr<const UniqueFd> file_;
  std::uint64_t offset_;
};

/// Each write appends at the current end of the file.
class AppendingFileSink final : public ByteSink {
 public:
  explicit AppendingFileSink(std::shared_ptr<const UniqueFd> file) noexcept : file_(std::move(file)) {}

  StreamResult<std::size_t> write(std::span<const std::uint8_t> bytes) override;

 private:
  std::shared_ptr<const UniqueFd> file_;
};

}  // namespace holdfast::wasi
