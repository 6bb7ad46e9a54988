// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/resource/budget/budget.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace holdfast::resource {
namespace {

TEST(Budget, IsUnlimitedByDefault) {
  Budget budget;
  EXPECT_EQ(budget.limit(Dimension::memory_bytes), unlimited);
  EXPECT_TRUE(budget.try_take(Dimension::memory_bytes, unlimited));
  EXPECT_EQ(budget.try_take(Dimension::memory_bytes, 1).error(), make_error(ErrorCode::over_budget, unlimited))
      << "sums do not wrap";
  EXPECT_EQ(budget.usage(Dimension::memory_bytes), unlimited);
  budget.give_back(Dimension::memory_bytes, unlimited);
  EXPECT_EQ(budget.usage(Dimension::memory_bytes), 0u);
}

TEST(Budget, ALimitIsExactAndFreesUpAgain) {
  Budget budget(ResourceLimits().set(Dimension::handles, 3));
  EXPECT_TRUE(budget.try_take(Dimension::handles, 2));
  EXPECT_EQ(budget.try_take(Dimension::handles, 2).error(), make_error(ErrorCode::over_budget, 3));
  EXPECT_EQ(budget.usage(Dimension::handles), 2u);
  EXPECT_TRUE(budget.try_take(Dimension::handles, 1));
  EXPECT_FALSE(budget.try_take(Dimension::handles, 1));
  EXPECT_TRUE(budget.try_take(Dimension::handles, 0));
  budget.give_back(Dimension::handles, 1);
  EXPECT_TRUE(budget.try_take(Dimension::handles, 1));
  budget.give_back(Dimension::handles, 3);
}

TEST(Budget, DimensionsAreIndependentAndNamed) {
  Budget budget(ResourceLimits().set(Dimension::handles, 0));
  EXPECT_FALSE(budget.reserve(Dimension::handles, 1));
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < dimension_count; ++i) {
    const auto dimension = static_cast<Dimension>(i);
    EXPECT_TRUE(names.insert(name_of(dimension)).second) << i;
    if (dimension != Dimension::handles) {
      EXPECT_TRUE(budget.reserve(dimension, 1)) << name_of(dimension);
    }
  }
  EXPECT_FALSE(names.contains("unknown"));
  EXPECT_EQ(name_of(static_cast<Dimension>(dimension_count)), "unknown");
}

TEST(Budget, AncestorsCountWhatANodeTakes) {
  Budget process;
  Budget store(process);
  Budget instance(store);
  Budget sibling(store);
  const auto taken = instance.reserve(Dimension::memory_bytes, 10);
  ASSERT_TRUE(taken);
  EXPECT_EQ(instance.usage(Dimension::memory_bytes), 10u);
  EXPECT_EQ(store.usage(Dimension::memory_bytes), 10u);
  EXPECT_EQ(process.usage(Dimension::memory_bytes), 10u);
  EXPECT_EQ(sibling.usage(Dimension::memory_bytes), 0u);
}

TEST(Budget, IfAnyAncestorRefusesNothingIsTaken) {
  Budget process(ResourceLimits().set(Dimension::memory_bytes, 100));
  Budget store(process, ResourceLimits().set(Dimension::memory_bytes, 50));
  Budget instance(store, ResourceLimits().set(Dimension::memory_bytes, 70));
  Budget sibling(process);
  EXPECT_EQ(instance.reserve(Dimension::memory_bytes, 71).error(), make_error(ErrorCode::over_budget, 70));
  EXPECT_EQ(instance.reserve(Dimension::memory_bytes, 60).error(), make_error(ErrorCode::over_budget, 50));
  const auto other = sibling.reserve(Dimension::memory_bytes, 80);
  EXPECT_EQ(instance.reserve(Dimension::memory_bytes, 30).error(), make_error(ErrorCode::over_budget, 100));
  for (const Budget* node : {&store, &instance}) {
    EXPECT_EQ(node->usage(Dimension::memory_bytes), 0u);
    EXPECT_EQ(node->peak(Dimension::memory_bytes), 0u) << "a refused request does not raise the peak";
  }
  EXPECT_EQ(process.peak(Dimension::memory_bytes), 80u);
}

