// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/resource/watch/observer.hpp"

#include <expected>
#include <functional>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "holdfast/resource/tables/table.hpp"

namespace holdfast::resource {
namespace {

struct Item {
  int number;
  std::expected<void, Error> cleanup() {
    if (number < 0) return fail(ErrorCode::wrong_state);
    return {};
  }
};

using List = ObserverList<Item, 3>;
using Table = ResourceTable<Item, Dynamic, List>;

/// Logs each event after its own name; calls `then` at the first one.
struct Scribe final : LifecycleCallback<Item> {
  Scribe(std::vector<std::string>& into, std::string is_called) : log(into), name(std::move(is_called)) {}
  void note(const char* event, const Item& item) {
    log.push_back(name + " " + event + " " + std::to_string(item.number));
    if (const auto once = std::exchange(then, nullptr)) once();
  }
  void on_create(Handle<Item>, const Item& item) override { note("create", item); }
  void on_access(Handle<Item>, Item& item) override { note("access", item); }
  void on_take(Handle<Item>, Item& item) override { note("take", item); }
  void on_cleanup(Handle<Item>, Item& item) override { note("cleanup", item); }
  void on_cleanup_failed(Handle<Item>, Item& item, const Error&) override { note("failed", item); }

  std::vector<std::string>& log;
  std::string name;
  std::function<void()> then;
};

using EventNames = std::vector<std::string>;

TEST(ObserverList, CallsAllCallbacksInOrder) {
  EventNames log;
  Scribe a(log, "a");
  Scribe b(log, "b");
  Table table;
  ASSERT_TRUE(table.observer().attach(a));
  ASSERT_TRUE(table.observer().attach(b));
  EXPECT_EQ(table.observer().size(), 2u);

  const auto kept = *table.insert({1});
  EXPECT_TRUE(table.get(kept));
  EXPECT_TRUE(table.take(kept));
  const auto bad = *table.insert({-1});
  EXPECT_FALSE(table.remove(bad));
  EXPECT_EQ(log,
            (EventNames{"a create 1", "b create 1", "a access 1", "b access 1", "a take 1", "b take 1", "a create -1",
                        "b create -1", "a cleanup -1", "b cleanup -1", "a failed -1", "b failed -1"}));
}

TEST(ObserverList, FailedOperationsCallNobody) {
  EventNames log;
  Scribe a(log, "a");
  Table table;
  const auto gone = *table.insert({1});
  ASSERT_TRUE(table.remove(gone));
  ASSERT_TRUE(table.observer().attach(a));
  EXPECT_FALSE(table.get(gone));
  EXPECT_FALSE(table.take(gone));
  EXPECT_FALSE(table.remove(gone));
  const auto pinned = *table.insert({2});
  ASSERT_TRUE(table.pin(pinned));
  log.clear();
  EXPECT_FALSE(table.take(pinned));
  EXPECT_FALSE(table.remove(pinned));
  EXPECT_TRUE(log.empty());
}

TEST(ObserverList, RefusesMistakesAndReportsItsCapacity) {
  EventNames log;
  Scribe a(log, "a");
  Scribe b(log, "b");
  Scribe c(log, "c");
  Scribe d(log, "d");
  List list;
  EXPECT_EQ(list.detach(a).error().code, ErrorCode::wrong_state);
  ASSERT_TRUE(list.attach(a));
  EXPECT_EQ(list.attach(a).error().code, ErrorCode::wrong_state);
  ASSERT_TRUE(list.attach(b));
  ASSERT_TRUE(list.attach(c));
  EXPECT_EQ(list.attach(d).error(), make_error(ErrorCode::capacity_exhausted, 3));
  ASSERT_TRUE(list.detach(a));
  EXPECT_FALSE(list.is_attached(a));
  ASSERT_TRUE(list.attach(d)) << "there is room again";
  EXPECT_EQ(list.size(), 3u);
}

TEST(ObserverList, ACallbackDetachedDuringACallIsNotCalledAgain) {
  EventNames log;
  Scribe a(log, "a");
  Scribe b(log, "b");
  Scribe c(log, "c");
  Table table;
  List& list = table.observer();
  for (Scribe* scribe : {&a, &b, &c}) ASSERT_TRUE(list.attach(*scribe));
  a.then = [&] {
    EXPECT_TRUE(list.detach(a));
    EXPECT_TRUE(list.detach(b));
  };
  const auto handle = *table.insert({1});
  EXPECT_EQ(log, (EventNames{"a create 1", "c create 1"}));
  ASSERT_TRUE(list.attach(b));
  EXPECT_TRUE(table.get(handle));
  EXPECT_EQ(log, (EventNames{"a create 1", "c create 1", "c access 1", "b access 1"}));
}

TEST(ObserverList, ACallbackAttachedDuringACallIsCalledFromTheNextEvent) {
  EventNames log;
  Scribe a(log, "a");
  Scribe b(log, "b");
  Table table;
  ASSERT_TRUE(table.observer().attach(a));
  a.then = [&] { EXPECT_TRUE(table.observer().attach(b)); };
  const auto handle = *table.insert({1});
  EXPECT_TRUE(table.get(handle));
  EXPECT_EQ(log, (EventNames{"a create 1", "a access 1", "b access 1"}));
}

TEST(ObserverList, ACallbackMayCallBackIntoTheTable) {
  EventNames log;
  Scribe a(log, "a");
  Scribe b(log, "b");
  Table table;
  ASSERT_TRUE(table.observer().attach(a));
  ASSERT_TRUE(table.observer().attach(b));
  const auto handle = *table.insert({1});
  log.clear();
  // The callback for the access removes the resource, and the look-up is repeated.
  a.then = [&] {
    EXPECT_TRUE(table.observer().detach(b));
    EXPECT_TRUE(table.remove(handle));
  };
  EXPECT_EQ(table.get(handle).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(log, (EventNames{"a access 1", "a cleanup 1"}));
  EXPECT_TRUE(table.empty());
}

/// Notices a resource that is looked up for the hundredth time.
struct HeavyUse final : LifecycleCallback<Item> {
  void on_access(Handle<Item> handle, Item&) override {
    if (handle == watched && ++count == 100) noticed = handle;
  }
  Handle<Item> watched;
  Handle<Item> noticed;
  int count = 0;
};

TEST(LifecycleCallback, AHeavilyUsedResourceIsNoticed) {
  HeavyUse heavy;  // outlives the table, which calls it when it is destroyed
  Table table;
  ASSERT_TRUE(table.observer().attach(heavy));
  const auto quiet = *table.insert({1});
  const auto busy = heavy.watched = *table.insert({2});
  for (int i = 0; i < 99; ++i) EXPECT_TRUE(table.get(busy));
  EXPECT_TRUE(table.get(quiet));
  EXPECT_TRUE(heavy.noticed.is_null());
  EXPECT_TRUE(table.get(busy));
  EXPECT_EQ(heavy.noticed, busy);
}

/// A compile-time observer with only the callbacks that ObserverOf requires.
struct Counter {
  void on_create(Handle<Item>, const Item&) { ++calls; }
  void on_access(Handle<Item>, Item&) { ++calls; }
  void on_cleanup(Handle<Item>, Item&) { ++calls; }
  void on_cleanup_failed(Handle<Item>, Item&, const Error&) { ++calls; }
  int calls = 0;
};

TEST(LifecycleForwarder, MakesAnyObserverACallback) {
  Counter counter;
  LifecycleForwarder<Item, Counter> forwarder(counter);
  Table table;
  ASSERT_TRUE(table.observer().attach(forwarder));
  const auto handle = *table.insert({-1});
  EXPECT_TRUE(table.get(handle));
  EXPECT_FALSE(table.remove(handle));
  const auto taken = *table.insert({1});
  EXPECT_TRUE(table.take(taken));
  EXPECT_EQ(counter.calls, 5);
}

TEST(ObserverRef, ForwardsToAnObserverThatOutlivesTheTable) {
  Counter counter;
  {
    ResourceTable<Item, Static<4>, ObserverRef<Counter>> table(nullptr, ObserverRef(counter));
    const auto handle = *table.insert({1});
    EXPECT_TRUE(table.get(handle));
    EXPECT_EQ(table.observer()->calls, 2);
  }
  EXPECT_EQ(counter.calls, 3) << "the destructor of the table cleaned up";
}

}  // namespace
}  // namespace holdfast::resource
