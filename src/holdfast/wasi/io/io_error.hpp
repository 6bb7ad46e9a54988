// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wasi:io/error, and the two ways in which a stream operation fails. Plain values; an IoError that is passed to a guest
// becomes a resource of its store.
#pragma once

#include <array>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "holdfast/abi/type_traits.hpp"

namespace holdfast::wasi {

/// The resource `error`: an error of the operating system, or a message of the host.
class IoError {
 public:
  IoError() = default;
  /// `system_error`: an errno value.
  explicit IoError(int system_error);
  explicit IoError(std::string message) : message_(std::move(message)) {}

  /// One line for people; `to-debug-string` returns it too.
  const std::string& message() const noexcept { return message_; }
  /// The errno value, which other interfaces translate into their own codes; 0 if the error is not from the system.
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
