// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/resource/budget.hpp"

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

constexpr auto bytes = Dimension::memory_bytes;
constexpr auto handles = Dimension::handles;

TEST(Budget, UnlimitedUnlessSaidOtherwise) {
  Budget budget;
  EXPECT_EQ(budget.limit(bytes), unlimited);
  EXPECT_TRUE(budget.try_take(bytes, unlimited));
  EXPECT_EQ(budget.try_take(bytes, 1).error(), make_error(ErrorCode::over_budget, unlimited)) << "sums do not wrap";
  EXPECT_EQ(budget.usage(bytes), unlimited);
  budget.give_back(bytes, unlimited);
  EXPECT_EQ(budget.usage(bytes), 0u);
}

TEST(Budget, ALimitIsReachedExactlyAndThenLeft) {
  Budget budget(ResourceLimits().set(handles, 3));
  EXPECT_TRUE(budget.try_take(handles, 2));
  EXPECT_EQ(budget.try_take(handles, 2).error(), make_error(ErrorCode::over_budget, 3));
  EXPECT_EQ(budget.usage(handles), 2u);
  EXPECT_TRUE(budget.try_take(handles, 1));
  EXPECT_FALSE(budget.try_take(handles, 1));
  EXPECT_TRUE(budget.try_take(handles, 0));
  budget.give_back(handles, 1);
  EXPECT_TRUE(budget.try_take(handles, 1));
  budget.give_back(handles, 3);
}

TEST(Budget, DimensionsAreIndependentAndNamed) {
  Budget budget(ResourceLimits().set(handles, 0));
  EXPECT_FALSE(budget.reserve(handles, 1));
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < dimension_count; ++i) {
    const auto dimension = static_cast<Dimension>(i);
    EXPECT_TRUE(names.insert(name_of(dimension)).second) << i;
    if (dimension != handles) {
      EXPECT_TRUE(budget.reserve(dimension, 1)) << name_of(dimension);
    }
  }
  EXPECT_FALSE(names.contains("unknown"));
  EXPECT_EQ(name_of(static_cast<Dimension>(dimension_count)), "unknown");
}

TEST(Budget, WhatANodeTakesItsAncestorsCount) {
  Budget process;
  Budget store(process);
  Budget instance(store);
  Budget sibling(store);
  const auto taken = instance.reserve(bytes, 10);
  ASSERT_TRUE(taken);
  EXPECT_EQ(instance.usage(bytes), 10u);
  EXPECT_EQ(store.usage(bytes), 10u);
  EXPECT_EQ(process.usage(bytes), 10u);
  EXPECT_EQ(sibling.usage(bytes), 0u);
}

TEST(Budget, IfAnyAncestorRefusesNothingIsTaken) {
  Budget process(ResourceLimits().set(bytes, 100));
  Budget store(process, ResourceLimits().set(bytes, 50));
  Budget instance(store, ResourceLimits().set(bytes, 70));
  Budget sibling(process);
  EXPECT_EQ(instance.reserve(bytes, 71).error(), make_error(ErrorCode::over_budget, 70));
  EXPECT_EQ(instance.reserve(bytes, 60).error(), make_error(ErrorCode::over_budget, 50));
  const auto other = sibling.reserve(bytes, 80);
  EXPECT_EQ(instance.reserve(bytes, 30).error(), make_error(ErrorCode::over_budget, 100));
  for (const Budget* node : {&store, &instance}) {
    EXPECT_EQ(node->usage(bytes), 0u);
    EXPECT_EQ(node->peak(bytes), 0u) << "a refusal is no peak";
  }
  EXPECT_EQ(process.peak(bytes), 80u);
}

TEST(Budget, CheckAllocationAllowedTakesNothing) {
  Budget process(ResourceLimits().set(bytes, 100));
  Budget store(process);
  EXPECT_TRUE(store.check_allocation_allowed(bytes, 100));
  EXPECT_EQ(store.check_allocation_allowed(bytes, 101).error(), make_error(ErrorCode::over_budget, 100));
  EXPECT_EQ(store.check_allocation_allowed(bytes, unlimited).error().code, ErrorCode::over_budget);
  EXPECT_EQ(process.usage(bytes), 0u);
  EXPECT_EQ(process.peak(bytes), 0u);
}

TEST(Budget, PeakStaysWhenUsageFalls) {
  Budget budget;
  {
    const auto taken = budget.reserve(bytes, 7);
  }
  {
    const auto taken = budget.reserve(bytes, 5);
  }
  const ResourceUsage usage = budget.resource_usage(bytes);
  EXPECT_EQ(usage.used, 0u);
  EXPECT_EQ(usage.peak, 7u);
  EXPECT_EQ(usage.limit, unlimited);
}

