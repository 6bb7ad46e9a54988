// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/resource/tables/shared_table.hpp"

#include <atomic>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "holdfast/resource/testing/shared_environments.hpp"

namespace holdfast::resource {
namespace {

// Records what happened to the connections below.
struct Log {
  std::vector<int> cleaned = {};
  std::vector<int> destroyed = {};
  bool fails = false;
};

struct Connection {
  Connection(Log& into, int n) : log(&into), number(n) {}
  Connection(Connection&& other) noexcept : log(std::exchange(other.log, nullptr)), number(other.number) {}
  ~Connection() {
    if (log != nullptr) log->destroyed.push_back(number);
  }
  std::expected<void, std::string> cleanup() {
    log->cleaned.push_back(number);
    if (log->fails) return std::unexpected("peer is gone");
    return {};
  }
  Log* log;
  int number;
};

// --- the same behaviour with every storage and policy, on one thread ---

template <class E>
struct SharedTable : ::testing::Test, E {};
TYPED_TEST_SUITE(SharedTable, testing::SharedEnvironments);

TYPED_TEST(SharedTable, InsertReadTakeRemove) {
  Log log;
  typename TestFixture::template TableOf<Connection> table;
  const auto a = *table.emplace(log, 1);
  const auto b = *table.insert(Connection(log, 2));
  EXPECT_EQ((*table.read(a))->number, 1);
  EXPECT_EQ((*table.get_shared(b))->number, 2);
  EXPECT_EQ(table.len(), 2u);
  {
    const auto taken = table.take(b);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->number, 2);
    EXPECT_TRUE(log.cleaned.empty()) << "taking does not clean up";
  }
  ASSERT_TRUE(table.remove(a));
  EXPECT_EQ(log.cleaned, (std::vector<int>{1}));
  EXPECT_EQ(log.destroyed, (std::vector<int>{2, 1}));
  EXPECT_TRUE(table.is_empty());
}

TYPED_TEST(SharedTable, MisuseIsRefusedByName) {
  typename TestFixture::template TableOf<int> table;
  typename TestFixture::template TableOf<int> other;
  const auto handle = *table.insert(1);
  const auto foreign = *other.insert(1);
  const auto stale = *table.insert(2);
  ASSERT_TRUE(table.remove(stale));
  for (const auto& [bad, code] :
       {std::pair{Handle<int>(), ErrorCode::null_handle}, std::pair{foreign, ErrorCode::foreign_handle},
        std::pair{Handle<int>::from_bits(~std::uint64_t{0}), ErrorCode::foreign_handle},
        std::pair{stale, ErrorCode::stale_handle}}) {
    EXPECT_EQ(table.read(bad).error().code, code);
    EXPECT_EQ(table.get_shared(bad).error().code, code);
    EXPECT_EQ(table.create_weak(bad).error().code, code);
    EXPECT_EQ(table.take(bad).error().code, code);
    EXPECT_EQ(table.remove(bad).error().code, code);
    EXPECT_FALSE(table.contains(bad));
  }
  const auto shared = *table.get_shared(handle);
  EXPECT_EQ(table.take(handle).error(), make_error(ErrorCode::resource_lent, 1));
  EXPECT_EQ(table.size(), 1u);
  EXPECT_EQ((*table.read(handle)).get(), shared.get()) << "a refused take changed nothing";
}

TYPED_TEST(SharedTable, ARemovedResourceLivesUntilItsLastSharedIsGone) {
  Log log;
  typename TestFixture::template TableOf<Connection> table;
  const auto handle = *table.emplace(log, 1);
  auto first = *table.get_shared(handle);
  auto second = first;
  ASSERT_TRUE(table.remove(handle));
  EXPECT_EQ(table.remove(handle).error().error.code, ErrorCode::stale_handle);
  EXPECT_EQ(table.get_shared(handle).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.lingering(), 1u);
  EXPECT_TRUE(first.is_removed());
  first.reset();
  EXPECT_EQ(second->number, 1);
  EXPECT_TRUE(log.cleaned.empty());
  second.reset();
  EXPECT_EQ(log.cleaned, (std::vector<int>{1}));
  EXPECT_EQ(log.destroyed, (std::vector<int>{1}));
  EXPECT_EQ(table.lingering(), 0u);
}

TYPED_TEST(SharedTable, ARemovedResourceLivesUntilItsReaderLeaves) {
  Log log;
  typename TestFixture::template TableOf<Connection> table;
  const auto a = *table.emplace(log, 1);
  const auto b = *table.emplace(log, 2);
  {
    const auto outer = *table.read(a);
    const auto inner = *table.read(b);
    ASSERT_TRUE(table.remove(a));
    ASSERT_TRUE(table.remove(b));
    EXPECT_EQ(outer->number + inner->number, 3);
    EXPECT_FALSE(table.contains(a));
    EXPECT_TRUE(log.destroyed.empty());
  }
  EXPECT_EQ(std::set<int>(log.cleaned.begin(), log.cleaned.end()), (std::set<int>{1, 2}));
  EXPECT_EQ(log.cleaned.size(), 2u);
  EXPECT_EQ(log.destroyed.size(), 2u);
}

TYPED_TEST(SharedTable, TakeIsRefusedWhileTheSameThreadReads) {
  typename TestFixture::template TableOf<std::unique_ptr<int>> table;
  const auto handle = *table.insert(std::make_unique<int>(5));
  {
    const auto guard = *table.read(handle);
    EXPECT_EQ(table.take(handle).error(), make_error(ErrorCode::resource_lent, 1));
    EXPECT_EQ(**guard, 5);
  }
  EXPECT_EQ(**table.take(handle), 5);
}

TYPED_TEST(SharedTable, AWeakHandleDoesNotKeepItsResource) {
  Log log;
  typename TestFixture::template TableOf<Connection> table;
  const auto handle = *table.emplace(log, 1);
  const auto weak = *table.create_weak(handle);
  {
    const auto strong = weak.upgrade();
    ASSERT_TRUE(strong);
    EXPECT_EQ((*strong)->number, 1);
    EXPECT_EQ(strong->weak(), weak);
  }
  ASSERT_TRUE(table.remove(handle));
  EXPECT_EQ(log.destroyed, (std::vector<int>{1}));
  EXPECT_TRUE(weak.is_expired());
  EXPECT_EQ(weak.upgrade().error().code, ErrorCode::stale_handle);
  const auto next = *table.emplace(log, 2);
  EXPECT_EQ(weak.upgrade().error().code, ErrorCode::stale_handle) << "the slot now has another resource";
  EXPECT_TRUE(table.contains(next));
  EXPECT_EQ((WeakResourceHandle<int>().upgrade().error().code), ErrorCode::null_handle);
}

TYPED_TEST(SharedTable, AWeakHandleFailsAfterRemoveEvenWhileASharedKeepsTheResource) {
  typename TestFixture::template TableOf<int> table;
  const auto handle = *table.insert(1);
  const auto weak = *table.create_weak(handle);
  const auto shared = *table.get_shared(handle);
  ASSERT_TRUE(table.remove(handle));
  EXPECT_EQ(weak.upgrade().error().code, ErrorCode::stale_handle);
  EXPECT_EQ(*shared, 1);
}

TYPED_TEST(SharedTable, AFailingCleanUpReachesTheCallerWhenItRunsInRemove) {
  Log log{.fails = true};
  typename TestFixture::template TableOf<Connection> table;
  const auto removed = table.remove(*table.emplace(log, 1));
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().error.code, ErrorCode::cleanup_failed);
  EXPECT_EQ(removed.error().cleanup, "peer is gone");
  EXPECT_EQ(log.destroyed, (std::vector<int>{1}));
  EXPECT_EQ(log.cleaned.size(), 1u);
}

