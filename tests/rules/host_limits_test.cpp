// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The limits with their own member in StoreLimits. Each test reaches a limit, checks the error, and uses the store
// again.
#include "rules_fixture.hpp"
#include "standard_guests.hpp"

namespace holdfast::rules {
namespace {

using ::testing::ElementsAre;

/// Defines a test class whose store has these limits.
#define HOLDFAST_LIMITED(name, ...)                                                                   \
  class name : public Rules {                                                                         \
   protected:                                                                                         \
    name() : Rules({.limits = {__VA_ARGS__}}) {}                                                      \
    void expect_usable_store() { EXPECT_THAT(call(start(simple), "run"), Returns(42)); }              \
    const std::string simple =                                                                        \
        component({.exports = {run}, .core = "(func (export \"run\") (result i32) (i32.const 42))"}); \
  }

HOLDFAST_LIMITED(HandlesPerInstance, .handles_per_instance = 3);

TEST_F(HandlesPerInstance, AnInstanceThatExceedsTheLimitIsStopped) {
  const Instance instance = start(component({.defines = true, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (loop $more (call $log (call $new-s (i32.const 7))) (br $more)) unreachable))"}));
  EXPECT_THAT(call(instance, "run"), Limit(Rule::free_indices_are_reused, "limit of 3 handles"));
  EXPECT_THAT(journal, ElementsAre("log 1", "log 2", "log 3"));
  expect_usable_store();
}

TEST_F(HandlesPerInstance, DroppingMakesRoom) {
  const Instance instance = start(component({.defines = true, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (local $i i32)
      (drop (call $new-s (i32.const 1))) (drop (call $new-s (i32.const 2)))
      (loop $more
        (call $drop-s (call $new-s (i32.const 7)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $more (i32.lt_u (local.get $i) (i32.const 1000))))
      (call $new-s (i32.const 8))))"}));
  EXPECT_THAT(call(instance, "run"), Returns(3));
}

TEST_F(HandlesPerInstance, AHandleThatTheHostCannotPassStaysWithTheHost) {
  const Instance instance = start(component({.exports = {{"keep", R"((param "t" (own $thing)))"}}, .core = R"(
    (func (export "keep") (param i32)))"}));
  for (std::uint32_t id = 1; id <= 3; ++id) ASSERT_THAT(call(instance, "keep", {hold(id)}), Succeeds());
  {
    const Val fourth = hold(4);
    EXPECT_THAT(call(instance, "keep", {fourth}), Limit(Rule::free_indices_are_reused, "limit of 3 handles"));
    EXPECT_TRUE(journal.empty());
  }
  EXPECT_THAT(journal, ElementsAre("~thing 4"));
  EXPECT_THAT(call(instance, "keep", {hold(5)}), Limit(Rule::free_indices_are_reused, "limit of 3 handles"))
      << "the instance was not closed";
}

TEST_F(HandlesPerInstance, BorrowsCountToo) {
  const Instance instance = start(component({.exports = {{"use", R"((param "t" (list (borrow $thing))))"}},
                                             .core = R"((func (export "use") (param i32 i32)))"}));
  const Val thing = hold(1);
  const Val borrow = borrow_of(thing);
  EXPECT_THAT(call(instance, "use", {Val::list({borrow, borrow, borrow, borrow})}),
              Limit(Rule::free_indices_are_reused, "limit of 3 handles"));
  EXPECT_EQ(store.handles().live, 0U) << "the borrows that were already lowered were removed";
}

HOLDFAST_LIMITED(HandlesPerStore, .handles = 3);

TEST_F(HandlesPerStore, AllInstancesTogetherAreBounded) {
  const std::string text = component(provider());
  const Instance first = start(text);
  const Instance second = start(component({.exports = {{"keep", R"((param "t" (own $thing)))"}}, .core = R"(
    (func (export "keep") (param i32)))"}));
  for (std::uint32_t id = 1; id <= 3; ++id) ASSERT_THAT(call(second, "keep", {hold(id)}), Succeeds());
  {
    const Val fourth = hold(4);
    EXPECT_THAT(call(second, "keep", {fourth}), Limit(Rule::free_indices_are_reused, "3 handles"));
    EXPECT_EQ(store.handles().live, 3U);
    EXPECT_TRUE(journal.empty());
  }
  EXPECT_THAT(journal, ElementsAre("~thing 4")) << "destroyed once, by its owner";
  EXPECT_THAT(call(first, "make", {Val::u32(7)}), Limit(Rule::free_indices_are_reused, "3 handles"));
  expect_usable_store();
}

HOLDFAST_LIMITED(CallDepth, .call_depth = 2);

TEST_F(CallDepth, DeeperCallsBetweenComponentsAreRefused) {
  const Function go{"go", R"((param "x" u32) (result u32))", "(param i32) (result i32)"};
  const auto text = [&](const std::string& child) {
    return nested({.defines = true, .peer = {go}, .exports = {run}, .core = R"(
      (func $again (param i32) (result i32) (local.get 0))
      (elem (i32.const 2) func $again)
      (func (export "run") (result i32) (call $go (i32.const 10))))"},
                  {.exports = {go}, .core = "(func (export \"go\") (param i32) (result i32) " + child + ")"});
  };
  EXPECT_THAT(call(start(text("(local.get 0)")), "run"), Returns(10));
  EXPECT_THAT(call(start(text("(call $again (local.get 0))")), "run"), Limit(Rule::none, "2 nested calls"));
  expect_usable_store();
}

TEST_F(Rules, RecursionThroughTheHostEndsBeforeTheStackRunsOut) {
  // 120 instances. Each calls a host function, which calls the next instance.
  std::vector<Instance> instances;
  const auto loaded =
      load(component({.host = {poke}, .exports = {{"go", R"((param "x" u32) (result u32))"}}, .core = R"(
    (func (export "go") (param i32) (result i32) (call $poke (local.get 0))))"}));
  ASSERT_THAT(loaded, Succeeds());
  for (int i = 0; i < 120; ++i) {
    auto instance = linker.instantiate(store, *loaded);
    ASSERT_THAT(instance, Succeeds());
    instances.push_back(*std::move(instance));
  }
  std::uint32_t deepest = 0;
  std::optional<HostError> refused;
  on_poke = [&](Caller&, std::uint32_t x) {
    deepest = x;
    auto called = call(instances[x + 1], "go", {Val::u32(x + 1)});
    if (!called) refused = std::move(called).error();
    return x;
  };
  EXPECT_THAT(call(instances[0], "go", {Val::u32(0)}), Returns(0));
  ASSERT_TRUE(refused);
  if (refused->kind() == ErrorKind::limit) {
    EXPECT_EQ(deepest, 99U) << describe(*refused);
  } else {
    EXPECT_THAT(refused->message(), ::testing::HasSubstr("call stack exhausted")) << "when stack frames are large";
  }
}

HOLDFAST_LIMITED(LiftedBytes, .lifted_bytes_per_call = 4096);

TEST_F(LiftedBytes, ALargeResultIsRefusedBeforeItIsAllocated) {
  const auto returning = [](const std::string& type, const std::string& length) {
    return component({.exports = {{"run", "(result " + type + ")"}},
                      .core = "(func (export \"run\") (result i32) (i32.store (i32.const 16) (i32.const 1024))"
                              " (i32.store (i32.const 20) (i32.const " +
                              length + ")) (i32.const 16))"});
  };
  EXPECT_THAT(call(start(returning("string", "1000")), "run"), Succeeds());
  EXPECT_THAT(call(start(returning("string", "60000")), "run"), Limit(Rule::none, "host memory"));
  EXPECT_THAT(call(start(returning("(list u64)", "1000")), "run"), Limit(Rule::none, "host memory"));
  expect_usable_store();
}

TEST_F(LiftedBytes, ALargeArgumentBetweenComponentsIsRefusedToo) {
  const Function all{"all", R"((param "x" (list u8)))", "(param i32 i32)"};
  const Instance instance =
      start(pair({.defines = true, .exports = {all}, .core = R"((func (export "all") (param i32 i32)))"},
                 {.peer = {all}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (call $all (i32.const 0) (i32.const 60000)) (i32.const 0)))"}));
  EXPECT_THAT(call(instance, "client/run"), Limit(Rule::none, "host memory"));
  expect_usable_store();
}

HOLDFAST_LIMITED(Instances, .instances = 3);

TEST_F(Instances, MoreComponentInstancesAreRefused) {
  EXPECT_THAT(try_start(with_provider("(func (export \"run\") (result i32) (i32.const 0))")), Succeeds())
      << "the root and the two instances in it";
  EXPECT_THAT(try_start(simple), Limit(Rule::none, "limit of 3"));
}

HOLDFAST_LIMITED(CoreInstances, .core_instances = 3);

TEST_F(CoreInstances, MoreCoreInstancesAreRefused) {
  EXPECT_THAT(try_start(simple), Succeeds()) << "two core instances";
  EXPECT_THAT(try_start(simple), Limit(Rule::none, "limit of 3"));
}

HOLDFAST_LIMITED(MemoryBytes, .memory_bytes = 2 * 65536);

TEST_F(MemoryBytes, MemoriesStopGrowing) {
  const Instance instance = start(component({.exports = {run}, .core = R"(
    (func (export "run") (result i32)
      (call $log (memory.grow (i32.const 1))) (call $log (memory.grow (i32.const 1))) (memory.size)))"}));
  EXPECT_THAT(call(instance, "run"), Returns(2));
  EXPECT_THAT(journal, ElementsAre("log 1", "log 4294967295"));
}

TEST_F(MemoryBytes, AMemoryThatStartsTooLargeIsRefused) {
  const auto failed = try_start("(component (core module $M (memory 3)) (core instance (instantiate $M)))");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind(), ErrorKind::limit) << describe(failed.error());
  expect_usable_store();
}

}  // namespace
}  // namespace holdfast::rules