TEST(Budget, CheckAllocationAllowedTakesNothing) {
  Budget process(ResourceLimits().set(Dimension::memory_bytes, 100));
  Budget store(process);
  EXPECT_TRUE(store.check_allocation_allowed(Dimension::memory_bytes, 100));
  EXPECT_EQ(store.check_allocation_allowed(Dimension::memory_bytes, 101).error(),
            make_error(ErrorCode::over_budget, 100));
  EXPECT_EQ(store.check_allocation_allowed(Dimension::memory_bytes, unlimited).error().code, ErrorCode::over_budget);
  EXPECT_EQ(process.usage(Dimension::memory_bytes), 0u);
  EXPECT_EQ(process.peak(Dimension::memory_bytes), 0u);
}

TEST(Budget, PeakStaysWhenUsageFalls) {
  Budget budget;
  {
    const auto taken = budget.reserve(Dimension::memory_bytes, 7);
  }
  {
    const auto taken = budget.reserve(Dimension::memory_bytes, 5);
  }
  const ResourceUsage usage = budget.resource_usage(Dimension::memory_bytes);
  EXPECT_EQ(usage.used, 0u);
  EXPECT_EQ(usage.peak, 7u);
  EXPECT_EQ(usage.limit, unlimited);
}

TEST(Budget, ALimitBelowTheUsageRefusesUntilEnoughIsGivenBack) {
  Budget budget;
  ASSERT_TRUE(budget.try_take(Dimension::handles, 10));
  budget.set_limit(Dimension::handles, 5);
  EXPECT_FALSE(budget.try_take(Dimension::handles, 0)) << "even a request for 0 is refused";
  budget.give_back(Dimension::handles, 6);
  EXPECT_TRUE(budget.try_take(Dimension::handles, 1));
  EXPECT_FALSE(budget.try_take(Dimension::handles, 1));
  budget.give_back(Dimension::handles, 5);
}

TEST(Budget, ADestroyedNodeGivesBackWhatWasTakenFromIt) {
  Budget process;
  {
    Budget instance(process);
    ASSERT_TRUE(instance.try_take(Dimension::handles, 4));
    EXPECT_EQ(process.usage(Dimension::handles), 4u);
  }
  EXPECT_EQ(process.usage(Dimension::handles), 0u);
}

TEST(Budget, ProgrammingMistakesBreakTheContract) {
  Budget budget;
  EXPECT_DEATH(budget.give_back(Dimension::handles, 1), "no more is given back than was taken");
  EXPECT_DEATH(
      {
        std::optional<Budget> parent(std::in_place);
        Budget child(*parent);
        parent.reset();
      },
      "a budget outlives its children");
}

// --- kinds of limits ---

/// Records what it is asked, and answers.
struct Handler final : ExhaustionHandler {
  bool reclaim_stale(Budget& node, Dimension dimension, Amount requested) noexcept override {
    ++reclaims;
    if (on_reclaim) on_reclaim(node, dimension, requested);
    return answer;
  }
  bool ask(Budget& node, Dimension dimension, Amount requested) noexcept override {
    ++questions;
    if (on_ask) on_ask(node, dimension, requested);
    return answer;
  }
  void on_soft_limit(Budget&, Dimension dimension, Amount used) noexcept override {
    passed.emplace_back(dimension, used);
  }

  std::function<void(Budget&, Dimension, Amount)> on_reclaim;
  std::function<void(Budget&, Dimension, Amount)> on_ask;
  bool answer = true;
  int reclaims = 0;
  int questions = 0;
  std::vector<std::pair<Dimension, Amount>> passed;
};

