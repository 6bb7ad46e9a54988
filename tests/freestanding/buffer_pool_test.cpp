// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/resource/memory/buffer_pool.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "check.hpp"
#include "environment.hpp"
#include "holdfast/core/static_vector.hpp"
#include "support.hpp"

namespace holdfast::resource {
namespace {

using core::StaticVector;
using freestanding::Random;

using TestedBufferPool = BufferPool<freestanding::Storage<10>>;

TEST(BufferPool, ARequestGetsTheSmallestClassThatFits) {
  TestedBufferPool pool;
  std::size_t expected = 16;
  for (const std::size_t size : {1u, 17u, 33u, 65u, 129u, 257u, 513u, 1025u, 2049u, 4097u, 8193u}) {
    Buffer buffer = *pool.acquire(size);
    EXPECT_EQ(buffer.size(), size);
    EXPECT_EQ(pool.stats().in_use, expected);
    Buffer whole = *pool.acquire(expected);
    EXPECT_EQ(pool.stats().in_use, 2 * expected);
    expected *= 2;
  }
  EXPECT_EQ(expected, 2 * pool.largest);
  EXPECT_EQ(pool.acquire(16'385).error(), make_error(ErrorCode::request_too_large, 16'385, 16'384));
  EXPECT_TRUE(pool.acquire(0));
  EXPECT_EQ(pool.stats().in_use, 0u);
}

TEST(BufferPool, AClassHasTenBuffersAndItsExhaustionDoesNotAffectOtherClasses) {
  TestedBufferPool pool;
  StaticVector<Buffer, 10> out;
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(out.push_back(*pool.acquire(100)));
  EXPECT_EQ(pool.acquire(100).error(), make_error(ErrorCode::pool_exhausted, 10));
  EXPECT_TRUE(pool.acquire(64));
  EXPECT_TRUE(pool.acquire(129));
  EXPECT_EQ(pool.stats().refused, 1u);
  out.erase(4);
  EXPECT_TRUE(pool.acquire(100));
  EXPECT_EQ(pool.stats().acquired, 13u);
}

TEST(BufferPool, ReturnedBuffersAreReusedAndReadAsZero) {
  TestedBufferPool pool;
  {
    Buffer first = *pool.acquire(64);
    std::ranges::fill(first.bytes(), std::byte{0x5a});
  }
  const Buffer second = *pool.acquire(50);
  EXPECT_EQ(pool.stats().reused, 1u);
  EXPECT_TRUE(std::ranges::all_of(second.bytes(), [](std::byte byte) { return byte == std::byte{0}; }));
}

TEST(BufferPool, TotalBytesAreLimitedAndUnusedBuffersMakeRoom) {
  TestedBufferPool pool({.max_bytes = 1024});
  Buffer half = *pool.acquire(512);
  ASSERT_TRUE((*pool.acquire(256)).release());
  EXPECT_EQ(pool.stats().with_memory, 768u);
  Buffer other_half = *pool.acquire(512);  // the unused 256 bytes made room
  EXPECT_EQ(pool.stats().with_memory, 1024u);
  EXPECT_EQ(pool.acquire(1).error(), make_error(ErrorCode::over_budget, 1024));
  ASSERT_TRUE(half.release());
  EXPECT_TRUE(pool.acquire(1));
}

TEST(BufferPool, ItsMemoryIsTakenFromABudget) {
  Budget budget(ResourceLimits().set(Dimension::host_bytes, 96));
  {
    TestedBufferPool pool({.budget = &budget});
    Buffer a = *pool.acquire(64);
    Buffer b = *pool.acquire(32);
    EXPECT_EQ(budget.usage(Dimension::host_bytes), 96u);
    EXPECT_EQ(pool.acquire(16).error(), make_error(ErrorCode::over_budget, 96));
    ASSERT_TRUE(b.release());
    EXPECT_EQ(budget.usage(Dimension::host_bytes), 96u) << "kept for the next request";
    Buffer c = *pool.acquire(16);
    EXPECT_EQ(budget.usage(Dimension::host_bytes), 80u) << "freed when another request needs the room";
    ASSERT_TRUE(a.release());
    pool.trim();
    EXPECT_EQ(budget.usage(Dimension::host_bytes), 16u);
  }
  EXPECT_EQ(budget.usage(Dimension::host_bytes), 0u);
}

TEST(BufferPool, RandomUseStaysWithinTheLimitsAndTheCountersAddUp) {
  Budget budget;
  TestedBufferPool pool({.max_bytes = 20'000, .budget = &budget});
  {
    StaticVector<Buffer, 40> out;
    Random random(7);
    std::uint64_t acquired = 0;
    std::uint64_t refused = 0;
    for (int step = 0; step < 5000; ++step) {
      if (random.below(2) == 0 && !out.full()) {
        const std::size_t size = random.below(std::uint32_t{1} << random.below(15));
        auto buffer = pool.acquire(size);
        ++(buffer ? acquired : refused);
        if (buffer) {
          ASSERT_TRUE(out.push_back(*std::move(buffer)));
        }
      } else if (!out.empty()) {
        out.erase(random.below(out.size()));
      }
      std::size_t in_use = 0;
      for (const Buffer& buffer : out) in_use += pool.class_size(buffer.size());
      const BufferPoolStats stats = pool.stats();
      ASSERT_EQ(stats.in_use, in_use);
      ASSERT_LE(stats.in_use, stats.with_memory);
      ASSERT_LE(stats.with_memory, 20'000u);
      ASSERT_EQ(budget.usage(Dimension::host_bytes), stats.with_memory);
      ASSERT_EQ(stats.acquired, acquired);
      ASSERT_EQ(stats.refused, refused);
    }
    EXPECT_GT(refused, 0u);
    EXPECT_GT(pool.stats().reused, 0u);
  }
}

#if HOLDFAST_ENVIRONMENT_ALLOCATOR
TEST(BufferPool, AFailedAllocationTakesNothingFromTheBudget) {
  freestanding::Arena arena(2000);
  Budget budget;
  {
    TestedBufferPool pool({.budget = &budget}, {&arena});
    EXPECT_EQ(pool.acquire(4096).error(), make_error(ErrorCode::out_of_memory, 4096));
    EXPECT_EQ(budget.usage(Dimension::host_bytes), 0u);
    EXPECT_EQ(pool.stats().refused, 1u);
    EXPECT_TRUE(pool.acquire(64));
  }
  EXPECT_EQ(arena.used(), 0u);
}
#endif

}  // namespace
}  // namespace holdfast::resource
