// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tests of stopping guests from outside: fuel, deadlines, interruption from other threads.
#include <atomic>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

#include "holdfast/engine/store.hpp"
#include "holdfast/engine/testing/text_modules.hpp"

namespace holdfast::engine {
namespace {

using namespace testing_support;
using ::testing::HasSubstr;

// --- fuel ---

TEST(StoreFuel, IsMisuseWithoutTheSetting) {
  Store store = make_store(make_engine());
  EXPECT_EQ(store.set_fuel(1).error().kind(), ErrorKind::misuse);
  EXPECT_EQ(store.fuel().error().kind(), ErrorKind::misuse);
}

TEST(StoreFuel, EndlessLoopStopsAndTheStoreStaysUsable) {
  const Engine engine = make_engine({.fuel = true});
  Store store = make_store(engine);
  const Instance instance = instantiate(store, compile(engine, R"((module (func (export "loop") (loop (br 0)))
    (func (export "f") (result i32) i32.const 3)))"));
  EXPECT_EQ(call(store, instance, "f"), 3u) << "no limit at first";
  ASSERT_TRUE(store.set_fuel(10'000));
  EXPECT_EQ(call(store, instance, "loop").error().cause, Cause::fuel);
  EXPECT_EQ(*store.fuel(), 0u);
  EXPECT_EQ(call(store, instance, "f").error().cause, Cause::fuel);
  ASSERT_TRUE(store.set_fuel(100));
  EXPECT_EQ(call(store, instance, "f"), 3u);
  EXPECT_LT(*store.fuel(), 100u);
  EXPECT_GT(*store.fuel(), 50u);
}

// --- deadlines and interruption ---

constexpr std::string_view looping = R"((module (import "" "" (func $h))
  (func (export "loop") call $h (loop (br 0)))
  (func (export "work") (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "f") (result i32) i32.const 3)))";

// A guest that reports when it has begun, so that tests do not depend on sleeps.
struct Loop {
  explicit Loop(const Engine& engine) : store(make_store(engine)) {
    const HostCallback begin = [](void* self, RawValue*) noexcept {
      static_cast<Loop*>(self)->has_begun.store(true);
      return true;
    };
    instance = instantiate(store, compile(engine, looping), {store.make_function({}, begin, this)});
  }
  void wait_until_begun() const {
    while (!has_begun.load()) std::this_thread::yield();
  }
  Store store;
  Instance instance;
  std::atomic<bool> has_begun{false};
};

TEST(StoreDeadline, IsMisuseWithoutTheSetting) {
  const Engine engine = make_engine({.deadlines = false});
  Store store = make_store(engine);
  EXPECT_EQ(store.set_deadline(1).error().kind(), ErrorKind::misuse);
  store.clear_deadline();
  store.interrupt_handle().interrupt();
  store.clear_interrupt();
  engine.tick();
  const Instance instance =
      instantiate(store, compile(engine, R"((module (func (export "f") (result i32) i32.const 3)))"));
  EXPECT_EQ(call(store, instance, "f"), 3u);
}

TEST(StoreDeadline, TicksStopAnEndlessLoop) {
  const Engine engine = make_engine();
  Loop loop(engine);
  ASSERT_TRUE(loop.store.set_deadline(3));
  std::atomic<bool> is_done{false};
  std::thread ticker([&] {
    while (!is_done.load()) {
      if (loop.has_begun.load()) engine.tick();
      std::this_thread::yield();
    }
  });
  const auto result = call(loop.store, loop.instance, "loop");
  is_done.store(true);
  ticker.join();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().cause, Cause::interrupted);
  EXPECT_THAT(result.error().message, HasSubstr("deadline"));
  EXPECT_FALSE(result.error().frames.empty());
}

TEST(StoreDeadline, CountsTicksThatPassWhileNothingRuns) {
  const Engine engine = make_engine();
  Loop loop(engine);
  ASSERT_TRUE(loop.store.set_deadline(3));
  engine.tick();
  engine.tick();
  EXPECT_EQ(call(loop.store, loop.instance, "f"), 3u);
  engine.tick();
  EXPECT_EQ(call(loop.store, loop.instance, "f").error().cause, Cause::interrupted);
  EXPECT_EQ(call(loop.store, loop.instance, "f").error().cause, Cause::interrupted) << "stays in force";
  ASSERT_TRUE(loop.store.set_deadline(1));
  EXPECT_EQ(call(loop.store, loop.instance, "f"), 3u);
  ASSERT_TRUE(loop.store.set_deadline(0));
  EXPECT_EQ(call(loop.store, loop.instance, "f").error().cause, Cause::interrupted);
  loop.store.clear_deadline();
  EXPECT_EQ(call(loop.store, loop.instance, "f"), 3u);
  ASSERT_TRUE(loop.store.set_deadline(~std::uint64_t{0}));
  engine.tick();
  EXPECT_EQ(call(loop.store, loop.instance, "f"), 3u);
}

TEST(StoreInterrupt, OtherThreadStopsAnEndlessLoopWithoutTicks) {
  const Engine engine = make_engine();
  Loop loop(engine);
  const auto handle = loop.store.interrupt_handle();
  for (int round = 0; round < 3; ++round) {
    loop.has_begun.store(false);
    std::thread interrupter([&] {
      loop.wait_until_begun();
      handle.interrupt();
    });
    const auto result = call(loop.store, loop.instance, "loop");
    interrupter.join();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().cause, Cause::interrupted);
    EXPECT_THAT(result.error().message, HasSubstr("interrupted"));
    EXPECT_EQ(call(loop.store, loop.instance, "f").error().cause, Cause::interrupted) << "stays in force";
    loop.store.clear_interrupt();
    EXPECT_EQ(call(loop.store, loop.instance, "f"), 3u);
  }
}

