// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `BlockPool<Storage, BlockBytes>` lends blocks of one size. It keeps returned blocks for later requests (`trim` frees
// them). A `Block` is a block on loan; its destructor returns it to the pool, which must outlive it. The pool zeroes a
// block when it lends it, so that no borrower reads another borrower's data. Not thread-safe. Allocates only through
// Storage, up to its limit of blocks. Freestanding.
//
//   BlockPool<Static<8>, 256> pool;
//   HOLDFAST_TRY_ASSIGN(Block block, pool.acquire(200));   // pool_exhausted while 8 blocks are on loan
//   fill(block.bytes());
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <utility>

#include "holdfast/core/assert.hpp"
#include "holdfast/core/result.hpp"
#include "holdfast/core/storage.hpp"

namespace holdfast::core {

/// Memory on loan from a pool; the destructor returns it. Move-only.
class [[nodiscard]] Block {
 public:
  /// Returns `block` to its pool; `owner` is the pool.
  using GiveBack = void (*)(void* owner, const Block& block) noexcept;

  /// Holds nothing.
  Block() noexcept = default;
  /// Called by pools: lends `size` bytes at `data`; `index` is the pool's own number for the block.
  Block(void* owner, GiveBack give_back, std::byte* data, std::size_t size, std::uint32_t index) noexcept
      : owner_(owner), give_back_(give_back), data_(data), size_(size), index_(index) {}
  Block(Block&& other) noexcept { *this = std::move(other); }
  Block& operator=(Block&& other) noexcept {
    if (this == &other) return *this;
    static_cast<void>(release());
    owner_ = std::exchange(other.owner_, nullptr);
    give_back_ = other.give_back_;
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    index_ = other.index_;
    return *this;
  }
  ~Block() { static_cast<void>(release()); }

  /// The requested number of bytes; empty when nothing is held. Valid until the block is released.
  std::span<std::byte> bytes() const noexcept { return {data_, size_}; }
  std::size_t size() const noexcept { return size_; }
  explicit operator bool() const noexcept { return owner_ != nullptr; }
  std::uint32_t index() const noexcept { return index_; }

  /// Returns the block now. Errors: null_handle when nothing is held, because it was released or moved away.
  Result<void> release() noexcept {
    void* const owner = std::exchange(owner_, nullptr);
    if (owner == nullptr) return fail(ErrorCode::null_handle);
    give_back_(owner, *this);
    data_ = nullptr;
    size_ = 0;
    return {};
  }

 private:
  void* owner_ = nullptr;
  GiveBack give_back_ = nullptr;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::uint32_t index_ = 0;
};

template <ResourceStorage Storage, std::size_t BlockBytes>
class BlockPool {
  static_assert(std::has_single_bit(BlockBytes));
  using A = typename Storage::AllocatorType;

 public:
  /// The alignment of every block, in bytes.
  static constexpr std::size_t alignment = std::min<std::size_t>(BlockBytes, 64);
  static constexpr std::size_t block_bytes = BlockBytes;

  /// A pool of at most `limit` blocks, and at most N with `Static<N>`. Allocates nothing yet.
  explicit BlockPool(std::uint32_t limit = std::numeric_limits<std::uint32_t>::max(), A allocator = A()) noexcept
      : places_(allocator), allocator_(allocator), limit_(std::min(limit, most())) {}
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;
  /// Contract: every block was returned.
  ~BlockPool() {
    HOLDFAST_ASSERT(in_use_ == 0, "a pool must outlive its blocks");
    trim();
    for (std::uint32_t i = 0; i < length_; ++i) std::destroy_at(places_.at(i));
  }

  /// Lends a block that shows its first `size` bytes, all zero. Errors: request_too_large, pool_exhausted,
  /// out_of_memory; then nothing changed.
  Result<Block> acquire(std::size_t size = BlockBytes) noexcept {
    if (size > BlockBytes) return fail(ErrorCode::request_too_large, size, static_cast<std::uint32_t>(BlockBytes));
    HOLDFAST_TRY_ASSIGN(const std::uint32_t index, obtain());
    free_ = places_.at(index)->next_free;
    ++in_use_;
    std::byte* const data = places_.at(index)->bytes.data();
    std::memset(data, 0, size);
    return Block(this, take_back, data, size, index);
  }

  /// Frees the memory of all blocks that are not in use.
  void trim() noexcept {
    for (std::uint32_t i = free_; i != no_place; i = places_.at(i)->next_free) {
      if (places_.at(i)->bytes.data() == nullptr) continue;
      places_.at(i)->bytes.free(allocator_);
      --with_memory_;
    }
  }

  std::uint32_t in_use() const noexcept { return in_use_; }
  /// The number of blocks that have memory, whether in use or kept.
  std::uint32_t with_memory() const noexcept { return with_memory_; }
  std::uint32_t limit() const noexcept { return limit_; }

 private:
  static constexpr std::uint32_t no_place = std::numeric_limits<std::uint32_t>::max();

  struct Place {
    typename Storage::template Bytes<BlockBytes, alignment> bytes;
    std::uint32_t next_free = no_place;
  };

  static constexpr std::uint32_t most() noexcept {
    if constexpr (Storage::has_heap) {
      return no_place;
    } else {
      return Storage::slot_count;
    }
  }

  // Makes sure that the first free place has memory and returns its index.
  Result<std::uint32_t> obtain() noexcept {
    if (free_ == no_place) {
      if (length_ == limit_) return fail(ErrorCode::pool_exhausted, limit_);
      HOLDFAST_TRY(places_.grow(length_ + 1));
      std::construct_at(places_.at(length_));
      free_ = length_++;
    }
    Place& place = *places_.at(free_);
    if (place.bytes.data() == nullptr) {
      HOLDFAST_TRY(place.bytes.resize(allocator_, BlockBytes));
      ++with_memory_;
    }
    return free_;
  }

  static void take_back(void* owner, const Block& block) noexcept {
    auto& pool = *static_cast<BlockPool*>(owner);
    pool.places_.at(block.index())->next_free = pool.free_;
    pool.free_ = block.index();
    --pool.in_use_;
  }

  typename Storage::template Slots<Place> places_;
  [[no_unique_address]] A allocator_;
  std::uint32_t limit_;
  std::uint32_t length_ = 0;  // places that were ever used
  std::uint32_t free_ = no_place;
  std::uint32_t in_use_ = 0;
  std::uint32_t with_memory_ = 0;
};

}  // namespace holdfast::core
