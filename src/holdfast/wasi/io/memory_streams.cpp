// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/io/memory_streams.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::wasi {
namespace {

class StringSource final : public ByteSource {
 public:
  explicit StringSource(std::string content) : content_(std::move(content)) {}
  StreamResult<std::size_t> read(std::span<std::uint8_t> buffer) override {
    if (position_ == content_.size()) return std::unexpected(StreamError::closed());
    const auto part = std::string_view(content_).substr(position_, buffer.size());
    std::ranges::copy(part, buffer.begin());
    position_ += part.size();
    return part.size();
  }

 private:
  std::string content_;
  std::size_t position_ = 0;
};

class FunctionSink final : public ByteSink {
 public:
  explicit FunctionSink(std::function<void(std::string_view)> writer) : writer_(std::move(writer)) {}
  StreamResult<std::size_t> write(std::span<const std::uint8_t> bytes) override {
    try {
      writer_(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    } catch (const std::exception& thrown) {
      return std::unexpected(StreamError::failed(IoError(thrown.what())));
    }
    return bytes.size();
  }

 private:
  std::function<void(std::string_view)> writer_;
};

class DiscardingSink final : public ByteSink {
 public:
  StreamResult<std::size_t> write(std::span<const std::uint8_t> bytes) override { return bytes.size(); }
};

}  // namespace

std::unique_ptr<ByteSource> make_string_source(std::string content) {
  return std::make_unique<StringSource>(std::move(content));
}

std::unique_ptr<ByteSink> make_function_sink(std::function<void(std::string_view)> writer) {
  return std::make_unique<FunctionSink>(std::move(writer));
}

std::unique_ptr<ByteSink> make_discarding_sink() { return std::make_unique<DiscardingSink>(); }

}  // namespace holdfast::wasi