TEST(SoftLimit, AllowsAndReportsOnceEachTimeItIsPassed) {
  Handler handler;
  Budget process(ResourceLimits().set(Dimension::memory_bytes, 100));
  Budget store(process, ResourceLimits().set(Dimension::memory_bytes, Limit::soft(10)));
  process.set_handler(&handler);  // also called for limits of its children
  auto taken = *store.reserve(Dimension::memory_bytes, 10);
  EXPECT_TRUE(handler.passed.empty()) << "reached, not passed";
  ASSERT_TRUE(taken.grow(5));
  ASSERT_TRUE(taken.grow(5));
  EXPECT_EQ(handler.passed, (std::vector{std::pair{Dimension::memory_bytes, Amount{15}}}));
  EXPECT_TRUE(store.check_allocation_allowed(Dimension::memory_bytes, 80));
  EXPECT_EQ(taken.grow(81).error(), make_error(ErrorCode::over_budget, 100)) << "the parent's limit is hard";
  EXPECT_EQ(store.usage(Dimension::memory_bytes), 20u);
  taken.release();
  taken = *store.reserve(Dimension::memory_bytes, 11);
  EXPECT_EQ(handler.passed.size(), 2u);
}

TEST(ElasticLimit, StretchesByAFifthWhileTheParentHasRoom) {
  Budget process(ResourceLimits().set(Dimension::memory_bytes, 200));
  Budget store(process, ResourceLimits().set(Dimension::memory_bytes, Limit::elastic(100)));
  Budget other(process);
  auto taken = *store.reserve(Dimension::memory_bytes, 100);
  EXPECT_TRUE(store.check_allocation_allowed(Dimension::memory_bytes, 20));
  EXPECT_EQ(store.check_allocation_allowed(Dimension::memory_bytes, 21).error(),
            make_error(ErrorCode::over_budget, 100));
  EXPECT_EQ(taken.grow(21).error(), make_error(ErrorCode::over_budget, 100));
  ASSERT_TRUE(taken.grow(15));
  const auto crowd = other.reserve(Dimension::memory_bytes, 83);
  EXPECT_EQ(taken.grow(3).error(), make_error(ErrorCode::over_budget, 100)) << "the parent has room for 2 only";
  EXPECT_TRUE(taken.grow(2));
}

TEST(ElasticLimit, IsHardAtARoot) {
  Budget budget(ResourceLimits().set(Dimension::memory_bytes, Limit::elastic(100)));
  EXPECT_EQ(budget.reserve(Dimension::memory_bytes, 101).error(), make_error(ErrorCode::over_budget, 100));
  EXPECT_TRUE(budget.reserve(Dimension::memory_bytes, 100));
}

TEST(ElasticLimit, AHugeLimitDoesNotWrap) {
  Budget process;
  Budget store(process, ResourceLimits().set(Dimension::memory_bytes, Limit::elastic(unlimited - 1)));
  EXPECT_TRUE(store.reserve(Dimension::memory_bytes, unlimited));
}

TEST(AdaptiveLimit, FollowsTheUsageBetweenItsBounds) {
  Budget budget(ResourceLimits().set(Dimension::memory_bytes, Limit::adaptive(100, 150)));
  EXPECT_EQ(budget.reserve(Dimension::memory_bytes, 101).error(), make_error(ErrorCode::over_budget, 100))
      << "hard until it adapts";
  auto taken = *budget.reserve(Dimension::memory_bytes, 95);
  budget.adapt();
  EXPECT_EQ(budget.limit(Dimension::memory_bytes), 126u);
  ASSERT_TRUE(taken.grow(30));
  budget.adapt();
  EXPECT_EQ(budget.limit(Dimension::memory_bytes), 150u) << "its upper bound";
  budget.adapt();
  EXPECT_EQ(budget.limit(Dimension::memory_bytes), 150u) << "125 is neither nearly all nor less than half";
  taken.release();
  budget.adapt();
  EXPECT_EQ(budget.limit(Dimension::memory_bytes), 150u) << "125 were used in the last period";
  for (const Amount expected : {112u, 100u, 100u}) {
    budget.adapt();
    EXPECT_EQ(budget.limit(Dimension::memory_bytes), expected);
  }
}

