// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The behaviour of a slot map, for every storage.
#include "holdfast/core/slot_map.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "check.hpp"
#include "environment.hpp"
#include "support.hpp"

namespace holdfast::core {
namespace {

using freestanding::List;
using freestanding::Random;
using freestanding::Token;

template <class T, class Layout = DefaultSlotHandleLayout>
using MapOf = SlotMap<T, freestanding::Storage<64>, Layout>;

TEST(SlotMap, ReturnsInsertedValues) {
  MapOf<Token> map;
  EXPECT_TRUE(map.empty());
  const SlotHandle a = *map.insert(Token(1));
  const SlotHandle b = *map.emplace(2);
  EXPECT_EQ((*map.get(a))->number(), 1);
  EXPECT_EQ(map.find(b)->number(), 2);
  EXPECT_EQ((*std::as_const(map).get(b))->number(), 2);
  EXPECT_EQ(map.size(), 2u);
  EXPECT_FALSE(map.empty());
  EXPECT_NE(a, b);
}

TEST(SlotMap, NullHandleIsRefused) {
  MapOf<int> map;
  ASSERT_TRUE(map.insert(1));
  EXPECT_TRUE(SlotHandle{}.is_null());
  EXPECT_EQ(map.find({}), nullptr);
  EXPECT_EQ(map.get({}).error().code, ErrorCode::null_handle);
  EXPECT_EQ(map.erase({}).error().code, ErrorCode::null_handle);
  EXPECT_EQ(map.take({}).error().code, ErrorCode::null_handle);
  EXPECT_EQ(map.pin({}).error().code, ErrorCode::null_handle);
}

TEST(SlotMap, StaleHandleAfterReuseIsRejected) {
  MapOf<int> map;
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

TEST(SlotMap, ForeignHandleIsRefused) {
  MapOf<int> map;
  MapOf<int> other;
  const SlotHandle mine = *map.insert(1);
  const SlotHandle foreign = *other.insert(2);
  EXPECT_NE(mine, foreign);
  EXPECT_EQ(map.get(foreign).error().code, ErrorCode::foreign_handle);
  EXPECT_EQ(map.erase(foreign).error().code, ErrorCode::foreign_handle);
  EXPECT_TRUE(map.contains(mine));
}

TEST(SlotMap, BitsThatWereNeverReturnedAsAHandleAreRefused) {
  MapOf<int> map;
  const SlotHandle handle = *map.insert(1);
  ASSERT_TRUE(map.erase(*map.insert(2)));
  for (unsigned bit = 0; bit < 64; ++bit)
    EXPECT_FALSE(map.contains({handle.bits ^ std::uint64_t{1} << bit})) << "bit " << bit;
  Random random(1);
  for (int i = 0; i < 10'000; ++i)
    if (const SlotHandle guess{random.bits64()}; guess != handle) {
      ASSERT_FALSE(map.contains(guess));
    }
}

TEST(SlotMap, MoveOnlyValuesAreTakenOut) {
  MapOf<Token> map;
  const SlotHandle handle = *map.emplace(7);
  const auto taken = map.take(handle);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->number(), 7);
  EXPECT_FALSE(map.contains(handle));
  EXPECT_EQ(map.size(), 0u);
}

TEST(SlotMap, EveryValueIsDestroyedOnce) {
  {
    MapOf<Token> map;
    const SlotHandle a = *map.emplace(1);
    const SlotHandle b = *map.emplace(2);
    ASSERT_TRUE(map.emplace(3));
    EXPECT_EQ(Token::alive, 3);
    ASSERT_TRUE(map.erase(a));
    EXPECT_FALSE(map.erase(a));
    EXPECT_EQ(Token::alive, 2);
    EXPECT_EQ(map.take(b)->number(), 2);
    EXPECT_EQ(Token::alive, 1);
  }
  EXPECT_EQ(Token::alive, 0);
}

TEST(SlotMap, ClearDestroysTheNewestSlotFirstAndKeepsCapacity) {
  struct Note {
    List<int>* log;
    int number;
    Note(List<int>& into, int n) : log(&into), number(n) {}
    Note(Note&&) = default;
    ~Note() { log->push_back(number); }
  };
  List<int> log;
  MapOf<Note> map;
  List<SlotHandle> handles;
  for (int i = 0; i < 4; ++i) handles.push_back(*map.emplace(log, i));
  const std::uint32_t capacity = map.capacity();
  map.clear();
  EXPECT_EQ(log, (List<int>{3, 2, 1, 0}));
  EXPECT_EQ(map.size(), 0u);
  EXPECT_EQ(map.capacity(), capacity);
  for (const SlotHandle handle : handles) EXPECT_FALSE(map.contains(handle));
}

TEST(SlotMap, IterationVisitsLiveValuesInSlotOrder) {
  MapOf<int> map;
  EXPECT_TRUE(map.begin() == map.end());
  List<SlotHandle> handles;
  for (int i = 0; i < 20; ++i) handles.push_back(*map.insert(i));
  for (std::size_t i = 0; i < 20; i += 2) ASSERT_TRUE(map.erase(handles[i]));
  List<int> seen;
  for (auto [handle, value] : map) {
    EXPECT_EQ(handle, handles[static_cast<std::size_t>(value)]);
    value += 100;
    seen.push_back(value);
  }
  EXPECT_EQ(seen, (List<int>{101, 103, 105, 107, 109, 111, 113, 115, 117, 119}));
  int sum = 0;
  for (const auto [handle, value] : std::as_const(map)) sum += value;
  EXPECT_EQ(sum, 1100);
}

TEST(SlotMap, ValuesMayBeErasedDuringIteration) {
  MapOf<int> map;
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(map.insert(i));
  for (auto [handle, value] : map)
    if (value % 3 == 0) {
      ASSERT_TRUE(map.erase(handle));
    }
  EXPECT_EQ(map.size(), 13u);
}

TEST(SlotMap, ValuesMayBeInsertedDuringIteration) {
  MapOf<int> map;
  const auto of_empty = map.begin();
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(map.insert(i));
  EXPECT_TRUE(of_empty == map.end());
  int visited = 0;
  for (auto [handle, value] : map) {
    ASSERT_EQ(value, visited++);
    ASSERT_TRUE(map.insert(100));
  }
  EXPECT_EQ(visited, 16);
  EXPECT_EQ(map.size(), 32u);
}

TEST(SlotMap, AddressesAreStable) {
  MapOf<int> map;
  List<SlotHandle> handles;
  List<const int*> places;
  for (int i = 0; i < 64; ++i) {
    handles.push_back(*map.insert(i));
    places.push_back(map.find(handles.back()));
  }
  for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(map.find(handles[i]), places[i]);
}

TEST(SlotMap, OverAlignedValuesAreAligned) {
  struct alignas(64) Wide {
    char byte = 0;
  };
  MapOf<Wide> map;
  for (int i = 0; i < 40; ++i) {
    const SlotHandle handle = *map.emplace();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(map.find(handle)) % 64, 0u);
  }
}

TEST(SlotMap, DestructorMayCallBackIntoTheMap) {
  struct Node;
  using NodeMap = MapOf<Node>;
  struct Node {
    Node(NodeMap& nodes, SlotHandle* own, SlotHandle* next) : map(&nodes), self(own), inserted(next) {}
    Node(Node&&) = delete;
    ~Node() {
      if (self == nullptr) return;
      EXPECT_FALSE(map->contains(*self)) << "the handle is dead before the destructor runs";
      EXPECT_EQ(map->erase(*self).error().code, ErrorCode::stale_handle);
      *inserted = *map->emplace(*map, nullptr, nullptr);
      EXPECT_NE(DefaultSlotHandleLayout::index(*inserted), DefaultSlotHandleLayout::index(*self))
          << "the slot is in use while the destructor of its value runs";
    }
    NodeMap* map;
    SlotHandle* self;
    SlotHandle* inserted;
  };
  NodeMap map;
  SlotHandle outer;
  SlotHandle inserted;
  outer = *map.emplace(map, &outer, &inserted);
  ASSERT_TRUE(map.erase(outer));
  EXPECT_TRUE(map.contains(inserted));
  EXPECT_EQ(map.size(), 1u);
}

TEST(SlotMap, ConstructorMayCallBackIntoTheMap) {
  struct Maker {
    MapOf<int>& map;
    operator int() const { return static_cast<int>(*map.insert(1) == SlotHandle{}) + 10; }  // NOLINT
  };
  MapOf<int> map;
  const SlotHandle handle = *map.emplace(Maker{map});
  EXPECT_EQ(*map.find(handle), 10);
  EXPECT_EQ(map.size(), 2u);
}

TEST(SlotMap, InsertsAreRefusedWhileTheMapIsDestroyed) {
  struct Stubborn;
  using Map = MapOf<Stubborn>;
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

// --- generations ---

using TinyLayout = SlotHandleLayout<4, 2, 8>;  // 16 slots, generations 1 to 3

TEST(SlotMap, ASlotWithoutGenerationsLeftRetires) {
  MapOf<int, TinyLayout> map;
  List<SlotHandle> handles;
  for (int i = 0; i < 16 * 3; ++i) {
    const auto handle = map.insert(i);
    ASSERT_TRUE(handle) << i;
    for (const SlotHandle old : handles) ASSERT_NE(*handle, old) << "no handle is returned twice";
    handles.push_back(*handle);
    ASSERT_TRUE(map.erase(*handle));
    ASSERT_EQ(map.retired(), static_cast<std::uint32_t>((i + 1) / 3));
  }
  EXPECT_EQ(map.insert(0).error(), make_error(ErrorCode::capacity_exhausted, 16));
  EXPECT_EQ(map.reserve(1).error().code, ErrorCode::capacity_exhausted);
  for (const SlotHandle old : handles) EXPECT_FALSE(map.contains(old));
}

TEST(SlotMap, IndexWidthLimitsTheMap) {
  MapOf<int, TinyLayout> map;
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(map.insert(i));
  EXPECT_EQ(map.insert(16).error(), make_error(ErrorCode::capacity_exhausted, 16));
  EXPECT_EQ(map.size(), 16u);
}

// --- full maps ---

TEST(SlotMap, AFullMapLeavesTheValueWithTheCallerAndStaysUsable) {
  SlotMap<Token, Static<2>> map;
  const SlotHandle first = *map.emplace(0);
  ASSERT_TRUE(map.emplace(1));
  Token third(2);
  EXPECT_EQ(map.insert(std::move(third)).error(), make_error(ErrorCode::capacity_exhausted, 2));
  EXPECT_EQ(third.number(), 2);  // NOLINT(bugprone-use-after-move): it was not moved from
  EXPECT_EQ(map.reserve(3).error(), make_error(ErrorCode::capacity_exhausted, 2));
  EXPECT_EQ(map.size(), 2u);
  ASSERT_TRUE(map.erase(first));
  EXPECT_TRUE(map.insert(std::move(third))) << "usable after a refusal";
}

// --- pins and tombstones ---

TEST(SlotMap, APinnedValueIsRemovedOnlyByForce) {
  MapOf<int> map;
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

TEST(SlotMap, ATombstoneNeverBecomesAnotherValueUntilItIsUnpinned) {
  MapOf<int> map;
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

TEST(SlotMap, IndicesOfSlotsThatAreNotPinnedAreRefused) {
  MapOf<int> map;
  const SlotHandle handle = *map.insert(5);
  const std::uint32_t index = DefaultSlotHandleLayout::index(handle);
  ASSERT_TRUE(map.erase(*map.insert(6)));
  for (const std::uint32_t wrong : List<std::uint32_t>{index, index + 1, index + 2, 0xffff'ffff}) {
    EXPECT_EQ(map.by_index(wrong).error(), make_error(ErrorCode::stale_handle, wrong));
    EXPECT_EQ(map.get_by_index(wrong).error(), make_error(ErrorCode::stale_handle, wrong));
    EXPECT_EQ(map.unpin(wrong).error(), make_error(ErrorCode::stale_handle, wrong));
    EXPECT_EQ(map.pin_again(wrong).error(), make_error(ErrorCode::stale_handle, wrong));
  }
}

TEST(SlotMap, ADestructorMayUnpinItsOwnSlot) {
  struct SelfUnpinning;
  using Map = MapOf<SelfUnpinning>;
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

TEST(SlotMap, ClearLeavesTombstonesOfPinnedValues) {
  MapOf<int> map;
  const std::uint32_t index = *map.pin(*map.insert(1));
  ASSERT_TRUE(map.insert(2));
  map.clear();
  EXPECT_EQ(map.size(), 0u);
  EXPECT_EQ(map.by_index(index).error().code, ErrorCode::removed_by_host);
}

TEST(SlotMap, DetachedValueLivesUntilItsHolderIsDestroyed) {
  MapOf<Token> map;
  const SlotHandle handle = *map.emplace(4);
  {
    const auto detached = map.detach(handle);
    ASSERT_TRUE(detached);
    EXPECT_FALSE(map.contains(handle));
    EXPECT_EQ(detached->value().number(), 4);
    EXPECT_EQ(map.detach(handle).error().code, ErrorCode::stale_handle);
    EXPECT_EQ(Token::alive, 1);
  }
  EXPECT_EQ(Token::alive, 0);
}

// --- random operations compared with a simple model ---

TEST(SlotMap, BehavesLikeAnArrayUnderRandomOperations) {
  using Layout = SlotHandleLayout<6, 7, 8>;  // 64 slots, 127 generations: slots retire during the run
  struct Model {
    SlotHandle handle;
    int value = 0;
    std::uint32_t pins = 0;
    bool is_live = false;
  };
  MapOf<Token, Layout> map;
  std::array<Model, 64> slots;
  std::array<SlotHandle, 64> dead{};  // some handles that are no longer valid
  std::uint32_t live = 0;
  std::uint32_t tombstones = 0;
  Random random(20'260'801);

  for (int step = 0; step < 60'000; ++step) {
    const std::uint32_t choice = random.below(10);
    Model& some = slots[random.below(64)];
    const std::uint32_t index = static_cast<std::uint32_t>(&some - slots.data());
    if (choice < 4) {
      const auto handle = map.emplace(step);
      const bool has_room = live + tombstones + map.retired() < 64;
      ASSERT_EQ(handle.has_value(), has_room) << step;
      if (handle) {
        Model& slot = slots[Layout::index(*handle)];
        ASSERT_FALSE(slot.is_live || slot.pins != 0);
        for (const SlotHandle old : dead) ASSERT_NE(*handle, old);
        slot = {*handle, step, 0, true};
        ++live;
      }
    } else if (choice < 7 && some.is_live) {
      const bool is_forced = random.below(4) == 0;
      const auto taken = map.take(some.handle, is_forced ? IfPinned::leave_tombstone : IfPinned::refuse);
      ASSERT_EQ(taken.has_value(), is_forced || some.pins == 0);
      if (taken) {
        ASSERT_EQ(taken->number(), some.value);
        some.is_live = false;
        --live;
        tombstones += some.pins != 0 ? 1 : 0;
        dead[index] = some.handle;
      }
    } else if (choice == 7 && some.is_live) {
      ASSERT_EQ(*map.pin(some.handle), index);
      ++some.pins;
    } else if (choice >= 8) {
      const auto unpinned = map.unpin(index);
      ASSERT_EQ(unpinned.has_value(), some.pins != 0);
      if (unpinned) {
        ASSERT_EQ(*unpinned, some.is_live ? some.handle : SlotHandle{});
        if (--some.pins == 0 && !some.is_live) --tombstones;
      }
    }
    ASSERT_EQ(map.size(), live);
    ASSERT_EQ(map.tombstones(), tombstones);
    ASSERT_EQ(Token::alive, static_cast<int>(live));
    ASSERT_FALSE(map.contains(dead[random.below(64)]));
    if (step % 500 == 0) {
      std::uint32_t seen = 0;
      for (auto [handle, value] : map) {
        ASSERT_EQ(value.number(), slots[Layout::index(handle)].value);
        ++seen;
      }
      ASSERT_EQ(seen, live);
    }
  }
  EXPECT_GT(map.retired(), 0u);
}

// --- renewing ---

TEST(SlotMap, ARenewedHandleIsTheOnlyOneThatReachesItsValue) {
  MapOf<int> map;
  const SlotHandle old = *map.insert(5);
  const int* const address = map.find(old);
  const SlotHandle renewed = *map.renew(old);
  EXPECT_NE(renewed, old);
  EXPECT_EQ(map.get(old).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(map.find(renewed), address) << "the value does not move";
  EXPECT_EQ(map.renew(old).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(map.renew({}).error().code, ErrorCode::null_handle);
  EXPECT_EQ(map.size(), 1u);
  ASSERT_TRUE(map.pin(renewed));
  EXPECT_EQ(map.renew(renewed).error(), make_error(ErrorCode::resource_lent, 1));
  EXPECT_TRUE(map.contains(renewed));
}

TEST(SlotMap, AHandleOfTheLastGenerationIsNotRenewed) {
  MapOf<int, SlotHandleLayout<4, 2, 8>> map;
  SlotHandle handle = *map.insert(5);
  for (int generation = 2; generation <= 3; ++generation) handle = *map.renew(handle);
  EXPECT_EQ(map.renew(handle).error(), make_error(ErrorCode::capacity_exhausted, 3));
  EXPECT_EQ(*map.find(handle), 5);
  ASSERT_TRUE(map.erase(handle));
  EXPECT_EQ(map.retired(), 1u);
}

}  // namespace
}  // namespace holdfast::core
