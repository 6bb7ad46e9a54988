// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For programs that prefer exceptions; the library itself throws none.
#pragma once

#include <stdexcept>
#include <utility>

#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast {

/// Carries the whole HostError.
class HostException : public std::runtime_error {
 public:
  explicit HostException(HostError error) : std::runtime_error(error.message()), error_(std::move(error)) {}
  const HostError& error() const noexcept { return error_; }

 private:
  HostError error_;
};

/// The value of `result`; throws HostException when there is none.
template <class T>
T value_or_throw(HostResult<T> result) {
  if (!result) throw HostException(std::move(result).error());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

}  // namespace holdfast
