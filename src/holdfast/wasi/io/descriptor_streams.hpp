// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streams over open descriptors of the host: standard input and output, pipes, terminals, sockets. They do not block,
// raise no SIGPIPE, and do not change the settings of the descriptors, which other processes share.
#pragma once

#include <cstdint>
#include <memory>

#include "holdfast/wasi/io/streams.hpp"

namespace holdfast::wasi {

/// How a descriptor is read and written without blocking.
enum class DescriptorKind : std::uint8_t {
  plain,         ///< a file or similar, which never blocks
  non_blocking,  ///< opened a second time, with O_NONBLOCK
  socket,        ///< non-blocking through a flag of each call
  waiting,       ///< may block, so `poll` is asked before each call
  closed,        ///< was not open; never used, because its number may later belong to another file
};

/// A descriptor to be used as a stream. If its file can be opened a second time without blocking, this object owns that
/// second descriptor.
class StreamDescriptor {
 public:
  /// The caller keeps `descriptor`, which must stay open while this object lives. `for_writing`: the direction of use.
  static StreamDescriptor over(int descriptor, bool for_writing);
  StreamDescriptor(StreamDescriptor&& other) noexcept;
  StreamDescriptor& operator=(StreamDescriptor&&) = delete;
  ~StreamDescriptor();

  int number() const noexcept { return number_; }
  DescriptorKind kind() const noexcept { return kind_; }
  bool may_wait() const noexcept { return kind_ != DescriptorKind::plain && kind_ != DescriptorKind::closed; }

  /// Returns the number of bytes; 0 if none can be transferred now. Errors: closed (end of input, or no reader),
  /// failed.
  StreamResult<std::size_t> read(std::span<std::uint8_t> buffer) const;
  StreamResult<std::size_t> write(std::span<const std::uint8_t> bytes) const;

 private:
  StreamDescriptor(int number, DescriptorKind kind, bool owned) noexcept
      : number_(number), kind_(kind), owned_(owned) {}

  int number_;
  DescriptorKind kind_;
  bool owned_;
};

/// Contract: `descriptor` stays open while the stream lives. The stream is closed at the end of the input.
std::unique_ptr<ByteSource> make_descriptor_source(int descriptor);
std::unique_ptr<ByteSink> make_descriptor_sink(int descriptor);

}  // namespace holdfast::wasi
