// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/core/slot_map.hpp"

#include <cstdint>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <new>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace holdfast::core {
namespace {

// An allocator that counts, and refuses past a limit.
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

// Counts its live objects.
struct Counted {
  explicit Counted(int number) : value(number) { ++alive; }
  Counted(Counted&& other) noexcept : value(other.value) { ++alive; }
  ~Counted() { --alive; }
  int value;
  static inline int alive = 0;
};

// --- the same behaviour with every storage ---

template <class Storage>
struct SlotMapOnEveryStorage : testing::Test {
  template <class T, class Layout = DefaultSlotHandleLayout>
  using MapOf = SlotMap<T, Storage, Layout>;
};
using Storages = testing::Types<Dynamic, SemiDynamic<HeapAllocator>, Static<64>>;
TYPED_TEST_SUITE(SlotMapOnEveryStorage, Storages);

TYPED_TEST(SlotMapOnEveryStorage, GivesBackWhatWasInserted) {
  typename TestFixture::template MapOf<std::string> map;
  EXPECT_TRUE(map.empty());
  const SlotHandle a = *map.insert("a");
  const std::string text = "b";
  const SlotHandle b = *map.insert(text);
  const SlotHandle c = *map.emplace(3u, 'c');
  EXPECT_EQ(**map.get(a), "a");
  EXPECT_EQ(*map.find(b), "b");
  EXPECT_EQ(**std::as_const(map).get(c), "ccc");
  EXPECT_EQ(map.size(), 3u);
  EXPECT_FALSE(map.empty());
  EXPECT_NE(a, b);
}

TYPED_TEST(SlotMapOnEveryStorage, NullHandleIsRefused) {
  typename TestFixture::template MapOf<int> map;
  ASSERT_TRUE(map.insert(1));
  EXPECT_TRUE(SlotHandle{}.is_null());
  EXPECT_EQ(map.find({}), nullptr);
  EXPECT_EQ(map.get({}).error().code, ErrorCode::null_handle);
  EXPECT_EQ(map.erase({}).error().code, ErrorCode::null_handle);
  EXPECT_EQ(map.take({}).error().code, ErrorCode::null_handle);
  EXPECT_EQ(map.pin({}).error().code, ErrorCode::null_handle);
}

TYPED_TEST(SlotMapOnEveryStorage, StaleHandleAfterReuseIsRejected) {
  typename TestFixture::template MapOf<int> map;
  const SlotHandle old = *map.insert(1);
  ASSERT_TRUE(map.erase(old));
  EXPECT_EQ(map.get(old).error().code, ErrorCode::stale_handle);
  const SlotHandle young = *map.insert(2);
  EXPECT_EQ(DefaultSlotHandleLayout::index(old), DefaultSlotHandleLayout::index(young)) << "the slot is reused";
  EXPECT_EQ(map.get(old).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(map.erase(old).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(map.take(old).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(map.pin(old).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(map.pins(old).error().code, ErrorCode::stale_handle);
  EXPECT_FALSE(map.contains(old));
  EXPECT_EQ(*map.find(young), 2);
  EXPECT_EQ(map.size(), 1u);
}

TYPED_TEST(SlotMapOnEveryStorage, ForeignHandleIsRefused) {
  typename TestFixture::template MapOf<int> map;
  typename TestFixture::template MapOf<int> other;
  const SlotHandle mine = *map.insert(1);
  const SlotHandle foreign = *other.insert(2);
  EXPECT_NE(mine, foreign);
  EXPECT_EQ(map.get(foreign).error().code, ErrorCode::foreign_handle);
  EXPECT_EQ(map.erase(foreign).error().code, ErrorCode::foreign_handle);
  EXPECT_TRUE(map.contains(mine));
}

TYPED_TEST(SlotMapOnEveryStorage, AnyBitsAreRefusedThatWereNotGivenOut) {
  typename TestFixture::template MapOf<int> map;
  const SlotHandle handle = *map.insert(1);
  ASSERT_TRUE(map.erase(*map.insert(2)));
  for (unsigned bit = 0; bit < 64; ++bit)
    EXPECT_FALSE(map.contains({handle.bits ^ std::uint64_t{1} << bit})) << "bit " << bit;
  std::mt19937_64 random(1);
  for (int i = 0; i < 10'000; ++i)
    if (const SlotHandle guess{random()}; guess != handle) {
      ASSERT_FALSE(map.contains(guess));
    }
}

TYPED_TEST(SlotMapOnEveryStorage, MoveOnlyValuesAreTakenOut) {
  typename TestFixture::template MapOf<std::unique_ptr<int>> map;
  const SlotHandle handle = *map.insert(std::make_unique<int>(7));
  const auto taken = map.take(handle);
  ASSERT_TRUE(taken);
  EXPECT_EQ(**taken, 7);
  EXPECT_FALSE(map.contains(handle));
  EXPECT_EQ(map.size(), 0u);
}

TYPED_TEST(SlotMapOnEveryStorage, EveryValueIsEndedOnce) {
  {
    typename TestFixture::template MapOf<Counted> map;
    const SlotHandle a = *map.emplace(1);
    const SlotHandle b = *map.emplace(2);
    ASSERT_TRUE(map.emplace(3));
    EXPECT_EQ(Counted::alive, 3);
    ASSERT_TRUE(map.erase(a));
    EXPECT_FALSE(map.erase(a));
    EXPECT_EQ(Counted::alive, 2);
    EXPECT_EQ(map.take(b)->value, 2);
    EXPECT_EQ(Counted::alive, 1);
  }
  EXPECT_EQ(Counted::alive, 0);
}

TYPED_TEST(SlotMapOnEveryStorage, ClearEndsTheYoungestSlotFirstAndKeepsCapacity) {
  struct Note {
    std::vector<int>* log;
    int number;
    Note(std::vector<int>& into, int n) : log(&into), number(n) {}
    Note(Note&&) = default;
    ~Note() { log->push_back(number); }
  };
  std::vector<int> log;
  typename TestFixture::template MapOf<Note> map;
  std::vector<SlotHandle> handles;
  for (int i = 0; i < 4; ++i) handles.push_back(*map.emplace(log, i));
  const std::uint32_t capacity = map.capacity();
  map.clear();
  EXPECT_EQ(log, (std::vector<int>{3, 2, 1, 0}));
  EXPECT_EQ(map.size(), 0u);
  EXPECT_EQ(map.capacity(), capacity);
  for (const SlotHandle handle : handles) EXPECT_FALSE(map.contains(handle));
}

TYPED_TEST(SlotMapOnEveryStorage, IterationMeetsLiveValuesInSlotOrder) {
  typename TestFixture::template MapOf<int> map;
  EXPECT_TRUE(map.begin() == map.end());
  std::vector<SlotHandle> handles;
  for (int i = 0; i < 20; ++i) handles.push_back(*map.insert(i));
  for (std::size_t i = 0; i < 20; i += 2) ASSERT_TRUE(map.erase(handles[i]));
  std::vector<int> seen;
  for (auto [handle, value] : map) {
    EXPECT_EQ(handle, handles[static_cast<std::size_t>(value)]);
    value += 100;
    seen.push_back(value);
  }
  EXPECT_EQ(seen, (std::vector<int>{101, 103, 105, 107, 109, 111, 113, 115, 117, 119}));
  int sum = 0;
  for (const auto [handle, value] : std::as_const(map)) sum += value;
  EXPECT_EQ(sum, 1100);
  static_assert(std::input_iterator<decltype(map.begin())>);
}

TYPED_TEST(SlotMapOnEveryStorage, ValuesMayBeErasedDuringIteration) {
  typename TestFixture::template MapOf<int> map;
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(map.insert(i));
  for (auto [handle, value] : map)
    if (value % 3 == 0) {
      ASSERT_TRUE(map.erase(handle));
    }
  EXPECT_EQ(map.size(), 13u);
}

TYPED_TEST(SlotMapOnEveryStorage, ValuesMayBeInsertedDuringIteration) {
  typename TestFixture::template MapOf<int> map;
  const auto of_empty = map.begin();
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(map.insert(i));
  EXPECT_TRUE(of_empty == map.end());
  int met = 0;
  for (auto [handle, value] : map) {
    ASSERT_EQ(value, met++);
    ASSERT_TRUE(map.insert(100));
  }
  EXPECT_EQ(met, 16);
  EXPECT_EQ(map.size(), 32u);
}

TYPED_TEST(SlotMapOnEveryStorage, AddressesAreStable) {
  typename TestFixture::template MapOf<int> map;
  std::vector<std::pair<SlotHandle, int*>> places;
  for (int i = 0; i < 64; ++i) {
    const SlotHandle handle = *map.insert(i);
    places.emplace_back(handle, map.find(handle));
  }
  for (const auto& [handle, place] : places) EXPECT_EQ(map.find(handle), place);
}

TYPED_TEST(SlotMapOnEveryStorage, OverAlignedValuesAreAligned) {
  struct alignas(64) Wide {
    char byte = 0;
  };
  typename TestFixture::template MapOf<Wide> map;
  for (int i = 0; i < 40; ++i) {
    const SlotHandle handle = *map.emplace();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(map.find(handle)) % 64, 0u);
  }
}

TYPED_TEST(SlotMapOnEveryStorage, DestructorMayCallBackIntoTheMap) {
  struct Node {
    std::function<void()> at_end;
    explicit Node(std::function<void()> f) : at_end(std::move(f)) {}
    Node(Node&& other) noexcept : at_end(std::exchange(other.at_end, {})) {}
    ~Node() {
      if (at_end) at_end();
    }
  };
  using Map = typename TestFixture::template MapOf<Node>;
  Map map;
  SlotHandle outer;
  SlotHandle inserted;
  const SlotHandle other = *map.emplace([] {});
  outer = *map.emplace([&] {
    EXPECT_FALSE(map.contains(outer)) << "the handle is dead before the destructor runs";
    EXPECT_EQ(map.erase(outer).error().code, ErrorCode::stale_handle);
    inserted = *map.emplace([] {});
    EXPECT_NE(DefaultSlotHandleLayout::index(inserted), DefaultSlotHandleLayout::index(outer))
        << "the slot is in use while its value ends";
    EXPECT_TRUE(map.erase(other));
  });
  ASSERT_TRUE(map.erase(outer));
  EXPECT_TRUE(map.contains(inserted));
  EXPECT_EQ(map.size(), 1u);
}

TYPED_TEST(SlotMapOnEveryStorage, ConstructorMayCallBackIntoTheMap) {
  using Map = typename TestFixture::template MapOf<int>;
  struct Maker {
    Map& map;
    operator int() const { return static_cast<int>(*map.insert(1) == SlotHandle{}) + 10; }  // NOLINT
  };
  Map map;
  const SlotHandle handle = *map.emplace(Maker{map});
  EXPECT_EQ(*map.find(handle), 10);
  EXPECT_EQ(map.size(), 2u);
}

TYPED_TEST(SlotMapOnEveryStorage, InsertsAreRefusedWhileTheMapIsDestroyed) {
  struct Stubborn;
  using Map = typename TestFixture::template MapOf<Stubborn>;
  struct Stubborn {
    Map* map;
    ErrorCode* seen;
    ~Stubborn() {
      if (const auto again = map->emplace(map, seen); !again) *seen = again.error().code;
    }
  };
  ErrorCode seen = ErrorCode::none;
  {
    Map map;
    ASSERT_TRUE(map.emplace(&map, &seen));
  }
  EXPECT_EQ(seen, ErrorCode::wrong_state);
}

#ifdef __cpp_exceptions
TYPED_TEST(SlotMapOnEveryStorage, AConstructorThatThrowsLeavesTheSlotFree) {
  struct Thrower {
    explicit Thrower(bool fails) {
      if (fails) throw std::runtime_error("no");
    }
  };
  typename TestFixture::template MapOf<Thrower> map;
  EXPECT_THROW(static_cast<void>(map.emplace(true)), std::runtime_error);
  EXPECT_EQ(map.size(), 0u);
  EXPECT_TRUE(map.begin() == map.end());
  const SlotHandle handle = *map.emplace(false);
  EXPECT_EQ(DefaultSlotHandleLayout::index(handle), 0u);
}
#endif

// --- generations ---

using TinyLayout = SlotHandleLayout<4, 2, 8>;  // 16 slots, generations 1 to 3

TYPED_TEST(SlotMapOnEveryStorage, ASlotWhoseGenerationsAreUsedUpRetires) {
  typename TestFixture::template MapOf<int, TinyLayout> map;
  std::vector<SlotHandle> given;
  for (int i = 0; i < 16 * 3; ++i) {
    const auto handle = map.insert(i);
    ASSERT_TRUE(handle) << i;
    for (const SlotHandle old : given) ASSERT_NE(*handle, old) << "no handle is given twice";
    given.push_back(*handle);
    ASSERT_TRUE(map.erase(*handle));
    ASSERT_EQ(map.retired(), static_cast<std::uint32_t>((i + 1) / 3));
  }
  EXPECT_EQ(map.insert(0).error(), make_error(ErrorCode::capacity_exhausted, 16));
  EXPECT_EQ(map.reserve(1).error().code, ErrorCode::capacity_exhausted);
  for (const SlotHandle old : given) EXPECT_FALSE(map.contains(old));
}

TEST(SlotMap, IndexWidthBoundsTheMap) {
  SlotMap<int, Dynamic, TinyLayout> map;
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(map.insert(i));
  EXPECT_EQ(map.insert(16).error(), make_error(ErrorCode::capacity_exhausted, 16));
  EXPECT_EQ(map.size(), 16u);
}

// --- storages ---

TEST(SlotMap, StaticStorageIsFullAtItsCapacityAndTheValueStaysWithTheCaller) {
  SlotMap<std::unique_ptr<int>, Static<2>> map;
  const SlotHandle first = *map.insert(std::make_unique<int>(0));
  ASSERT_TRUE(map.insert(std::make_unique<int>(1)));
  auto third = std::make_unique<int>(2);
  EXPECT_EQ(map.insert(std::move(third)).error(), make_error(ErrorCode::capacity_exhausted, 2));
  ASSERT_NE(third, nullptr);  // NOLINT(bugprone-use-after-move): that it is still there is the point
  EXPECT_EQ(map.reserve(3).error(), make_error(ErrorCode::capacity_exhausted, 2));
  ASSERT_TRUE(map.erase(first));
  EXPECT_TRUE(map.insert(std::move(third))) << "usable after the limit was met";
}

TEST(SlotMap, StaticStorageIsInsideTheMap) {
  static_assert(sizeof(SlotMap<std::uint64_t, Static<100>>) >= 1600);
  static_assert(!std::is_move_constructible_v<SlotMap<int, Static<4>>>);
  static_assert(std::is_nothrow_move_constructible_v<SlotMap<int>>);
}

TEST(SlotMap, UserAllocatorGivesAllMemoryAndGetsItBack) {
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

TEST(SlotMap, AllocatorThatRefusesIsReportedAndTheMapGoesOn) {
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

// --- pins and tombstones ---

TYPED_TEST(SlotMapOnEveryStorage, APinnedValueIsNotRemovedUnlessByForce) {
  typename TestFixture::template MapOf<int> map;
  const SlotHandle handle = *map.insert(5);
  const std::uint32_t index = *map.pin(handle);
  ASSERT_TRUE(map.pin_again(index));
  EXPECT_EQ(*map.pins(handle), 2u);
  EXPECT_EQ(map.erase(handle).error(), make_error(ErrorCode::resource_lent, 2));
  EXPECT_EQ(map.take(handle).error(), make_error(ErrorCode::resource_lent, 2));
  EXPECT_EQ(map.size(), 1u);
  EXPECT_EQ(*map.by_index(index), handle);
  EXPECT_EQ(**map.get_by_index(index), 5);
  EXPECT_EQ(*map.unpin(index), handle);
  EXPECT_EQ(*map.unpin(index), handle);
  EXPECT_TRUE(map.erase(handle));
}

TYPED_TEST(SlotMapOnEveryStorage, ATombstoneNeverBecomesAnotherValueUntilItIsUnpinned) {
  typename TestFixture::template MapOf<int> map;
  const SlotHandle handle = *map.insert(5);
  const std::uint32_t index = *map.pin(handle);
  ASSERT_TRUE(map.pin_again(index));
  EXPECT_EQ(*map.take(handle, IfPinned::leave_tombstone), 5);
  EXPECT_EQ(map.size(), 0u);
  EXPECT_EQ(map.tombstones(), 1u);
  EXPECT_EQ(map.get(handle).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(map.by_index(index).error(), make_error(ErrorCode::removed_by_host, index));
  EXPECT_EQ(map.get_by_index(index).error(), make_error(ErrorCode::removed_by_host, index));
  for (int i = 0; i < 10; ++i) EXPECT_NE(DefaultSlotHandleLayout::index(*map.insert(i)), index);
  EXPECT_TRUE(map.pin_again(index)) << "a tombstone can still be passed on";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(*map.unpin(index), SlotHandle{});
  EXPECT_EQ(map.tombstones(), 0u);
  EXPECT_EQ(map.unpin(index).error().code, ErrorCode::stale_handle);
  const SlotHandle reused = *map.insert(6);
  EXPECT_EQ(DefaultSlotHandleLayout::index(reused), index);
  EXPECT_FALSE(map.contains(handle));
}

TYPED_TEST(SlotMapOnEveryStorage, IndexesOfWhatIsNotPinnedAreRefused) {
  typename TestFixture::template MapOf<int> map;
  const SlotHandle handle = *map.insert(5);
  const std::uint32_t index = DefaultSlotHandleLayout::index(handle);
  ASSERT_TRUE(map.erase(*map.insert(6)));
  for (const std::uint32_t wrong : {index, index + 1, index + 2, 0xffffffffu}) {
    EXPECT_EQ(map.by_index(wrong).error(), make_error(ErrorCode::stale_handle, wrong));
    EXPECT_EQ(map.get_by_index(wrong).error(), make_error(ErrorCode::stale_handle, wrong));
    EXPECT_EQ(map.unpin(wrong).error(), make_error(ErrorCode::stale_handle, wrong));
    EXPECT_EQ(map.pin_again(wrong).error(), make_error(ErrorCode::stale_handle, wrong));
  }
}

TYPED_TEST(SlotMapOnEveryStorage, ADestructorMayUnpinItsOwnSlot) {
  struct SelfUnpinning;
  using Map = typename TestFixture::template MapOf<SelfUnpinning>;
  struct SelfUnpinning {
    Map* map;
    std::uint32_t index = 0;
    ~SelfUnpinning() {
      EXPECT_EQ(map->by_index(index).error().code, ErrorCode::removed_by_host);
      EXPECT_EQ(*map->unpin(index), SlotHandle{});
    }
  };
  Map map;
  const SlotHandle handle = *map.emplace(&map);
  map.find(handle)->index = *map.pin(handle);
  ASSERT_TRUE(map.erase(handle, IfPinned::leave_tombstone));
  EXPECT_EQ(map.tombstones(), 0u);
  const SlotHandle next = *map.emplace(&map);
  EXPECT_EQ(DefaultSlotHandleLayout::index(next), DefaultSlotHandleLayout::index(handle));
  map.find(next)->index = *map.pin(next);
}

TYPED_TEST(SlotMapOnEveryStorage, ClearLeavesTombstonesOfPinnedValues) {
  typename TestFixture::template MapOf<int> map;
  const std::uint32_t index = *map.pin(*map.insert(1));
  ASSERT_TRUE(map.insert(2));
  map.clear();
  EXPECT_EQ(map.size(), 0u);
  EXPECT_EQ(map.by_index(index).error().code, ErrorCode::removed_by_host);
}

TEST(SlotMap, DetachedValueLivesUntilItsHolderEnds) {
  SlotMap<Counted> map;
  const SlotHandle handle = *map.emplace(4);
  {
    const auto detached = map.detach(handle);
    ASSERT_TRUE(detached);
    EXPECT_FALSE(map.contains(handle));
    EXPECT_EQ(detached->value().value, 4);
    EXPECT_EQ(map.detach(handle).error().code, ErrorCode::stale_handle);
    EXPECT_EQ(Counted::alive, 1);
  }
  EXPECT_EQ(Counted::alive, 0);
}

// --- a long random run against an obvious model ---

TYPED_TEST(SlotMapOnEveryStorage, BehavesLikeAMapUnderRandomOperations) {
  using Layout = SlotHandleLayout<6, 7, 8>;  // 64 slots, 127 generations: slots retire during the run
  typename TestFixture::template MapOf<std::unique_ptr<int>, Layout> map;
  struct Model {
    int value;
    std::uint32_t pins;
  };
  std::map<std::uint64_t, Model> live;
  std::map<std::uint32_t, std::uint32_t> tombstones;  // index -> pins
  std::vector<std::uint64_t> dead;
  std::mt19937 random(20'260'801);
  const auto some_live = [&] { return std::next(live.begin(), static_cast<std::ptrdiff_t>(random() % live.size())); };

  for (int step = 0; step < 60'000; ++step) {
    const auto choice = random() % 10;
    if (choice < 4) {
      const auto handle = map.insert(std::make_unique<int>(step));
      const bool has_room = live.size() + tombstones.size() + map.retired() < 64;
      ASSERT_EQ(handle.has_value(), has_room) << step;
      if (handle) {
        ASSERT_TRUE(live.emplace(handle->bits, Model{step, 0}).second);
        ASSERT_FALSE(tombstones.contains(Layout::index(*handle)));
      }
    } else if (choice < 7 && !live.empty()) {
      const auto it = some_live();
      const bool is_forced = random() % 4 == 0;
      const auto taken = map.take({it->first}, is_forced ? IfPinned::leave_tombstone : IfPinned::refuse);
      ASSERT_EQ(taken.has_value(), is_forced || it->second.pins == 0);
      if (taken) {
        ASSERT_EQ(**taken, it->second.value);
        if (it->second.pins != 0) tombstones[Layout::index({it->first})] = it->second.pins;
        dead.push_back(it->first);
        live.erase(it);
      }
    } else if (choice == 7 && !live.empty()) {
      const auto it = some_live();
      ASSERT_EQ(*map.pin({it->first}), Layout::index({it->first}));
      ++it->second.pins;
    } else if (choice == 8 && !live.empty()) {
      const auto it = some_live();
      ASSERT_EQ(map.unpin(Layout::index({it->first})).has_value(), it->second.pins != 0);
      if (it->second.pins != 0) --it->second.pins;
    } else if (choice == 9 && !tombstones.empty()) {
      const auto it = tombstones.begin();
      ASSERT_EQ(map.by_index(it->first).error().code, ErrorCode::removed_by_host);
      ASSERT_EQ(*map.unpin(it->first), SlotHandle{});
      if (--it->second == 0) tombstones.erase(it);
    }
    ASSERT_EQ(map.size(), live.size());
    ASSERT_EQ(map.tombstones(), tombstones.size());
    if (!dead.empty()) {
      ASSERT_EQ(map.get({dead[random() % dead.size()]}).error().code, ErrorCode::stale_handle);
    }
    if (step % 500 == 0) {
      std::size_t seen = 0;
      for (auto [handle, value] : map) {
        ASSERT_EQ(*value, live.at(handle.bits).value);
        ++seen;
      }
      ASSERT_EQ(seen, live.size());
    }
  }
  EXPECT_GT(map.retired(), 0u);
}

}  // namespace
}  // namespace holdfast::core
