// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/resource/budget/lease.hpp"

#include <array>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace holdfast::resource {
namespace {

/// The leases of two instances, as in a store.
class Holder final : public LeaseHolder {
 public:
  explicit Holder(Budget& store, Dimension dimension = Dimension::calls, Amount block = 10)
      : LeaseHolder(store),
        nodes_{Budget(store), Budget(store)},
        leases{Lease(nodes_[0], dimension, block), Lease(nodes_[1], dimension, block)} {
    enlist();
  }
  ~Holder() { resign(); }
  void return_idle(Dimension dimension) noexcept override {
    for (Lease& lease : leases)
      if (lease.dimension() == dimension) lease.return_idle();
  }
  Budget& node(std::size_t index) { return nodes_[index]; }

 private:
  std::array<Budget, 2> nodes_;

 public:
  std::array<Lease, 2> leases;
};

TEST(Lease, TakesABlockAndCountsItDown) {
  Budget store;
  Holder holder(store);
  Lease& lease = holder.leases[0];
  EXPECT_EQ(store.usage(Dimension::calls), 0u);
  ASSERT_TRUE(lease.spend());
  EXPECT_EQ(store.usage(Dimension::calls), 10u) << "one walk";
  for (int i = 1; i < 10; ++i) ASSERT_TRUE(lease.spend());
  EXPECT_EQ(store.usage(Dimension::calls), 10u);
  EXPECT_EQ(lease.left(), 0u);
  EXPECT_EQ(lease.used(), 10u);
  ASSERT_TRUE(lease.spend(25)) << "more than a block";
  EXPECT_EQ(lease.used(), 35u);
  EXPECT_EQ(store.usage(Dimension::calls), 35u);
}

TEST(Lease, TheLimitIsExact) {
  for (Amount limit = 0; limit < 35; ++limit) {
    Budget store(ResourceLimits().set(Dimension::calls, limit));
    Holder holder(store);
    Amount spent = 0;
    while (holder.leases[0].spend()) ++spent;
    EXPECT_EQ(spent, limit);
    EXPECT_EQ(holder.leases[0].spend().error(), make_error(ErrorCode::over_budget, limit));
    EXPECT_EQ(holder.leases[0].used(), limit);
  }
}

TEST(Lease, ASiblingsRemainderIsRecalledBeforeALimitRefuses) {
  Budget store(ResourceLimits().set(Dimension::calls, 12));
  Holder holder(store);
  ASSERT_TRUE(holder.leases[0].spend());
  EXPECT_EQ(holder.leases[0].left(), 9u);
  for (int i = 0; i < 11; ++i) ASSERT_TRUE(holder.leases[1].spend()) << i;
  EXPECT_EQ(holder.leases[0].used() + holder.leases[1].used(), 12u);
  EXPECT_FALSE(holder.leases[1].spend());
  EXPECT_FALSE(holder.leases[0].spend());
  EXPECT_EQ(store.usage(Dimension::calls), 12u);
}

TEST(Lease, IdleHoldersAreRecalledAndBusyOnesAreNot) {
  Budget process(ResourceLimits().set(Dimension::calls, 20));
  Budget busy_store(process);
  Budget other_store(process);
  Holder busy(busy_store);
  Holder other(other_store);
  busy.enter();
  ASSERT_TRUE(busy.leases[0].spend());
  other.enter();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(other.leases[0].spend());
  EXPECT_EQ(other.leases[0].spend().error(), make_error(ErrorCode::over_budget, 20)) << "the other holder is in use";
  EXPECT_EQ(busy.leases[0].left(), 9u);
  busy.leave();
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(other.leases[0].spend()) << i;
  EXPECT_FALSE(other.leases[0].spend());
  EXPECT_EQ(busy.leases[0].left(), 0u);
  other.leave();
}

TEST(Lease, OtherDimensionsAreNotRecalled) {
  Budget store(ResourceLimits().set(Dimension::handles, 0));
  Holder holder(store);
  ASSERT_TRUE(holder.leases[0].spend());
  EXPECT_FALSE(store.reserve(Dimension::handles, 1));
  EXPECT_EQ(holder.leases[0].left(), 9u);
}

TEST(Lease, ARequestWithoutALeaseRecallsToo) {
  Budget process;
  Budget store(process, ResourceLimits().set(Dimension::calls, 10));
  Holder holder(store);
  holder.enter();
  ASSERT_TRUE(holder.leases[0].spend());
  EXPECT_TRUE(store.reserve(Dimension::calls, 9)) << "a request by the thread inside";
  EXPECT_EQ(holder.leases[0].left(), 0u);
  holder.leave();
}

TEST(Lease, PutBackKeepsTwoBlocksAndReturnsTheRest) {
  Budget store(ResourceLimits().set(Dimension::handles, 100));
  Holder holder(store, Dimension::handles);
  Lease& lease = holder.leases[0];
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(lease.spend());
  for (int i = 0; i < 50; ++i) {
    lease.put_back();
    EXPECT_LE(lease.left(), 20u);
  }
  EXPECT_EQ(lease.used(), 0u);
  EXPECT_EQ(store.usage(Dimension::handles), lease.left());
  lease.return_idle();
  EXPECT_EQ(store.usage(Dimension::handles), 0u);
}

TEST(Lease, BlocksDoNotStretchSoftAndElasticLimits) {
  struct Handler final : ExhaustionHandler {
    void on_soft_limit(Budget&, Dimension, Amount used) noexcept override { passed_at = used; }
    Amount passed_at = 0;
  } handler;
  Budget process;
  Budget store(process,
               ResourceLimits().set(Dimension::calls, Limit::soft(15)).set(Dimension::handles, Limit::elastic(15)));
  store.set_handler(&handler);
  Lease soft(store, Dimension::calls, 10);
  for (int i = 0; i < 15; ++i) ASSERT_TRUE(soft.spend());
  EXPECT_EQ(handler.passed_at, 0u) << "reached, not passed";
  ASSERT_TRUE(soft.spend());
  EXPECT_EQ(handler.passed_at, 16u);
  Lease elastic(store, Dimension::handles, 10);
  Amount spent = 0;
  while (elastic.spend()) ++spent;
  EXPECT_EQ(spent, 18u);
}

TEST(Lease, ANewPeriodForgetsWhatWasSpentAndWhatWasLeft) {
  Budget store(ResourceLimits().set(Dimension::calls, 15));
  Holder holder(store);
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(holder.leases[0].spend());
  holder.leases[0].restart();
  EXPECT_EQ(store.usage(Dimension::calls), 0u);
  for (int i = 0; i < 15; ++i) ASSERT_TRUE(holder.leases[0].spend());
  EXPECT_FALSE(holder.leases[0].spend());
}

TEST(Lease, DestroyedLeasesReturnTheRemainderAndNodesTheUsage) {
  Budget process;
  {
    Budget store(process);
    Holder holder(store);
    ASSERT_TRUE(holder.leases[0].spend(3));
    EXPECT_EQ(process.usage(Dimension::calls), 10u);
  }
  EXPECT_EQ(process.usage(Dimension::calls), 0u);
}

TEST(Lease, WorksWithoutAHolder) {
  Budget store(ResourceLimits().set(Dimension::calls, 3));
  Lease lease(store, Dimension::calls, 10);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(lease.spend());
  EXPECT_FALSE(lease.spend());
}

TEST(Lease, AgreesWithExactAccountsUnderRandomOperations) {
  constexpr Amount limit = 60;
  Budget store(ResourceLimits().set(Dimension::handles, limit));
  Holder holder(store, Dimension::handles, 8);
  std::array<Amount, 2> spent{};
  std::mt19937 random(3);
  for (int step = 0; step < 50'000; ++step) {
    const std::size_t which = random() % 2;
    const Amount amount = 1 + random() % 12;
    if (random() % 2 == 0) {
      const bool fits = spent[0] + spent[1] + amount <= limit;
      ASSERT_EQ(holder.leases[which].spend(amount).has_value(), fits);
      if (fits) spent[which] += amount;
    } else if (spent[which] >= amount) {
      holder.leases[which].put_back(amount);
      spent[which] -= amount;
    }
    ASSERT_EQ(holder.leases[which].used(), spent[which]);
    ASSERT_LE(store.usage(Dimension::handles), limit);
  }
}

TEST(LeaseHolder, ThreadsRecallFromEachOtherAndNeverExceedALimit) {
  constexpr Amount limit = 40;
  Budget process(ResourceLimits().set(Dimension::handles, limit));
  const auto work = [&](unsigned seed) {
    Budget store(process);
    Holder holder(store, Dimension::handles, 16);
    std::mt19937 random(seed);
    for (int round = 0; round < 2'000; ++round) {
      holder.enter();
      Amount spent = 0;
      for (int i = 0; i < 30; ++i) spent += holder.leases[random() % 2].spend().has_value();
      ASSERT_LE(process.usage(Dimension::handles), limit);
      // Either lease may put back what the other spent: only the sum for the store matters.
      const Amount first = holder.leases[0].used();
      holder.leases[0].put_back(first);
      holder.leases[1].put_back(spent - first);
      holder.leave();
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 3; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(process.usage(Dimension::handles), 0u);
}

}  // namespace
}  // namespace holdfast::resource
