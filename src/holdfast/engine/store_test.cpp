// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/engine/store.hpp"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <new>
#include <thread>

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

class StoreTest : public ::testing::Test {
 protected:
  Instance make_instance(std::string_view text, const std::vector<Extern>& imports = {}) {
    return instantiate(store_, compile(engine_, text), imports);
  }

  Engine engine_ = make_engine();
  Store store_ = make_store(engine_);
};

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

// --- instances, exports, imports ---

TEST_F(StoreTest, ExportsAreFoundByNameAndInOrder) {
  const Instance instance = make_instance(R"((module
    (memory (export "m") 1) (table (export "t") 3 funcref) (global (export "g") i32 (i32.const 5))
    (tag (export "e") (param i32)) (func (export "f")) (func (export ""))))");
  const std::pair<std::string_view, ExternKind> expected[] = {{"m", ExternKind::memory},   {"t", ExternKind::table},
                                                              {"g", ExternKind::global},   {"e", ExternKind::tag},
                                                              {"f", ExternKind::function}, {"", ExternKind::function}};
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    const auto item = store_.get_export(instance, i);
    ASSERT_TRUE(item);
    EXPECT_EQ(item->name, expected[i].first);
    EXPECT_EQ(item->value.kind(), expected[i].second);
    ASSERT_TRUE(store_.get_export(instance, expected[i].first));
    EXPECT_EQ(store_.get_export(instance, expected[i].first)->kind(), expected[i].second);
  }
  EXPECT_FALSE(store_.get_export(instance, std::size(expected)));
  EXPECT_FALSE(store_.get_export(instance, "unknown"));
}

TEST_F(StoreTest, ReadingAnExternAsAnotherKindBreaksTheContract) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const Extern item = Memory{};
  EXPECT_DEATH(static_cast<void>(item.function()), "another kind");
}

TEST_F(StoreTest, EveryKindCrossesBetweenInstances) {
  const Instance provider = make_instance(R"((module
    (memory (export "m") 1) (table (export "t") 3 funcref) (global (export "g") (mut i32) (i32.const 5))
    (tag $e (export "e") (param i32)) (func (export "f") (param i32) (throw $e (local.get 0)))))");
  std::vector<Extern> imports;
  for (std::size_t i = 0; i < 5; ++i) imports.push_back(store_.get_export(provider, i)->value);
  const Instance user = make_instance(R"((module
    (import "p" "m" (memory 1)) (import "p" "t" (table 3 funcref)) (import "p" "g" (global $g (mut i32)))
    (import "p" "e" (tag $e (param i32))) (import "p" "f" (func $f (param i32)))
    (func (export "catch") (param i32) (result i32)
      (block (result i32) (try_table (catch $e 0) (call $f (local.get 0))) (i32.const -1)))
    (func (export "poke") (i32.store (i32.const 8) (i32.const 77)) (global.set $g (i32.const 6)))))",
                                      imports);
  EXPECT_EQ(call(store_, user, "catch", {123}), 123u);
  ASSERT_TRUE(call(store_, user, "poke"));
  std::uint32_t word = 0;
  std::memcpy(&word, store_.view(imports[0].memory()).data + 8, 4);
  EXPECT_EQ(word, 77u);
  EXPECT_EQ(store_.read(imports[2].global())->i32(), 6u);
}

TEST_F(StoreTest, WrongImportsAreRefusedByTheEngine) {
  const Module module = compile(engine_, R"((module (import "a" "b" (func (param i32)))))");
  const auto none = store_.instantiate(module, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().cause, Cause::engine);
  EXPECT_EQ(none.error().message, "expected 1 imports, found 0");

  const HostCallback nothing = [](void*, RawValue*) noexcept { return true; };
  const Extern wrong_type[] = {store_.make_function({{ValueType::i64}, {}}, nothing, nullptr)};
  const auto type = store_.instantiate(module, wrong_type);
  ASSERT_FALSE(type);
  EXPECT_THAT(type.error().message, HasSubstr("incompatible import type for `a::b`: "));

  const Extern wrong_kind[] = {*store_.make_memory(1, std::nullopt)};
  const auto kind = store_.instantiate(module, wrong_kind);
  ASSERT_FALSE(kind);
  EXPECT_THAT(kind.error().message, HasSubstr("expected func, but found memory"));
}

