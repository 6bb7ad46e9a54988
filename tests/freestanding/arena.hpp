// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An allocator such as a program without an operating system may use. It cuts blocks whose sizes are powers of two from
// a fixed block of memory, and keeps freed blocks in one list per size. Counts the bytes in use and fails past a limit.
// Not thread-safe.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <new>

namespace holdfast::freestanding {

class Arena {
 public:
  Arena() noexcept : Arena(size) {}
  /// `limit`: most bytes that may be in use at once.
  explicit Arena(std::size_t limit) noexcept : limit_(limit) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
    if (bytes > limit_ - used_) return nullptr;
    const std::size_t block = block_for(bytes, alignment);
    Free*& list = free_[static_cast<std::size_t>(std::countr_zero(block))];
    void* memory = nullptr;
    if (list != nullptr) {
      memory = list;
      list = list->next;
    } else {
      const std::size_t begin = (taken_ + block - 1) & ~(block - 1);
      if (begin > size || block > size - begin) return nullptr;
      memory = memory_ + begin;
      taken_ = begin + block;
    }
    used_ += bytes;
    return memory;
  }

  void deallocate(void* memory, std::size_t bytes, std::size_t alignment) noexcept {
    Free*& list = free_[static_cast<std::size_t>(std::countr_zero(block_for(bytes, alignment)))];
    list = new (memory) Free{list};
    used_ -= bytes;
  }

  /// Requested bytes that are in use.
  std::size_t used() const noexcept { return used_; }

 private:
  static constexpr std::size_t size = 256 * 1024;
  struct Free {
    Free* next;
  };

  static std::size_t block_for(std::size_t bytes, std::size_t alignment) noexcept {
    return std::bit_ceil(std::max({bytes, alignment, sizeof(Free)}));
  }

  std::size_t limit_;
  std::size_t used_ = 0;
  std::size_t taken_ = 0;
  std::array<Free*, 32> free_{};
  alignas(64) std::byte memory_[size];
};

/// The arena that the tests' containers allocate from.
inline Arena shared_arena;

/// A core::Allocator that refers to an arena.
struct ArenaAllocator {
  Arena* arena = &shared_arena;

  void* allocate(std::size_t bytes, std::size_t alignment) noexcept { return arena->allocate(bytes, alignment); }
  void deallocate(void* memory, std::size_t bytes, std::size_t alignment) noexcept {
    arena->deallocate(memory, bytes, alignment);
  }
};

}  // namespace holdfast::freestanding
