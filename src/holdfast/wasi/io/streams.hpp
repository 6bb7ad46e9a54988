// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wasi:io/streams. A backend (ByteSource, ByteSink) moves bytes without blocking and says what to wait for; the stream
// classes add what the specification asks of all streams: permits, buffering, the closed state, blocking forms, child
// pollables. A stream's inside (InputChannel, OutputChannel) may be shared by several handles, also of several stores
// on several threads (standard output): it has a lock, which is not held while waiting. Backends are called under it.
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

/// Most bytes that one operation moves, whatever a guest asks for; also the size of an output stream's buffer.
inline constexpr std::size_t stream_chunk = 64 * 1024;
/// Most bytes for the functions blocking-write-and-flush and blocking-write-zeroes-and-flush.
inline constexpr std::size_t blocking_write_limit = 4096;

/// Where an input stream's bytes come from.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Takes up to buffer.size() (not 0) bytes that are there now; 0 when there are none at the moment.
  /// Errors: closed at the end, or a failure; the source is not asked again after one.
  virtual StreamResult<std::size_t> read(std::span<std::uint8_t> buffer) = 0;
  /// When `read` will have something to tell.
  virtual WaitFor readable() { return WaitFor::nothing(); }
};

/// Where an output stream's bytes go.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  /// Takes some of `bytes` (not empty) and says how many; 0 when it can take none at the moment.
  /// Errors: closed (nobody will take more), or a failure; the sink is not asked again after one.
  virtual StreamResult<std::size_t> write(std::span<const std::uint8_t> bytes) = 0;
  /// When `write` will take something.
  virtual WaitFor writable() { return WaitFor::nothing(); }
};

/// The inside of an input stream: a source and whether it has ended.
class InputChannel final : public Waitable {
 public:
  explicit InputChannel(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  /// At most min(length, stream_chunk) bytes.
  StreamResult<std::vector<std::uint8_t>> read(std::uint64_t length);
  WaitFor wait_for() override;

 private:
  std::mutex mutex_;
  std::unique_ptr<ByteSource> source_;
  bool closed_ = false;
};

/// The inside of an output stream: a sink, and what it could not take yet.
class OutputChannel final : public Waitable {
 public:
  explicit OutputChannel(std::unique_ptr<ByteSink> sink) : sink_(std::move(sink)) {}

  /// Bytes that may be written now; 0 as long as the sink has not taken what was written before.
  StreamResult<std::uint64_t> permit();
  /// Takes all of `bytes`: what the sink cannot take now is kept. Contract: so much was permitted before.
  StreamResult<void> write(std::span<const std::uint8_t> bytes);
  /// Gives the sink what it can take now; whether that was everything. Until it was, nothing more is permitted.
  StreamResult<bool> flush();
  WaitFor wait_for() override;

 private:
  StreamResult<void> drain();
  std::size_t buffered() const noexcept { return buffer_.size() - sent_; }
  std::unexpected<StreamError> close_with(StreamError error);

  std::mutex mutex_;
  std::unique_ptr<ByteSink> sink_;
  std::vector<std::uint8_t> buffer_;
  std::size_t sent_ = 0;  // of buffer_, from its beginning
  bool closed_ = false;
};

/// The resource `input-stream`. For what each function does see the WIT text of wasi:io.
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

  /// Errors: a trap while pollables of this stream live.
  OrTrap<void> cleanup();

 private:
  std::shared_ptr<InputChannel> channel_;
  Children children_;
};

/// Waits until the sink has taken everything. Errors: of the stream; a trap of kind limit, as wait_for_any.
OrTrap<StreamResult<void>> wait_until_flushed(Caller& caller, OutputChannel& channel);

/// The resource `output-stream`.
class OutputStream {
 public:
  explicit OutputStream(std::unique_ptr<ByteSink> sink)
      : OutputStream(std::make_shared<OutputChannel>(std::move(sink))) {}
  explicit OutputStream(std::shared_ptr<OutputChannel> channel) : channel_(std::move(channel)) {}

  StreamResult<std::uint64_t> check_write();
  /// Errors: a trap for more bytes than the last check-write permitted.
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

  /// Errors: a trap while pollables of this stream live.
  OrTrap<void> cleanup();

 private:
  OrTrap<void> use_permit(std::uint64_t length);

  std::shared_ptr<OutputChannel> channel_;
  Children children_;
  std::uint64_t permitted_ = 0;  // by the last check-write
};

}  // namespace holdfast::wasi
