// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streams over descriptors that the host has open: standard input and output, pipes, terminals, sockets. They do not
// block, raise no SIGPIPE, and leave the descriptors' settings, which other processes share, as they are.
#pragma once

#include <cstdint>
#include <memory>

#include "holdfast/wasi/io/streams.hpp"

namespace holdfast::wasi {

/// How a descriptor is read and written without blocking.
enum class DescriptorKind : std::uint8_t {
  plain,         ///< files and the like, which never make anyone wait
  non_blocking,  ///< a description of our own that does not block
  socket,        ///< with flags for each call
  waiting,       ///< may block: asked before each call whether it would
  closed,        ///< was not open; never used, for its number may come to mean some other file
};

/// A descriptor to be used as a stream; when its file could be opened once more, that does not block, and is owned.
class StreamDescriptor {
 public:
  /// `descriptor` stays the caller's, and must stay open as long as this. `for_writing`: which way it is used.
  static StreamDescriptor over(int descriptor, bool for_writing);
  StreamDescriptor(StreamDescriptor&& other) noexcept;
  StreamDescriptor& operator=(StreamDescriptor&&) = delete;
  ~StreamDescriptor();

  int number() const noexcept { return number_; }
  DescriptorKind kind() const noexcept { return kind_; }
  bool may_wait() const noexcept { return kind_ != DescriptorKind::plain && kind_ != DescriptorKind::closed; }

  /// 0: nothing at the moment. Errors: closed (at the end, or when nobody reads), failed.
  StreamResult<std::size_t> read(std::span<std::uint8_t> buffer) const;
  StreamResult<std::size_t> write(std::span<const std::uint8_t> bytes) const;

 private:
  StreamDescriptor(int number, DescriptorKind kind, bool owned) noexcept
      : number_(number), kind_(kind), owned_(owned) {}

  int number_;
  DescriptorKind kind_;
  bool owned_;
};

/// Contract: `descriptor` stays open as long as the stream. Closed at its end.
std::unique_ptr<ByteSource> make_descriptor_source(int descriptor);
std::unique_ptr<ByteSink> make_descriptor_sink(int descriptor);

}  // namespace holdfast::wasi
