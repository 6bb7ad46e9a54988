// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The behaviour of a resource table, for every storage.
#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <utility>

#include "bad_handles.hpp"
#include "check.hpp"
#include "environment.hpp"
#include "holdfast/resource/tables/table.hpp"
#include "support.hpp"

namespace holdfast::resource {
namespace {

using freestanding::List;
using freestanding::Random;
using freestanding::Token;

template <class T, class Observer = NoObserver>
using TableOf = ResourceTable<T, freestanding::Storage<32>, Observer>;

// Records what happened to the files below.
struct FileLog {
  List<int> cleaned = {};
  List<int> destroyed = {};
  bool fails = false;
};

// A resource whose clean-up can fail with a string as its error.
struct File {
  File(FileLog& into, int n) : log(&into), number(n) {}
  File(File&& other) noexcept : log(std::exchange(other.log, nullptr)), number(other.number) {}
  ~File() {
    if (log != nullptr) log->destroyed.push_back(number);
  }
  std::expected<void, std::string_view> cleanup() {
    log->cleaned.push_back(number);
    if (log->fails) return std::unexpected("disk full");
    return {};
  }
  FileLog* log;
  int number;
};

// A resource whose clean-up fails with the library's own error.
struct Flaky {
  std::expected<void, Error> cleanup() { return fail(ErrorCode::wrong_state, 5); }
};

TEST(ResourceTable, InsertGetTakeRemove) {
  FileLog log;
  TableOf<File> table;
  const auto a = *table.emplace(log, 1);
  const auto b = *table.insert(File(log, 2));
  EXPECT_EQ((*table.get(a))->number, 1);
  EXPECT_EQ((*table.peek(b))->number, 2);
  EXPECT_EQ(table.len(), 2u);
  {
    const auto taken = table.take(b);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->number, 2);
    EXPECT_TRUE(log.cleaned.empty()) << "a taken resource is not cleaned up";
  }
  ASSERT_TRUE(table.remove(a));
  EXPECT_EQ(log.cleaned, (List<int>{1}));
  EXPECT_EQ(log.destroyed, (List<int>{2, 1}));
  EXPECT_TRUE(table.empty());
}

TEST(ResourceTable, MisuseIsRefusedByName) {
  freestanding::with_bad_handles<TableOf<int>>([](TableOf<int>& table, Handle<int> bad, ErrorCode code) {
    EXPECT_EQ(table.get(bad).error().code, code);
    EXPECT_EQ(table.peek(bad).error().code, code);
    EXPECT_EQ(table.take(bad).error().code, code);
    EXPECT_EQ(table.remove(bad).error().code, code);
    EXPECT_EQ(table.pin(bad).error().code, code);
    EXPECT_FALSE(table.contains(bad));
  });
}

TEST(ResourceTable, APinnedResourceCannotBeRemoved) {
  TableOf<int> table;
  const auto handle = *table.insert(1);
  ASSERT_TRUE(table.pin(handle));
  EXPECT_EQ(table.remove(handle).error(), make_error(ErrorCode::resource_lent, 1));
  EXPECT_EQ(table.take(handle).error(), make_error(ErrorCode::resource_lent, 1));
  EXPECT_EQ(table.size(), 1u);
}

TEST(ResourceTable, AFailingCleanUpReachesTheCallerAndTheResourceIsRemoved) {
  FileLog log{.fails = true};
  TableOf<File> table;
  const auto handle = *table.emplace(log, 1);
  const auto removed = table.remove(handle);
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().error.code, ErrorCode::cleanup_failed);
  EXPECT_EQ(removed.error().cleanup, "disk full");
  EXPECT_EQ(log.destroyed, (List<int>{1}));
  const auto again = table.remove(handle);
  EXPECT_EQ(again.error().error.code, ErrorCode::stale_handle);
  EXPECT_EQ(again.error().cleanup, std::nullopt) << "the caller can see that nothing was removed";
  EXPECT_EQ(log.cleaned.size(), 1u) << "clean-up runs once";
}

TEST(ResourceTable, RemoveReturnsTheErrorOfTheCleanUp) {
  TableOf<Flaky> table;
  EXPECT_EQ(table.remove(*table.emplace()).error(), make_error(ErrorCode::wrong_state, 5));
}

TEST(ResourceTable, DestroyingTheTableCleansUpEverythingOnceEvenIfPinned) {
  FileLog log;
  {
    TableOf<File> table;
    ASSERT_TRUE(table.emplace(log, 1));
    const auto pinned = *table.emplace(log, 2);
    ASSERT_TRUE(table.pin(pinned));
    const auto removed = *table.emplace(log, 3);
    ASSERT_TRUE(table.remove(removed));
  }
  EXPECT_EQ(log.cleaned, (List<int>{3, 2, 1}));
  EXPECT_EQ(log.destroyed, (List<int>{3, 2, 1}));
}

