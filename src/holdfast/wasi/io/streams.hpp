// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wasi:io/streams. A backend (ByteSource, ByteSink) moves bytes without blocking and says what to wait for. The stream
// classes add what the specification requires of all streams: permits, buffering, the closed state, blocking functions,
// child pollables. Several streams may share one channel (InputChannel, OutputChannel), also in several stores on
// several threads, for example standard output. A channel has a lock, which is not held while waiting; backends are
// called under that lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "holdfast/wasi/io/io_error.hpp"
#include "holdfast/wasi/io/pollable.hpp"

namespace holdfast::wasi {

/// The most bytes that one operation moves, whatever a guest asks for; also the size of an output stream's buffer.
inline constexpr std::size_t stream_chunk = 64 * 1024;
/// The most bytes that blocking-write-and-flush and blocking-write-zeroes-and-flush accept.
inline constexpr std::size_t blocking_write_limit = 4096;

/// Where an input stream's bytes come from.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Reads available bytes into `buffer` (not empty) and returns their number; 0 if none are available now.
  /// Errors: closed at the end, or a failure. After an error, the source is not called again.
  virtual StreamResult<std::size_t> read(std::span<std::uint8_t> buffer) = 0;
  /// What to wait for before `read` returns bytes or an error.
  virtual WaitFor readable() { return WaitFor::nothing(); }
};

/// Where an output stream's bytes go.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  /// Accepts some of `bytes` (not empty) and returns their number; 0 if it can accept none now.
  /// Errors: closed (the sink will accept no more), or a failure. After an error, the sink is not called again.
  virtual StreamResult<std::size_t> write(std::span<const std::uint8_t> bytes) = 0;
  /// What to wait for before `write` accepts bytes or returns an error.
  virtual WaitFor writable() { return WaitFor::nothing(); }
};

/// The shared part of an input stream: a source, and whether it has ended.
class InputChannel final : public Waitable {
 public:
  explicit InputChannel(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  /// Returns at most min(length, stream_chunk) bytes. Errors: those of the source, once; closed afterwards.
  StreamResult<std::vector<std::uint8_t>> read(std::uint64_t length);
  WaitFor wait_for() override;

 private:
  std::mutex mutex_;
  std::unique_ptr<ByteSource> source_;
  bool closed_ = false;
};

/// The shared part of an output stream: a sink, and a buffer for the bytes that it has not accepted yet.
class OutputChannel final : public Waitable {
 public:
  explicit OutputChannel(std::unique_ptr<ByteSink> sink) : sink_(std::move(sink)) {}

  /// The number of bytes that may be written now; 0 until the sink has accepted everything written before.
  StreamResult<std::uint64_t> permit();
  /// Accepts all of `bytes` and buffers what the sink cannot accept now. Contract: `permit` allowed that many.
  StreamResult<void> write(std::span<const std::uint8_t> bytes);
  /// Passes buffered bytes to the sink; returns whether the buffer is empty now. Until it is, nothing is permitted.
  StreamResult<bool> flush();
  WaitFor wait_for() override;

 private:
  StreamResult<void> drain();
  std::size_t buffered() const noexcept { return buffer_.size() - sent_; }
  std::unexpected<StreamError> close_with(StreamError error);

  std::mutex mutex_;
  std::unique_ptr<ByteSink> sink_;
  std::vector<std::uint8_t> buffer_;
  std::size_t sent_ = 0;  // bytes at the beginning of buffer_ that the sink has accepted
  bool closed_ = false;
};

/// The resource `input-stream`. The WIT text of wasi:io says what each function does.
class InputStream {
 public:
  explicit InputStream(std::unique_ptr<ByteSource> source)
      : InputStream(std::make_shared<InputChannel>(std::move(source))) {}
  explicit InputStream(std::shared_ptr<InputChannel> channel) : channel_(std::move(channel)) {}

  StreamResult<std::vector<std::uint8_t>> read(std::uint64_t length) { return channel_->read(length); }
  OrTrap<StreamResult<std::vector<std::uint8_t>>> blocking_read(Caller& caller, std::uint64_t length);
  StreamResult<std::uint64_t> skip(std::uint64_t length);
  OrTrap<StreamResult<std::uint64_t>> blocking_skip(Caller& caller, std::uint64_t length);
  Pollable subscribe() { return Pollable(channel_, children_.add()); }

  InputChannel& channel() const noexcept { return *channel_; }

  /// Called when the stream is dropped. Errors: a trap while pollables of this stream live.
  OrTrap<void> cleanup();

 private:
  std::shared_ptr<InputChannel> channel_;
  Children children_;
};

/// Waits until the sink has accepted everything. Errors: those of the stream; a trap of kind limit, as wait_for_any.
OrTrap<StreamResult<void>> wait_until_flushed(Caller& caller, OutputChannel& channel);

/// The resource `output-stream`.
class OutputStream {
 public:
  explicit OutputStream(std::unique_ptr<ByteSink> sink)
      : OutputStream(std::make_shared<OutputChannel>(std::move(sink))) {}
  explicit OutputStream(std::shared_ptr<OutputChannel> channel) : channel_(std::move(channel)) {}

  StreamResult<std::uint64_t> check_write();
  /// Errors: a trap if `bytes` exceeds what the last check-write permitted.
  OrTrap<StreamResult<void>> write(std::span<const std::uint8_t> bytes);
  OrTrap<StreamResult<void>> write_zeroes(std::uint64_t length);
  /// Errors: a trap for more than blocking_write_limit bytes.
  OrTrap<StreamResult<void>> blocking_write_and_flush(Caller& caller, std::span<const std::uint8_t> bytes);
  OrTrap<StreamResult<void>> blocking_write_zeroes_and_flush(Caller& caller, std::uint64_t length);
  StreamResult<void> flush();
  OrTrap<StreamResult<void>> blocking_flush(Caller& caller);
  StreamResult<std::uint64_t> splice(InputStream& source, std::uint64_t length);
  OrTrap<StreamResult<std::uint64_t>> blocking_splice(Caller& caller, InputStream& source, std::uint64_t length);
  Pollable subscribe() { return Pollable(channel_, children_.add()); }

  OutputChannel& channel() const noexcept { return *channel_; }

  /// Called when the stream is dropped. Errors: a trap while pollables of this stream live.
  OrTrap<void> cleanup();

 private:
  OrTrap<void> use_permit(std::uint64_t length);

  std::shared_ptr<OutputChannel> channel_;
  Children children_;
  std::uint64_t permitted_ = 0;  // by the last check-write
};

}  // namespace holdfast::wasi
