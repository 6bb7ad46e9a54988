// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/testing/mock_guest.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace holdfast::abi::testing {

namespace {
constexpr std::uint32_t index_offset = 100;
}

MockGuest::MockGuest(const component::InterfaceTypes& types, std::size_t memory_size,
                     component::StringEncoding encoding)
    : memory_(std::make_unique<std::byte[]>(memory_size)),
      context_{.types = types,
               .memory = {memory_.get(), memory_size},
               .encoding = encoding,
               .guest = this,
               .lift_allowance = std::uint64_t{1} << 30} {}

void MockGuest::move_memory(std::size_t size) {
  auto moved = std::make_unique<std::byte[]>(size);
  std::memcpy(moved.get(), memory_.get(), context_.memory.size);
  // A stale view now reads garbage, and an address sanitizer reports it.
  std::memset(memory_.get(), 0xdd, context_.memory.size);
  memory_ = std::move(moved);
  context_.memory = {memory_.get(), size};
}

Result<std::uint32_t> MockGuest::reallocate(std::uint32_t old_pointer, std::uint32_t old_size, std::uint32_t alignment,
                                            std::uint32_t new_size) {
  calls.push_back({old_pointer, old_size, alignment, new_size});
  if (fail_after && (*fail_after)-- == 0) return fail(ErrorCode::call_failed);
  if (old_size != 0 && new_size <= old_size) {
    move_memory(context_.memory.size);
    return old_pointer;
  }
  const std::uint32_t pointer = (next_free + alignment - 1) & ~(alignment - 1);
  next_free = pointer + new_size;
  move_memory(std::max<std::size_t>(context_.memory.size, next_free));
  std::memcpy(memory_.get() + pointer, memory_.get() + old_pointer, std::min(old_size, new_size));
  return pointer;
}

Result<HandleToken> MockGuest::lift_own(component::ResourceSlot, std::uint32_t index) {
  if (owned.erase(index) == 0) return fail(ErrorCode::unknown_handle, index);
  return HandleToken{index - index_offset};
}

Result<HandleToken> MockGuest::lift_borrow(component::ResourceSlot, std::uint32_t index) {
  if (!owned.contains(index) && !borrowed.contains(index)) return fail(ErrorCode::unknown_handle, index);
  return HandleToken{index - index_offset};
}

Result<std::uint32_t> MockGuest::lower_own(component::ResourceSlot, HandleToken token) {
  const auto index = static_cast<std::uint32_t>(token.bits) + index_offset;
  owned.insert(index);
  return index;
}

Result<std::uint32_t> MockGuest::lower_borrow(component::ResourceSlot, HandleToken token) {
  const auto index = static_cast<std::uint32_t>(token.bits) + index_offset;
  borrowed.insert(index);
  return index;
}

std::vector<std::uint8_t> MockGuest::bytes(std::uint32_t pointer, std::size_t size) const {
  std::vector<std::uint8_t> result(size);
  if (size != 0) std::memcpy(result.data(), memory_.get() + pointer, size);
  return result;
}

void MockGuest::write(std::uint32_t pointer, const std::vector<std::uint8_t>& bytes) {
  if (!bytes.empty()) std::memcpy(memory_.get() + pointer, bytes.data(), bytes.size());
}

}  // namespace holdfast::abi::testing