TEST(AdaptiveLimit, OtherKindsDoNotAdapt) {
  Budget budget(ResourceLimits().set(Dimension::memory_bytes, 100).set(Dimension::handles, Limit::soft(1)));
  budget.adapt();
  EXPECT_EQ(budget.limit(Dimension::memory_bytes), 100u);
  EXPECT_EQ(budget.limit(Dimension::handles), 1u);
}

// --- what happens when a limit is reached ---

TEST(Exhaustion, HasADefaultForEachDimension) {
  const ResourceLimits limits;
  for (std::size_t i = 0; i < dimension_count; ++i) {
    const auto dimension = static_cast<Dimension>(i);
    const bool traps = dimension == Dimension::fuel || dimension == Dimension::operation_fuel ||
                       dimension == Dimension::time || dimension == Dimension::call_depth;
    EXPECT_EQ(limits.exhaustion(dimension), traps ? Exhaustion::trap : Exhaustion::refuse) << name_of(dimension);
  }
}

TEST(Exhaustion, TrapAndTerminateHaveTheirOwnErrors) {
  Budget budget(ResourceLimits()
                    .set(Dimension::memory_bytes, Limit::hard(1), Exhaustion::trap)
                    .set(Dimension::handles, Limit::hard(2), Exhaustion::terminate));
  EXPECT_EQ(budget.reserve(Dimension::memory_bytes, 2).error(), make_error(ErrorCode::limit_traps, 1));
  EXPECT_EQ(budget.reserve(Dimension::handles, 3).error(), make_error(ErrorCode::limit_terminates, 2));
  EXPECT_TRUE(budget.reserve(Dimension::handles, 2)) << "the budget stays usable";
}

TEST(Exhaustion, TheNodeThatRefusesDecides) {
  Budget process(ResourceLimits().set(Dimension::memory_bytes, Limit::hard(10), Exhaustion::terminate));
  Budget store(process, ResourceLimits().set(Dimension::memory_bytes, Limit::hard(5), Exhaustion::trap));
  Budget other(process);
  EXPECT_EQ(store.reserve(Dimension::memory_bytes, 6).error().code, ErrorCode::limit_traps);
  const auto taken = other.reserve(Dimension::memory_bytes, 8);
  EXPECT_EQ(store.reserve(Dimension::memory_bytes, 3).error().code, ErrorCode::limit_terminates);
}

TEST(Exhaustion, ReclaimsStaleResourcesAndRetriesOnce) {
  Handler handler;
  Budget budget(ResourceLimits().set(Dimension::memory_bytes, Limit::hard(10), Exhaustion::reclaim_stale));
  budget.set_handler(&handler);
  auto stale = *budget.reserve(Dimension::memory_bytes, 8);
  handler.on_reclaim = [&](Budget& node, Dimension dimension, Amount requested) {
    EXPECT_EQ(&node, &budget);
    EXPECT_EQ(dimension, Dimension::memory_bytes);
    EXPECT_EQ(requested, 5u);
    stale.release();
  };
  const auto taken = budget.reserve(Dimension::memory_bytes, 5);
  EXPECT_TRUE(taken);
  handler.on_reclaim = {};
  EXPECT_EQ(budget.reserve(Dimension::memory_bytes, 6).error(), make_error(ErrorCode::over_budget, 10))
      << "nothing was reclaimed";
  EXPECT_EQ(handler.reclaims, 2) << "one retry each";
  handler.answer = false;
  handler.on_reclaim = [&](Budget&, Dimension, Amount) { stale.release(); };
  EXPECT_FALSE(budget.reserve(Dimension::memory_bytes, 6)) << "the handler said not to retry";
  EXPECT_EQ(budget.usage(Dimension::memory_bytes), 5u);
}

