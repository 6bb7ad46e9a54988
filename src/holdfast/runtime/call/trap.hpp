// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a host function ends the guest's call.
// `Trap`, returned (as the error of a std::expected) or thrown, closes the guest's instances. Its kind is `limit` when
// a limit was exceeded rather than a rule broken. `Exit`, thrown when the guest asks to exit, makes the call fail with
// an error that has an exit code. No instance is closed.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast {

class Trap : public std::exception {
 public:
  explicit Trap(std::string message, ErrorKind kind = ErrorKind::trap) : kind_(kind), message_(std::move(message)) {}
  ErrorKind kind() const noexcept { return kind_; }
  const std::string& message() const noexcept { return message_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  ErrorKind kind_;
  std::string message_;
};

class Exit : public std::exception {
 public:
  explicit Exit(int code) noexcept : code_(code) {}
  int code() const noexcept { return code_; }
  const char* what() const noexcept override { return "the guest exited"; }

 private:
  int code_;
};

}  // namespace holdfast
