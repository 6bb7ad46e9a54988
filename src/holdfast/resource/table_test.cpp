// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/resource/table.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace holdfast::resource {
namespace {

// What happened to the files below.
struct Log {
  std::vector<int> cleaned = {};
  std::vector<int> destroyed = {};
  bool fails = false;
};

// A resource whose clean-up can fail with a text.
struct File {
  File(Log& into, int n) : log(&into), number(n) {}
  File(File&& other) noexcept : log(std::exchange(other.log, nullptr)), number(other.number) {}
  ~File() {
    if (log != nullptr) log->destroyed.push_back(number);
  }
  std::expected<void, std::string> cleanup() {
    log->cleaned.push_back(number);
    if (log->fails) return std::unexpected("disk full");
    return {};
  }
  Log* log;
  int number;
};

// A resource whose clean-up fails with the library's own error.
struct Flaky {
  std::expected<void, Error> cleanup() { return fail(ErrorCode::wrong_state, 5); }
};

struct Misspelt {
  int cleanup();
};
struct Unmovable {
  Unmovable(Unmovable&&) = delete;
};
static_assert(Resource<int> && Resource<std::unique_ptr<int>> && Resource<File> && HasCleanup<File>);
static_assert(!HasCleanup<int> && !Resource<Misspelt> && !Resource<Unmovable> && !Resource<int&>);

// --- handles ---

TEST(Handle, NullIsZeroAndBitsRoundTrip) {
  Handle<int> null;
  EXPECT_TRUE(null.is_null());
  EXPECT_FALSE(null);
  EXPECT_EQ(null.to_bits(), 0u);
  ResourceTable<int> table;
  const auto handle = *table.insert(4);
  EXPECT_TRUE(handle);
  EXPECT_EQ(Handle<int>::from_bits(handle.to_bits()), handle);
  EXPECT_EQ(**table.get(Handle<int>::from_bits(handle.to_bits())), 4);
  EXPECT_EQ((std::unordered_set<Handle<int>>{handle, handle, null}).size(), 2u);
  static_assert(sizeof(Handle<int>) == 8 && std::is_trivially_copyable_v<Handle<int>>);
  static_assert(!std::is_convertible_v<Handle<int>, Handle<long>>);
}

// --- the same behaviour with every storage ---

template <class Storage>
struct ResourceTableOnEveryStorage : testing::Test {
  template <class T, class Observer = NoObserver>
  using TableOf = ResourceTable<T, Storage, Observer>;
};
using Storages = testing::Types<Dynamic, Static<32>>;
TYPED_TEST_SUITE(ResourceTableOnEveryStorage, Storages);

TYPED_TEST(ResourceTableOnEveryStorage, InsertGetTakeRemove) {
  Log log;
  typename TestFixture::template TableOf<File> table;
  const auto a = *table.emplace(log, 1);
  const auto b = *table.insert(File(log, 2));
  EXPECT_EQ((*table.get(a))->number, 1);
  EXPECT_EQ((*table.peek(b))->number, 2);
  EXPECT_EQ(table.len(), 2u);
  {
    const auto taken = table.take(b);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->number, 2);
    EXPECT_TRUE(log.cleaned.empty()) << "what is taken is not cleaned up";
  }
  ASSERT_TRUE(table.remove(a));
  EXPECT_EQ(log.cleaned, (std::vector<int>{1}));
  EXPECT_EQ(log.destroyed, (std::vector<int>{2, 1}));
  EXPECT_TRUE(table.empty());
}