TEST_F(StoreTest, StartFunctionRunsAndItsTrapFailsTheInstance) {
  int calls = 0;
  const HostCallback count = [](void* calls_made, RawValue*) noexcept { return ++*static_cast<int*>(calls_made) < 2; };
  const Function host = store_.make_function({}, count, &calls);
  const Module module = compile(engine_, R"((module (import "" "" (func $h)) (start $h)))");
  const Extern imports[] = {host};
  EXPECT_TRUE(store_.instantiate(module, imports));
  const auto second = store_.instantiate(module, imports);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().cause, Cause::host);
  const auto trap = store_.instantiate(compile(engine_, "(module (func $s unreachable) (start $s))"), {});
  ASSERT_FALSE(trap);
  EXPECT_EQ(trap.error().cause, Cause::trap);
  const auto segment = store_.instantiate(compile(engine_, R"((module (memory 1) (data (i32.const 65536) "x")))"), {});
  ASSERT_FALSE(segment);
  EXPECT_EQ(segment.error().cause, Cause::trap);
}

TEST_F(StoreTest, SharedMemoryIsValidButCannotBeInstantiated) {
  const Module module = compile(engine_, R"((module (memory (export "m") 1 1 shared)))");
  const auto instance = store_.instantiate(module, {});
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().cause, Cause::engine);
  EXPECT_THAT(instance.error().message, HasSubstr("shared mem"));
}

// --- memories ---

TEST_F(StoreTest, ViewSeesGrowthByGuestAndHost) {
  const Instance instance = make_instance(R"((module (memory (export "m") 1 4)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))))");
  const Memory memory = store_.get_export(instance, "m")->memory();
  EXPECT_EQ(store_.view(memory).size, 65536u);
  store_.view(memory).data[10] = std::byte{99};
  EXPECT_EQ(call(store_, instance, "load", {10}), 99u);
  EXPECT_EQ(call(store_, instance, "grow", {1}), 1u);
  EXPECT_EQ(store_.view(memory).size, 2 * 65536u);
  EXPECT_EQ(store_.view(memory).data[10], std::byte{99});
  EXPECT_EQ(*store_.grow(memory, 1), 2u);
  store_.view(memory).data[3 * 65536 - 1] = std::byte{7};
  EXPECT_EQ(call(store_, instance, "load", {3 * 65536 - 1}), 7u);
  const auto refused = store_.grow(memory, 2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::limit);
  EXPECT_FALSE(store_.grow(memory, ~std::uint64_t{0}));
  EXPECT_EQ(store_.view(memory).size, 3 * 65536u);
}

TEST_F(StoreTest, HostMemoryCanBeImported) {
  const auto memory = store_.make_memory(1, 2);
  ASSERT_TRUE(memory);
  const Instance instance = make_instance(R"((module (import "" "" (memory 1 2))
    (func (export "store") (i32.store8 (i32.const 5) (i32.const 50)))))",
                                          {*memory});
  ASSERT_TRUE(call(store_, instance, "store"));
  EXPECT_EQ(store_.view(*memory).data[5], std::byte{50});
  EXPECT_EQ(store_.view(*store_.make_memory(0, std::nullopt)).size, 0u);
  EXPECT_EQ(store_.make_memory(70'000, std::nullopt).error().kind(), ErrorKind::misuse);
}

// --- globals and tables ---

TEST_F(StoreTest, GlobalsOfEveryNumberTypeAreReadAndWritten) {
  for (const ValueType type : {ValueType::i32, ValueType::i64, ValueType::f32, ValueType::f64}) {
    const auto global = store_.make_global(type, true, RawValue::from_i32(0x7fa00001));
    ASSERT_TRUE(global);
    EXPECT_EQ(store_.read(*global)->low, 0x7fa00001u);
    ASSERT_TRUE(store_.write(*global, type, RawValue::from_i32(3)));
    EXPECT_EQ(store_.read(*global)->low, 3u);
  }
}

TEST_F(StoreTest, GlobalMisuseIsRefused) {
  const auto constant = store_.make_global(ValueType::i32, false, RawValue::from_i32(1));
  EXPECT_EQ(store_.write(*constant, ValueType::i32, {}).error().kind(), ErrorKind::misuse);
  const auto variable = store_.make_global(ValueType::i32, true, RawValue::from_i32(1));
  EXPECT_EQ(store_.write(*variable, ValueType::i64, {}).error().kind(), ErrorKind::misuse);
  EXPECT_EQ(store_.read(*variable)->i32(), 1u);
}

TEST_F(StoreTest, GlobalsOfOtherTypesHaveNoNumber) {
  const Instance instance = make_instance(R"((module (func $f) (elem declare func $f)
    (global (export "v") v128 (v128.const i64x2 1 2)) (global (export "f") funcref (ref.func $f))
    (global (export "i") (ref i31) (ref.i31 (i32.const 1))) (global (export "x") externref (ref.null extern))))");
  for (const std::string_view name : {"v", "f", "i", "x"})
    EXPECT_EQ(store_.read(store_.get_export(instance, name)->global()), std::nullopt) << name;
}

