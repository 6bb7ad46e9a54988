// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Guests that try to use up time, stack, memory and handles. Each is stopped by a limit with the right error, and the
// store and a new store work afterwards.
#include <atomic>
#include <thread>

#include "peak_memory.hpp"
#include "rules_fixture.hpp"
#include "standard_guests.hpp"

namespace holdfast::regress {
namespace {

using rules::call;
using rules::component;
using rules::Function;
using rules::Limit;
using rules::Returns;
using rules::run;
using rules::simple;

const std::string endless = "(loop $forever (br $forever))";

// --- time ---

const Engine& fuel_engine() {
  static const Engine engine = *Engine::create({.fuel = true});
  return engine;
}

/// Guests in a store with little fuel.
class Fuel : public ::testing::Test {
 protected:
  HostResult<Instance> start(const std::string& text) {
    EXPECT_TRUE(store.set_fuel(100'000));
    const auto loaded = Component::from_text(fuel_engine(), text);
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().message());
    return linker.instantiate(store, *loaded);
  }

  void expect_stopped(const std::string& text) {
    const auto instance = start(text);
    ASSERT_TRUE(instance) << instance.error().message();
    EXPECT_THAT(call(*instance, "run"), Limit(Rule::none, "fuel"));
    expect_usable_store();
  }

  void expect_usable_store() {
    const auto instance = start(simple);
    ASSERT_TRUE(instance) << instance.error().message();
    EXPECT_THAT(call(*instance, "run"), Returns(42));
  }

  Linker linker = [] {
    Linker filled(fuel_engine());
    filled.instance("host").resource<int>("thing").func("log", [](std::uint32_t) {}).func("echo", [](std::string text) {
      return text;
    });
    return filled;
  }();
  Store store = *Store::create(fuel_engine(), {.limits = {.fuel = 100'000}});
};

TEST_F(Fuel, AnEndlessLoop) {
  expect_stopped(
      component({.exports = {run}, .core = "(func (export \"run\") (result i32) " + endless + " unreachable)"}));
}

TEST_F(Fuel, AnEndlessStartFunction) {
  const auto instance =
      start("(component (core module $M (func $f " + endless + ") (start $f)) (core instance (instantiate $M)))");
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().kind(), ErrorKind::limit) << instance.error().message();
  expect_usable_store();
}

TEST_F(Fuel, AnEndlessRealloc) {
  const Function text{"run", R"((param "s" string))"};
  const auto instance = start(component({.exports = {text},
                                         .core = "(func $endless (param i32 i32 i32 i32) (result i32) " + endless +
                                                 " unreachable) (elem (i32.const 1) func $endless)"
                                                 "(func (export \"run\") (param i32 i32))"}));
  ASSERT_TRUE(instance);
  EXPECT_THAT(call(*instance, "run", {Val::string("x")}), Limit(Rule::none, "fuel"));
  expect_usable_store();
}

TEST_F(Fuel, AnEndlessReallocForAHostsResult) {
  const Function echo{"echo", R"((param "s" string) (result string))", "(param i32 i32 i32)"};
  expect_stopped(component({.host = {echo},
                            .exports = {run},
                            .core = "(func $endless (param i32 i32 i32 i32) (result i32) " + endless +
                                    " unreachable) (elem (i32.const 1) func $endless)"
                                    "(func (export \"run\") (result i32) (call $echo (i32.const 0) (i32.const 8) "
                                    "(i32.const 64)) (i32.const 0))"}));
}

TEST_F(Fuel, AnEndlessPostReturn) {
  expect_stopped(
      component({.exports = {{"run", "(result u32)", "", R"((post-return (core func $main "after")))"}},
                 .core = "(func (export \"run\") (result i32) (i32.const 1)) (func (export \"after\") (param i32) " +
                         endless + ")"}));
}

TEST_F(Fuel, AnEndlessDestructor) {
  expect_stopped(component(
      {.defines = true,
       .exports = {run},
       .core = "(func $endless (param i32) " + endless +
               ") (elem (i32.const 0) func $endless)"
               "(func (export \"run\") (result i32) (call $drop-r (call $new-r (i32.const 1))) (i32.const 0))"}));
}

TEST_F(Fuel, AnEndlessDestructorOfAHandleThatTheHostDropsLater) {
  const Function make{"make", "(result (own $r))"};
  {
    const auto instance =
        start(component({.defines = true,
                         .exports = {make},
                         .core = "(func $endless (param i32) " + endless +
                                 ") (elem (i32.const 0) func $endless)"
                                 "(func (export \"make\") (result i32) (call $new-r (i32.const 1)))"}));
    ASSERT_TRUE(instance);
    const auto resource = call(*instance, "make");
    ASSERT_TRUE(resource) << resource.error().message();
  }  // dropped, which runs the destructor
  expect_usable_store();
  const auto report = store.close();
  ASSERT_TRUE(report);
  ASSERT_EQ(report->failed_drops.size(), 1U);
  EXPECT_EQ(report->failed_drops[0].kind(), ErrorKind::limit) << report->failed_drops[0].message();
}

TEST(Interruption, StopsAGuestThatHasNoFuelLimit) {
  auto store = Store::create(rules::engine());
  ASSERT_TRUE(store);
  // The guest says when it has begun, so that the interruption arrives while it runs.
  const std::string text = R"((component (import "begin" (func $begin)) (core func $begin (canon lower (func $begin)))
    (core module $M (import "" "begin" (func $begin)) (func (export "run") call $begin )" +
                           endless + R"())
    (core instance $m (instantiate $M (with "" (instance (export "begin" (func $begin))))))
    (func (export "run") (canon lift (core func $m "run")))))";
  const auto loaded = Component::from_text(rules::engine(), text);
  ASSERT_TRUE(loaded);
  std::atomic<bool> has_begun = false;
  Linker linker(rules::engine());
  linker.func("begin", [&] { has_begun = true; });
  const auto instance = linker.instantiate(*store, *loaded);
  ASSERT_TRUE(instance);
  std::thread other([handle = store->interrupt_handle(), &has_begun] {
    while (!has_begun) std::this_thread::yield();
    handle.interrupt();
  });
  EXPECT_THAT(call(*instance, "run"), rules::Fails(ErrorKind::limit, Rule::none, ""));
  other.join();
  store->clear_interrupt();
  const auto again = linker.instantiate(*store, *loaded);
  EXPECT_TRUE(again);
}

// --- stack ---

class Guests : public rules::Rules {
 protected:
  explicit Guests(const StoreOptions& options = {}) : Rules(options) {}
  void expect_usable_store() { EXPECT_THAT(call(start(simple), "run"), Returns(42)); }
};

TEST_F(Guests, RecursionInACoreModule) {
  EXPECT_THAT(call(start(component({.exports = {run}, .core = R"(
    (func $again (export "run") (result i32) (i32.add (call $again) (i32.const 1))))"})),
                   "run"),
              rules::Traps(Rule::none, "stack exhausted"));
  expect_usable_store();
}

TEST_F(Guests, AStartFunctionThatRecurses) {
  const auto failed =
      try_start("(component (core module $M (func $f (call $f)) (start $f)) (core instance (instantiate $M)))");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind(), ErrorKind::trap) << failed.error().message();
  expect_usable_store();
}

/// A component with a chain of `count` instances, each of which calls the one before it.
std::string chain(int count) {
  std::string text = R"((component
    (component $First (core module $M (func (export "f") (result i32) (i32.const 7))) (core instance $m (instantiate $M))
      (func (export "f") (result u32) (canon lift (core func $m "f"))))
    (component $Next (import "f" (func $f (result u32))) (core func $g (canon lower (func $f)))
      (core module $M (import "" "g" (func $g (result i32))) (func (export "f") (result i32) (call $g)))
      (core instance $m (instantiate $M (with "" (instance (export "g" (func $g))))))
      (func (export "f") (result u32) (canon lift (core func $m "f"))))
    (instance $i0 (instantiate $First)))";
  for (int i = 1; i < count; ++i) {
    text += "(instance $i" + std::to_string(i) + " (instantiate $Next (with \"f\" (func $i" + std::to_string(i - 1) +
            " \"f\"))))";
  }
  return text + "(export \"run\" (func $i" + std::to_string(count - 1) + " \"f\")))";
}

TEST_F(Guests, ALongChainOfComponents) {
  EXPECT_THAT(call(start(chain(100)), "run"), Returns(7));
  EXPECT_THAT(call(start(chain(101)), "run"), Limit(Rule::none, "100 nested calls"));
  EXPECT_THAT(call(start(chain(1000)), "run"), Limit(Rule::none, "100 nested calls"));
  expect_usable_store();
}

/// Each instance of the chain uses much of the stack before it calls the next.
TEST_F(Guests, TheStackRunsOutBeforeTheCallDepth) {
  const auto greedy = [](const std::string& text) {
    std::string changed = text;
    const std::string plain = "(func (export \"f\") (result i32) (call $g))";
    changed.replace(changed.find(plain), plain.size(), R"(
      (func $f (param i32) (result i32)
        (if (result i32) (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1)))) (else (call $g))))
      (func (export "f") (result i32) (call $f (i32.const 1000))))");
    return changed;
  };
  EXPECT_THAT(call(start(greedy(chain(5))), "run"), Returns(7));
  EXPECT_THAT(call(start(greedy(chain(100))), "run"), rules::Traps(Rule::none, "stack exhausted"));
  expect_usable_store();
}

// --- memory ---

class SmallMemory : public Guests {
 protected:
  SmallMemory() : Guests({.limits = {.memory_bytes = 64 << 16, .table_elements = 1000}}) {}
};

TEST_F(SmallMemory, AGuestThatGrowsItsMemoryForever) {
  const Instance instance = start(component({.exports = {run}, .core = R"(
    (func (export "run") (result i32)
      (loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      (memory.fill (i32.const 0) (i32.const 1) (i32.mul (memory.size) (i32.const 65536)))
      (memory.size)))"}));
  const Cost cost;
  EXPECT_THAT(call(instance, "run"), Returns(64));
  EXPECT_THAT(call(instance, "run"), Returns(64));
  expect_cheap(cost);
  expect_usable_store();
}

TEST_F(SmallMemory, AGuestThatGrowsItsTableForever) {
  const Instance instance = start(component({.exports = {run}, .core = R"(
    (table $t 0 funcref)
    (func (export "run") (result i32)
      (loop $more (br_if $more (i32.ne (table.grow $t (ref.null func) (i32.const 100)) (i32.const -1))))
      (table.size $t)))"}));
  const Cost cost;
  EXPECT_THAT(call(instance, "run"), Returns(1000));
  expect_cheap(cost);
  expect_usable_store();
}

TEST_F(SmallMemory, ATableThatStartsTooLarge) {
  const auto failed =
      try_start("(component (core module $M (table 4000000000 funcref)) (core instance (instantiate $M)))");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind(), ErrorKind::limit) << failed.error().message();
  expect_usable_store();
}

TEST_F(Guests, AMemoryOfFourGigabytesThatIsNotUsed) {
  const Cost cost;
  EXPECT_THAT(call(start("(component (core module $M (memory 65536) (func (export \"run\") (result i32) (i32.const 1)))"
                         "(core instance $m (instantiate $M)) (func (export \"run\") (result u32)"
                         "(canon lift (core func $m \"run\"))))"),
                   "run"),
              Returns(1));
  expect_cheap(cost);
}

TEST_F(Guests, ThousandsOfMemories) {
  std::string inner = "(component $C (core module $M (memory 1))";
  for (int i = 0; i < 900; ++i) inner += "(core instance (instantiate $M))";
  std::string text = "(component " + inner + ")";
  for (int i = 0; i < 11; ++i) text += "(instance (instantiate $C))";
  const auto instance = try_start(text + ")");
  if (!instance) {
    EXPECT_EQ(instance.error().kind(), ErrorKind::limit) << instance.error().message();
  }
  auto other = Store::create(rules::engine());
  ASSERT_TRUE(other);
  EXPECT_THAT(call(start(*other, simple), "run"), Returns(42)) << "another store still works";
}

// --- handles ---

const std::string make_forever = R"(
    (func (export "run") (result i32) (loop $more (drop (call $new-s (i32.const 7))) (br $more)) unreachable))";

TEST_F(Guests, HandlesUpToTheDefaultLimitOfAnInstance) {
  const Instance instance = start(component({.defines = true, .exports = {run}, .core = make_forever}));
  const Cost cost;
  EXPECT_THAT(call(instance, "run"), Limit(Rule::free_indices_are_reused, "limit of 65536 handles"));
  expect_cheap(cost, 16 << 20);
  expect_usable_store();
}

class ManyInstances : public Guests {
 protected:
  ManyInstances() : Guests({.limits = {.handles = 200'000}}) {}
};

TEST_F(ManyInstances, HandlesUpToTheLimitOfTheStore) {
  const std::string text = component({.defines = true, .exports = {run}, .core = make_forever});
  for (int i = 0; i < 3; ++i)
    EXPECT_THAT(call(start(text), "run"), Limit(Rule::free_indices_are_reused, "limit of 65536 handles"));
  // A trapped instance releases its handles, so they no longer count against the limit.
  EXPECT_LE(store.handles().live, 200'000U);
  EXPECT_THAT(call(start(text), "run"), rules::Fails(ErrorKind::limit, Rule::free_indices_are_reused, "handles"));
  expect_usable_store();
  const auto report = store.close();
  ASSERT_TRUE(report);
  auto other = Store::create(rules::engine());
  ASSERT_TRUE(other);
  EXPECT_THAT(call(start(*other, simple), "run"), Returns(42));
}

/// A store that limits each linear memory to 4 MiB, and limits handles, resources and host calls.
class AllLimited : public Guests {
 protected:
  AllLimited()
      : Guests({.limits = {
                    .memory_bytes = 4 << 20,
                    .instance = resource::ResourceLimits()
                                    .set(resource::Dimension::handles, 1'000)
                                    .set(resource::Dimension::resources, 500)
                                    .set(resource::Dimension::host_calls, 10'000),
                    .types = {{"host/thing", resource::ResourceLimits().set(resource::Dimension::resources, 300)}}}}) {}
};

TEST_F(AllLimited, AGuestThatAsksForEverythingCostsNoMoreThanItsBudget) {
  const std::string memory_first = R"(
    (func (export "run") (result i32)
      (loop $grow (br_if $grow (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      (memory.fill (i32.const 0) (i32.const 1) (i32.mul (memory.size) (i32.const 65536)))
      (loop $more )";
  const std::string forever = " (br $more)) unreachable)";
  expect_usable_store();
  const Cost cost;
  EXPECT_THAT(call(start(component({.defines = true,
                                    .exports = {run},
                                    .core = memory_first + "(drop (call $new-s (i32.const 7)))" + forever})),
                   "run"),
              Limit(Rule::none, "limit of 500"));
  EXPECT_THAT(call(start(component({.host = {rules::make_thing},
                                    .exports = {run},
                                    .core = memory_first + "(drop (call $make-thing (i32.const 7)))" + forever})),
                   "run"),
              Limit(Rule::none, "limit of 300"));
  EXPECT_THAT(
      call(start(component({.exports = {run}, .core = memory_first + "(call $log (i32.const 7))" + forever})), "run"),
      Limit(Rule::none, "limit of 10000"));
  expect_cheap(cost, (3 * 4 + 4) << 20);
  expect_usable_store();
}

TEST_F(Guests, HostResourcesUpToTheLimit) {
  const Instance instance = start(component({.host = {rules::make_thing}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (loop $more (drop (call $make-thing (i32.const 7))) (br $more)) unreachable))"}));
  EXPECT_THAT(call(instance, "run"), Limit(Rule::free_indices_are_reused, "limit of 65536 handles"));
  EXPECT_EQ(journal.size(), 65'537U) << "all were destroyed, including the one over the limit";
  expect_usable_store();
}

}  // namespace
}  // namespace holdfast::regress