// Counts the callbacks, and calls `then` in each.
struct Watcher {
  struct Counts {
    int created = 0, accessed = 0, cleaned = 0, failed = 0;
    std::string last_failure = {};
    std::function<void()> then = {};
  };
  void on_create(Handle<Connection>, const Connection&) const { ++counts->created, after(); }
  void on_access(Handle<Connection>, Connection&) const { ++counts->accessed, after(); }
  void on_cleanup(Handle<Connection>, Connection&) const { ++counts->cleaned, after(); }
  void on_cleanup_failed(Handle<Connection>, Connection&, const std::string& failure) const {
    ++counts->failed;
    counts->last_failure = failure;
    after();
  }
  void after() const {
    if (const auto then = counts->then) then();  // a copy, because the call may set another
  }
  Counts* counts;
};

TYPED_TEST(SharedTable, AnObserverSeesWhatHappenedAndNothingElse) {
  Log log{.fails = true};
  Watcher::Counts counts;
  typename TestFixture::template TableOf<Connection, Watcher> table(nullptr, Watcher{&counts});
  const auto handle = *table.emplace(log, 1);
  EXPECT_EQ(counts.created, 1);
  static_cast<void>(*table.read(handle));
  auto shared = *table.get_shared(handle);
  EXPECT_EQ(counts.accessed, 2);
  EXPECT_FALSE(table.take(handle));
  EXPECT_TRUE(table.remove(handle)) << "the clean-up runs later, so its failure is not known here";
  EXPECT_FALSE(table.remove(handle));
  EXPECT_FALSE(table.read(handle));
  EXPECT_EQ(counts.cleaned, 0);
  shared.reset();
  EXPECT_EQ(counts.cleaned, 1);
  EXPECT_EQ(counts.failed, 1);
  EXPECT_EQ(counts.last_failure, "peer is gone");
  static_cast<void>(table.take(*table.emplace(log, 2)));
  EXPECT_EQ(counts.cleaned, 1) << "moving a resource out does not clean it up";
  EXPECT_EQ(counts.accessed, 2);
}

