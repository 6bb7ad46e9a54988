// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/resource/watch/monitor.hpp"

#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "holdfast/resource/tables/table.hpp"
#include "holdfast/resource/watch/observer.hpp"

namespace holdfast::resource {
namespace {

/// A resource that reports its size and category.
struct Texture {
  enum class Kind { buffer, texture };
  std::size_t bytes = 0;
  Kind kind = Kind::texture;
  bool fails = false;

  std::size_t size_bytes() const { return bytes; }
  Kind category() const { return kind; }
  std::expected<void, Error> cleanup() {
    if (fails) return fail(ErrorCode::wrong_state);
    return {};
  }
};

/// Runs the same tests with a heap and without one.
template <class Storage>
struct ResourceMonitorOnEveryStorage : ::testing::Test {
  using Monitor = ResourceMonitor<Texture, CoarseClock, Storage>;
  using Table = ResourceTable<Texture, Storage, ObserverRef<Monitor>>;

  template <class Search>
  std::vector<Handle<Texture>> collect(Search search) const {
    std::vector<Handle<Texture>> handles;
    search([&](Handle<Texture> handle, const ResourceMetrics&) { handles.push_back(handle); });
    return handles;
  }
  std::vector<Handle<Texture>> stale(Ticks max_idle) const {
    return collect([&](auto visit) { monitor.find_stale_resources(max_idle, visit); });
  }

