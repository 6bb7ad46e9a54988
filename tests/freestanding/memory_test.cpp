// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The behaviour of memory pools and linear memories, for every source of memory.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "check.hpp"
#include "environment.hpp"
#include "holdfast/resource/memory/linear_memory.hpp"
#include "holdfast/resource/memory/memory_pool.hpp"
#include "support.hpp"

namespace holdfast::resource {
namespace {

using freestanding::Random;

constexpr std::array some{std::byte{1}, std::byte{2}, std::byte{3}};

// --- blocks ---

using TestedMemoryPool = MemoryPool<freestanding::Storage<4>>;
constexpr MemoryPoolOptions four{.max_blocks = 4};

TEST(MemoryPool, ABlockIs4KiBOfZerosAndItsHandleIsValidUntilItIsDeallocated) {
  TestedMemoryPool pool(four);
  const auto handle = *pool.allocate();
  MemoryBlock* const block = *pool.get(handle);
  EXPECT_EQ(block->size(), 4096u);
  const std::span<const std::byte> bytes = *block->view();
  for (const std::byte byte : bytes) ASSERT_TRUE(byte == std::byte{0});
  ASSERT_TRUE(block->write(4093, some));
  EXPECT_TRUE((*block->view())[4095] == std::byte{3});
  ASSERT_TRUE(pool.deallocate(handle));
  EXPECT_EQ(pool.deallocate(handle).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(pool.get(handle).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(pool.get({}).error().code, ErrorCode::null_handle);
  const auto again = *pool.allocate();
  EXPECT_TRUE((*(*pool.get(again))->view())[4095] == std::byte{0}) << "a borrower does not see another borrower's data";
  EXPECT_EQ(pool.with_memory(), 1u);
}

TEST(MemoryPool, AFailedAllocationChangesNothing) {
  Budget budget;
  TestedMemoryPool pool({.max_blocks = 4, .budget = &budget});
  Handle<MemoryBlock> last;
  for (int i = 0; i < 4; ++i) last = *pool.allocate();
  EXPECT_EQ(pool.allocate().error(), make_error(ErrorCode::pool_exhausted, 4));
  EXPECT_EQ(budget.usage(Dimension::host_bytes), 4 * 4096u);
  EXPECT_EQ(budget.usage(Dimension::resources), 4u);
  ASSERT_TRUE(pool.deallocate(last));
  EXPECT_EQ(budget.usage(Dimension::host_bytes), 3 * 4096u);
  pool.trim();
  EXPECT_EQ(pool.with_memory(), 3u);
  budget.set_limit(Dimension::host_bytes, 3 * 4096);
  EXPECT_EQ(pool.allocate().error(), make_error(ErrorCode::over_budget, 3 * 4096));
  budget.set_limit(Dimension::host_bytes, 4 * 4096);
  EXPECT_TRUE(pool.allocate());
}

TEST(MemoryPool, DestroyingThePoolReturnsItsBudget) {
  Budget budget;
  {
    TestedMemoryPool pool({.max_blocks = 4, .budget = &budget});
    ASSERT_TRUE(pool.allocate());
    ASSERT_TRUE(pool.allocate());
  }
  EXPECT_EQ(budget.usage(Dimension::host_bytes), 0u);
  EXPECT_EQ(budget.usage(Dimension::resources), 0u);
}

TEST(ProtectedMemory, AccessAgainstTheProtectionOrOutOfBoundsIsRefused) {
  TestedMemoryPool pool(four);
  MemoryBlock& block = **pool.get(*pool.allocate());
  std::array<std::byte, 3> into{};
  ASSERT_TRUE(block.write(10, some));
  ASSERT_TRUE(block.read(10, into));
  EXPECT_TRUE(into == some);
  EXPECT_EQ(block.read(4094, into).error(), make_error(ErrorCode::access_out_of_bounds, 3, 4094));
  EXPECT_EQ(block.write(4094, some).error().code, ErrorCode::access_out_of_bounds);
  EXPECT_EQ(block.read(~std::size_t{0}, into).error().code, ErrorCode::access_out_of_bounds) << "sums do not wrap";
  EXPECT_TRUE(block.read(4096, std::span<std::byte>())) << "an empty access at the end is in bounds";
  EXPECT_TRUE((*block.view())[4094] == std::byte{0}) << "a refused access copies nothing";

  block.protect(read_access);
  EXPECT_EQ(block.write(10, some).error().code, ErrorCode::access_denied);
  EXPECT_EQ(block.view_for_writing().error().code, ErrorCode::access_denied);
  EXPECT_TRUE(block.read(10, into) && block.view());
  block.protect(no_access);
  EXPECT_EQ(block.read(10, into).error().code, ErrorCode::access_denied);
  EXPECT_EQ(block.view().error().code, ErrorCode::access_denied);
  block.protect(all_access);
  EXPECT_TRUE(block.view_for_writing());
}

// --- regions ---

constexpr std::uint32_t most = 4;
constexpr std::size_t region_bytes = 8192;
using Memories = LinearMemoryManager<freestanding::Storage<most>, region_bytes>;
constexpr LinearMemoryOptions bounded{.max_regions = most, .max_region_bytes = region_bytes};

TEST(LinearMemoryManager, ARegionKeepsItsContentWhenItGrows) {
  Memories memories(bounded);
  const auto region = *memories.create(100);
  ASSERT_TRUE((*memories.get(region))->write(97, some));
  EXPECT_EQ(*memories.grow(region, 50), 100u);
  const std::span<const std::byte> bytes = *(*memories.get(region))->view();
  EXPECT_EQ(bytes.size(), 150u);
  EXPECT_TRUE(bytes[99] == std::byte{3});
  for (std::size_t i = 100; i < 150; ++i) ASSERT_TRUE(bytes[i] == std::byte{0});
  std::array<std::byte, 2> into;
  EXPECT_EQ((*memories.get(region))->read(149, into).error().code, ErrorCode::access_out_of_bounds);
  ASSERT_TRUE(memories.remove(region));
  EXPECT_EQ(memories.remove(region).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(memories.grow(region, 1).error().code, ErrorCode::stale_handle);
  const auto next = *memories.create(200);
  EXPECT_TRUE((*(*memories.get(next))->view())[99] == std::byte{0});
}

TEST(LinearMemoryManager, EveryLimitIsAnErrorThatChangesNothing) {
  Budget budget(ResourceLimits().set(Dimension::memory_bytes, 9000));
  Memories memories({.max_regions = 3, .max_region_bytes = region_bytes, .max_bytes = 10'000, .budget = &budget});
  EXPECT_EQ(memories.create(8193).error(), make_error(ErrorCode::request_too_large, 8193, 8192));
  const auto large = *memories.create(8000);
  EXPECT_EQ(memories.grow(large, 193).error(), make_error(ErrorCode::request_too_large, 8193, 8192));
  EXPECT_EQ(memories.grow(large, ~std::size_t{0}).error().code, ErrorCode::request_too_large);
  EXPECT_EQ(memories.create(2001).error(), make_error(ErrorCode::over_budget, 10'000)) << "of all regions together";
  EXPECT_EQ(memories.create(1001).error(), make_error(ErrorCode::over_budget, 9000)) << "the budget's";
  const auto small = *memories.create(0, all_access, 10);
  EXPECT_EQ((*memories.get(small))->max_size(), 10u);
  EXPECT_EQ(memories.grow(small, 11).error(), make_error(ErrorCode::request_too_large, 11, 10)) << "its own";
  EXPECT_EQ(*memories.grow(small, 10), 0u);
  ASSERT_TRUE(memories.create(1));
  EXPECT_EQ(memories.create(1).error(), make_error(ErrorCode::capacity_exhausted, 3));
  const LinearMemoryStats stats = memories.stats();
  EXPECT_EQ(stats.regions, 3u);
  EXPECT_EQ(stats.bytes, 8011u);
  EXPECT_EQ(stats.refused, 7u);
  EXPECT_EQ(budget.usage(Dimension::memory_bytes), 8011u);
  EXPECT_EQ(budget.usage(Dimension::memories), 3u);
  ASSERT_TRUE(memories.remove(large));
  EXPECT_EQ(memories.stats().bytes, 11u);
  EXPECT_EQ(memories.stats().peak_bytes, 8011u);
  EXPECT_EQ(budget.usage(Dimension::memory_bytes), 11u);
}

TEST(LinearMemoryManager, RegionsKeepTheirProtectionWhenTheyGrow) {
  Memories memories(bounded);
  const auto region = *memories.create(10, read_access);
  ASSERT_TRUE(memories.grow(region, 10));
  EXPECT_EQ((*memories.get(region))->write(0, some).error().code, ErrorCode::access_denied);
  (*memories.get(region))->protect(all_access);
  EXPECT_TRUE((*memories.get(region))->write(17, some));
}

TEST(LinearMemoryManager, WithoutAHeapThereAre16RegionsOf64KiB) {
  using Usual =
      LinearMemoryManager<core::Static<static_region_count>, 256>;  // small regions, so that the manager fits in memory
  static_assert(static_region_count == 16 && static_region_bytes == 65'536);
  static Usual memories;
  EXPECT_EQ(memories.options().max_regions, 16u);
  EXPECT_EQ(memories.options().max_region_bytes, 256u);
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(memories.create(256));
  EXPECT_EQ(memories.create(1).error(), make_error(ErrorCode::capacity_exhausted, 16));
  EXPECT_EQ(memories.create(257).error().code, ErrorCode::capacity_exhausted);
}

TEST(LinearMemoryManager, TheAccountIsExactUnderRandomUse) {
  Budget budget;
  {
    Memories memories({.max_regions = most, .max_region_bytes = region_bytes, .max_bytes = 12'000, .budget = &budget});
    std::array<Handle<Memories::Region>, most> regions{};
    std::array<std::size_t, most> sizes{};
    Random random(5);
    for (int step = 0; step < 3000; ++step) {
      const std::uint32_t i = random.below(most);
      const std::size_t size = random.below(3000);
      if (regions[i].is_null()) {
        if (const auto region = memories.create(size)) {
          regions[i] = *region;
          sizes[i] = size;
        }
      } else if (random.below(3) == 0) {
        ASSERT_TRUE(memories.remove(regions[i]));
        regions[i] = {};
        sizes[i] = 0;
      } else if (memories.grow(regions[i], size)) {
        sizes[i] += size;
      }
      std::size_t total = 0;
      for (const std::size_t each : sizes) total += each;
      ASSERT_EQ(memories.stats().bytes, total);
      ASSERT_EQ(budget.usage(Dimension::memory_bytes), total);
      ASSERT_LE(total, 12'000u);
    }
    EXPECT_GT(memories.stats().refused, 0u);
  }
  EXPECT_EQ(budget.usage(Dimension::memory_bytes), 0u);
  EXPECT_EQ(budget.usage(Dimension::memories), 0u);
}

#if HOLDFAST_ENVIRONMENT_ALLOCATOR
TEST(LinearMemoryManager, AFailedAllocationChangesNothing) {
  freestanding::Arena arena(9000);
  Budget budget;
  {
    Memories memories({.budget = &budget}, {&arena});
    const auto region = *memories.create(4000);
    EXPECT_EQ(memories.grow(region, 4000).error(), make_error(ErrorCode::out_of_memory, 8000));
    EXPECT_EQ(memories.create(8000).error(), make_error(ErrorCode::out_of_memory, 8000));
    EXPECT_EQ(memories.stats().regions, 1u);
    EXPECT_EQ((*memories.get(region))->size(), 4000u);
    EXPECT_EQ(budget.usage(Dimension::memory_bytes), 4000u);
    EXPECT_EQ(budget.usage(Dimension::memories), 1u);
  }
  EXPECT_EQ(arena.used(), 0u);
}
#endif

}  // namespace
}  // namespace holdfast::resource