TEST(ResourceTable, StaysUsableAfterClear) {
  FileLog log;
  TableOf<File> table;
  const auto old = *table.emplace(log, 1);
  table.clear();
  EXPECT_EQ(log.cleaned, (List<int>{1}));
  EXPECT_FALSE(table.contains(old));
  EXPECT_TRUE(table.emplace(log, 2));
}

TEST(ResourceTable, IterationVisitsLiveResources) {
  TableOf<int> table;
  List<Handle<int>> handles;
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

TEST(ResourceTable, EveryResourceTakesOneFromTheBudget) {
  Budget budget(ResourceLimits().set(Dimension::resources, 2));
  {
    TableOf<Token> table(&budget);
    const auto a = *table.emplace(1);
    ASSERT_TRUE(table.emplace(2));
    EXPECT_EQ(budget.usage(Dimension::resources), 2u);
    auto rejected = table.insert(Token(3));
    ASSERT_FALSE(rejected);
    EXPECT_EQ(rejected.error().error, make_error(ErrorCode::over_budget, 2));
    EXPECT_EQ(rejected.error().value.number(), 3) << "the caller gets the value back";
    Token kept(4);
    EXPECT_EQ(table.emplace(std::move(kept)).error().code, ErrorCode::over_budget);
    EXPECT_EQ(kept.number(), 4);  // NOLINT(bugprone-use-after-move): it was not moved from
    EXPECT_EQ(table.size(), 2u);
    ASSERT_TRUE(table.take(a));
    EXPECT_EQ(budget.usage(Dimension::resources), 1u);
    EXPECT_TRUE(table.insert(std::move(rejected.error().value)));
    EXPECT_EQ(table.take(a).error().code, ErrorCode::stale_handle);
    EXPECT_EQ(budget.usage(Dimension::resources), 2u) << "a failed operation changes no counter";
  }
  EXPECT_EQ(budget.usage(Dimension::resources), 0u);
  EXPECT_EQ(Token::alive, 0);
}

TEST(ResourceTable, TheBudgetIsReturnedAfterTheResourceIsDestroyed) {
  struct Probe {
    Budget* budget;
    Amount* seen;
    explicit Probe(Budget& b, Amount& s) : budget(&b), seen(&s) {}
    Probe(Probe&&) = default;
    ~Probe() { *seen = budget->usage(Dimension::resources); }
  };
  Budget budget;
  Amount seen = 0;
  TableOf<Probe> table(&budget);
  ASSERT_TRUE(table.remove(*table.emplace(budget, seen)));
  EXPECT_EQ(seen, 1u);
  EXPECT_EQ(budget.usage(Dimension::resources), 0u);
}

TEST(ResourceTable, AFullTableReturnsTheValueAndTakesNothingFromTheBudget) {
  Budget budget;
  ResourceTable<Token, Static<1>> table(&budget);
  const auto first = *table.emplace(1);
  auto rejected = table.insert(Token(2));
  ASSERT_FALSE(rejected);
  EXPECT_EQ(rejected.error().error, make_error(ErrorCode::capacity_exhausted, 1));
  EXPECT_EQ(rejected.error().value.number(), 2);
  EXPECT_EQ(budget.usage(Dimension::resources), 1u);
  EXPECT_EQ(budget.peak(Dimension::resources), 1u);
  ASSERT_TRUE(table.remove(first));
  EXPECT_TRUE(table.insert(std::move(rejected.error().value)));
}

// --- reps ---

TEST(ResourceTable, ARepFindsItsResourceWhileItIsPinned) {
  TableOf<int> table;
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

TEST(ResourceTable, ARepReportsRemovedByHostAndNeverAnotherResource) {
  TableOf<int> table;
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

// Records the events that it receives. `react`, if set, is called once and may do anything to the table.
template <class T>
struct TableRecorder {
  using Reaction = void(void* context, Handle<T> handle);

  List<std::string_view>* events;
  Reaction* react = nullptr;
  void* context = nullptr;

  void on_create(Handle<T> handle, const T&) { note("create", handle); }
  void on_access(Handle<T> handle, T&) { note("access", handle); }
  void on_cleanup(Handle<T> handle, T&) { note("cleanup", handle); }
  void on_cleanup_failed(Handle<T> handle, T&, const auto&) { note("failed", handle); }
  void note(std::string_view event, Handle<T> handle) {
    events->push_back(event);
    if (Reaction* once = std::exchange(react, nullptr)) once(context, handle);
  }
};
using Watched = TableOf<int, TableRecorder<int>>;

TEST(ResourceTable, AnObserverReceivesOnlyOperationsThatHappened) {
  List<std::string_view> events;
  FileLog log{.fails = true};
  Budget budget(ResourceLimits().set(Dimension::resources, 1));
  TableOf<File, TableRecorder<File>> table(&budget, {&events});
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
  EXPECT_EQ(events, (List<std::string_view>{"create", "access", "access", "cleanup", "failed"}));
}

TEST(ResourceTable, ACleanUpThatFailsInTheDestructorIsReportedToTheObserver) {
  List<std::string_view> events;
  FileLog log{.fails = true};
  {
    TableOf<File, TableRecorder<File>> table(nullptr, {&events});
    ASSERT_TRUE(table.emplace(log, 1));
  }
  EXPECT_EQ(events, (List<std::string_view>{"create", "cleanup", "failed"}));
}

TEST(ResourceTable, ALookUpChecksTheHandleAgainAfterItsCallbacks) {
  List<std::string_view> events;
  Watched table(nullptr, {&events});
  const auto handle = *table.insert(1);
  table.observer().context = &table;
  table.observer().react = [](void* watched, Handle<int> accessed) {
    EXPECT_TRUE(static_cast<Watched*>(watched)->remove(accessed));
  };
  EXPECT_EQ(table.get(handle).error().code, ErrorCode::stale_handle);
  const auto second = *table.insert(2);
  const std::uint32_t rep = *table.pin(second);
  table.observer().react = [](void* watched, Handle<int> accessed) {
    EXPECT_TRUE(static_cast<Watched*>(watched)->remove(accessed, IfPinned::leave_tombstone));
  };
  EXPECT_EQ(table.by_index(rep).error().code, ErrorCode::removed_by_host);
}

TEST(ResourceTable, CallbacksMayCallBackIntoTheTable) {
  List<std::string_view> events;
  Watched table(nullptr, {&events});
  struct Context {
    Watched* table;
    Handle<int> inserted;
  } context{&table, {}};
  const auto handle = *table.insert(1);
  table.observer().context = &context;
  table.observer().react = [](void* reaction_context, Handle<int> cleaned) {
    auto& [watched, inserted] = *static_cast<Context*>(reaction_context);
    EXPECT_EQ(watched->remove(cleaned).error().code, ErrorCode::stale_handle) << "clean-up runs once";
    inserted = *watched->insert(2);
    EXPECT_NE(inserted, cleaned);
  };
  ASSERT_TRUE(table.remove(handle));
  EXPECT_EQ(**table.peek(context.inserted), 2);
  EXPECT_EQ(events, (List<std::string_view>{"create", "cleanup", "create"}));
}

TEST(ResourceTable, InsertsAreRefusedWhileTheTableIsDestroyed) {
  List<std::string_view> events;
  struct Context {
    Watched* table;
    ErrorCode seen;
  } context{nullptr, ErrorCode::none};
  {
    Watched table(nullptr, {&events});
    ASSERT_TRUE(table.insert(1));
    context.table = &table;
    table.observer().context = &context;
    table.observer().react = [](void* reaction_context, Handle<int>) {
      auto& [watched, seen] = *static_cast<Context*>(reaction_context);
      seen = watched->insert(2).error().error.code;
    };
  }
  EXPECT_EQ(context.seen, ErrorCode::wrong_state);
}

// --- random operations compared with a simple model ---

TEST(ResourceTable, BehavesLikeAListUnderRandomOperations) {
  constexpr std::uint32_t most = 20;
  struct Model {
    Handle<Token> handle;
    int value = 0;
  };
  std::array<Model, most> live;
  std::uint32_t size = 0;
  Budget budget(ResourceLimits().set(Dimension::resources, most));
  TableOf<Token> table(&budget);
  Random random(3);
  for (int step = 0; step < 20'000; ++step) {
    if (random.below(2) == 0) {
      const auto handle = table.emplace(step);
      ASSERT_EQ(handle.has_value(), size < most);
      if (handle) live[size++] = {*handle, step};
    } else if (size != 0) {
      Model& some = live[random.below(size)];
      ASSERT_EQ((*table.get(some.handle))->number(), some.value);
      if (random.below(2) == 0) {
        ASSERT_EQ(table.take(some.handle)->number(), some.value);
      } else {
        ASSERT_TRUE(table.remove(some.handle));
      }
      ASSERT_FALSE(table.contains(some.handle));
      some = live[--size];
    }
    ASSERT_EQ(table.size(), size);
    ASSERT_EQ(budget.usage(Dimension::resources), size);
    ASSERT_EQ(Token::alive, static_cast<int>(size));
  }
}

}  // namespace
}  // namespace holdfast::resource
