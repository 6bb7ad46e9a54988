// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For programs that prefer exceptions. The library itself does not throw.
#pragma once

#include <stdexcept>
#include <utility>

#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast {

/// A HostError as an exception; what() is its message.
class HostException : public std::runtime_error {
 public:
  explicit HostException(HostError error) : std::runtime_error(error.message()), error_(std::move(error)) {}
  const HostError& error() const noexcept { return error_; }

 private:
  HostError error_;
};

/// Returns the value of `result`, or throws a HostException with its error.
template <class T>
T value_or_throw(HostResult<T> result) {
  if (!result) throw HostException(std::move(result).error());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

}  // namespace holdfast
