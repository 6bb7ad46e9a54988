// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The messages of a store's error contexts. Handles refer to them by number. The specification lets a host shorten or
// drop messages, so the memory they use is bounded. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace holdfast::runtime {

class ErrorContexts {
 public:
  /// Limit for all messages of a store together, in bytes. A message that does not fit is stored empty.
  static constexpr std::size_t most_bytes = std::size_t{1} << 20;

  /// Returns the number of the new error context.
  std::uint32_t add(std::string message);
  /// Contract: `id` was added and not removed. The reference is valid until the next call of `add` or `remove`.
  const std::string& message(std::uint32_t id) const noexcept { return messages_[id]; }
  void remove(std::uint32_t id) noexcept;

 private:
  std::vector<std::string> messages_;
  std::vector<std::uint32_t> free_;
  std::size_t bytes_ = 0;
};

}  // namespace holdfast::runtime
