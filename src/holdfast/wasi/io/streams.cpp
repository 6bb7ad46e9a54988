// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/io/streams.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace holdfast::wasi {
namespace {

constexpr std::array<std::uint8_t, stream_chunk> zeroes{};

Trap trap(std::string message) { return Trap(std::move(message)); }

OrTrap<void> check_children(const Children& children, const char* stream) {
  if (!children.any()) return {};
  return std::unexpected(trap(std::string(stream) + " was dropped before its pollables"));
}

OrTrap<void> check_blocking_limit(std::uint64_t length) {
  if (length <= blocking_write_limit) return {};
  return std::unexpected(trap("a blocking write of " + std::to_string(length) + " bytes exceeds the limit of " +
                              std::to_string(blocking_write_limit)));
}

}  // namespace

// --- InputChannel ---

StreamResult<std::vector<std::uint8_t>> InputChannel::read(std::uint64_t length) {
  const std::lock_guard lock(mutex_);
  if (closed_) return std::unexpected(StreamError::closed());
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(std::min<std::uint64_t>(length, stream_chunk)));
  if (bytes.empty()) return bytes;
  auto count = source_->read(bytes);
  if (!count) {
    closed_ = true;
    return std::unexpected(std::move(count).error());
  }
  bytes.resize(*count);
  return bytes;
}

WaitFor InputChannel::wait_for() {
  const std::lock_guard lock(mutex_);
  return closed_ ? WaitFor::nothing() : source_->readable();
}

// --- OutputChannel ---

std::unexpected<StreamError> OutputChannel::close_with(StreamError error) {
  closed_ = true;
  buffer_.clear();
  sent_ = 0;
  return std::unexpected(std::move(error));
}

StreamResult<void> OutputChannel::drain() {
  if (closed_) return std::unexpected(StreamError::closed());
  while (buffered() != 0) {
    auto count = sink_->write(std::span(buffer_).subspan(sent_));
    if (!count) return close_with(std::move(count).error());
    if (*count == 0) return {};
    sent_ += *count;
  }
  buffer_.clear();
  sent_ = 0;
  return {};
}

StreamResult<std::uint64_t> OutputChannel::permit() {
  const std::lock_guard lock(mutex_);
  HOLDFAST_TRY(drain());
  return buffered() == 0 ? stream_chunk : 0;
}

StreamResult<void> OutputChannel::write(std::span<const std::uint8_t> bytes) {
  const std::lock_guard lock(mutex_);
  HOLDFAST_TRY(drain());
  while (buffered() == 0 && !bytes.empty()) {
    auto count = sink_->write(bytes);
    if (!count) return close_with(std::move(count).error());
    if (*count == 0) break;
    bytes = bytes.subspan(*count);
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  return {};
}

StreamResult<bool> OutputChannel::flush() {
  const std::lock_guard lock(mutex_);
  HOLDFAST_TRY(drain());
  return buffered() == 0;
}

WaitFor OutputChannel::wait_for() {
  const std::lock_guard lock(mutex_);
  if (!drain() || buffered() == 0) return WaitFor::nothing();
  return sink_->writable();
}

// --- InputStream ---

OrTrap<StreamResult<std::vector<std::uint8_t>>> InputStream::blocking_read(Caller& caller, std::uint64_t length) {
  while (true) {
    auto bytes = channel_->read(length);
    if (!bytes || !bytes->empty() || length == 0) return bytes;
    HOLDFAST_TRY(wait_until_ready(caller, *channel_));
  }
}

StreamResult<std::uint64_t> InputStream::skip(std::uint64_t length) {
  HOLDFAST_TRY_ASSIGN(const auto bytes, channel_->read(length));
  return bytes.size();
}

OrTrap<StreamResult<std::uint64_t>> InputStream::blocking_skip(Caller& caller, std::uint64_t length) {
  HOLDFAST_TRY_ASSIGN(auto bytes, blocking_read(caller, length));
  if (!bytes) return StreamResult<std::uint64_t>(std::unexpected(std::move(bytes).error()));
  return bytes->size();
}

OrTrap<void> InputStream::cleanup() { return check_children(children_, "an input-stream"); }

// --- OutputStream ---

StreamResult<std::uint64_t> OutputStream::check_write() {
  auto permit = channel_->permit();
  permitted_ = permit.value_or(0);
  return permit;
}

OrTrap<void> OutputStream::use_permit(std::uint64_t length) {
  if (length > permitted_) {
    return std::unexpected(trap(std::to_string(length) +
                                " bytes were written to an output-stream; check-write permitted " +
                                std::to_string(permitted_)));
  }
  permitted_ -= length;
  return {};
}

OrTrap<StreamResult<void>> OutputStream::write(std::span<const std::uint8_t> bytes) {
  HOLDFAST_TRY(use_permit(bytes.size()));
  return channel_->write(bytes);
}

OrTrap<StreamResult<void>> OutputStream::write_zeroes(std::uint64_t length) {
  HOLDFAST_TRY(use_permit(length));
  return channel_->write(std::span(zeroes).first(static_cast<std::size_t>(length)));
}

OrTrap<StreamResult<void>> OutputStream::blocking_write_and_flush(Caller& caller, std::span<const std::uint8_t> bytes) {
  HOLDFAST_TRY(check_blocking_limit(bytes.size()));
  HOLDFAST_TRY_ASSIGN(auto flushed, wait_until_flushed(caller, *channel_));
  if (!flushed) return flushed;
  if (auto written = channel_->write(bytes); !written) return written;
  return wait_until_flushed(caller, *channel_);
}

OrTrap<StreamResult<void>> OutputStream::blocking_write_zeroes_and_flush(Caller& caller, std::uint64_t length) {
  HOLDFAST_TRY(check_blocking_limit(length));
  return blocking_write_and_flush(caller, std::span(zeroes).first(static_cast<std::size_t>(length)));
}

StreamResult<void> OutputStream::flush() {
  HOLDFAST_TRY(channel_->flush());
  return {};
}

OrTrap<StreamResult<void>> OutputStream::blocking_flush(Caller& caller) {
  return wait_until_flushed(caller, *channel_);
}

StreamResult<std::uint64_t> OutputStream::splice(InputStream& source, std::uint64_t length) {
  HOLDFAST_TRY_ASSIGN(const std::uint64_t permit, channel_->permit());
  HOLDFAST_TRY_ASSIGN(const auto bytes, source.read(std::min(permit, length)));
  HOLDFAST_TRY(channel_->write(bytes));
  return bytes.size();
}

OrTrap<StreamResult<std::uint64_t>> OutputStream::blocking_splice(Caller& caller, InputStream& source,
                                                                  std::uint64_t length) {
  HOLDFAST_TRY_ASSIGN(auto flushed, wait_until_flushed(caller, *channel_));
  if (!flushed) return StreamResult<std::uint64_t>(std::unexpected(std::move(flushed).error()));
  if (length != 0) HOLDFAST_TRY(wait_until_ready(caller, source.channel()));
  return splice(source, length);
}

OrTrap<void> OutputStream::cleanup() { return check_children(children_, "an output-stream"); }

OrTrap<StreamResult<void>> wait_until_flushed(Caller& caller, OutputChannel& channel) {
  while (true) {
    const auto flushed = channel.flush();
    if (!flushed) return StreamResult<void>(std::unexpected(flushed.error()));
    if (*flushed) return StreamResult<void>();
    HOLDFAST_TRY(wait_until_ready(caller, channel));
  }
}

}  // namespace holdfast::wasi