TEST(StoreInterrupt, AppliesEvenBeforeTheGuestRuns) {
  const Engine engine = make_engine();
  Loop loop(engine);
  loop.store.interrupt_handle().interrupt();
  EXPECT_EQ(call(loop.store, loop.instance, "loop").error().cause, Cause::interrupted);
  ASSERT_TRUE(loop.store.set_deadline(1000));
  EXPECT_EQ(call(loop.store, loop.instance, "loop").error().cause, Cause::interrupted) << "a deadline does not lift it";
}

TEST(StoreInterrupt, ReachesOnlyItsStore) {
  const Engine engine = make_engine();
  Loop interrupted(engine);
  Loop other(engine);
  ASSERT_TRUE(other.store.set_deadline(1));  // counts ticks, not interruptions
  std::thread interrupter([&] {
    interrupted.wait_until_begun();
    interrupted.store.interrupt_handle().interrupt();
  });
  std::thread looper(
      [&] { EXPECT_EQ(call(interrupted.store, interrupted.instance, "loop").error().cause, Cause::interrupted); });
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(call(other.store, other.instance, "work", {1'000'000}));
  interrupter.join();
  looper.join();
  EXPECT_TRUE(call(other.store, other.instance, "work", {10}));
}

TEST(StoreInterrupt, IsNotLostWhenOtherStoresAreInterruptedAtTheSameTime) {
  // In each round, both the guest's own store and another store are interrupted once. The other interruption makes the
  // guest check for a request; a request that arrives during that check must still stop the guest.
  constexpr int rounds = 2000;
  const Engine engine = make_engine();
  Loop loop(engine);
  const Store other = make_store(engine);
  std::atomic<int> round{0};
  const auto interrupt_once_a_round = [&](const Store::InterruptHandle& handle) {
    for (int own_round = 1; own_round <= rounds; ++own_round) {
      while (round.load() < own_round || !loop.has_begun.load()) std::this_thread::yield();
      handle.interrupt();
      while (round.load() == own_round && own_round < rounds) std::this_thread::yield();
    }
  };
  std::thread noise([&] { interrupt_once_a_round(other.interrupt_handle()); });
  std::thread interrupter([&] { interrupt_once_a_round(loop.store.interrupt_handle()); });
  for (int i = 1; i <= rounds; ++i) {
    loop.store.clear_interrupt();
    loop.has_begun.store(false);
    round.store(i);
    EXPECT_EQ(call(loop.store, loop.instance, "loop").error().cause, Cause::interrupted);
  }
  noise.join();
  interrupter.join();
}

TEST(StoreInterrupt, HandleOutlivesStoreAndEngine) {
  const auto handle = [] { return make_store(make_engine()).interrupt_handle(); }();
  handle.interrupt();
}

TEST(StoreInterrupt, ReachesGuestsThroughHostCalls) {
  const Engine engine = make_engine();
  Loop loop(engine);
  Reentry reentry{.store = &loop.store, .callee = function_of(loop.store, loop.instance, "loop")};
  const Function host = loop.store.make_function({}, &Reentry::enter, &reentry);
  const Instance outer = instantiate(
      loop.store, compile(engine, R"((module (import "" "" (func $h)) (func (export "f") call $h)))"), {host});
  std::thread interrupter([&] {
    loop.wait_until_begun();
    loop.store.interrupt_handle().interrupt();
  });
  const auto result = call(loop.store, outer, "f");
  interrupter.join();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().cause, Cause::host);
  EXPECT_EQ(reentry.inner_cause, Cause::interrupted);
}

}  // namespace
}  // namespace holdfast::engine
