// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tests of budgets, and of the monitor that watches a table, that run without an operating system.
#include "holdfast/resource/budget/budget.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "check.hpp"
#include "environment.hpp"
#include "holdfast/resource/tables/table.hpp"
#include "holdfast/resource/watch/monitor.hpp"
#include "holdfast/resource/watch/observer.hpp"
#include "support.hpp"

namespace holdfast::resource {
namespace {

using freestanding::List;
using freestanding::Random;

constexpr auto bytes = Dimension::memory_bytes;

TEST(BudgetTree, NothingIsTakenIfAnyAncestorRefuses) {
  Budget program(ResourceLimits().set(bytes, 100));
  Budget task(program, ResourceLimits().set(bytes, 80));
  Budget other(program);
  auto taken = task.reserve(bytes, 60);
  ASSERT_TRUE(taken);
  EXPECT_EQ(task.reserve(bytes, 21).error(), make_error(ErrorCode::over_budget, 80));
  EXPECT_EQ(other.reserve(bytes, 41).error(), make_error(ErrorCode::over_budget, 100));
  EXPECT_EQ(other.usage(bytes), 0u);
  EXPECT_EQ(program.usage(bytes), 60u);
  EXPECT_EQ(program.peak(bytes), 60u) << "a refusal does not raise the peak";
  taken->release();
  taken->release();
  EXPECT_EQ(program.usage(bytes), 0u);
  EXPECT_TRUE(other.reserve(bytes, 100)) << "usable after a refusal";
}

TEST(BudgetTree, SumsDoNotWrap) {
  Budget budget;
  auto taken = budget.reserve(bytes, 10);
  ASSERT_TRUE(taken);
  EXPECT_EQ(budget.check_allocation_allowed(bytes, unlimited).error().code, ErrorCode::over_budget);
  EXPECT_EQ(taken->grow(unlimited).error().code, ErrorCode::over_budget);
  EXPECT_EQ(taken->amount(), 10u);
  EXPECT_EQ(budget.usage(bytes), 10u);
}

TEST(BudgetTree, AgreesWithASumUnderRandomOperations) {
  Budget root(ResourceLimits().set(bytes, 500));
  std::array<Budget, 2> children{Budget(root, ResourceLimits().set(bytes, 300)),
                                 Budget(root, ResourceLimits().set(bytes, 400))};
  constexpr std::array<Amount, 2> limits{300, 400};
  std::array<std::array<Reservation, 8>, 2> held;
  Random random(5);
  for (int step = 0; step < 5'000; ++step) {
    const std::uint32_t child = random.below(2);
    Reservation& place = held[child][random.below(8)];
    place.release();
    std::array<Amount, 2> used{};
    for (std::uint32_t i = 0; i < 2; ++i)
      for (const Reservation& each : held[i]) used[i] += each.amount();
    const Amount amount = random.below(150);
    auto taken = children[child].reserve(bytes, amount);
    ASSERT_EQ(taken.has_value(), used[child] + amount <= limits[child] && used[0] + used[1] + amount <= 500);
    if (taken) place = *std::move(taken);
    ASSERT_EQ(root.usage(bytes), used[0] + used[1] + place.amount());
  }
}

TEST(Monitor, FindsAndCleansUpUnusedResources) {
  CoarseClock clock;
  using Watch = ResourceMonitor<int, CoarseClock, freestanding::Storage<16>>;
  Watch monitor(clock);
  ResourceTable<int, freestanding::Storage<16>, ObserverRef<Watch>> table(nullptr, ObserverRef(monitor));
  const auto used = *table.insert(1);
  const auto asleep = *table.insert(2);
  const auto lent = *table.insert(3);
  ASSERT_TRUE(table.pin(lent));
  clock.advance(100);
  ASSERT_TRUE(table.get(used));
  List<int> stale;
  monitor.find_stale_resources(
      50, [&](Handle<int> handle, const ResourceMetrics&) { stale.push_back(**table.peek(handle)); });
  EXPECT_EQ(stale, (List<int>{2, 3}));
  const StaleCleanup cleanup = monitor.cleanup_stale_resources(table, 50);
  EXPECT_EQ(cleanup.removed, 1u);
  EXPECT_EQ(cleanup.lent, 1u);
  EXPECT_FALSE(table.contains(asleep));
  EXPECT_EQ(monitor.metrics(used)->accesses, 1u);
  EXPECT_EQ(table.remove(asleep).error().code, ErrorCode::stale_handle);
  const ResourceStats stats = monitor.stats();
  EXPECT_EQ(stats.created, 3u);
  EXPECT_EQ(stats.destroyed, 1u) << "a failed removal is not counted";
  EXPECT_EQ(stats.active, table.len());
}

}  // namespace
}  // namespace holdfast::resource
