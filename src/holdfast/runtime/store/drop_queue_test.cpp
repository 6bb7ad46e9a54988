// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/store/drop_queue.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace holdfast::runtime {
namespace {

std::uint64_t bits_of(const QueuedDrop& drop) { return std::get<HeldDrop>(drop).bits; }

TEST(DropQueue, ReturnsDropsOldestFirst) {
  DropQueue queue;
  EXPECT_TRUE(queue.empty());
  queue.add(HeldDrop{1});
  queue.add(OrphanedResource{2, 3});
  queue.add(HeldDrop{4});
  EXPECT_FALSE(queue.empty());
  const auto all = queue.take_all();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(bits_of(all[0]), 1U);
  EXPECT_EQ(std::get<OrphanedResource>(all[1]).tag, 2U);
  EXPECT_EQ(std::get<OrphanedResource>(all[1]).rep, 3U);
  EXPECT_EQ(bits_of(all[2]), 4U);
  EXPECT_TRUE(queue.empty());
  EXPECT_TRUE(queue.take_all().empty());
}

TEST(DropQueue, NeitherLosesNorDuplicatesDropsFromOtherThreads) {
  constexpr std::uint64_t each = 2'000;
  DropQueue queue;
  const auto add = [&](std::uint64_t from) {
    for (std::uint64_t i = 0; i < each; ++i) queue.add(HeldDrop{from + i});
  };
  std::thread first(add, 0), second(add, each);
  std::vector<int> seen(2 * each);
  std::uint64_t count = 0;
  while (count < 2 * each) {
    if (queue.empty()) std::this_thread::yield();
    for (const QueuedDrop& drop : queue.take_all()) {
      ++seen[bits_of(drop)];
      ++count;
    }
  }
  first.join();
  second.join();
  EXPECT_EQ(seen, std::vector<int>(2 * each, 1));
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace holdfast::runtime
