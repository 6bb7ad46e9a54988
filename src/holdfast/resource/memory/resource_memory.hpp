// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ResourceMemory<Storage>`: allocates the memory of managed resources. With a heap, each piece comes from the
// allocator. Without one (`Static<N>`), memory comes from 8 pools with N blocks in all. Blocks have 16 bytes in the
// first pool, twice as many in each next one, and 2 KiB in the last; a request gets a block of the smallest size that
// fits. Not thread-safe. Freestanding.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "holdfast/core/assert.hpp"
#include "holdfast/core/block_pool.hpp"
#include "holdfast/core/size_class_pool.hpp"
#include "holdfast/core/storage.hpp"

namespace holdfast::resource {

inline constexpr std::size_t static_pool_count = 8;
inline constexpr std::uint32_t static_slot_count = 1024;  ///< the usual number for a manager without a heap

template <core::ResourceStorage Storage>
class ResourceMemory;

template <core::Allocator A>
class ResourceMemory<core::Allocated<A>> {
 public:
  explicit ResourceMemory(A allocator) noexcept : allocator_(allocator) {}
  ResourceMemory(const ResourceMemory&) = delete;
  ResourceMemory& operator=(const ResourceMemory&) = delete;
  /// Contract: every block has been given back.
  ~ResourceMemory() { HOLDFAST_ASSERT(in_use_ == 0, "memory outlives its blocks"); }

  /// `size` bytes, all zero. Errors: bad_alignment, out_of_memory. Contract: `size` is not 0.
  Result<core::Block> acquire(std::size_t size, std::size_t alignment) noexcept {
    if (!std::has_single_bit(alignment)) return fail(ErrorCode::bad_alignment, alignment);
    void* const memory = allocator_.allocate(size, alignment);
    if (memory == nullptr) return fail(ErrorCode::out_of_memory, size);
    std::memset(memory, 0, size);
    ++in_use_;
    return core::Block(this, give_back, static_cast<std::byte*>(memory), size,
                       static_cast<std::uint32_t>(std::countr_zero(alignment)));
  }

 private:
  // A block's index is the binary logarithm of its alignment.
  static void give_back(void* owner, const core::Block& block) noexcept {
    auto& memory = *static_cast<ResourceMemory*>(owner);
    memory.allocator_.deallocate(block.bytes().data(), block.size(), std::size_t{1} << block.index());
    --memory.in_use_;
  }

  [[no_unique_address]] A allocator_;
  std::uint32_t in_use_ = 0;
};

template <std::uint32_t N>
class ResourceMemory<core::Static<N>> {
  static constexpr std::uint32_t blocks = (N + static_pool_count - 1) / static_pool_count;

 public:
  explicit ResourceMemory(core::NoAllocator) noexcept {}

  /// `size` bytes, all zero. Errors: request_too_large beyond 2 KiB; bad_alignment; pool_exhausted.
  Result<core::Block> acquire(std::size_t size, std::size_t alignment) noexcept {
    return pools_.acquire(size, alignment);
  }

 private:
  core::SizeClassPool<core::Static<blocks>, 16, static_pool_count> pools_;
};

}  // namespace holdfast::resource
