// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tests shared tables and registries with several threads, also under ThreadSanitizer. *_interleaving_test.cpp run
// every order of a few steps.
#include <array>
#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "holdfast/resource/tables/locked.hpp"
#include "holdfast/resource/tables/registry.hpp"
#include "holdfast/resource/tables/shared_table.hpp"

namespace holdfast::resource {
namespace {

TEST(SharedTableThreads, AReaderOnAnotherThreadDelaysTheCleanUpAndRunsIt) {
  static std::atomic<int> cleaned;
  cleaned = 0;
  struct Probe {
    Result<void> cleanup() {
      ++cleaned;
      return {};
    }
  };
  SharedResourceTable<Probe> table;
  const auto handle = *table.insert(Probe());
  std::atomic<int> step = 0;
  std::thread reader([&] {
    const auto guard = *table.read(handle);
    step = 1;
    step.notify_all();
    step.wait(1);
  });
  step.wait(0);
  EXPECT_TRUE(table.remove(handle));
  EXPECT_EQ(cleaned, 0);
  EXPECT_EQ(table.lingering(), 1u);
  step = 2;
  step.notify_all();
  reader.join();
  EXPECT_EQ(cleaned, 1);
  EXPECT_EQ(table.lingering(), 0u);
}

TEST(SharedTableThreads, TakeWaitsForReadersOfOtherThreads) {
  SharedResourceTable<std::unique_ptr<int>> table;
  const auto handle = *table.insert(std::make_unique<int>(7));
  std::atomic<int> step = 0;
  std::atomic<int> seen = 0;
  std::thread reader([&] {
    const auto guard = *table.read(handle);
    step = 1;
    step.notify_all();
    while (table.contains(handle)) std::this_thread::yield();  // until take has begun
    seen = **guard;
  });
  step.wait(0);
  const auto taken = table.take(handle);
  ASSERT_TRUE(taken);
  EXPECT_EQ(seen, 7) << "the reader finished before the value moved";
  reader.join();
}

TEST(SharedTableThreads, RecordsOfEndedThreadsAreReused) {
  SharedResourceTable<int> table;
  const auto handle = *table.insert(1);
  std::set<const void*> records;
  for (int i = 0; i < 20; ++i)
    std::thread([&] {
      const auto guard = *table.read(handle);
      records.insert(core::Epochs::own_readers());
    }).join();
  EXPECT_EQ(records.size(), 1u);
}

TEST(SharedTableThreads, OneThreadReadsManyTablesAtOnce) {
  SharedResourceTable<int> tables[3];
  std::vector<SharedResourceTable<int>::ReadGuard> guards;
  std::vector<Handle<int>> handles;
  for (int i = 0; i < 3; ++i) handles.push_back(*tables[i].insert(i));
  for (int i = 0; i < 3; ++i) guards.push_back(*tables[i].read(handles[static_cast<std::size_t>(i)]));
  ASSERT_TRUE(tables[1].remove(handles[1]));
  EXPECT_EQ(tables[1].lingering(), 1u);
  EXPECT_EQ(*guards[1], 1);
  guards.erase(guards.begin() + 1);
  EXPECT_EQ(tables[1].lingering(), 0u) << "the readers of other tables do not matter";
}

// Everything at once; each thread checks what the contracts promise.
TEST(SharedTableThreads, ReadersSeeWholeValuesWhileOthersInsertRemoveAndTake) {
  struct Ends {
    std::atomic<int> cleaned = 0;
    std::atomic<int> destroyed = 0;
  };
  struct Probe {
    Probe(Ends& into, int n) : ends(&into), number(n), twice(std::make_unique<int>(2 * n)) {}
    Probe(Probe&& other) noexcept
        : ends(std::exchange(other.ends, nullptr)), number(other.number), twice(std::move(other.twice)) {}
    ~Probe() {
      if (ends != nullptr) ++ends->destroyed;
    }
    Result<void> cleanup() {
      ++ends->cleaned;
      if (number % 3 == 0) return fail(ErrorCode::cleanup_failed);
      return {};
    }
    Ends* ends;
    int number;
    std::unique_ptr<int> twice;
  };
  const auto expect_whole = [](const Probe& probe) {
    if (probe.twice == nullptr || *probe.twice != 2 * probe.number) ADD_FAILURE() << probe.number;
  };
  constexpr int rounds = 3000;
  Ends ends;
  std::atomic<int> taken = 0;
  Budget budget;
  {
    SharedResourceTable<Probe> table(&budget);
    std::array<std::atomic<std::uint64_t>, 8> published{};
    std::atomic<int> at_work = 2;
    const auto change = [&](int first) {
      for (int i = 0; i < rounds; ++i) {
        const auto handle = *table.emplace(ends, first + i);
        const auto old =
            Handle<Probe>::from_bits(published[static_cast<std::size_t>(i) % 8].exchange(handle.to_bits()));
        if (i % 16 == 1) {
          if (const auto out = table.take(old)) {
            expect_whole(*out);
            ++taken;
            continue;
          }
        }
        static_cast<void>(table.remove(old));
      }
      --at_work;
    };
    const auto look = [&] {
      SharedResourceTable<Probe>::Shared kept;
      SharedResourceTable<Probe>::WeakHandle weak;
      for (std::size_t i = 0; at_work != 0; ++i) {
        const auto handle = Handle<Probe>::from_bits(published[i % 8].load());
        if (const auto guard = table.read(handle)) expect_whole(**guard);
        if (auto shared = table.get_shared(handle)) kept = *std::move(shared);
        if (kept) expect_whole(*kept);
        if (const auto strong = weak.upgrade()) expect_whole(**strong);
        if (auto created = table.create_weak(handle)) weak = *std::move(created);
        if (i % 64 != 0) continue;
        for (const auto entry : table) expect_whole(entry.value);
      }
    };
    std::vector<std::thread> threads;
    threads.emplace_back(look);
    threads.emplace_back(look);
    threads.emplace_back(change, rounds);
    change(0);
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(table.lingering(), 0u);
    EXPECT_EQ(table.len(), 8u);
  }
  EXPECT_EQ(ends.cleaned + taken, 2 * rounds);
  EXPECT_EQ(ends.destroyed, 2 * rounds);
  EXPECT_EQ(budget.usage(Dimension::resources), 0u);
}

TEST(RegistryThreads, OneOfTwoTakersWins) {
  ResourceRegistry<int> registry;
  for (int round = 0; round < 200; ++round) {
    const auto id = *registry.register_(round);
    std::atomic<int> wins = 0;
    const auto race = [&] {
      const auto taken = registry.take(id);
      if (taken) {
        EXPECT_EQ(*taken, round);
        ++wins;
      } else {
        EXPECT_EQ(taken.error().code, ErrorCode::unknown_id);
      }
    };
    std::thread other(race);
    race();
    other.join();
    ASSERT_EQ(wins, 1);
  }
}

TEST(RegistryThreads, LookUpsFindLiveIdsWhileOthersInsertRemoveAndReplace) {
  ResourceRegistry<std::uint64_t> registry;
  constexpr std::uint64_t stable = 64;
  for (std::uint64_t id = 1; id <= stable; ++id) ASSERT_EQ(*registry.register_(id), id);
  std::atomic<bool> stop = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i)
    readers.emplace_back([&] {
      std::uint64_t id = 1;
      while (!stop.load(std::memory_order_relaxed)) {
        const auto value = registry.read(id);
        ASSERT_TRUE(value) << id;
        ASSERT_EQ(**value % 1000, id);
        ASSERT_EQ(**registry.get(id) % 1000, id);
        id = id % stable + 1;
      }
    });
  for (std::uint64_t round = 0; round < 3000; ++round) {
    const auto registered = *registry.register_(5);
    if (round % 3 != 0) {
      ASSERT_TRUE(registry.remove(registered));
    }
    const std::uint64_t id = round % stable + 1;
    ASSERT_TRUE(registry.insert(id, id + 1000 * round, IfLive::replace));
  }
  stop = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(registry.len(), stable + 1000);
  EXPECT_EQ(registry.lingering(), 0u);
}

TEST(RegistryThreads, LockedValuesLoseNoUpdate) {
  ResourceRegistry<Locked<int>> registry;
  const auto id = *registry.register_(0);
  const auto add = [&] {
    for (int i = 0; i < 2000; ++i) ++*(*registry.read(id))->lock();
  };
  std::thread first(add);
  std::thread second(add);
  first.join();
  second.join();
  EXPECT_EQ(*(*registry.get(id))->lock(), 4000);
}

}  // namespace
}  // namespace holdfast::resource