TYPED_TEST(SharedTable, ACallbackMayRemoveItsResource) {
  Log log;
  Watcher::Counts counts;
  typename TestFixture::template TableOf<Connection, Watcher> table(nullptr, Watcher{&counts});
  const auto handle = *table.emplace(log, 1);
  counts.then = [&] {
    counts.then = {};
    EXPECT_TRUE(table.remove(handle));
  };
  EXPECT_EQ(table.read(handle).error().code, ErrorCode::stale_handle) << "the look-up is repeated";
  EXPECT_EQ(log.destroyed, (std::vector<int>{1}));
  counts.then = [&] {
    counts.then = {};
    for (auto entry : table) EXPECT_TRUE(table.remove(entry.handle));
  };
  const auto removed_on_creation = table.emplace(log, 2);
  ASSERT_TRUE(removed_on_creation);
  EXPECT_EQ(log.destroyed, (std::vector<int>{1, 2}));
  EXPECT_FALSE(table.contains(*removed_on_creation));
}

TYPED_TEST(SharedTable, TheBudgetIsHeldUntilTheCleanUp) {
  Log log;
  Budget budget(ResourceLimits().set(Dimension::resources, 2));
  typename TestFixture::template TableOf<Connection> table(&budget);
  const auto a = *table.emplace(log, 1);
  ASSERT_TRUE(table.emplace(log, 2));
  auto refused = table.insert(Connection(log, 3));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error.code, ErrorCode::over_budget);
  EXPECT_EQ(refused.error().value.number, 3);
  auto kept = *table.get_shared(a);
  ASSERT_TRUE(table.remove(a));
  EXPECT_EQ(budget.usage(Dimension::resources), 2u);
  EXPECT_FALSE(table.emplace(log, 4));
  kept.reset();
  EXPECT_EQ(budget.usage(Dimension::resources), 1u);
  EXPECT_TRUE(table.emplace(log, 5));
}