TEST_F(StoreTest, TablesHoldFunctions) {
  const auto table = store_.make_function_table(2, 5);
  ASSERT_TRUE(table);
  EXPECT_EQ(store_.size(*table), 2u);
  EXPECT_EQ(store_.get_element(*table, 0), std::nullopt);
  EXPECT_EQ(store_.get_element(*table, 2), std::nullopt);
  const Instance instance = make_instance(R"((module (import "" "" (table 2 5 funcref))
    (func $seven (export "seven") (result i32) i32.const 7) (elem (i32.const 1) $seven)
    (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0)))))",
                                          {*table});
  const auto element = store_.get_element(*table, 1);
  ASSERT_TRUE(element);
  EXPECT_EQ(call(store_, *element), 7u);
  EXPECT_FALSE(call(store_, instance, "call", {0}));
  ASSERT_TRUE(store_.set_element(*table, 0, *element));
  EXPECT_EQ(call(store_, instance, "call", {0}), 7u);
  EXPECT_EQ(store_.set_element(*table, 2, *element).error().kind(), ErrorKind::misuse);
}

TEST_F(StoreTest, TablesOfOtherTypesHaveNoFunctions) {
  const Instance instance = make_instance(R"((module (table (export "t") 1 externref)
    (table (export "i") 1 (ref i31) (ref.i31 (i32.const 3))) (func (export "f"))))");
  for (const std::string_view name : {"t", "i"}) {
    const Table table = store_.get_export(instance, name)->table();
    EXPECT_EQ(store_.size(table), 1u);
    EXPECT_EQ(store_.get_element(table, 0), std::nullopt);
    EXPECT_FALSE(store_.set_element(table, 0, function_of(store_, instance, "f")));
  }
}

// --- limits ---

TEST_F(StoreTest, MemoryLimitRefusesGrowthAndCreation) {
  Store store = make_store(engine_, {.memory_bytes = 2 * 65536});
  const Instance instance = instantiate(store, compile(engine_, R"((module (memory (export "m") 1)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))))"));
  EXPECT_EQ(call(store, instance, "grow", {2}), 0xffffffffu);
  EXPECT_EQ(call(store, instance, "grow", {1}), 1u);
  EXPECT_EQ(call(store, instance, "grow", {1}), 0xffffffffu);
  EXPECT_EQ(store.grow(store.get_export(instance, "m")->memory(), 1).error().kind(), ErrorKind::limit);
  EXPECT_EQ(store.make_memory(3, std::nullopt).error().kind(), ErrorKind::limit);
  EXPECT_EQ(store.instantiate(compile(engine_, "(module (memory 3))"), {}).error().cause, Cause::engine);
}

TEST_F(StoreTest, TableLimitRefusesGrowthAndCreation) {
  Store store = make_store(engine_, {.table_elements = 10});
  const Instance instance = instantiate(store, compile(engine_, R"((module (table $t 1 funcref)
    (func (export "grow") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0)))))"));
  EXPECT_EQ(call(store, instance, "grow", {10}), 0xffffffffu);
  EXPECT_EQ(call(store, instance, "grow", {9}), 1u);
  EXPECT_EQ(store.make_function_table(11, std::nullopt).error().kind(), ErrorKind::limit);
  EXPECT_EQ(store.instantiate(compile(engine_, "(module (table 11 funcref))"), {}).error().cause, Cause::engine);
}

TEST_F(StoreTest, NumbersOfInstancesMemoriesAndTablesAreLimited) {
  const Module module = compile(engine_, "(module (memory 1) (table 1 funcref))");
  const std::pair<EngineLimits, std::string_view> cases[] = {{{.instances = 2}, "instance count too high"},
                                                             {{.memories = 2}, "memory count too high"},
                                                             {{.tables = 2}, "table count too high"}};
  for (const auto& [limits, words] : cases) {
    Store store = make_store(engine_, limits);
    EXPECT_TRUE(store.instantiate(module, {}));
    EXPECT_TRUE(store.instantiate(module, {}));
    const auto third = store.instantiate(module, {});
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().cause, Cause::engine);
    EXPECT_THAT(third.error().message, HasSubstr(words));
  }
  Store store = make_store(engine_, {.memory_bytes = ~std::uint64_t{0}});
  EXPECT_TRUE(store.instantiate(module, {}));
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
