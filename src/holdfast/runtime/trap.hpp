// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Trap`: what a host function returns (as the error of a std::expected) or throws to end the guest's call.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace holdfast {

class Trap : public std::exception {
 public:
  explicit Trap(std::string message) : message_(std::move(message)) {}
  const std::string& message() const noexcept { return message_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

}  // namespace holdfast
