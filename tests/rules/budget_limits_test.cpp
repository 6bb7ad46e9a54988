// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The limits of a store's budgets. Each test reaches a limit, checks what happens, and uses the store again.
#include <chrono>

#include "holdfast/runtime/store/component_resources.hpp"
#include "rules_fixture.hpp"
#include "standard_guests.hpp"

namespace holdfast::rules {
namespace {

using resource::Dimension;
using resource::Exhaustion;
using ResourceBudget = resource::Budget;
using resource::ResourceLimits;
using Cap = resource::Limit;
using ::testing::ElementsAre;

/// `run` creates `count` resources of the type `s` and keeps them, then logs and returns the number.
std::string creates(int count) {
  return component({.defines = true,
                    .exports = {run},
                    .core = R"(
    (func (export "run") (result i32) (local $i i32)
      (loop $more
        (drop (call $new-s (i32.const 7)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $more (i32.lt_u (local.get $i) (i32.const )" +
                            std::to_string(count) + R"())))
      (call $log (local.get $i)) (local.get $i)))"});
}

/// `run` logs `count` times and returns the number.
std::string logs(int count) {
  return component({.exports = {run},
                    .core = R"(
    (func (export "run") (result i32) (local $i i32)
      (loop $more
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (call $log (local.get $i))
        (br_if $more (i32.lt_u (local.get $i) (i32.const )" +
                            std::to_string(count) + R"())))
      (local.get $i)))"});
}

const std::string simple = component({.exports = {run}, .core = "(func (export \"run\") (result i32) (i32.const 42))"});
const Function keep{.name = "keep", .type = R"((param "t" (own $thing)))"};
const std::string keeper = component({.exports = {keep}, .core = R"((func (export "keep") (param i32)))"});

/// A store with these limits. `expect_usable_store` runs a new instance in it.
class Budgets : public Rules {
 protected:
  explicit Budgets(const StoreLimits& limits, resource::ExhaustionHandler* handler = nullptr)
      : Rules({.limits = limits, .exhaustion = handler}) {}
  void expect_usable_store() { EXPECT_THAT(call(start(simple), "run"), Returns(42)); }
};

#define HOLDFAST_BUDGETS(name, ...)               \
  class name : public Budgets {                   \
   protected:                                     \
    name() : Budgets(StoreLimits{__VA_ARGS__}) {} \
  }

// --- resources ---

HOLDFAST_BUDGETS(ResourcesPerInstance, .instance = ResourceLimits().set(Dimension::resources, 3));

TEST_F(ResourcesPerInstance, LimitsTheLiveResourcesOfAComponent) {
  EXPECT_THAT(call(start(creates(3)), "run"), Returns(3));
  EXPECT_THAT(call(start(creates(4)), "run"), Limit(Rule::none, "limit of 3")) << "another instance has its own limit";
  expect_usable_store();
}

TEST_F(ResourcesPerInstance, DroppingMakesRoom) {
  const Instance instance = start(component({.defines = true, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (local $i i32)
      (loop $more
        (call $drop-s (call $new-s (i32.const 7)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $more (i32.lt_u (local.get $i) (i32.const 1000))))
      (local.get $i)))"}));
  EXPECT_THAT(call(instance, "run"), Returns(1000));
  EXPECT_EQ(instance.resources().usage(Dimension::resources).used, 0U);
}

HOLDFAST_BUDGETS(ResourcesPerType, .types = {{"host/thing", ResourceLimits().set(Dimension::resources, 2)}});

TEST_F(ResourcesPerType, LimitsTheLiveResourcesOfAHostClass) {
  start(keeper);
  const Val first = hold(1);
  {
    const Val second = hold(2);
    const auto third = store.hold(Thing(3, journal));
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().kind(), ErrorKind::limit) << describe(third.error());
  }
  EXPECT_THAT(journal, ElementsAre("~thing 3", "~thing 2"));
  const Val again = hold(4);
  expect_usable_store();
}

TEST_F(ResourcesPerType, AGuestThatExceedsItIsStoppedAndItsResourcesAreReclaimed) {
  const Instance instance = start(component({.host = {make_thing}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (loop $more (drop (call $make-thing (i32.const 7))) (br $more)) unreachable))"}));
  EXPECT_THAT(call(instance, "run"), Limit(Rule::none, "limit of 2"));
  EXPECT_EQ(journal.size(), 3U) << "two that it had, and the one that was refused";
  const Val first = hold(1);
  const Val second = hold(2);
}

// --- calls ---

HOLDFAST_BUDGETS(CallsPerInstance, .instance = ResourceLimits().set(Dimension::calls, 5));

TEST_F(CallsPerInstance, TheNextCallIsRefusedAndTheInstanceStaysOpen) {
  const Instance instance = start(logs(1));
  for (int i = 0; i < 5; ++i) EXPECT_THAT(call(instance, "run"), Returns(1));
  EXPECT_THAT(call(instance, "run"), Limit(Rule::none, "calls into"));
  EXPECT_THAT(call(instance, "run"), Limit(Rule::none, "limit of 5")) << "the instance was not closed";
  EXPECT_EQ(journal.size(), 5U);
  EXPECT_EQ(instance.resources().usage(Dimension::calls).used, 5U);
  expect_usable_store();
}

HOLDFAST_BUDGETS(CallsThatTrap, .instance = ResourceLimits().set(Dimension::calls, Cap::hard(1), Exhaustion::trap));

TEST_F(CallsThatTrap, TheInstanceIsClosed) {
  const Instance instance = start(logs(1));
  EXPECT_THAT(call(instance, "run"), Returns(1));
  EXPECT_THAT(call(instance, "run"), Limit(Rule::none, "limit of 1"));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::trapped_instances_stay_closed, cannot_enter));
  expect_usable_store();
}

HOLDFAST_BUDGETS(CallsPerStore, .store = ResourceLimits().set(Dimension::calls, 300));

TEST_F(CallsPerStore, InstancesShareTheLimitDownToTheLastCall) {
  const Instance a = start(simple);
  const Instance b = start(simple);
  EXPECT_THAT(call(a, "run"), Returns(42));
  EXPECT_EQ(store.budget().usage(Dimension::calls), 256U) << "leased in advance";
  for (int i = 0; i < 299; ++i) ASSERT_THAT(call(b, "run"), Returns(42)) << i;
  EXPECT_THAT(call(a, "run"), Limit(Rule::none, "limit of 300"));
  EXPECT_THAT(call(b, "run"), Limit(Rule::none, "limit of 300"));
  ASSERT_THAT(store.set_limit(Dimension::calls, Cap::hard(302)), Succeeds());
  EXPECT_THAT(call(a, "run"), Returns(42));
  EXPECT_THAT(call(b, "run"), Returns(42));
  EXPECT_THAT(call(b, "run"), Limit(Rule::none, "limit of 302"));
}

HOLDFAST_BUDGETS(HostCalls, .instance = ResourceLimits().set(Dimension::host_calls, 3));

TEST_F(HostCalls, AGuestThatExceedsTheLimitIsStopped) {
  EXPECT_THAT(call(start(logs(3)), "run"), Returns(3));
  journal.clear();
  EXPECT_THAT(call(start(logs(4)), "run"), Limit(Rule::none, "calls to host functions by"));
  EXPECT_EQ(journal.size(), 3U);
  expect_usable_store();
}

// --- operations ---

HOLDFAST_BUDGETS(OperationFuel, .instance = ResourceLimits().set(Dimension::operation_fuel, 60));

TEST_F(OperationFuel, OperationsCostWhatTheTableLists) {
  const Instance four = start(creates(4));
  EXPECT_THAT(call(four, "run"), Returns(4));
  EXPECT_EQ(four.resources().usage(Dimension::operation_fuel).used, 60U);
  EXPECT_THAT(call(start(creates(5)), "run"), Limit(Rule::none, "resource operations"));
  expect_usable_store();
}

TEST_F(OperationFuel, LendingAndTransferringCostFuelToo) {
  const Instance instance = start(component({.host = {make_thing, id_of, take_thing}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (local $h i32)
      (local.set $h (call $make-thing (i32.const 3)))
      (drop (call $id-of (local.get $h)))
      (call $take-thing (local.get $h))
      (call $drop-thing (call $make-thing (i32.const 4))) (i32.const 0)))"}));
  EXPECT_THAT(call(instance, "run"), Returns(0));
  EXPECT_EQ(instance.resources().usage(Dimension::operation_fuel).used, 15U + 10U + 8U + 15U + 10U);
}

HOLDFAST_BUDGETS(CheapOperations, .instance = ResourceLimits().set(Dimension::operation_fuel, 60),
                 .operation_cost = 50);

TEST_F(CheapOperations, CostsAreScaled) {
  EXPECT_THAT(call(start(creates(7)), "run"), Returns(7)) << "15 / 2 is 8";
  EXPECT_THAT(call(start(creates(8)), "run"), Limit(Rule::none, "limit of 60"));
}

TEST(OperationsPerSecond, StartOverEverySecond) {
  std::chrono::steady_clock::time_point now{std::chrono::hours(1)};
  const auto timed = Engine::create({.clock = [&now] { return now; }});
  ASSERT_TRUE(timed);
  Linker linker(*timed);
  linker.instance("host").resource<int>("thing").func("log", [](std::uint32_t) {});
  auto store = Store::create(*timed, {.limits = {.instance = ResourceLimits().set(Dimension::operations, 10)}});
  ASSERT_TRUE(store);
  const auto loaded = Component::from_text(*timed, creates(5));
  ASSERT_TRUE(loaded);
  const auto instance = linker.instantiate(*store, *loaded);
  ASSERT_TRUE(instance);
  EXPECT_THAT(call(*instance, "run"), Returns(5));
  now += std::chrono::milliseconds(1500);
  EXPECT_THAT(call(*instance, "run"), Returns(5));
  EXPECT_THAT(call(*instance, "run"), Returns(5));
  EXPECT_THAT(call(*instance, "run"), Returns(5));
  now += std::chrono::milliseconds(999);
  EXPECT_THAT(call(*instance, "run"), Limit(Rule::none, "limit of 10"));
  const auto other = linker.instantiate(*store, *loaded);
  ASSERT_TRUE(other);
  EXPECT_THAT(call(*other, "run"), Returns(5));
  EXPECT_THAT(call(*other, "run"), Returns(5));
  EXPECT_THAT(call(*other, "run"), Limit(Rule::none, "limit of 10")) << "its first second has not passed";
}

// --- what happens when a limit is reached ---

/// Keeps stale resources of the host and drops one when the budget asks it to reclaim.
struct Owner final : resource::ExhaustionHandler {
  bool reclaim_stale(ResourceBudget&, Dimension, resource::Amount) noexcept override {
    if (stale.empty()) return false;
    stale.pop_back();
    return true;
  }
  bool ask(ResourceBudget& node, Dimension dimension, resource::Amount amount) noexcept override {
    node.set_limit(dimension, node.limit(dimension) + amount);
    return ++questions <= 2;
  }
  void on_soft_limit(ResourceBudget&, Dimension dimension, resource::Amount used) noexcept override {
    passed.emplace_back(name_of(dimension), used);
  }
  std::vector<Val> stale;
  int questions = 0;
  std::vector<std::pair<std::string, resource::Amount>> passed;
};

class Handled : public Budgets {
 protected:
  Handled()
      : Budgets({.instance = ResourceLimits()
                                 .set(Dimension::host_calls, Cap::hard(2), Exhaustion::ask)
                                 .set(Dimension::calls, Cap::soft(2)),
                 .types = {{"host/thing",
                            ResourceLimits().set(Dimension::resources, Cap::hard(2), Exhaustion::reclaim_stale)}}},
                &owner()) {}
  ~Handled() override { owner() = {}; }
  static Owner& owner() {
    static Owner handler;
    return handler;
  }
};

TEST_F(Handled, StaleResourcesAreReclaimedAndTheOperationSucceeds) {
  start(keeper);
  owner().stale.push_back(hold(1));
  const Val second = hold(2);
  const Val third = hold(3);
  EXPECT_THAT(journal, ElementsAre("~thing 1"));
  const auto fourth = store.hold(Thing(4, journal));
  ASSERT_FALSE(fourth) << "nothing is stale";
  EXPECT_EQ(fourth.error().kind(), ErrorKind::limit);
}

TEST_F(Handled, TheEmbedderMayRaiseALimitWhenAsked) {
  EXPECT_THAT(call(start(logs(4)), "run"), Returns(4));
  EXPECT_EQ(owner().questions, 2);
  EXPECT_THAT(call(start(logs(4)), "run"), Limit(Rule::none, "calls to host functions by"));
  expect_usable_store();
}

TEST_F(Handled, ASoftLimitIsReportedAndAllowsTheCall) {
  const Instance instance = start(simple);
  for (int i = 0; i < 4; ++i) EXPECT_THAT(call(instance, "run"), Returns(42));
  EXPECT_THAT(owner().passed, ElementsAre(std::pair(std::string("calls"), resource::Amount{3})));
}

HOLDFAST_BUDGETS(Terminating,
                 .instance = ResourceLimits().set(Dimension::resources, Cap::hard(1), Exhaustion::terminate));

TEST_F(Terminating, TheWholeComponentEndsAndItsResourcesAreReclaimed) {
  // The client keeps a thing of the host. The provider, another instance of the component, exceeds its limit.
  const Instance instance = start(with_provider(R"(
    (func (export "hold") (param i32))
    (func (export "run") (result i32) (drop (call $make (i32.const 1))) (drop (call $make (i32.const 2))) (i32.const 0)))",
                                                {run, {"hold", R"((param "t" (own $thing)))"}}));
  EXPECT_THAT(call(instance, "client/hold", {hold(9)}), Succeeds());
  EXPECT_THAT(call(instance, "client/run"), Limit(Rule::none, "limit of 1"));
  EXPECT_THAT(journal, ElementsAre("~thing 9"));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::trapped_instances_stay_closed, cannot_enter));
  EXPECT_EQ(store.handles().live, 0U);
  expect_usable_store();
}

HOLDFAST_BUDGETS(HandlesThatTrap, .instance = ResourceLimits().set(Dimension::handles, Cap::hard(1), Exhaustion::trap));

TEST_F(HandlesThatTrap, TrapEvenIfTheHostPassedTheHandle) {
  const Instance instance = start(keeper);
  EXPECT_THAT(call(instance, "keep", {hold(1)}), Succeeds());
  EXPECT_THAT(call(instance, "keep", {hold(2)}), Limit(Rule::none, "limit of 1"));
  EXPECT_THAT(journal, ElementsAre("~thing 1", "~thing 2"));
  EXPECT_THAT(call(instance, "keep", {hold(3)}), Traps(Rule::trapped_instances_stay_closed, cannot_enter));
  expect_usable_store();
}

HOLDFAST_BUDGETS(AdaptiveCalls, .store = ResourceLimits().set(Dimension::host_calls, Cap::adaptive(4, 6)));

TEST_F(AdaptiveCalls, TheLimitFollowsObservedUse) {
  EXPECT_THAT(call(start(logs(4)), "run"), Returns(4));
  EXPECT_THAT(call(start(logs(1)), "run"), Limit(Rule::none, "limit of 4"));
  store.adapt_limits();
  EXPECT_EQ(store.budget().limit(Dimension::host_calls), 6U);
  EXPECT_THAT(call(start(logs(2)), "run"), Returns(2));
}

// --- several stores ---

TEST_F(Rules, StoresUnderOneBudgetShareItDownToTheLastUnit) {
  ResourceBudget process(ResourceLimits().set(Dimension::handles, 100));
  {
    const StoreOptions options{.budget = &process};
    auto first = Store::create(rules::engine(), options);
    auto second = Store::create(rules::engine(), options);
    ASSERT_TRUE(first && second);
    EXPECT_THAT(call(start(*first, creates(1)), "run"), Returns(1));
    EXPECT_EQ(process.usage(Dimension::handles), 64U) << "leased in advance";
    const Instance greedy = start(*second, creates(99));
    EXPECT_THAT(call(greedy, "run"), Returns(99));
    EXPECT_EQ(process.usage(Dimension::handles), 100U);
    EXPECT_THAT(call(start(*first, creates(1)), "run"), Limit(Rule::free_indices_are_reused, "limit of 100 handles"));
    ASSERT_TRUE(second->close());
    EXPECT_LE(process.usage(Dimension::handles), 64U) << "a closed store uses nothing, though handles keep it";
    EXPECT_EQ(second->budget().usage(Dimension::handles), 0U);
    EXPECT_THAT(call(start(*first, creates(99)), "run"), Returns(99));
  }
  for (std::size_t i = 0; i < resource::dimension_count; ++i)
    EXPECT_EQ(process.usage(static_cast<Dimension>(i)), 0U) << name_of(static_cast<Dimension>(i));
}

// --- limits that cannot be enforced ---

TEST(UnkeepableLimits, AreErrorsWhenTheyAreSet) {
  const auto failed =
      Store::create(engine(), {.limits = {.instance = ResourceLimits().set(Dimension::memory_bytes, 65'536)}});
  EXPECT_THAT(failed, Fails(ErrorKind::misuse, Rule::none, "cannot limit bytes of linear memory for an instance"));
  EXPECT_THAT(Store::create(engine(), {.limits = {.store = ResourceLimits().set(Dimension::operations, 1)}}),
              Fails(ErrorKind::misuse, Rule::none, "set the limit for an instance or a resource type"));
  EXPECT_THAT(
      Store::create(engine(), {.limits = {.types = {{"a/b", ResourceLimits().set(Dimension::fuel, 1)}}}}),
      Fails(ErrorKind::misuse, Rule::none, "the resource type a/b; use StoreLimits::fuel, which limits the store"));
  auto store = Store::create(engine());
  ASSERT_TRUE(store);
  EXPECT_THAT(store->set_limit(Dimension::time, Cap::hard(1)),
              Fails(ErrorKind::misuse, Rule::none, "Store::set_deadline"));
  EXPECT_THAT(store->set_limit(Dimension::calls, Cap::hard(1)), Succeeds());
  ASSERT_TRUE(store->close());
  EXPECT_THAT(store->set_limit(Dimension::calls, Cap::hard(1)), Fails(ErrorKind::closed, Rule::none, ""));
}

// --- the view ---

TEST_F(Rules, ComponentResourcesListOwnsBorrowsAndUsage) {
  const Instance instance =
      start(component({.host = {poke}, .exports = {keep, {"use", R"((param "t" (borrow $thing)))"}}, .core = R"(
    (func (export "keep") (param i32))
    (func (export "use") (param i32) (drop (call $poke (i32.const 0))) (call $drop-thing (local.get 0))))"}));
  int owned = 0;
  int borrowed = 0;
  on_poke = [&](Caller& caller, std::uint32_t) {
    const runtime::ComponentResources& resources = caller.resources();
    resources.for_each_owned([&](std::uint32_t, const handles::HandleEntry&) { ++owned; });
    resources.for_each_borrowed([&](std::uint32_t, const handles::HandleEntry&) { ++borrowed; });
    EXPECT_EQ(resources.usage(Dimension::handles).used, 3U);
    EXPECT_EQ(&caller.budget(), &resources.budget());
    EXPECT_EQ(caller.budget().parent(), &store.budget());
    return 0U;
  };
  EXPECT_THAT(call(instance, "keep", {hold(1)}), Succeeds());
  EXPECT_THAT(call(instance, "keep", {hold(2)}), Succeeds());
  const Val third = hold(3);
  EXPECT_THAT(call(instance, "use", {borrow_of(third)}), Succeeds());
  EXPECT_EQ(owned, 2);
  EXPECT_EQ(borrowed, 1);
  const runtime::ComponentResourceManager& resources = instance.resources();
  EXPECT_EQ(resources.usage(Dimension::handles).used, 2U);
  EXPECT_EQ(resources.usage(Dimension::handles).limit, 65'536U);
  EXPECT_EQ(resources.usage(Dimension::calls).used, 3U);
  EXPECT_EQ(resources.usage(Dimension::host_calls).used, 1U);
  EXPECT_TRUE(resources.check_allocation_allowed(Dimension::handles, 65'534));
  EXPECT_EQ(resources.check_allocation_allowed(Dimension::handles, 65'535).error().code, ErrorCode::over_budget);
}

}  // namespace
}  // namespace holdfast::rules
