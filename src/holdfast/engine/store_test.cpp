// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls into and out of a store, their failures, and the store itself. What instances consist of is tested in
// store_items_test.cpp.
#include "holdfast/engine/store.hpp"

#include <atomic>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <new>
#include <thread>

#include "holdfast/engine/testing/store_fixture.hpp"
#include "holdfast/engine/testing/text_modules.hpp"

namespace {
std::atomic<std::size_t> allocations{0};
}  // namespace

// Counts the allocations on Holdfast's side of the seam.
void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace holdfast::engine {
namespace {

using namespace testing_support;
using ::testing::HasSubstr;

// --- calls ---

TEST_F(StoreTest, ValuesOfEveryNumberTypeCross) {
  const Instance instance = make_instance(R"((module
    (func (export "f") (param i32 i64 f32 f64) (result f64 f32 i64 i32)
      local.get 3 local.get 2 local.get 1 local.get 0)))");
  std::array values{RawValue::from_i32(0xfedcba98), RawValue::from_i64(0x0123456789abcdef),
                    RawValue::from_f32_bits(0x7fa00001), RawValue::from_f64_bits(0x7ff4000000000001)};
  ASSERT_TRUE(store_.call(function_of(store_, instance, "f"), values));
  EXPECT_EQ(values[0].f64_bits(), 0x7ff4000000000001u);
  EXPECT_EQ(values[1].f32_bits(), 0x7fa00001u);
  EXPECT_EQ(values[2].i64(), 0x0123456789abcdefu);
  EXPECT_EQ(values[3].i32(), 0xfedcba98u);
}

TEST_F(StoreTest, CallWithoutParametersAndResultsNeedsNoValues) {
  const Instance instance = make_instance(R"((module (func (export "f"))))");
  EXPECT_TRUE(store_.call(function_of(store_, instance, "f"), {}));
}

TEST_F(StoreTest, SuccessfulCallsDoNotAllocate) {
  const HostCallback add_one = [](void*, RawValue* values) noexcept {
    values[0] = RawValue::from_i32(values[0].i32() + 1);
    return true;
  };
  const Function host = store_.make_function({{ValueType::i32}, {ValueType::i32}}, add_one, nullptr);
  const Instance instance = make_instance(R"((module (import "" "" (func $h (param i32) (result i32)))
    (func (export "f") (param i32) (result i32) local.get 0 call $h)))",
                                          {host});
  const Function function = function_of(store_, instance, "f");
  std::array values{RawValue::from_i32(0)};
  const std::size_t before = allocations.load();
  for (int i = 0; i < 100; ++i) static_cast<void>(store_.call(function, values).has_value());
  EXPECT_EQ(allocations.load(), before);
  EXPECT_EQ(values[0].i32(), 100u);
}

TEST_F(StoreTest, HostFunctionCanBeCalledDirectly) {
  const HostCallback twice = [](void* factor, RawValue* values) noexcept {
    values[0] = RawValue::from_i32(values[0].i32() * *static_cast<std::uint32_t*>(factor));
    return true;
  };
  std::uint32_t factor = 2;
  const Function host = store_.make_function({{ValueType::i32}, {ValueType::i32}}, twice, &factor);
  EXPECT_EQ(call(store_, host, {21}), 42u);
  factor = 3;
  EXPECT_EQ(call(store_, host, {21}), 63u);
}

TEST_F(StoreTest, HostFunctionsTakeAndReturnManyValues) {
  const HostCallback reverse = [](void*, RawValue* values) noexcept {
    std::reverse(values, values + 7);
    return true;
  };
  const std::vector<ValueType> seven(7, ValueType::i64);
  const Function host = store_.make_function({seven, seven}, reverse, nullptr);
  const Instance instance = make_instance(R"((module
    (type $t (func (param i64 i64 i64 i64 i64 i64 i64) (result i64 i64 i64 i64 i64 i64 i64)))
    (import "" "" (func $h (type $t)))
    (func (export "f") (type $t)
      local.get 0 local.get 1 local.get 2 local.get 3 local.get 4 local.get 5 local.get 6 call $h)))",
                                          {host});
  std::array<RawValue, 7> values;
  for (std::size_t i = 0; i < 7; ++i) values[i] = RawValue::from_i64(i);
  ASSERT_TRUE(store_.call(function_of(store_, instance, "f"), values));
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(values[i].i64(), 6 - i);
}

// --- failures ---

