// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/engine/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "holdfast/engine/testing/text_modules.hpp"

namespace holdfast::engine {
namespace {

using namespace testing_support;
using ::testing::HasSubstr;

TEST(Engine, VersionNamesTheEngine) {
  EXPECT_THAT(Engine::version(), ::testing::MatchesRegex("wasmtime [0-9]+\\.[0-9]+\\.[0-9]+"));
}

TEST(Engine, StackSizesOutsideTheRangeAreMisuse) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{16 * 1024 - 1}, std::size_t{256 * 1024 * 1024 + 1}}) {
    const auto engine = Engine::create({.max_wasm_stack = size});
    ASSERT_FALSE(engine) << size;
    EXPECT_EQ(engine.error().kind(), ErrorKind::misuse);
  }
  for (const std::size_t size : {std::size_t{16 * 1024}, std::size_t{3 * 1024 * 1024}, std::size_t{256 * 1024 * 1024}})
    EXPECT_TRUE(Engine::create({.max_wasm_stack = size})) << size;
}

TEST(Engine, EverySettingMakesAnEngineThatRuns) {
  for (const bool fuel : {false, true}) {
    for (const bool deadlines : {false, true}) {
      const Engine engine = make_engine({.fuel = fuel, .deadlines = deadlines});
      EXPECT_EQ(engine.settings().fuel, fuel);
      EXPECT_EQ(engine.settings().deadlines, deadlines);
      Store store = make_store(engine);
      const Instance instance =
          instantiate(store, compile(engine, R"((module (func (export "f") (result i32) i32.const 7)))"));
      EXPECT_EQ(call(store, instance, "f"), 7u);
    }
  }
}

wasm::CoreFeatures all_features(bool on) {
  wasm::CoreFeatures features;
#define HOLDFAST_CORE_FEATURE(member, name, value) features.member = on;
#include "holdfast/wasm/core_features.def"
#undef HOLDFAST_CORE_FEATURE
  return features;
}

// The engine aborts the process when a proposal is enabled without those that it depends on.
TEST(Engine, EachCoreProposalCanBeTheOnlyOneAndTheOnlyOneMissing) {
  for (bool wasm::CoreFeatures::* member : {
#define HOLDFAST_CORE_FEATURE(member, name, value) &wasm::CoreFeatures::member,
#include "holdfast/wasm/core_features.def"
#undef HOLDFAST_CORE_FEATURE
       }) {
    for (const bool on : {false, true}) {
      wasm::CoreFeatures features = all_features(!on);
      features.*member = on;
      EXPECT_TRUE(Engine::create({.features = features}));
    }
  }
}

TEST(Module, MayUseOnlyTheFeaturesOfItsEngine) {
  constexpr std::string_view uses_simd = "(module (func (drop (v128.const i64x2 0 0))))";
  const auto bytes = text_to_binary(uses_simd);
  ASSERT_TRUE(bytes);
  EXPECT_TRUE(Module::validate(make_engine(), *bytes));
  const auto refused = Module::validate(make_engine({.features = all_features(false)}), *bytes);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message(), HasSubstr("SIMD"));
}

TEST(TextToBinary, BinaryPassesThrough) {
  const std::string_view binary("\0asm\1\0\0\0", 8);
  const auto bytes = text_to_binary(binary);
  ASSERT_TRUE(bytes);
  EXPECT_THAT(*bytes, ::testing::ElementsAreArray(bytes_of(binary)));
  // The bytes are not checked: even an invalid binary passes.
  EXPECT_EQ(text_to_binary(std::string_view("\0asmXX", 6))->size(), 6u);
}

TEST(TextToBinary, ModulesAndComponentsBecomeBinary) {
  EXPECT_THAT(*text_to_binary("(module)"), ::testing::ElementsAreArray(bytes_of(std::string_view("\0asm\1\0\0\0", 8))));
  EXPECT_THAT(*text_to_binary("(component)"),
              ::testing::ElementsAreArray(bytes_of(std::string_view("\0asm\x0d\0\1\0", 8))));
}

TEST(TextToBinary, ErrorsNameLineAndColumnInOneLine) {
  const auto bytes = text_to_binary("(module\n  (func i32.add2))");
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().kind(), ErrorKind::invalid);
  EXPECT_THAT(bytes.error().message(), HasSubstr("(line 2, column 9)"));
  EXPECT_THAT(bytes.error().message(), ::testing::Not(HasSubstr("\n")));
  EXPECT_FALSE(text_to_binary(""));
  EXPECT_FALSE(text_to_binary("\xff\xfe"));
}

