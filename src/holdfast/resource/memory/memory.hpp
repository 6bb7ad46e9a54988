// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ProtectedMemory`: bytes that can be read and written only as their protection allows and within their bounds. The
// base of MemoryBlock and MemoryRegion. These functions enforce the protection, not the processor: a view that was
// granted stays usable after the protection changes. Owns nothing. Not thread-safe, allocates nothing. Freestanding.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>

#include "holdfast/core/result.hpp"

namespace holdfast::resource {

/// The accesses that a memory allows. There is no "execute", because nothing here runs code from memory.
struct Protection {
  bool read = true;
  bool write = true;
  friend constexpr bool operator==(Protection, Protection) = default;
};
inline constexpr Protection all_access{};
inline constexpr Protection read_access{.read = true, .write = false};
inline constexpr Protection no_access{.read = false, .write = false};

class ProtectedMemory {
 public:
  // Errors of all functions below: access_denied; access_out_of_bounds, with length and offset. On error nothing is
  // copied.

  /// Copies bytes, starting at `offset`, to `into`.
  Result<void> read(std::size_t offset, std::span<std::byte> into) const noexcept {
    if (!protection_.read) return fail(ErrorCode::access_denied);
    HOLDFAST_TRY(check(offset, into.size()));
    if (!into.empty()) std::memcpy(into.data(), bytes_.data() + offset, into.size());
    return {};
  }
  /// Copies `from` to the memory, starting at `offset`.
  Result<void> write(std::size_t offset, std::span<const std::byte> from) noexcept {
    if (!protection_.write) return fail(ErrorCode::access_denied);
    HOLDFAST_TRY(check(offset, from.size()));
    if (!from.empty()) std::memcpy(bytes_.data() + offset, from.data(), from.size());
    return {};
  }
  /// All bytes, for reading; valid until the memory is grown or given back.
  Result<std::span<const std::byte>> view() const noexcept {
    if (!protection_.read) return fail(ErrorCode::access_denied);
    return bytes_;
  }
  /// All bytes, for reading and writing; valid until the memory is grown or given back.
  Result<std::span<std::byte>> view_for_writing() noexcept {
    if (!protection_.read || !protection_.write) return fail(ErrorCode::access_denied);
    return bytes_;
  }

  std::size_t size() const noexcept { return bytes_.size(); }
  Protection protection() const noexcept { return protection_; }
  /// Applies from now on; views that were granted stay usable.
  void protect(Protection protection) noexcept { protection_ = protection; }

 protected:
  ProtectedMemory(std::span<std::byte> bytes, Protection protection) noexcept
      : bytes_(bytes), protection_(protection) {}
  ~ProtectedMemory() = default;
  void show(std::span<std::byte> bytes) noexcept { bytes_ = bytes; }
  std::span<std::byte> bytes() const noexcept { return bytes_; }

 private:
  Result<void> check(std::size_t offset, std::size_t length) const noexcept {
    if (offset <= bytes_.size() && length <= bytes_.size() - offset) return {};
    constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
    return fail(ErrorCode::access_out_of_bounds, length, static_cast<std::uint32_t>(std::min(offset, most)));
  }

  std::span<std::byte> bytes_;
  Protection protection_;
};

}  // namespace holdfast::resource