TEST(Budget, ALimitBelowTheUsageRefusesUntilEnoughIsGivenBack) {
  Budget budget;
  ASSERT_TRUE(budget.try_take(handles, 10));
  budget.set_limit(handles, 5);
  EXPECT_FALSE(budget.try_take(handles, 0)) << "even nothing is too much";
  budget.give_back(handles, 6);
  EXPECT_TRUE(budget.try_take(handles, 1));
  EXPECT_FALSE(budget.try_take(handles, 1));
  budget.give_back(handles, 5);
}

TEST(Budget, ANodeThatEndsGivesBackWhatWasTakenInIt) {
  Budget process;
  {
    Budget instance(process);
    ASSERT_TRUE(instance.try_take(handles, 4));
    EXPECT_EQ(process.usage(handles), 4u);
  }
  EXPECT_EQ(process.usage(handles), 0u);
}

TEST(Budget, MistakesOfTheProgrammerBreakTheContract) {
  Budget budget;
  EXPECT_DEATH(budget.give_back(handles, 1), "no more is given back than was taken");
  EXPECT_DEATH(
      {
        std::optional<Budget> parent(std::in_place);
        Budget child(*parent);
        parent.reset();
      },
      "a budget outlives its children");
}

TEST(Reservation, GivesBackOnce) {
  Budget budget;
  auto first = *budget.reserve(bytes, 8);
  Reservation moved(std::move(first));
  first.release();  // NOLINT(bugprone-use-after-move): a moved-from reservation holds nothing, by contract
  EXPECT_EQ(budget.usage(bytes), 8u);
  EXPECT_EQ(moved.amount(), 8u);
  moved.release();
  moved.release();
  EXPECT_EQ(moved.amount(), 0u);
  EXPECT_EQ(budget.usage(bytes), 0u);
}

TEST(Reservation, AssignmentGivesTheOldAmountBack) {
  Budget budget;
  auto a = *budget.reserve(bytes, 8);
  a = *budget.reserve(bytes, 5);
  EXPECT_EQ(budget.usage(bytes), 5u);
  auto& self = a;
  a = std::move(self);
  EXPECT_EQ(budget.usage(bytes), 5u);
  a = Reservation();
  EXPECT_EQ(budget.usage(bytes), 0u);
}

TEST(Reservation, GrowsWithinTheBudget) {
  Budget budget(ResourceLimits().set(bytes, 10));
  auto taken = *budget.reserve(bytes, 4);
  EXPECT_TRUE(taken.grow(6));
  EXPECT_EQ(taken.amount(), 10u);
  EXPECT_EQ(taken.grow(1).error(), make_error(ErrorCode::over_budget, 10));
  EXPECT_EQ(taken.grow(unlimited).error().code, ErrorCode::over_budget);
  EXPECT_EQ(taken.amount(), 10u);
  EXPECT_EQ(Reservation().grow(1).error().code, ErrorCode::wrong_state);
}

TEST(Reservation, KeptAmountsAreGivenBackByHandOrAdopted) {
  Budget budget;
  {
    auto taken = *budget.reserve(bytes, 4);
    EXPECT_EQ(taken.keep(), 4u);
  }
  EXPECT_EQ(budget.usage(bytes), 4u);
  {
    const Reservation adopted = budget.adopt(bytes, 3);
  }
  EXPECT_EQ(budget.usage(bytes), 1u);
  budget.give_back(bytes, 1);
}

TEST(Budget, AgreesWithASumOverTheTreeUnderRandomOperations) {
  Budget root(ResourceLimits().set(bytes, 1000));
  Budget left(root, ResourceLimits().set(bytes, 600));
  Budget right(root, ResourceLimits().set(bytes, 700));
  Budget leaf(left, ResourceLimits().set(bytes, 300));
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
      for (int i = 0; i < 4; ++i) ASSERT_EQ(nodes[i]->usage(bytes), used[i]);
      const int node = static_cast<int>(random() % 4);
      const Amount amount = random() % 200;
      bool fits = true;
      for (int at = node; at >= 0; at = parent[at]) fits = fits && used[at] + amount <= limits[at];
      auto taken = nodes[node]->reserve(bytes, amount);
      ASSERT_EQ(taken.has_value(), fits);
      if (taken) held.emplace_back(node, *std::move(taken));
    }
  }
}

TEST(Budget, ThreadsTogetherNeverExceedALimit) {
  Budget process(ResourceLimits().set(handles, 100));
  const auto work = [&process] {
    Budget store(process);
    for (int i = 0; i < 20'000; ++i) {
      const auto taken = store.reserve(handles, 40);
      ASSERT_LE(process.usage(handles), 100u);
      ASSERT_LE(process.peak(handles), 100u);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(process.usage(handles), 0u);
  EXPECT_GE(process.peak(handles), 40u);
}

}  // namespace
}  // namespace holdfast::resource