TEST(Module, InvalidBytesAreRefusedWithMessageAndOffset) {
  const Engine engine = make_engine();
  const auto binary = text_to_binary("(module (func (result i32) i64.const 0))");
  ASSERT_TRUE(binary);
  const auto validated = Module::validate(engine, *binary);
  const auto compiled = Module::compile(engine, *binary);
  ASSERT_FALSE(validated);
  ASSERT_FALSE(compiled);
  for (const HostError& error : {validated.error(), compiled.error()}) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid);
    EXPECT_EQ(error.cause(), "type mismatch: expected i32, found i64");
    EXPECT_EQ(error.offset(), 26u);
  }
}

TEST(Module, CutAndForeignBytesAreRefused) {
  const Engine engine = make_engine();
  const std::string_view cut("\0asm\1\0\0\0\1\xff", 10);
  EXPECT_EQ(Module::compile(engine, bytes_of(cut)).error().cause(), "unexpected end-of-file");
  for (const std::string_view bytes :
       {std::string_view(), std::string_view("garbage"), std::string_view("\0asm\x0d\0\1\0", 8)}) {
    EXPECT_EQ(Module::compile(engine, bytes_of(bytes)).error().kind(), ErrorKind::invalid);
    EXPECT_EQ(Module::validate(engine, bytes_of(bytes)).error().kind(), ErrorKind::invalid);
  }
}

TEST(Module, TextIsNotCompiled) { EXPECT_FALSE(Module::compile(make_engine(), bytes_of("(module)"))); }

TEST(Module, EveryFeatureThatComponentToolchainsUseIsOn) {
  const Engine engine = make_engine();
  for (const std::string_view text : {
           R"((module (func (param v128) (result v128) local.get 0 local.get 0 i32x4.add)))",
           R"((module (func (param v128) (result v128) local.get 0 local.get 0 i8x16.relaxed_swizzle)))",
           R"((module (memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.fill)))",
           R"((module (table 1 externref) (func (result funcref) ref.null func)))",
           R"((module (func (result i32 i64) i32.const 0 i64.const 0)))",
           R"((module (memory 1) (memory 1) (func (drop (i32.load 1 (i32.const 0))))))",
           R"((module (memory i64 1) (func (drop (i32.load (i64.const 0))))))",
           R"((module (func $f return_call $f)))",
           R"((module (import "a" "b" (global $g i32)) (global i32 (i32.add (global.get $g) (i32.const 1)))))",
           R"((module (tag $t (param i32)) (func (block (try_table (catch_all 0) (throw $t (i32.const 1)))))))",
           R"((module (type $f (func)) (func (param (ref $f)) local.get 0 call_ref $f)))",
           R"((module (type $s (struct (field i32))) (func (drop (struct.new $s (i32.const 1))))))",
           R"((module (memory 1) (func (drop (i32.atomic.load (i32.const 0))))))",
           R"((module (func (result i64 i64) (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)))))",
           R"((module (memory 1 (pagesize 1))))",
           R"((module (func (result i32) f32.const 0 i32.trunc_sat_f32_s i32.extend8_s)))",
       }) {
    const auto binary = text_to_binary(text);
    ASSERT_TRUE(binary) << text << binary.error().to_string();
    const auto module = Module::compile(engine, *binary);
    EXPECT_TRUE(module) << text << module.error().to_string();
  }
}

TEST(Module, SerializedCodeRunsAgain) {
  const Engine engine = make_engine();
  const auto code = compile(engine, R"((module (func (export "f") (result i32) i32.const 42)))").serialize();
  ASSERT_TRUE(code);
  for (const Engine& other : {engine, make_engine()}) {
    const auto module = Module::deserialize(other, *code);
    ASSERT_TRUE(module) << module.error().to_string();
    Store store = make_store(other);
    EXPECT_EQ(call(store, instantiate(store, *module), "f"), 42u);
  }
}

TEST(Module, CodeForOtherSettingsIsRefused) {
  const auto code = compile(make_engine(), "(module)").serialize();
  ASSERT_TRUE(code);
  const auto module = Module::deserialize(make_engine({.fuel = true}), *code);
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().kind(), ErrorKind::invalid);
  EXPECT_FALSE(Module::deserialize(make_engine(), bytes_of("not code")));
  EXPECT_FALSE(Module::deserialize(make_engine(), {}));
}

TEST(Module, OutlivesItsEngineHandle) {
  Store store = make_store(make_engine());
  auto module = [&] {
    const Engine engine = make_engine();
    store = make_store(engine);
    return compile(engine, R"((module (func (export "f") (result i32) i32.const 1)))");
  }();
  EXPECT_EQ(call(store, instantiate(store, module), "f"), 1u);
}

}  // namespace
}  // namespace holdfast::engine
