// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `SizeClassPool<Storage, Smallest, Count>`: block pools of `Count` sizes, each twice the size before. A request is
// served only from the smallest size that fits, so that small requests cannot exhaust the large blocks. Not
// thread-safe. Allocates only through Storage; with `Static<N>` each size has N blocks. Freestanding.
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

// Each size is a base class, because pools cannot be moved into a tuple.
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

  /// A pool of at most `limit` blocks of each size. Allocates nothing yet.
  explicit SizeClassPool(std::uint32_t limit = std::numeric_limits<std::uint32_t>::max(), A allocator = A()) noexcept
      : classes_(limit, allocator) {}

  /// The size of the blocks that serve a request, in bytes. Errors: request_too_large; bad_alignment when `alignment`
  /// is not a power of two, or exceeds 64 or the largest block size.
  static constexpr Result<std::size_t> block_size(std::size_t size, std::size_t alignment = 1) noexcept {
    if (!std::has_single_bit(alignment) || alignment > 64) return fail(ErrorCode::bad_alignment, alignment);
    if (size > largest) return fail(ErrorCode::request_too_large, size, static_cast<std::uint32_t>(largest));
    const std::size_t block = std::bit_ceil(std::max({size, alignment, Smallest}));
    if (block > largest) return fail(ErrorCode::bad_alignment, alignment);
    return block;
  }

  /// Lends a block that shows its first `size` bytes, all zero. Errors: those of block_size and BlockPool::acquire.
  Result<Block> acquire(std::size_t size, std::size_t alignment = 1) noexcept {
    HOLDFAST_TRY_ASSIGN(const std::size_t block_bytes, block_size(size, alignment));
    Result<Block> block = fail(ErrorCode::pool_exhausted);
    with_class(block_bytes, [&](auto& pool) { block = pool.acquire(size); });
    return block;
  }

  /// Calls `visit(pool)` for the pool whose blocks have `block` bytes. `block` is a result of block_size.
  template <class Visitor>
  void with_class(std::size_t block, Visitor&& visit) {
    classes_.for_each([&](auto& pool) {
      if (pool.block_bytes == block) visit(pool);
    });
  }

  /// Frees the memory of all blocks that are not in use.
  void trim() noexcept {
    classes_.for_each([](auto& pool) { pool.trim(); });
  }

  /// Total size of the blocks on loan; counts whole blocks.
  std::size_t bytes_in_use() const noexcept {
    std::size_t bytes = 0;
    classes_.for_each([&](const auto& pool) { bytes += pool.in_use() * pool.block_bytes; });
    return bytes;
  }
  /// Total size of the blocks that have memory, whether on loan or kept.
  std::size_t bytes_with_memory() const noexcept {
    std::size_t bytes = 0;
    classes_.for_each([&](const auto& pool) { bytes += pool.with_memory() * pool.block_bytes; });
    return bytes;
  }
  /// Calls `visit(pool)` for the pool of each size, smallest first.
  template <class Visitor>
  void for_each_class(Visitor&& visit) const {
    classes_.for_each(visit);
  }

 private:
  detail::SizeClasses<Storage, Smallest, std::make_index_sequence<Count>> classes_;
};

}  // namespace holdfast::core
