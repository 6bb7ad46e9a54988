// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wasi:io/error, and the two ways in which a stream's operation fails. Values; an IoError given to a guest becomes a
// resource of its store.
#pragma once

#include <array>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "holdfast/abi/type_traits.hpp"

namespace holdfast::wasi {

/// The resource `error`: what the operating system said, or a message of the host's own.
class IoError {
 public:
  IoError() = default;
  /// `system_error`: an errno value.
  explicit IoError(int system_error);
  explicit IoError(std::string message) : message_(std::move(message)) {}

  /// For people, one line; also the function `to-debug-string`.
  const std::string& message() const noexcept { return message_; }
  /// The errno value, for interfaces that give it their own code; 0 when it did not come from the system.
  int system_error() const noexcept { return system_error_; }

 private:
  int system_error_ = 0;
  std::string message_;
};

/// The variant `stream-error`: last-operation-failed(error), or closed.
struct StreamError {
  std::variant<IoError, std::monostate> value = std::monostate{};

  static StreamError closed() { return {}; }
  static StreamError failed(IoError error) { return StreamError{std::move(error)}; }
  static StreamError failed(int system_error) { return failed(IoError(system_error)); }
  bool is_closed() const noexcept { return std::holds_alternative<std::monostate>(value); }
};

template <class T>
using StreamResult = std::expected<T, StreamError>;

}  // namespace holdfast::wasi

template <>
struct holdfast::TypeTraits<holdfast::wasi::StreamError> {
  static constexpr std::array<std::string_view, 2> cases{"last-operation-failed", "closed"};
  static constexpr auto storage = &holdfast::wasi::StreamError::value;
};