TYPED_TEST(SharedTable, IterationVisitsEveryResourceAndToleratesRemoval) {
  typename TestFixture::template TableOf<int> table;
  std::vector<Handle<int>> handles;
  for (int i = 0; i < 20; ++i) handles.push_back(*table.insert(i));
  for (int i = 0; i < 20; i += 3) ASSERT_TRUE(table.remove(handles[static_cast<std::size_t>(i)]));
  std::set<int> seen;
  for (auto [handle, value] : table) {
    EXPECT_EQ(handles[static_cast<std::size_t>(value)], handle);
    seen.insert(value);
    ASSERT_TRUE(table.remove(handle));
    EXPECT_EQ(value % 3 == 0, false) << "the value exists until the iterator advances";
  }
  EXPECT_EQ(seen.size(), 13u);
  EXPECT_TRUE(table.empty());
  EXPECT_EQ(table.lingering(), 0u);
}

TYPED_TEST(SharedTable, DestructionCleansEverythingUpOnceYoungestFirst) {
  Log log;
  {
    typename TestFixture::template TableOf<Connection> table;
    for (int i = 1; i <= 3; ++i) ASSERT_TRUE(table.emplace(log, i));
  }
  EXPECT_EQ(log.cleaned, (std::vector<int>{3, 2, 1}));
  EXPECT_EQ(log.destroyed, (std::vector<int>{3, 2, 1}));
}

TYPED_TEST(SharedTable, AnInsertByACleanUpDuringDestructionIsRefused) {
  Watcher::Counts counts;
  Log log;
  std::optional<ErrorCode> error;
  {
    typename TestFixture::template TableOf<Connection, Watcher> table(nullptr, Watcher{&counts});
    ASSERT_TRUE(table.emplace(log, 1));
    counts.then = [&] { error = table.emplace(log, 2).error().code; };
  }
  EXPECT_EQ(error, ErrorCode::wrong_state);
}

TYPED_TEST(SharedTable, ACleanUpMayRemoveOthersAndInsert) {
  Watcher::Counts counts;
  Log log;
  typename TestFixture::template TableOf<Connection, Watcher> table(nullptr, Watcher{&counts});
  std::vector<Handle<Connection>> handles;
  for (int i = 0; i < 8; ++i) handles.push_back(*table.emplace(log, i));
  counts.then = [&] {
    if (handles.empty()) return;
    const auto next = handles.back();
    handles.pop_back();
    EXPECT_TRUE(table.remove(next));
  };
  const auto first = handles.back();
  handles.pop_back();
  ASSERT_TRUE(table.remove(first));
  EXPECT_EQ(log.destroyed.size(), 8u);
  EXPECT_EQ(counts.cleaned, 8);
  EXPECT_TRUE(table.empty());
}

TYPED_TEST(SharedTable, LockedValuesCanBeWritten) {
  typename TestFixture::template TableOf<typename TestFixture::template LockedOf<std::string>> table;
  const auto handle = *table.emplace("a");
  (*table.read(handle))->lock()->append("b");
  EXPECT_EQ((*table.get_shared(handle))->with([](std::string& text) { return text; }), "ab");
}

// --- what only some environments have ---

template <class C>
struct SharedTableOnTheHeap : ::testing::Test, testing::Environment<Dynamic, C> {};
using Policies = ::testing::Types<Epochs, Unsynchronized>;
TYPED_TEST_SUITE(SharedTableOnTheHeap, Policies);

TYPED_TEST(SharedTableOnTheHeap, ValuesAndReadersAndWeakHandlesOutliveTheTable) {
  Log log;
  Budget budget;
  typename TestFixture::template TableOf<Connection>::Shared shared;
  typename TestFixture::template TableOf<Connection>::WeakHandle weak;
  {
    std::optional<typename TestFixture::template TableOf<Connection>::ReadGuard> guard;
    {
      typename TestFixture::template TableOf<Connection> table(&budget);
      const auto a = *table.emplace(log, 1);
      const auto b = *table.emplace(log, 2);
      shared = *table.get_shared(a);
      weak = *table.create_weak(a);
      guard.emplace(*table.read(b));
    }
    EXPECT_EQ(shared->number, 1);
    EXPECT_EQ((*guard)->number, 2);
    EXPECT_TRUE(log.cleaned.empty());
    EXPECT_EQ(weak.upgrade().error().code, ErrorCode::stale_handle);
  }
  EXPECT_EQ(log.cleaned, (std::vector<int>{2}));
  shared.reset();
  EXPECT_EQ(log.cleaned, (std::vector<int>{2, 1}));
  EXPECT_EQ(budget.usage(Dimension::resources), 0u);
  EXPECT_EQ(weak.upgrade().error().code, ErrorCode::stale_handle);
}

