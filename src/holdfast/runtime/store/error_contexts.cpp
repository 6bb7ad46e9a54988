// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/store/error_contexts.hpp"

#include <utility>

namespace holdfast::runtime {
namespace {

/// Empties `text` and frees its memory, unlike clear() or an assignment.
void release(std::string& text) noexcept { std::string().swap(text); }

}  // namespace

std::uint32_t ErrorContexts::add(std::string message) {
  if (message.size() > most_bytes - bytes_) release(message);
  message.shrink_to_fit();
  bytes_ += message.size();
  if (free_.empty()) {
    messages_.push_back(std::move(message));
    free_.reserve(messages_.capacity());  // so that `remove` never allocates
    return static_cast<std::uint32_t>(messages_.size() - 1);
  }
  const std::uint32_t id = free_.back();
  free_.pop_back();
  messages_[id] = std::move(message);
  return id;
}

void ErrorContexts::remove(std::uint32_t id) noexcept {
  bytes_ -= messages_[id].size();
  release(messages_[id]);
  free_.push_back(id);
}

}  // namespace holdfast::runtime
