// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The messages of a store's error contexts. Handles refer to them by number; the specification lets a host shorten or
// drop messages, so that they take a bounded part of the host's memory. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace holdfast::runtime {

class ErrorContexts {
 public:
  /// All messages of a store together, bytes; what would be beyond is dropped.
  static constexpr std::size_t most_bytes = std::size_t{1} << 20;

  std::uint32_t add(std::string message);
  /// Contract: added, and not removed since. Valid until the next call.
  const std::string& message(std::uint32_t id) const noexcept { return messages_[id]; }
  void remove(std::uint32_t id) noexcept;

 private:
  std::vector<std::string> messages_;
  std::vector<std::uint32_t> free_;
  std::size_t bytes_ = 0;
};

}  // namespace holdfast::runtime