TEST(Exhaustion, TheHandlerIsAskedAndMayRaiseTheLimit) {
  Handler handler;
  Budget budget(ResourceLimits().set(Dimension::memory_bytes, Limit::hard(10), Exhaustion::ask));
  EXPECT_EQ(budget.reserve(Dimension::memory_bytes, 11).error(), make_error(ErrorCode::over_budget, 10))
      << "there is no handler to ask";
  budget.set_handler(&handler);
  handler.on_ask = [](Budget& node, Dimension dimension, Amount requested) {
    node.set_limit(dimension, node.usage(dimension) + requested);
  };
  EXPECT_TRUE(budget.reserve(Dimension::memory_bytes, 11));
  EXPECT_EQ(budget.limit(Dimension::memory_bytes), 11u);
  handler.answer = false;
  EXPECT_FALSE(budget.reserve(Dimension::memory_bytes, 12));
  EXPECT_EQ(handler.questions, 2);
  EXPECT_EQ(handler.reclaims, 0);
}

TEST(Budget, ANewPeriodGivesBackWhatWasUsedUp) {
  Budget store(ResourceLimits().set(Dimension::calls, 10));
  Budget a(store, ResourceLimits().set(Dimension::calls, 7));
  Budget b(store);
  ASSERT_TRUE(a.try_take(Dimension::calls, 7));
  ASSERT_TRUE(b.try_take(Dimension::calls, 3));
  EXPECT_FALSE(a.try_take(Dimension::calls, 1));
  a.restart(Dimension::calls);
  EXPECT_EQ(a.usage(Dimension::calls), 0u);
  EXPECT_EQ(store.usage(Dimension::calls), 3u);
  EXPECT_TRUE(a.try_take(Dimension::calls, 7));
}

// --- ready-made numbers ---

TEST(OperationFuel, CostsAreScaledAndRounded) {
  EXPECT_EQ(cost_of(Operation::create), 15u);
  EXPECT_EQ(cost_of(Operation::acquire), 5u);
  EXPECT_EQ(cost_of(Operation::release), 5u);
  EXPECT_EQ(cost_of(Operation::transfer), 8u);
  EXPECT_EQ(cost_of(Operation::drop), 10u);
  EXPECT_EQ(cost_of(Operation::create, 150), 23u) << "22.5";
  EXPECT_EQ(cost_of(Operation::acquire, 9), 0u) << "0.45";
  EXPECT_EQ(cost_of(Operation::acquire, 10), 1u) << "0.5";
  EXPECT_EQ(cost_of(Operation::drop, 0), 0u);
}