TYPED_TEST(ResourceTableOnEveryStorage, MisuseIsRefusedByName) {
  typename TestFixture::template TableOf<int> table;
  typename TestFixture::template TableOf<int> other;
  const auto handle = *table.insert(1);
  const auto foreign = *other.insert(1);
  const auto stale = *table.insert(2);
  ASSERT_TRUE(table.remove(stale));
  for (const auto& [bad, code] :
       {std::pair{Handle<int>(), ErrorCode::null_handle}, std::pair{foreign, ErrorCode::foreign_handle},
        std::pair{stale, ErrorCode::stale_handle}}) {
    EXPECT_EQ(table.get(bad).error().code, code);
    EXPECT_EQ(table.peek(bad).error().code, code);
    EXPECT_EQ(table.take(bad).error().code, code);
    EXPECT_EQ(table.remove(bad).error().code, code);
    EXPECT_EQ(table.pin(bad).error().code, code);
    EXPECT_FALSE(table.contains(bad));
  }
  ASSERT_TRUE(table.pin(handle));
  EXPECT_EQ(table.remove(handle).error(), make_error(ErrorCode::resource_lent, 1));
  EXPECT_EQ(table.take(handle).error(), make_error(ErrorCode::resource_lent, 1));
  EXPECT_EQ(table.size(), 1u);
}

TYPED_TEST(ResourceTableOnEveryStorage, AFailingCleanUpReachesTheCallerAndTheResourceIsGone) {
  Log log{.fails = true};
  typename TestFixture::template TableOf<File> table;
  const auto handle = *table.emplace(log, 1);
  const auto removed = table.remove(handle);
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().error.code, ErrorCode::cleanup_failed);
  EXPECT_EQ(removed.error().cleanup, "disk full");
  EXPECT_EQ(log.destroyed, (std::vector<int>{1}));
  const auto again = table.remove(handle);
  EXPECT_EQ(again.error().error.code, ErrorCode::stale_handle);
  EXPECT_EQ(again.error().cleanup, std::nullopt) << "that nothing was removed can be told";
  EXPECT_EQ(log.cleaned.size(), 1u) << "clean-up runs once";
}

TYPED_TEST(ResourceTableOnEveryStorage, ACleanUpThatFailsWithErrorHandsItOn) {
  typename TestFixture::template TableOf<Flaky> table;
  EXPECT_EQ(table.remove(*table.emplace()).error(), make_error(ErrorCode::wrong_state, 5));
}

TYPED_TEST(ResourceTableOnEveryStorage, DestroyingTheTableCleansEverythingUpOnceAlsoWhatIsPinned) {
  Log log;
  {
    typename TestFixture::template TableOf<File> table;
    ASSERT_TRUE(table.emplace(log, 1));
    const auto pinned = *table.emplace(log, 2);
    ASSERT_TRUE(table.pin(pinned));
    const auto removed = *table.emplace(log, 3);
    ASSERT_TRUE(table.remove(removed));
  }
  EXPECT_EQ(log.cleaned, (std::vector<int>{3, 2, 1}));
  EXPECT_EQ(log.destroyed, (std::vector<int>{3, 2, 1}));
}

TYPED_TEST(ResourceTableOnEveryStorage, ClearCanBeFollowedByUse) {
  Log log;
  typename TestFixture::template TableOf<File> table;
  const auto old = *table.emplace(log, 1);
  table.clear();
  EXPECT_EQ(log.cleaned, (std::vector<int>{1}));
  EXPECT_FALSE(table.contains(old));
  EXPECT_TRUE(table.emplace(log, 2));
}

TYPED_TEST(ResourceTableOnEveryStorage, IterationMeetsWhatLives) {
  typename TestFixture::template TableOf<int> table;
  std::vector<Handle<int>> handles;
  for (int i = 0; i < 6; ++i) handles.push_back(*table.insert(i));
  ASSERT_TRUE(table.remove(handles[2]));
  int count = 0;
  for (auto [handle, value] : table) {
    EXPECT_EQ(handle, handles[static_cast<std::size_t>(value)]);
    value += 10;
    ++count;
  }
  EXPECT_EQ(count, 5);
  int sum = 0;
  for (const auto& [handle, value] : std::as_const(table)) sum += value;
  EXPECT_EQ(sum, 50 + 13);
}

// --- budget ---

