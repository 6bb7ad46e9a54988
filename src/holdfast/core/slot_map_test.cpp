// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tests of a slot map that need a hosted program. Its behaviour is tested in all environments:
// tests/freestanding/slot_map_test.cpp.
#include "holdfast/core/slot_map.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace holdfast::core {
namespace {

// An allocator that counts bytes and fails past a limit.
struct Arena {
  std::size_t limit = std::numeric_limits<std::size_t>::max();
  std::size_t used = 0;
  std::size_t most = 0;
};
struct ArenaAllocator {
  Arena* arena;
  void* allocate(std::size_t size, std::size_t alignment) noexcept {
    if (size > arena->limit - arena->used) return nullptr;
    arena->used += size;
    arena->most = std::max(arena->most, arena->used);
    return ::operator new(size, std::align_val_t{alignment}, std::nothrow);
  }
  void deallocate(void* memory, std::size_t size, std::size_t alignment) noexcept {
    arena->used -= size;
    ::operator delete(memory, std::align_val_t{alignment});
  }
};

TEST(SlotMap, IteratorsAreInputIterators) {
  static_assert(std::input_iterator<decltype(std::declval<SlotMap<int>&>().begin())>);
}

#ifdef __cpp_exceptions
TEST(SlotMap, AConstructorThatThrowsLeavesTheSlotFree) {
  struct Thrower {
    explicit Thrower(bool fails) {
      if (fails) throw std::runtime_error("no");
    }
  };
  SlotMap<Thrower> map;
  EXPECT_THROW(static_cast<void>(map.emplace(true)), std::runtime_error);
  EXPECT_EQ(map.size(), 0u);
  EXPECT_TRUE(map.begin() == map.end());
  const SlotHandle handle = *map.emplace(false);
  EXPECT_EQ(DefaultSlotHandleLayout::index(handle), 0u);
}
#endif

TEST(SlotMap, AHandleOfADestroyedMapIsRefusedByLaterMapsWithTheSameTag) {
  SlotHandle old;
  std::uint32_t tag = 0;
  {
    SlotMap<int> map;
    old = *map.insert(1);
    tag = map.tag().value;
  }
  int namesakes = 0;
  for (int i = 0; i < 10'000; ++i) {
    SlotMap<int, Static<1>> map;
    for (int reuse = 0; reuse < 10; ++reuse) {
      const SlotHandle handle = *map.insert(2);
      ASSERT_NE(handle, old);
      ASSERT_FALSE(map.contains(old));
      ASSERT_TRUE(map.erase(handle));
    }
    if (map.tag().value != tag) continue;
    ++namesakes;
    ASSERT_EQ(map.get(old).error().code, ErrorCode::stale_handle);
  }
  EXPECT_GE(namesakes, 39) << "tags repeat after 255";
}

TEST(SlotMap, AMovedFromMapHasATagOfItsOwn) {
  SlotMap<int> map;
  const SlotHandle handle = *map.insert(1);
  SlotMap<int> moved(std::move(map));
  const SlotHandle next = *map.insert(2);  // NOLINT(bugprone-use-after-move): it is an empty map
  EXPECT_TRUE(moved.contains(handle));
  EXPECT_EQ(moved.get(next).error().code, ErrorCode::foreign_handle);
  EXPECT_EQ(map.get(handle).error().code, ErrorCode::foreign_handle);
}

TEST(SlotMap, StaticStorageIsInsideTheMap) {
  static_assert(sizeof(SlotMap<std::uint64_t, Static<100>>) >= 1600);
  static_assert(!std::is_move_constructible_v<SlotMap<int, Static<4>>>);
  static_assert(std::is_nothrow_move_constructible_v<SlotMap<int>>);
}

TEST(SlotMap, UserAllocatorProvidesAllMemoryAndGetsItBack) {
  Arena arena;
  {
    SlotMap<std::uint64_t, Allocated<ArenaAllocator>> map(next_table_tag(), ArenaAllocator{&arena});
    EXPECT_EQ(arena.used, 0u) << "an empty map needs no memory";
    for (std::uint64_t i = 0; i < 1000; ++i) ASSERT_TRUE(map.insert(i));
    EXPECT_EQ(arena.used, map.capacity() * 16u) << "16 bytes a slot for an 8-byte value";
  }
  EXPECT_EQ(arena.used, 0u);
  EXPECT_GT(arena.most, 0u);
}

TEST(SlotMap, AFailedAllocationIsReportedAndTheMapStaysUsable) {
  Arena arena{.limit = 16 * 16};
  SlotMap<std::uint64_t, Allocated<ArenaAllocator>> map(next_table_tag(), ArenaAllocator{&arena});
  std::vector<SlotHandle> handles;
  for (std::uint64_t i = 0; i < 16; ++i) handles.push_back(*map.insert(i));
  EXPECT_EQ(map.insert(16).error(), make_error(ErrorCode::out_of_memory, 32 * 16));
  EXPECT_EQ(map.size(), 16u);
  for (std::uint64_t i = 0; i < 16; ++i) EXPECT_EQ(*map.find(handles[i]), i);
  ASSERT_TRUE(map.erase(handles[3]));
  EXPECT_TRUE(map.insert(16));
}

TEST(SlotMap, WithCapacityAllocatesOnce) {
  auto map = SlotMap<int>::with_capacity(1000);
  ASSERT_TRUE(map);
  const std::uint32_t capacity = map->capacity();
  EXPECT_GE(capacity, 1000u);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(map->insert(i));
  EXPECT_EQ(map->capacity(), capacity);
  EXPECT_EQ(SlotMap<int>::with_capacity((1u << 28) + 1).error(), make_error(ErrorCode::capacity_exhausted, 1u << 28));
}

TEST(SlotMap, MovedMapKeepsItsHandles) {
  SlotMap<std::string> map;
  const SlotHandle handle = *map.insert("kept");
  const SlotHandle pinned = *map.insert("pinned");
  const std::uint32_t rep = *map.pin(pinned);
  ASSERT_TRUE(map.erase(pinned, IfPinned::leave_tombstone));
  SlotMap<std::string> moved(std::move(map));
  EXPECT_EQ(*moved.find(handle), "kept");
  EXPECT_EQ(moved.tombstones(), 1u);
  EXPECT_TRUE(moved.unpin(rep));
  EXPECT_EQ(map.size(), 0u);  // NOLINT(bugprone-use-after-move): a moved-from map is empty, by contract
  EXPECT_FALSE(map.contains(handle));
  EXPECT_TRUE(map.insert("again"));
}

}  // namespace
}  // namespace holdfast::core
