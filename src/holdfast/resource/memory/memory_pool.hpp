// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `MemoryPool<Storage>`: memory in blocks of 4 KiB, each with its own protection and a handle. Blocks are zeroed when
// they are allocated; the memory of blocks that are given back is kept for later ones (`trim` frees it). Bounded by
// options.max_blocks, and with `Static<N>` by N. Not thread-safe. Allocates only through Storage. Freestanding.
//
//   MemoryPool<Static<8>> pool;                                      // 8 blocks, no heap
//   HOLDFAST_TRY_ASSIGN(const auto handle, pool.allocate());         // pool_exhausted when 8 are in use
//   HOLDFAST_TRY_ASSIGN(MemoryBlock* const block, pool.get(handle));
//   HOLDFAST_TRY(block->write(100, bytes));
//   block->protect(read_access);                                       // write: access_denied from now on
//   HOLDFAST_TRY(pool.deallocate(handle));                           // a second time: stale_handle
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "holdfast/core/block_pool.hpp"
#include "holdfast/resource/memory/memory.hpp"
#include "holdfast/resource/tables/table.hpp"

namespace holdfast::resource {

inline constexpr std::size_t memory_block_bytes = 4096;

/// A block in use.
class MemoryBlock : public ProtectedMemory {
 public:
  MemoryBlock(core::Block block, Protection protection) noexcept
      : ProtectedMemory(block.bytes(), protection), block_(std::move(block)) {}

 private:
  core::Block block_;
};

struct MemoryPoolOptions {
  std::uint32_t max_blocks = std::numeric_limits<std::uint32_t>::max();
  ResourceLimiter* budget = nullptr;  ///< charged one of Dimension::resources and 4096 host_bytes for each block in use
};

template <core::ResourceStorage Storage = core::Dynamic>
class MemoryPool {
  using A = typename Storage::AllocatorType;

 public:
  using BlockHandle = Handle<MemoryBlock>;

  /// Allocates nothing yet.
  explicit MemoryPool(const MemoryPoolOptions& options = {}, A allocator = A()) noexcept
      : budget_(options.budget), blocks_(options.max_blocks, allocator), table_(options.budget, {}, allocator) {}
  /// Deallocates all blocks.
  ~MemoryPool() {
    while (!table_.empty()) static_cast<void>(deallocate((*table_.begin()).handle));
  }

  /// Allocates a block, all zero. Errors: pool_exhausted, over_budget, out_of_memory; then nothing changed.
  Result<BlockHandle> allocate(Protection protection = all_access) {
    Reservation charge;
    if (budget_ != nullptr) {
      HOLDFAST_TRY_ASSIGN(charge, budget_->reserve(Dimension::host_bytes, memory_block_bytes));
    }
    HOLDFAST_TRY_ASSIGN(auto block, blocks_.acquire());
    const auto handle = table_.emplace(std::move(block), protection);
    if (handle) charge.keep();
    return handle;
  }

  /// The block, valid until it is deallocated. Errors: null_handle, foreign_handle, stale_handle.
  Result<MemoryBlock*> get(BlockHandle handle) { return table_.get(handle); }

  /// Gives the block back. Errors: those of get; then nothing changed.
  Result<void> deallocate(BlockHandle handle) {
    HOLDFAST_TRY(table_.remove(handle));
    if (budget_ != nullptr) budget_->give_back(Dimension::host_bytes, memory_block_bytes);
    return {};
  }

  /// Frees the memory of blocks that are not in use.
  void trim() noexcept { blocks_.trim(); }

  std::uint32_t in_use() const noexcept { return blocks_.in_use(); }
  /// The number of blocks with memory, in use or kept.
  std::uint32_t with_memory() const noexcept { return blocks_.with_memory(); }
  std::uint32_t limit() const noexcept { return blocks_.limit(); }

 private:
  ResourceLimiter* budget_;
  core::BlockPool<Storage, memory_block_bytes> blocks_;
  ResourceTable<MemoryBlock, Storage> table_;  // last: gives its blocks back before their pool is destroyed
};

}  // namespace holdfast::resource
