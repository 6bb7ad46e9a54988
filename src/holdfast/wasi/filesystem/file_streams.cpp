// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/filesystem/file_streams.hpp"

#include "holdfast/wasi/filesystem/file_io.hpp"

namespace holdfast::wasi {

StreamResult<std::size_t> FileSource::read(std::span<std::uint8_t> buffer) {
  const auto count = read_at(file_->get(), buffer, offset_);
  if (!count) return std::unexpected(StreamError::failed(count.error()));
  if (*count == 0) return std::unexpected(StreamError::closed());
  offset_ += *count;
  return *count;
}

StreamResult<std::size_t> FileSink::write(std::span<const std::uint8_t> bytes) {
  const auto count = write_at(file_->get(), bytes, offset_);
  if (!count) return std::unexpected(StreamError::failed(count.error()));
  offset_ += *count;
  return *count;
}

StreamResult<std::size_t> AppendingFileSink::write(std::span<const std::uint8_t> bytes) {
  const auto count = append_to(file_->get(), bytes);
  if (!count) return std::unexpected(StreamError::failed(count.error()));
  return *count;
}

}  // namespace holdfast::wasi