TYPED_TEST(SharedTableOnTheHeap, MovingKeepsHandlesAndLeavesAnEmptyTable) {
  auto table = *TestFixture::template TableOf<int>::with_capacity(100);
  EXPECT_GE(table.capacity(), 100u);
  const auto handle = *table.insert(7);
  auto moved = std::move(table);
  EXPECT_EQ(**moved.read(handle), 7);
  EXPECT_EQ(table.len(), 0u);  // NOLINT(bugprone-use-after-move): tests the moved-from table
  EXPECT_EQ(table.capacity(), 0u);
  EXPECT_EQ(table.read(handle).error().code, ErrorCode::foreign_handle);
  EXPECT_EQ(table.read({}).error().code, ErrorCode::null_handle);
  EXPECT_EQ(table.insert(1).error().error.code, ErrorCode::out_of_memory);
  EXPECT_EQ(table.begin(), table.end());
}

struct ScarceAllocator {
  std::size_t* left;
  void* allocate(std::size_t size, std::size_t alignment) noexcept {
    if (*left == 0) return nullptr;
    --*left;
    return core::HeapAllocator().allocate(size, alignment);
  }
  void deallocate(void* memory, std::size_t size, std::size_t alignment) noexcept {
    core::HeapAllocator().deallocate(memory, size, alignment);
  }
};

TEST(SharedTableErrors, OutOfMemoryGivesTheValueBack) {
  using Table = SharedResourceTable<std::unique_ptr<int>, core::Allocated<ScarceAllocator>>;
  for (std::size_t allocations = 0; allocations < 3; ++allocations) {
    std::size_t left = allocations;
    Table table(nullptr, {}, ScarceAllocator{&left});
    std::size_t inserted = 0;
    for (;;) {
      auto handle = table.insert(std::make_unique<int>(1));
      if (handle) {
        ++inserted;
        continue;
      }
      EXPECT_EQ(handle.error().error.code, ErrorCode::out_of_memory);
      EXPECT_NE(handle.error().value, nullptr);
      break;
    }
    EXPECT_EQ(inserted, allocations == 2 ? 16u : 0u);
    EXPECT_EQ(table.size(), inserted);
  }
}

TEST(SharedTableErrors, AFullStaticTableGivesTheValueBack) {
  SharedResourceTable<std::unique_ptr<int>, Static<2>> table;
  ASSERT_TRUE(table.insert(std::make_unique<int>(1)));
  const auto second = *table.insert(std::make_unique<int>(2));
  auto refused = table.insert(std::make_unique<int>(3));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error, make_error(ErrorCode::capacity_exhausted, 2));
  EXPECT_EQ(*refused.error().value, 3);
  ASSERT_TRUE(table.remove(second));
  EXPECT_TRUE(table.insert(std::move(refused.error().value)));
}

void outlive_a_static_table() {
  SharedResourceTable<int, Static<2>>::Shared shared;
  SharedResourceTable<int, Static<2>> table;
  shared = *table.get_shared(*table.insert(1));
}

TEST(SharedTableDeathTest, AStaticTableMustNotDieBeforeItsReferences) {
  EXPECT_DEATH(outlive_a_static_table(), "nothing refers to a container with Static storage");
}

TEST(SharedTableErrors, AGuardedTableLeavesItsSectionBalanced) {
  SharedResourceTable<int, Dynamic, Guarded<testing::NestingSection>> table;
  const auto handle = *table.insert(1);
  static_cast<void>(*table.read(handle));
  ASSERT_TRUE(table.remove(handle));
  EXPECT_EQ(testing::NestingSection::depth, 0);
}

}  // namespace
}  // namespace holdfast::resource