  CoarseClock clock{100};
  Monitor monitor{clock};
  Table table{nullptr, ObserverRef<Monitor>(monitor)};
};
using Storages = ::testing::Types<Dynamic, Static<32>>;
TYPED_TEST_SUITE(ResourceMonitorOnEveryStorage, Storages);

TYPED_TEST(ResourceMonitorOnEveryStorage, RecordsWhenAResourceWasCreatedAndUsed) {
  const auto handle = *this->table.insert({.bytes = 64});
  this->clock.advance(5);
  EXPECT_TRUE(this->table.get(handle));
  this->clock.advance(5);
  EXPECT_TRUE(this->table.get(handle));
  EXPECT_TRUE(this->table.peek(handle)) << "peek does not count as a use";
  const ResourceMetrics metrics = *this->monitor.metrics(handle);
  EXPECT_EQ(metrics.created, 100u);
  EXPECT_EQ(metrics.last_accessed, 110u);
  EXPECT_EQ(metrics.accesses, 2u);
  EXPECT_EQ(metrics.size, 64u);
}

TYPED_TEST(ResourceMonitorOnEveryStorage, HasMetricsOfLiveResourcesOnly) {
  const auto handle = *this->table.insert({});
  EXPECT_EQ(this->monitor.metrics({}).error().code, ErrorCode::null_handle);
  ASSERT_TRUE(this->table.remove(handle));
  EXPECT_EQ(this->monitor.metrics(handle).error().code, ErrorCode::stale_handle);
  const auto next = *this->table.insert({});
  EXPECT_EQ(this->monitor.metrics(handle).error().code, ErrorCode::stale_handle) << "the slot was reused";
  EXPECT_EQ(this->monitor.metrics(next)->accesses, 0u);
  EXPECT_FALSE(this->monitor.metrics(Handle<Texture>::from_bits(1u << 20 | std::uint64_t{1} << 28)));
}

TYPED_TEST(ResourceMonitorOnEveryStorage, StatsAgreeWithTheTable) {
  const auto a = *this->table.insert({.bytes = 10});
  const auto b = *this->table.insert({.bytes = 20});
  const auto c = *this->table.insert({.bytes = 30});
  this->clock.advance(10);
  EXPECT_TRUE(this->table.get(b));
  EXPECT_TRUE(this->table.get(c));
  ASSERT_TRUE(this->table.remove(b));
  ASSERT_TRUE(this->table.take(c));
  EXPECT_FALSE(this->table.remove(b));
  this->clock.advance(4);
  const auto d = *this->table.insert({.bytes = 5});
  EXPECT_TRUE(this->table.contains(a) && this->table.contains(d));
  const ResourceStats stats = this->monitor.stats();
  EXPECT_EQ(stats.created, 4u);
  EXPECT_EQ(stats.destroyed, 1u);
  EXPECT_EQ(stats.taken, 1u);
  EXPECT_EQ(stats.active, this->table.size());
  EXPECT_EQ(stats.accesses, 2u) << "including those of resources that are gone";
  EXPECT_EQ(stats.memory, 15u);
  EXPECT_EQ(stats.peak_memory, 60u);
  EXPECT_EQ(stats.average_age, 7u) << "the mean of 14 and 0";
}

TYPED_TEST(ResourceMonitorOnEveryStorage, AChangedSizeIsNoticedAtTheNextUseAndAtTheEnd) {
  const auto handle = *this->table.insert({.bytes = 10});
  (*this->table.get(handle))->bytes = 1000;
  EXPECT_EQ(this->monitor.stats().memory, 10u);
  EXPECT_TRUE(this->table.get(handle));
  EXPECT_EQ(this->monitor.stats().memory, 1000u);
  (*this->table.get(handle))->bytes = 3000;
  ASSERT_TRUE(this->table.remove(handle));
  EXPECT_EQ(this->monitor.stats().memory, 0u);
  EXPECT_EQ(this->monitor.stats().peak_memory, 3000u) << "the size is read before the memory is freed";
}

TYPED_TEST(ResourceMonitorOnEveryStorage, CountsByCategory) {
  ASSERT_TRUE(this->table.insert({.bytes = 10, .kind = Texture::Kind::buffer}));
  const auto texture = *this->table.insert({.bytes = 20});
  const MetricsCollector& collector = this->monitor.collector();
  EXPECT_EQ(collector.category(0).memory, 10u);
  EXPECT_EQ(collector.category(1).memory, 20u);
  ASSERT_TRUE(this->table.remove(texture));
  EXPECT_EQ(collector.category(1).active(), 0u);
  EXPECT_EQ(collector.category(0).active(), 1u);
  this->monitor.collector().record_failure(1);
  EXPECT_EQ(collector.category(1).success_permille(), 500u);
}

TYPED_TEST(ResourceMonitorOnEveryStorage, FindsUnusedResources) {
  const auto old = *this->table.insert({});
  const auto used = *this->table.insert({});
  this->clock.advance(10);
  EXPECT_TRUE(this->table.get(used));
  EXPECT_TRUE(this->stale(10).empty()) << "idle for 10, which is not longer than 10";
  this->clock.advance(1);
  EXPECT_EQ(this->stale(10), (std::vector{old}));
  EXPECT_EQ(this->stale(0), (std::vector{old, used}));
}

TYPED_TEST(ResourceMonitorOnEveryStorage, CleansUpUnusedResources) {
  const auto stale = *this->table.insert({});
  const auto failing = *this->table.insert({.fails = true});
  const auto lent = *this->table.insert({});
  ASSERT_TRUE(this->table.pin(lent));
  this->clock.advance(10);
  const auto fresh = *this->table.insert({});
  const StaleCleanup done = this->monitor.cleanup_stale_resources(this->table, 5);
  EXPECT_EQ(done.removed, 2u);
  EXPECT_EQ(done.failed, 1u);
  EXPECT_EQ(done.lent, 1u);
  EXPECT_FALSE(this->table.contains(stale) || this->table.contains(failing));
  EXPECT_TRUE(this->table.contains(lent) && this->table.contains(fresh));
  EXPECT_EQ(this->monitor.stats().failed_cleanups, 1u);
  EXPECT_EQ(this->monitor.cleanup_stale_resources(this->table, 5).removed, 0u);
}

TYPED_TEST(ResourceMonitorOnEveryStorage, FindsHeavilyUsedResources) {
  const auto busy = *this->table.insert({});
  ASSERT_TRUE(this->table.insert({}));
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(this->table.get(busy));
  const auto heavily_used = this->collect([&](auto visit) { this->monitor.find_heavily_used(100, visit); });
  EXPECT_EQ(heavily_used, (std::vector{busy}));
  EXPECT_EQ(this->monitor.metrics(busy)->accesses, 100u);
}

TYPED_TEST(ResourceMonitorOnEveryStorage, LookUpsByRepCountAsUses) {
  const auto handle = *this->table.insert({});
  const auto rep = *this->table.pin(handle);
  EXPECT_TRUE(this->table.by_index(rep));
  EXPECT_EQ(this->monitor.metrics(handle)->accesses, 1u);
}

TYPED_TEST(ResourceMonitorOnEveryStorage, WritesAReadableReport) {
  ASSERT_TRUE(this->table.insert({.bytes = 64}));
  char buffer[256];
  EXPECT_TRUE(this->monitor.report(buffer).starts_with("resources: 1 active, 1 created"))
      << this->monitor.report(buffer);
}

TYPED_TEST(ResourceMonitorOnEveryStorage, AgreesWithAModelUnderRandomOperations) {
  struct Known {
    Handle<Texture> handle;
    ResourceMetrics metrics;
  };
  std::vector<Known> model;
  std::mt19937 random(4);
  std::uint64_t created = 0;
  for (int step = 0; step < 20'000; ++step) {
    this->clock.advance(random() % 3);
    const std::size_t pick = model.empty() ? 0 : random() % model.size();
    switch (model.empty() ? 0 : random() % 4) {
      case 0:
        if (const auto handle = this->table.insert({.bytes = random() % 50})) {
          ++created;
          const Ticks now = this->clock.now();
          model.push_back(
              {*handle, {.created = now, .last_accessed = now, .size = (*this->table.peek(*handle))->bytes}});
        }
        break;
      case 1:
        ASSERT_TRUE(this->table.get(model[pick].handle));
        model[pick].metrics.last_accessed = this->clock.now();
        ++model[pick].metrics.accesses;
        break;
      case 2:
        ASSERT_TRUE(this->table.take(model[pick].handle));
        std::swap(model[pick], model.back());
        model.pop_back();
        break;
      default:
        ASSERT_TRUE(this->table.remove(model[pick].handle));
        ASSERT_FALSE(this->table.get(model[pick].handle));
        std::swap(model[pick], model.back());
        model.pop_back();
    }
    std::size_t memory = 0;
    for (const Known& known : model) {
      memory += known.metrics.size;
      const ResourceMetrics metrics = *this->monitor.metrics(known.handle);
      ASSERT_EQ(metrics.created, known.metrics.created);
      ASSERT_EQ(metrics.last_accessed, known.metrics.last_accessed);
      ASSERT_EQ(metrics.accesses, known.metrics.accesses);
    }
    const ResourceStats stats = this->monitor.stats();
    ASSERT_EQ(stats.active, model.size());
    ASSERT_EQ(stats.memory, memory);
    ASSERT_EQ(stats.created, created);
  }
}

TEST(ResourceMonitor, MayLiveInsideTheTableAndMoveWithIt) {
  CoarseClock clock;
  using Monitor = ResourceMonitor<int>;
  ResourceTable<int, Dynamic, Monitor> table(nullptr, Monitor(clock));
  const auto handle = *table.insert(1);
  ResourceTable<int, Dynamic, Monitor> moved(std::move(table));
  EXPECT_TRUE(moved.get(handle));
  EXPECT_EQ(moved.observer().metrics(handle)->accesses, 1u);
  EXPECT_EQ(moved.observer().metrics(handle)->size, sizeof(int));
  clock.advance(9);
  EXPECT_EQ(moved.observer().cleanup_stale_resources(moved, 8).removed, 1u);
  EXPECT_TRUE(moved.empty());
}

TEST(ResourceMonitor, AttachedLateItTracksAResourceFromItsNextUse) {
  CoarseClock clock(7);
  ResourceMonitor<int> monitor(clock);
  LifecycleForwarder<int, ResourceMonitor<int>> forwarder(monitor);
  ResourceTable<int, Dynamic, ObserverList<int>> table;
  const auto before = *table.insert(1);
  ASSERT_TRUE(table.observer().attach(forwarder));
  EXPECT_FALSE(monitor.metrics(before));
  EXPECT_TRUE(table.get(before));
  EXPECT_EQ(monitor.metrics(before)->created, 7u);
  EXPECT_EQ(monitor.metrics(before)->accesses, 1u);
  const auto unseen = *table.insert(2);
  ASSERT_TRUE(table.observer().detach(forwarder));
  EXPECT_TRUE(table.remove(unseen));
  const auto reused = *table.insert(3);
  ASSERT_TRUE(table.observer().attach(forwarder));
  EXPECT_TRUE(table.remove(reused)) << "the monitor never saw this resource";
  EXPECT_EQ(monitor.stats().destroyed, 0u);
}

TEST(ResourceMonitor, ARenewedHandleKeepsTheMetrics) {
  CoarseClock clock(7);
  using Monitor = ResourceMonitor<int>;
  ResourceTable<int, Dynamic, Monitor> table(nullptr, Monitor(clock));
  const auto first = *table.insert(1);
  EXPECT_TRUE(table.get(first));
  clock.advance();
  const auto renewed = *table.renew(first);
  EXPECT_TRUE(table.get(renewed));
  const Monitor& monitor = table.observer();
  EXPECT_FALSE(monitor.metrics(first));
  EXPECT_EQ(monitor.metrics(renewed)->created, 7u);
  EXPECT_EQ(monitor.metrics(renewed)->accesses, 2u);
  EXPECT_EQ(monitor.stats().created, 1u);
  EXPECT_TRUE(table.remove(renewed));
  EXPECT_EQ(monitor.stats().active, 0u);
}

TEST(ResourceMonitor, ARenewedUnusedResourceEndsLikeOthers) {
  CoarseClock clock;
  using Monitor = ResourceMonitor<int>;
  Monitor monitor(clock);
  {
    ResourceTable<int, Dynamic, ObserverRef<Monitor>> table(nullptr, ObserverRef(monitor));
    const auto removed = *table.renew(*table.insert(1));
    EXPECT_EQ(monitor.metrics(removed)->accesses, 0u);
    EXPECT_TRUE(table.remove(removed));
    const auto stale = *table.renew(*table.insert(2));
    clock.advance(9);
    const StaleCleanup done = monitor.cleanup_stale_resources(table, 8);
    EXPECT_EQ(done.removed, 1u);
    EXPECT_EQ(done.failed, 0u);
    EXPECT_FALSE(table.contains(stale));
  }
  EXPECT_EQ(monitor.stats().active, 0u);
  EXPECT_EQ(monitor.stats().destroyed, 2u);
}

TEST(ResourceMonitor, AttachedAtRunTimeItTracksRenewedHandles) {
  CoarseClock clock;
  ResourceMonitor<int> monitor(clock);
  LifecycleForwarder<int, ResourceMonitor<int>> forwarder(monitor);
  ResourceTable<int, Dynamic, ObserverList<int>> table;
  ASSERT_TRUE(table.observer().attach(forwarder));
  EXPECT_TRUE(table.remove(*table.renew(*table.insert(1))));
  EXPECT_EQ(monitor.stats().active, 0u);
}

/// An allocator that fails while `*is_empty`.
struct Arena {
  void* allocate(std::size_t size, std::size_t alignment) noexcept {
    return *is_empty ? nullptr : core::HeapAllocator().allocate(size, alignment);
  }
  void deallocate(void* memory, std::size_t size, std::size_t alignment) noexcept {
    core::HeapAllocator().deallocate(memory, size, alignment);
  }
  bool* is_empty;
};

TEST(ResourceMonitor, ResourcesAreUntrackedWhileThereIsNoMemory) {
  bool is_empty = true;
  CoarseClock clock;
  using Monitor = ResourceMonitor<int, CoarseClock, core::Allocated<Arena>>;
  Monitor monitor(clock, Arena{&is_empty});
  ResourceTable<int, Dynamic, ObserverRef<Monitor>> table(nullptr, ObserverRef<Monitor>(monitor));
  const auto handle = *table.insert(1);
  EXPECT_TRUE(table.get(handle));
  EXPECT_EQ(monitor.stats().untracked, 1u);
  EXPECT_EQ(monitor.stats().active, 0u);
  is_empty = false;
  EXPECT_TRUE(table.get(handle));
  EXPECT_EQ(monitor.stats().active, 1u);
  EXPECT_EQ(monitor.metrics(handle)->accesses, 1u);
}

}  // namespace
}  // namespace holdfast::resource