TYPED_TEST(ResourceTableOnEveryStorage, EveryResourceTakesOneFromTheBudget) {
  Budget budget(ResourceLimits().set(Dimension::resources, 2));
  {
    typename TestFixture::template TableOf<std::unique_ptr<int>> table(&budget);
    const auto a = *table.insert(std::make_unique<int>(1));
    ASSERT_TRUE(table.emplace(std::make_unique<int>(2)));
    EXPECT_EQ(budget.usage(Dimension::resources), 2u);
    auto rejected = table.insert(std::make_unique<int>(3));
    ASSERT_FALSE(rejected);
    EXPECT_EQ(rejected.error().error, make_error(ErrorCode::over_budget, 2));
    EXPECT_EQ(*rejected.error().value, 3) << "the value comes back";
    auto kept = std::make_unique<int>(4);
    EXPECT_EQ(table.emplace(std::move(kept)).error().code, ErrorCode::over_budget);
    EXPECT_NE(kept, nullptr);  // NOLINT(bugprone-use-after-move): that it is still there is the point
    EXPECT_EQ(table.size(), 2u);
    ASSERT_TRUE(table.take(a));
    EXPECT_EQ(budget.usage(Dimension::resources), 1u);
    EXPECT_TRUE(table.insert(std::move(rejected.error().value)));
    EXPECT_EQ(table.take(a).error().code, ErrorCode::stale_handle);
    EXPECT_EQ(budget.usage(Dimension::resources), 2u) << "an operation that failed moves no counter";
  }
  EXPECT_EQ(budget.usage(Dimension::resources), 0u);
}

TYPED_TEST(ResourceTableOnEveryStorage, TheBudgetIsGivenBackWhenTheResourceIsGoneNotBefore) {
  struct Probe {
    Budget* budget;
    Amount* seen;
    explicit Probe(Budget& b, Amount& s) : budget(&b), seen(&s) {}
    Probe(Probe&&) = default;
    ~Probe() { *seen = budget->usage(Dimension::resources); }
  };
  Budget budget;
  Amount seen = 0;
  typename TestFixture::template TableOf<Probe> table(&budget);
  ASSERT_TRUE(table.remove(*table.emplace(budget, seen)));
  EXPECT_EQ(seen, 1u);
  EXPECT_EQ(budget.usage(Dimension::resources), 0u);
}

#ifdef __cpp_exceptions
TYPED_TEST(ResourceTableOnEveryStorage, AConstructorThatThrowsTakesNothing) {
  struct Thrower {
    explicit Thrower(int) { throw std::runtime_error("no"); }
  };
  Budget budget;
  typename TestFixture::template TableOf<Thrower> table(&budget);
  EXPECT_THROW(static_cast<void>(table.emplace(1)), std::runtime_error);
  EXPECT_EQ(budget.usage(Dimension::resources), 0u);
  EXPECT_EQ(table.size(), 0u);
}
#endif

TEST(ResourceTable, StaticStorageThatIsFullGivesTheValueBack) {
  Budget budget;
  ResourceTable<std::unique_ptr<int>, Static<1>> table(&budget);
  ASSERT_TRUE(table.insert(std::make_unique<int>(1)));
  auto rejected = table.insert(std::make_unique<int>(2));
  ASSERT_FALSE(rejected);
  EXPECT_EQ(rejected.error().error, make_error(ErrorCode::capacity_exhausted, 1));
  EXPECT_EQ(*rejected.error().value, 2);
  EXPECT_EQ(budget.usage(Dimension::resources), 1u);
  EXPECT_EQ(budget.peak(Dimension::resources), 1u);
}

Result<Handle<std::string>> insert_or_hand_on(ResourceTable<std::string, Static<1>>& table) {
  HOLDFAST_TRY_ASSIGN(const auto handle, table.insert("x"));
  return handle;
}

TEST(ResourceTable, RejectedConvertsToTheErrorForTry) {
  ResourceTable<std::string, Static<1>> table;
  EXPECT_TRUE(insert_or_hand_on(table));
  EXPECT_EQ(insert_or_hand_on(table).error(), make_error(ErrorCode::capacity_exhausted, 1));
}

