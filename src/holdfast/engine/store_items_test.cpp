// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instances, exports and imports, memories, globals and tables of a store, and their limits.
#include <cstdint>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "holdfast/engine/store.hpp"
#include "holdfast/engine/testing/store_fixture.hpp"
#include "holdfast/engine/testing/text_modules.hpp"

namespace holdfast::engine {
namespace {

using namespace testing_support;
using ::testing::HasSubstr;

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

}  // namespace
}  // namespace holdfast::engine