TEST_F(StoreTest, TrapsAreReportedWithTheEnginesMessage) {
  const Instance instance = make_instance(R"((module (memory 1) (table 1 funcref)
    (func (export "unreachable") unreachable)
    (func (export "memory") (drop (i32.load (i32.const 0x7fffffff))))
    (func (export "divide") (drop (i32.div_s (i32.const 1) (i32.const 0))))
    (func (export "null") (call_indirect (i32.const 0)))))");
  const std::pair<std::string_view, std::string_view> expected[] = {{"unreachable", "unreachable"},
                                                                    {"memory", "out of bounds memory access"},
                                                                    {"divide", "integer divide by zero"},
                                                                    {"null", "uninitialized element"}};
  for (const auto& [name, words] : expected) {
    const auto result = call(store_, instance, name);
    ASSERT_FALSE(result) << name;
    EXPECT_EQ(result.error().cause, Cause::trap);
    EXPECT_THAT(result.error().message, HasSubstr(words));
    EXPECT_THAT(result.error().message, ::testing::Not(HasSubstr("\n")));
  }
}

TEST_F(StoreTest, FramesAreInnermostFirstWithNames) {
  const Instance instance = make_instance(R"((module $guest
    (func $inner unreachable)
    (func $outer (export "f") call $inner)))");
  const auto result = call(store_, instance, "f");
  ASSERT_FALSE(result);
  const auto& frames = result.error().frames;
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].module, "guest");
  EXPECT_EQ(frames[0].function, "inner");
  EXPECT_EQ(frames[0].function_index, 0u);
  EXPECT_EQ(frames[1].function, "outer");
  EXPECT_EQ(frames[1].function_index, 1u);
  EXPECT_GT(frames[1].offset, frames[0].offset);
}

TEST_F(StoreTest, FramesOfFunctionsWithoutNamesHaveIndices) {
  const Instance instance = make_instance(R"((module (func (export "f") unreachable)))");
  const auto result = call(store_, instance, "f");
  ASSERT_EQ(result.error().frames.size(), 1u);
  EXPECT_EQ(result.error().frames[0].module, "");
  EXPECT_EQ(result.error().frames[0].function, "");
}

TEST_F(StoreTest, FailedHostFunctionHasCauseHost) {
  const Function host = store_.make_function({}, [](void*, RawValue*) noexcept { return false; }, nullptr);
  const Instance instance =
      make_instance(R"((module (import "" "" (func $h)) (func $g (export "f") call $h)))", {host});
  for (int i = 0; i < 2; ++i) {
    const auto result = call(store_, instance, "f");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().cause, Cause::host);
    ASSERT_EQ(result.error().frames.size(), 1u);
    EXPECT_EQ(result.error().frames[0].function, "g");
  }
  const auto direct = call(store_, host);
  ASSERT_FALSE(direct);
  EXPECT_EQ(direct.error().cause, Cause::host);
}

TEST_F(StoreTest, UncaughtExceptionHasCauseException) {
  const Instance instance = make_instance(R"((module (tag $t (param i32))
    (func (export "f") (throw $t (i32.const 1)))
    (func (export "g") unreachable)))");
  const auto thrown = call(store_, instance, "f");
  ASSERT_FALSE(thrown);
  EXPECT_EQ(thrown.error().cause, Cause::exception);
  EXPECT_EQ(thrown.error().frames.size(), 1u);
  EXPECT_EQ(call(store_, instance, "g").error().cause, Cause::trap);
}

TEST_F(StoreTest, EndlessRecursionExhaustsTheStack) {
  const Instance instance = make_instance(R"((module (func $f (export "f") call $f)
    (func (export "g") (result i32) i32.const 5)))");
  for (int i = 0; i < 2; ++i) {
    const auto result = call(store_, instance, "f");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().cause, Cause::stack);
    EXPECT_FALSE(result.error().frames.empty());
  }
  EXPECT_EQ(call(store_, instance, "g"), 5u);
}

TEST_F(StoreTest, EndlessRecursionThroughTheHostExhaustsTheStack) {
  Reentry reentry{.store = &store_};
  const Function host = store_.make_function({}, &Reentry::enter, &reentry);
  const Instance instance = make_instance(R"((module (import "" "" (func $h)) (func (export "f") call $h)
    (func (export "g") (result i32) i32.const 5)))",
                                          {host});
  reentry.callee = function_of(store_, instance, "f");
  const auto result = call(store_, instance, "f");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().cause, Cause::host);
  EXPECT_EQ(reentry.inner_cause, Cause::stack);
  EXPECT_GT(reentry.depth, 10u);
  EXPECT_EQ(call(store_, instance, "g"), 5u);
}