TEST(ResourceTable, WithCapacityReservesAndMovesKeepHandles) {
  auto table = ResourceTable<int>::with_capacity(100);
  ASSERT_TRUE(table);
  EXPECT_GE(table->capacity(), 100u);
  const auto handle = *table->insert(5);
  ResourceTable<int> moved(*std::move(table));
  EXPECT_EQ(**moved.get(handle), 5);
  EXPECT_FALSE(ResourceTable<int>::with_capacity(0xffff'ffff));
}

// --- reps ---

TYPED_TEST(ResourceTableOnEveryStorage, ARepFindsItsResourceWhileItIsPinned) {
  typename TestFixture::template TableOf<int> table;
  const auto handle = *table.insert(5);
  const std::uint32_t rep = *table.pin(handle);
  EXPECT_EQ(**table.by_index(rep), 5);
  EXPECT_EQ(*table.handle_of(rep), handle);
  ASSERT_TRUE(table.pin_again(rep));
  EXPECT_EQ(*table.pins(handle), 2u);
  EXPECT_EQ(*table.unpin(rep), handle);
  EXPECT_EQ(*table.unpin(rep), handle);
  EXPECT_EQ(table.by_index(rep).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(table.unpin(rep).error().code, ErrorCode::stale_handle);
  EXPECT_TRUE(table.remove(handle));
}

TYPED_TEST(ResourceTableOnEveryStorage, AGuestMeetsRemovedByHostNeverAnotherResource) {
  typename TestFixture::template TableOf<int> table;
  const auto handle = *table.insert(5);
  const std::uint32_t rep = *table.pin(handle);
  ASSERT_TRUE(table.remove(handle, IfPinned::leave_tombstone));
  EXPECT_EQ(table.tombstones(), 1u);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(table.insert(100 + i));
  EXPECT_EQ(table.by_index(rep).error(), make_error(ErrorCode::removed_by_host, rep));
  EXPECT_EQ(table.handle_of(rep).error().code, ErrorCode::removed_by_host);
  EXPECT_TRUE(table.unpin(rep)->is_null());
  EXPECT_EQ(table.tombstones(), 0u);
  EXPECT_EQ(table.by_index(rep).error().code, ErrorCode::stale_handle);
}

// --- observers ---

struct Events {
  std::vector<std::string> log;
};

template <class T>
struct Recorder {
  Events* events;
  std::function<void(Handle<T>)> then = {};

  void on_create(Handle<T> handle, const T&) { note("create", handle); }
  void on_access(Handle<T> handle, T&) { note("access", handle); }
  void on_cleanup(Handle<T> handle, T&) { note("cleanup", handle); }
  void on_cleanup_failed(Handle<T> handle, T&, const auto&) { note("failed", handle); }
  void note(const char* what, Handle<T> handle) {
    events->log.emplace_back(what);
    if (then) then(handle);
  }
};

TYPED_TEST(ResourceTableOnEveryStorage, AnObserverSeesWhatHappenedAndNothingElse) {
  Events events;
  Log log{.fails = true};
  Budget budget(ResourceLimits().set(Dimension::resources, 1));
  typename TestFixture::template TableOf<File, Recorder<File>> table(&budget, {&events});
  const auto handle = *table.emplace(log, 1);
  EXPECT_FALSE(table.emplace(log, 2));
  EXPECT_TRUE(table.get(handle));
  EXPECT_FALSE(table.get({}));
  EXPECT_TRUE(table.by_index(*table.pin(handle)));
  EXPECT_FALSE(table.remove(handle));
  EXPECT_TRUE(table.peek(handle));
  ASSERT_TRUE(table.unpin(0));
  EXPECT_FALSE(table.remove(handle));
  EXPECT_FALSE(table.remove(handle));
  EXPECT_EQ(events.log, (std::vector<std::string>{"create", "access", "access", "cleanup", "failed"}));
}

TYPED_TEST(ResourceTableOnEveryStorage, CleanUpThatFailsInTheDestructorGoesToTheObserver) {
  Events events;
  Log log{.fails = true};
  {
    typename TestFixture::template TableOf<File, Recorder<File>> table(nullptr, {&events});
    ASSERT_TRUE(table.emplace(log, 1));
  }
  EXPECT_EQ(events.log, (std::vector<std::string>{"create", "cleanup", "failed"}));
}

TYPED_TEST(ResourceTableOnEveryStorage, ALookUpLooksAgainAfterItsCallbacks) {
  Events events;
  typename TestFixture::template TableOf<int, Recorder<int>> table(nullptr, {&events});
  const auto handle = *table.insert(1);
  table.observer().then = [&](Handle<int> accessed) {
    table.observer().then = {};
    ASSERT_TRUE(table.remove(accessed));
  };
  EXPECT_EQ(table.get(handle).error().code, ErrorCode::stale_handle);
  const auto second = *table.insert(2);
  const std::uint32_t rep = *table.pin(second);
  table.observer().then = [&](Handle<int> accessed) {
    table.observer().then = {};
    ASSERT_TRUE(table.remove(accessed, IfPinned::leave_tombstone));
  };
  EXPECT_EQ(table.by_index(rep).error().code, ErrorCode::removed_by_host);
}

TYPED_TEST(ResourceTableOnEveryStorage, CallbacksMayCallBackIntoTheTable) {
  Events events;
  typename TestFixture::template TableOf<int, Recorder<int>> table(nullptr, {&events});
  const auto handle = *table.insert(1);
  Handle<int> made;
  table.observer().then = [&](Handle<int> cleaned) {
    table.observer().then = {};
    EXPECT_EQ(table.remove(cleaned).error().code, ErrorCode::stale_handle) << "clean-up runs once";
    made = *table.insert(2);
    EXPECT_NE(made, cleaned);
  };
  ASSERT_TRUE(table.remove(handle));
  EXPECT_EQ(*table.peek(made).value(), 2);
  EXPECT_EQ(events.log, (std::vector<std::string>{"create", "cleanup", "create"}));
}

TYPED_TEST(ResourceTableOnEveryStorage, InsertsAreRefusedWhileTheTableIsDestroyed) {
  Events events;
  ErrorCode seen = ErrorCode::none;
  {
    typename TestFixture::template TableOf<int, Recorder<int>> table(nullptr, {&events});
    ASSERT_TRUE(table.insert(1));
    table.observer().then = [&](Handle<int>) { seen = table.insert(2).error().error.code; };
  }
  EXPECT_EQ(seen, ErrorCode::wrong_state);
}

TEST(ResourceTable, NoObserverCostsNoSpace) {
  struct Large : Recorder<int> {};
  static_assert(sizeof(ResourceTable<int>) < sizeof(ResourceTable<int, Dynamic, Large>));
  static_assert(sizeof(ResourceTable<int>) <= sizeof(core::SlotMap<int>) + 2 * sizeof(void*));
}

// --- random operations against an obvious model ---

TYPED_TEST(ResourceTableOnEveryStorage, BehavesLikeAMapUnderRandomOperations) {
  Log log;
  Budget budget(ResourceLimits().set(Dimension::resources, 20));
  std::size_t cleaned = 0;
  std::map<std::uint64_t, int> live;
  typename TestFixture::template TableOf<File> table(&budget);
  std::mt19937 random(3);
  for (int step = 0; step < 20'000; ++step) {
    if (random() % 2 == 0) {
      const auto handle = table.emplace(log, step);
      ASSERT_EQ(handle.has_value(), live.size() < 20);
      if (handle) live.emplace(handle->to_bits(), step);
    } else if (!live.empty()) {
      const auto it = std::next(live.begin(), static_cast<std::ptrdiff_t>(random() % live.size()));
      const auto handle = Handle<File>::from_bits(it->first);
      ASSERT_EQ((*table.get(handle))->number, it->second);
      if (random() % 2 == 0) {
        ASSERT_EQ(table.take(handle)->number, it->second);
      } else {
        ASSERT_TRUE(table.remove(handle));
        ASSERT_EQ(log.cleaned.back(), it->second);
        ++cleaned;
      }
      ASSERT_FALSE(table.contains(handle));
      live.erase(it);
    }
    ASSERT_EQ(table.size(), live.size());
    ASSERT_EQ(budget.usage(Dimension::resources), live.size());
    ASSERT_EQ(log.cleaned.size(), cleaned);
  }
}

}  // namespace
}  // namespace holdfast::resource
