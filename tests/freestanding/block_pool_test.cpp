// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/core/block_pool.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "check.hpp"
#include "environment.hpp"

namespace holdfast::core {
namespace {

bool all_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

using Pool = BlockPool<freestanding::Storage<4>, 64>;

TEST(BlockPool, ABlockIsReturnedByItsDestructorAndLentAgain) {
  Pool pool(4);
  const std::byte* address = nullptr;
  {
    auto block = pool.acquire(40);
    ASSERT_TRUE(block);
    EXPECT_EQ(block->bytes().size(), 40u);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block->bytes().data()) % 64, 0u);
    address = block->bytes().data();
    EXPECT_EQ(pool.in_use(), 1u);
    std::ranges::fill(block->bytes(), std::byte{0xff});
  }
  EXPECT_EQ(pool.in_use(), 0u);
  const auto again = pool.acquire();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->bytes().data(), address);
  EXPECT_TRUE(all_zero(again->bytes())) << "a borrower does not see another borrower's data";
  EXPECT_EQ(pool.with_memory(), 1u);
}

TEST(BlockPool, FailedRequestsChangeNothing) {
  Pool pool(4);
  EXPECT_EQ(pool.acquire(65).error(), make_error(ErrorCode::request_too_large, 65, 64));
  EXPECT_EQ(pool.with_memory(), 0u);
  Block blocks[4];
  for (Block& block : blocks) block = *pool.acquire();
  EXPECT_EQ(pool.acquire().error(), make_error(ErrorCode::pool_exhausted, 4));
  EXPECT_EQ(pool.in_use(), 4u);
  ASSERT_TRUE(blocks[2].release());
  EXPECT_TRUE(pool.acquire());
}

TEST(BlockPool, ReleasingTwiceIsAnError) {
  Pool pool(4);
  Block block = *pool.acquire();
  Block moved(std::move(block));
  EXPECT_EQ(block.release().error().code, ErrorCode::null_handle);  // NOLINT(bugprone-use-after-move): on purpose
  EXPECT_TRUE(moved);
  ASSERT_TRUE(moved.release());
  EXPECT_FALSE(moved);
  EXPECT_TRUE(moved.bytes().empty());
  EXPECT_EQ(moved.release().error().code, ErrorCode::null_handle);
  EXPECT_EQ(pool.in_use(), 0u);
}

TEST(BlockPool, TrimFreesUnusedBlocks) {
  Pool pool(4);
  Block kept = *pool.acquire();
  ASSERT_TRUE((*pool.acquire()).release());
  EXPECT_EQ(pool.with_memory(), 2u);
  pool.trim();
  pool.trim();
  EXPECT_EQ(pool.with_memory(), 1u);
  Block again = *pool.acquire();
  EXPECT_EQ(pool.with_memory(), 2u);
}

#if HOLDFAST_ENVIRONMENT_ALLOCATOR
TEST(BlockPool, AFailedAllocationChangesNothing) {
  freestanding::Arena arena(900);
  {
    BlockPool<freestanding::Storage<4>, 512> pool(4, {&arena});
    Block first = *pool.acquire();  // the block and the list of places take more than half of the arena
    const std::size_t used = arena.used();
    EXPECT_EQ(pool.acquire().error(), make_error(ErrorCode::out_of_memory, 512));
    EXPECT_EQ(arena.used(), used);
    EXPECT_EQ(pool.in_use(), 1u);
    EXPECT_EQ(pool.with_memory(), 1u);
    ASSERT_TRUE(first.release());
    EXPECT_TRUE(pool.acquire());
  }
  EXPECT_EQ(arena.used(), 0u);
}
#endif

TEST(BlockPool, AStaticPoolIsLimitedToItsBlocks) {
  BlockPool<Static<2>, 16> pool;
  EXPECT_EQ(pool.limit(), 2u);
  Block a = *pool.acquire();
  Block b = *pool.acquire();
  EXPECT_EQ(pool.acquire().error(), make_error(ErrorCode::pool_exhausted, 2));
}

}  // namespace
}  // namespace holdfast::core