TEST_F(StoreTest, ThousandNestedCallsFitAStackThatIsLargeEnough) {
  const Engine engine = make_engine({.max_wasm_stack = 4 * 1024 * 1024});
  Store store = make_store(engine);
  struct Countdown {
    Store* store;
    Function callee;
    int left;
  } countdown{&store, {}, 1000};
  const HostCallback enter = [](void* environment, RawValue*) noexcept {
    auto& self = *static_cast<Countdown*>(environment);
    return --self.left == 0 || self.store->call(self.callee, {}).has_value();
  };
  const Function host = store.make_function({}, enter, &countdown);
  const Instance instance =
      instantiate(store, compile(engine, R"((module (import "" "" (func $h)) (func (export "f") call $h)))"), {host});
  countdown.callee = function_of(store, instance, "f");
  EXPECT_TRUE(store.call(countdown.callee, {}));
  EXPECT_EQ(countdown.left, 0);
}

TEST_F(StoreTest, InnerFailureThatTheHostHandlesDoesNotReachTheOuterGuest) {
  Reentry reentry{.store = &store_};
  const HostCallback absorb = [](void* environment, RawValue* values) noexcept {
    static_cast<void>(Reentry::enter(environment, values));
    return true;
  };
  const Function host = store_.make_function({}, absorb, &reentry);
  const Instance instance = make_instance(R"((module (import "" "" (func $h)) (tag $t)
    (func (export "throw") (throw $t))
    (func (export "f") (result i32) call $h (i32.const 9))
    (func (export "trap") call $h unreachable)))",
                                          {host});
  reentry.callee = function_of(store_, instance, "throw");
  EXPECT_EQ(call(store_, instance, "f"), 9u);
  EXPECT_EQ(reentry.inner_cause, Cause::exception);
  // The absorbed failure does not change the cause of the next one.
  EXPECT_EQ(call(store_, instance, "trap").error().cause, Cause::trap);
}

TEST_F(StoreTest, InnerHostFailureDoesNotChangeTheCauseOfALaterException) {
  const Function failing = store_.make_function({}, [](void*, RawValue*) noexcept { return false; }, nullptr);
  Reentry reentry{.store = &store_, .callee = failing};
  const HostCallback absorb = [](void* environment, RawValue* values) noexcept {
    static_cast<void>(Reentry::enter(environment, values));
    return true;
  };
  const Function host = store_.make_function({}, absorb, &reentry);
  const Instance instance = make_instance(R"((module (import "" "" (func $h)) (tag $t)
    (func (export "f") call $h (throw $t))))",
                                          {host});
  EXPECT_EQ(call(store_, instance, "f").error().cause, Cause::exception);
  EXPECT_EQ(reentry.inner_cause, Cause::host);
}

// --- the store itself ---

TEST(StoreMove, KeepsEverything) {
  const Engine engine = make_engine();
  Store first = make_store(engine);
  const Function host = first.make_function(
      {{}, {ValueType::i32}},
      [](void*, RawValue* values) noexcept {
        values[0] = RawValue::from_i32(8);
        return true;
      },
      nullptr);
  const Function failing = first.make_function({}, [](void*, RawValue*) noexcept { return false; }, nullptr);
  Store second = std::move(first);
  EXPECT_EQ(call(second, host), 8u);
  EXPECT_EQ(call(second, failing).error().cause, Cause::host);
  first = make_store(engine);
  EXPECT_TRUE(first.make_memory(1, 1));
}

TEST(StoreThreads, StoresOfOneEngineRunInParallel) {
  const Engine engine = make_engine();
  const Module module = compile(engine, R"((module (memory 1) (func (export "f") (param i32) (result i32)
    (i32.store (i32.const 0) (local.get 0)) (i32.load (i32.const 0)))))");
  const auto work = [&] {
    for (std::uint32_t i = 0; i < 100; ++i) {
      Store store = make_store(engine);
      EXPECT_EQ(call(store, instantiate(store, module), "f", {i}), i);
    }
  };
  std::thread first(work);
  std::thread second(work);
  first.join();
  second.join();
}

}  // namespace
}  // namespace holdfast::engine