TEST(Capacities, BecomeLimits) {
  const ResourceLimits store = embedded_capacities.store_limits();
  EXPECT_EQ(store.get(Dimension::handles), 512u);
  EXPECT_EQ(store.get(Dimension::resources), 256u);
  EXPECT_EQ(store.get(Dimension::shares), 32u);
  EXPECT_EQ(embedded_capacities.instance_limits().get(Dimension::resources), 64u);
  EXPECT_FALSE(store.is_set(Dimension::memories));
  EXPECT_EQ(safety_levels.front().name, "ASIL-D");
  EXPECT_EQ(safety_levels.front().memory_bytes, 32'768u);
}

TEST(Reservation, GivesBackOnce) {
  Budget budget;
  auto first = *budget.reserve(Dimension::memory_bytes, 8);
  Reservation moved(std::move(first));
  first.release();  // NOLINT(bugprone-use-after-move): a moved-from reservation holds nothing, by contract
  EXPECT_EQ(budget.usage(Dimension::memory_bytes), 8u);
  EXPECT_EQ(moved.amount(), 8u);
  moved.release();
  moved.release();
  EXPECT_EQ(moved.amount(), 0u);
  EXPECT_EQ(budget.usage(Dimension::memory_bytes), 0u);
}

TEST(Reservation, AssignmentGivesTheOldAmountBack) {
  Budget budget;
  auto a = *budget.reserve(Dimension::memory_bytes, 8);
  a = *budget.reserve(Dimension::memory_bytes, 5);
  EXPECT_EQ(budget.usage(Dimension::memory_bytes), 5u);
  auto& self = a;
  a = std::move(self);
  EXPECT_EQ(budget.usage(Dimension::memory_bytes), 5u);
  a = Reservation();
  EXPECT_EQ(budget.usage(Dimension::memory_bytes), 0u);
}

TEST(Reservation, GrowsWithinTheBudget) {
  Budget budget(ResourceLimits().set(Dimension::memory_bytes, 10));
  auto taken = *budget.reserve(Dimension::memory_bytes, 4);
  EXPECT_TRUE(taken.grow(6));
  EXPECT_EQ(taken.amount(), 10u);
  EXPECT_EQ(taken.grow(1).error(), make_error(ErrorCode::over_budget, 10));
  EXPECT_EQ(taken.grow(unlimited).error().code, ErrorCode::over_budget);
  EXPECT_EQ(taken.amount(), 10u);
  EXPECT_EQ(Reservation().grow(1).error().code, ErrorCode::wrong_state);
}

TEST(Reservation, AKeptAmountIsGivenBackExplicitlyOrAdopted) {
  Budget budget;
  {
    auto taken = *budget.reserve(Dimension::memory_bytes, 4);
    EXPECT_EQ(taken.keep(), 4u);
  }
  EXPECT_EQ(budget.usage(Dimension::memory_bytes), 4u);
  {
    const Reservation adopted = budget.adopt(Dimension::memory_bytes, 3);
  }
  EXPECT_EQ(budget.usage(Dimension::memory_bytes), 1u);
  budget.give_back(Dimension::memory_bytes, 1);
}

TEST(Budget, AgreesWithASumOverTheTreeUnderRandomOperations) {
  Budget root(ResourceLimits().set(Dimension::memory_bytes, 1000));
  Budget left(root, ResourceLimits().set(Dimension::memory_bytes, 600));
  Budget right(root, ResourceLimits().set(Dimension::memory_bytes, 700));
  Budget leaf(left, ResourceLimits().set(Dimension::memory_bytes, 300));
  Budget* nodes[] = {&root, &left, &right, &leaf};
  const int parent[] = {-1, 0, 0, 1};
  const Amount limits[] = {1000, 600, 700, 300};
  std::vector<std::pair<int, Reservation>> held;
  std::mt19937 random(9);
  for (int step = 0; step < 20'000; ++step) {
    if (random() % 2 == 0 && !held.empty()) {
      std::swap(held[random() % held.size()], held.back());
      held.pop_back();
    } else {
      Amount used[4] = {};
      for (const auto& [node, taken] : held)
        for (int at = node; at >= 0; at = parent[at]) used[at] += taken.amount();
      for (int i = 0; i < 4; ++i) ASSERT_EQ(nodes[i]->usage(Dimension::memory_bytes), used[i]);
      const int node = static_cast<int>(random() % 4);
      const Amount amount = random() % 200;
      bool fits = true;
      for (int at = node; at >= 0; at = parent[at]) fits = fits && used[at] + amount <= limits[at];
      auto taken = nodes[node]->reserve(Dimension::memory_bytes, amount);
      ASSERT_EQ(taken.has_value(), fits);
      if (taken) held.emplace_back(node, *std::move(taken));
    }
  }
}

TEST(Budget, ThreadsTogetherNeverExceedALimit) {
  Budget process(ResourceLimits().set(Dimension::handles, 100));
  const auto work = [&process] {
    Budget store(process);
    for (int i = 0; i < 20'000; ++i) {
      const auto taken = store.reserve(Dimension::handles, 40);
      ASSERT_LE(process.usage(Dimension::handles), 100u);
      ASSERT_LE(process.peak(Dimension::handles), 100u);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(process.usage(Dimension::handles), 0u);
  EXPECT_GE(process.peak(Dimension::handles), 40u);
}

}  // namespace
}  // namespace holdfast::resource
