// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `SizeClassPool<Storage, Smallest, Count>`: block pools of `Count` sizes, each twice the one before; a request gets
// the smallest size that fits, and no other, so that nobody's small requests use up the large blocks. Not thread-safe.
// Allocates through Storage only; with `Static<N>` each size has N blocks. Freestanding.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "holdfast/core/block_pool.hpp"

namespace holdfast::core {

namespace detail {

template <class Storage, std::size_t BlockBytes>
struct SizeClass {
  BlockPool<Storage, BlockBytes> pool;
  template <class A>
  SizeClass(std::uint32_t limit, const A& allocator) noexcept : pool(limit, allocator) {}
};

// All sizes as bases of one class: pools cannot be moved into a tuple.
template <class Storage, std::size_t Smallest, class Indices>
struct SizeClasses;
template <class Storage, std::size_t Smallest, std::size_t... I>
struct SizeClasses<Storage, Smallest, std::index_sequence<I...>> : SizeClass<Storage, (Smallest << I)>... {
  template <class A>
  SizeClasses(std::uint32_t limit, const A& allocator) noexcept
      : SizeClass<Storage, (Smallest << I)>(limit, allocator)... {}

  template <class Visitor>
  void for_each(Visitor&& visit) {
    (visit(static_cast<SizeClass<Storage, (Smallest << I)>&>(*this).pool), ...);
  }
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    (visit(static_cast<const SizeClass<Storage, (Smallest << I)>&>(*this).pool), ...);
  }
};

}  // namespace detail

template <ResourceStorage Storage, std::size_t Smallest, std::size_t Count>
class SizeClassPool {
  static_assert(std::has_single_bit(Smallest) && Count > 0);
  using A = typename Storage::AllocatorType;

 public:
  static constexpr std::size_t class_count = Count;
  static constexpr std::size_t largest = Smallest << (Count - 1);

  /// At most `limit` blocks of each size. Allocates nothing yet.
  explicit SizeClassPool(std::uint32_t limit = std::numeric_limits<std::uint32_t>::max(), A allocator = A()) noexcept
      : classes_(limit, allocator) {}

  /// The size of the blocks that serve a request. Errors: request_too_large; bad_alignment, when it is no power of two
  /// or more than blocks have (64, and their size).
  static constexpr Result<std::size_t> block_size(std::size_t size, std::size_t alignment = 1) noexcept {
    if (!std::has_single_bit(alignment) || alignment > 64) return fail(ErrorCode::bad_alignment, alignment);
    if (size > largest) return fail(ErrorCode::request_too_large, size, static_cast<std::uint32_t>(largest));
    const std::size_t block = std::bit_ceil(std::max({size, alignment, Smallest}));
    if (block > largest) return fail(ErrorCode::bad_alignment, alignment);
    return block;
  }

  /// Lends a block of which `size` bytes are shown, all zero. Errors: those of block_size, and of BlockPool::acquire.
  Result<Block> acquire(std::size_t size, std::size_t alignment = 1) noexcept {
    HOLDFAST_TRY_ASSIGN(const std::size_t wanted, block_size(size, alignment));
    Result<Block> block = fail(ErrorCode::pool_exhausted);
    with_class(wanted, [&](auto& pool) { block = pool.acquire(size); });
    return block;
  }

  /// Calls `visit(pool)` for the pool of blocks of `block` bytes, a result of block_size.
  template <class Visitor>
  void with_class(std::size_t block, Visitor&& visit) {
    classes_.for_each([&](auto& pool) {
      if (pool.block_bytes == block) visit(pool);
    });
  }

  /// Lets go of the memory of all blocks that are not in use.
  void trim() noexcept {
    classes_.for_each([](auto& pool) { pool.trim(); });
  }

  /// Bytes of the blocks that are out, whole blocks.
  std::size_t bytes_in_use() const noexcept {
    std::size_t bytes = 0;
    classes_.for_each([&](const auto& pool) { bytes += pool.in_use() * pool.block_bytes; });
    return bytes;
  }
  /// Bytes of the blocks that have memory, out or kept.
  std::size_t bytes_with_memory() const noexcept {
    std::size_t bytes = 0;
    classes_.for_each([&](const auto& pool) { bytes += pool.with_memory() * pool.block_bytes; });
    return bytes;
  }
  /// Calls `visit(pool)` for the pool of each size, the smallest first.
  template <class Visitor>
  void for_each_class(Visitor&& visit) const {
    classes_.for_each(visit);
  }

 private:
  detail::SizeClasses<Storage, Smallest, std::make_index_sequence<Count>> classes_;
};

}  // namespace holdfast::core
