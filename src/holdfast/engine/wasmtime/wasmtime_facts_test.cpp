// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Facts about Wasmtime's C API that the seam depends on, one test for each fact. Each shows the engine's own behaviour
// and that the seam handles it. If one fails after an update of the engine, review the seam.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <wasmtime.h>

#include "holdfast/engine/testing/text_modules.hpp"
#include "holdfast/engine/wasmtime/engine_impl.hpp"
#include "holdfast/engine/wasmtime/failure.hpp"
#include "holdfast/engine/wasmtime/handles.hpp"
#include "holdfast/engine/wasmtime/store_impl.hpp"

namespace holdfast::engine {
namespace {

using namespace testing_support;
using wasmtime::ErrorPointer;
using wasmtime::TrapPointer;

// A store of the C API itself, on an engine of Holdfast.
class WasmtimeFacts : public ::testing::Test {
 protected:
  wasmtime_instance_t make_instance(std::string_view text, const std::vector<wasmtime_func_t>& functions = {}) {
    std::vector<wasmtime_extern_t> imports;
    for (const auto& function : functions) {
      wasmtime_extern_t item{};
      item.kind = WASMTIME_EXTERN_FUNC;
      item.of.func = function;
      imports.push_back(item);
    }
    const Module module = compile(engine_, text);
    wasmtime_instance_t instance{};
    wasm_trap_t* trap = nullptr;
    const ErrorPointer error(
        wasmtime_instance_new(context_, module.impl().module.get(), imports.data(), imports.size(), &instance, &trap));
    EXPECT_EQ(error, nullptr);
    EXPECT_EQ(trap, nullptr);
    return instance;
  }
  wasmtime_func_t function_of(const wasmtime_instance_t& instance, std::string_view name) {
    wasmtime_extern_t item{};
    EXPECT_TRUE(wasmtime_instance_export_get(context_, &instance, name.data(), name.size(), &item));
    return item.of.func;
  }
  wasmtime_func_t make_function(wasmtime_func_unchecked_callback_t callback, void* environment,
                                void (*finalizer)(void*) = nullptr) {
    wasm_valtype_vec_t parameters;
    wasm_valtype_vec_new_empty(&parameters);
    wasm_valtype_vec_t results;
    wasm_valtype_vec_new_empty(&results);
    const wasmtime::FunctionTypePointer type(wasm_functype_new(&parameters, &results));
    wasmtime_func_t function;
    wasmtime_func_new_unchecked(context_, type.get(), callback, environment, finalizer, &function);
    return function;
  }

  struct Outcome {
    ErrorPointer error;
    TrapPointer trap;
    std::int32_t result = 0;
  };
  Outcome call(const wasmtime_func_t& function) {
    wasmtime_val_raw_t value{};
    wasm_trap_t* trap = nullptr;
    ErrorPointer error(wasmtime_func_call_unchecked(context_, &function, &value, 1, &trap));
    return {std::move(error), TrapPointer(trap), value.i32};
  }

  Engine engine_ = make_engine();
  wasmtime::StorePointer store_ = make_raw_store();
  wasmtime_context_t* context_ = wasmtime_store_context(store_.get());

 private:
  wasmtime::StorePointer make_raw_store() const {
    wasmtime::StorePointer store(wasmtime_store_new(engine_.impl()->engine.get(), nullptr, nullptr));
    wasmtime_context_set_epoch_deadline(wasmtime_store_context(store.get()), 1'000'000);
    return store;
  }
};

constexpr std::string_view throwing = R"((module (tag $t) (func (export "throw") (throw $t))))";
constexpr std::string_view catching = R"((module (import "" "" (func $h))
  (func (export "f") (result i32) (block (try_table (catch_all 0) (call $h)) (return (i32.const 1))) (i32.const 2))))";

TEST_F(WasmtimeFacts, SizesAreThoseOfALibraryWithGarbageCollection) {
  EXPECT_EQ(sizeof(wasmtime_val_t), 32u);
  EXPECT_EQ(sizeof(wasmtime_val_raw_t), 16u);
  EXPECT_EQ(sizeof(wasmtime_func_t), 16u);
  EXPECT_LE(sizeof(wasmtime_memory_t), sizeof(Memory));
  EXPECT_LE(sizeof(wasmtime_global_t), sizeof(Global));
  EXPECT_LE(sizeof(wasmtime_table_t), sizeof(Table));
  EXPECT_LE(sizeof(wasmtime_tag_t), sizeof(Tag));
  EXPECT_LE(sizeof(wasmtime_instance_t), sizeof(Instance));
  // The library agrees: it writes the value to the offset that the header declares, and not past the end.
  struct {
    wasmtime_val_t value;
    std::uint64_t guard = 0x1122334455667788;
  } read{};
  const wasmtime::GlobalTypePointer type(wasm_globaltype_new(wasm_valtype_new(WASM_I64), WASM_CONST));
  wasmtime_val_t initial{};
  initial.kind = WASMTIME_I64;
  initial.of.i64 = 0x0102030405060708;
  wasmtime_global_t global;
  const ErrorPointer error(wasmtime_global_new(context_, type.get(), &initial, &global));
  ASSERT_EQ(error, nullptr);
  wasmtime_global_get(context_, &global, &read.value);
  EXPECT_EQ(read.value.of.i64, 0x0102030405060708);
  EXPECT_EQ(read.guard, 0x1122334455667788u);
}

TEST_F(WasmtimeFacts, FailedHostFunctionIsAnErrorAndEngineTrapIsATrap) {
  const auto host = make_function(
      [](void*, wasmtime_caller_t*, wasmtime_val_raw_t*, std::size_t) { return wasmtime_trap_new("x", 1); }, nullptr);
  const auto instance = make_instance(
      R"((module (import "" "" (func $h)) (func (export "h") call $h) (func (export "u") unreachable)))", {host});
  const auto failed = call(function_of(instance, "h"));
  EXPECT_NE(failed.error, nullptr);
  EXPECT_EQ(failed.trap, nullptr);
  const auto trapped = call(function_of(instance, "u"));
  EXPECT_EQ(trapped.error, nullptr);
  EXPECT_NE(trapped.trap, nullptr);

  Store store = make_store(engine_);
  const Function ours = store.make_function({}, [](void*, RawValue*) noexcept { return false; }, nullptr);
  const Instance both = instantiate(
      store,
      compile(engine_,
              R"((module (import "" "" (func $h)) (func (export "h") call $h) (func (export "u") unreachable)))"),
      {ours});
  EXPECT_EQ(testing_support::call(store, both, "h").error().cause, Cause::host);
  EXPECT_EQ(testing_support::call(store, both, "u").error().cause, Cause::trap);
}

struct Rethrow {
  wasmtime_context_t* context;
  wasmtime_func_t callee;
};

TEST_F(WasmtimeFacts, ReturnedTrapOfAnInnerCallIsRethrownAndCanBeCaught) {
  Rethrow rethrow{context_, function_of(make_instance(throwing), "throw")};
  const auto host = make_function(
      [](void* environment, wasmtime_caller_t*, wasmtime_val_raw_t*, std::size_t) {
        const auto& self = *static_cast<Rethrow*>(environment);
        wasm_trap_t* trap = nullptr;
        const ErrorPointer error(wasmtime_func_call_unchecked(self.context, &self.callee, nullptr, 0, &trap));
        return trap;
      },
      &rethrow);
  const auto outcome = call(function_of(make_instance(catching, {host}), "f"));
  EXPECT_EQ(outcome.error, nullptr);
  EXPECT_EQ(outcome.trap, nullptr);
  EXPECT_EQ(outcome.result, 2) << "the outer guest caught it";
}

struct Crossing {
  Store* store;
  Function callee;
  static bool enter(void* environment, RawValue* values) noexcept {
    auto& self = *static_cast<Crossing*>(environment);
    return self.store->call(self.callee, {values, 0}).has_value();
  }
};

TEST_F(WasmtimeFacts, NoExceptionCrossesTheSeam) {
  Store store = make_store(engine_);
  Crossing crossing{&store,
                    testing_support::function_of(store, instantiate(store, compile(engine_, throwing)), "throw")};
  const Function host = store.make_function({}, &Crossing::enter, &crossing);
  const auto outcome = testing_support::call(store, instantiate(store, compile(engine_, catching), {host}), "f");
  ASSERT_FALSE(outcome) << "the outer guest caught the inner guest's exception";
  EXPECT_EQ(outcome.error().cause, Cause::host);
}

TEST_F(WasmtimeFacts, PendingExceptionStaysInTheStoreUntilItIsTaken) {
  const auto function = function_of(make_instance(throwing), "throw");
  const auto outcome = call(function);
  EXPECT_NE(outcome.trap, nullptr);
  EXPECT_TRUE(wasmtime_context_has_exception(context_));
  wasmtime_exnref_t exception;
  ASSERT_TRUE(wasmtime_context_take_exception(context_, &exception));
  wasmtime_exnref_unroot(&exception);
  EXPECT_FALSE(wasmtime_context_has_exception(context_));
}

TEST_F(WasmtimeFacts, SeamRemovesPendingExceptionsFromTheStore) {
  Store store = make_store(engine_);
  const Instance instance = instantiate(store, compile(engine_, throwing));
  EXPECT_EQ(testing_support::call(store, instance, "throw").error().cause, Cause::exception);
  // The engine refuses an instance. Only a pending exception would distinguish this failure from an uncaught exception.
  EXPECT_EQ(store.instantiate(compile(engine_, catching), {}).error().cause, Cause::engine);
  const auto in_start = store.instantiate(compile(engine_, "(module (tag $t) (func $s (throw $t)) (start $s))"), {});
  EXPECT_EQ(in_start.error().cause, Cause::exception);
  EXPECT_EQ(store.instantiate(compile(engine_, catching), {}).error().cause, Cause::engine);
}

void ask_for_type_of_global(const Module& module) {
  wasm_exporttype_vec_t exports;
  wasmtime_module_exports(module.impl().module.get(), &exports);
  const auto* type = wasm_externtype_as_globaltype_const(wasm_exporttype_type(exports.data[0]));
  static_cast<void>(wasm_valtype_kind(wasm_globaltype_content(type)));
}

TEST_F(WasmtimeFacts, AskingForVectorTypesAbortsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const Module module = compile(engine_, R"((module (global (export "g") v128 (v128.const i64x2 0 0))))");
  EXPECT_DEATH(ask_for_type_of_global(module), "");
}

TEST_F(WasmtimeFacts, AskingForGarbageCollectedTypesAbortsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const Module module = compile(engine_, R"((module (global (export "g") (ref i31) (ref.i31 (i32.const 0)))))");
  EXPECT_DEATH(ask_for_type_of_global(module), "");
}

TEST_F(WasmtimeFacts, SeamLinksVectorAndGarbageCollectedTypesWithoutAsking) {
  Store store = make_store(engine_);
  const Instance provider = instantiate(store, compile(engine_, R"((module
    (type $s (struct (field i32)))
    (func (export "v") (param v128) (result v128) local.get 0)
    (func (export "s") (result (ref $s)) (struct.new $s (i32.const 31)))
    (global (export "g") v128 (v128.const i64x2 1 2)) (global (export "r") (ref i31) (ref.i31 (i32.const 5)))))"));
  std::vector<Extern> imports;
  for (std::size_t i = 0; i < 4; ++i) imports.push_back(store.get_export(provider, i)->value);
  const Instance user = instantiate(store, compile(engine_, R"((module
    (type $s (struct (field i32)))
    (import "" "v" (func $v (param v128) (result v128))) (import "" "s" (func $s (result (ref $s))))
    (import "" "g" (global $g v128)) (import "" "r" (global $r (ref i31)))
    (func (export "f") (result i32)
      (i32.add (i32x4.extract_lane 2 (call $v (global.get $g)))
        (i32.add (struct.get $s 0 (call $s)) (i31.get_u (global.get $r)))))))"),
                                    imports);
  EXPECT_EQ(testing_support::call(store, user, "f"), 2u + 31u + 5u);
}

TEST_F(WasmtimeFacts, AskingAFrameForItsInstanceAbortsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto instance = make_instance(R"((module (func (export "u") unreachable)))");
  const auto outcome = call(function_of(instance, "u"));
  wasm_frame_vec_t frames;
  wasm_trap_trace(outcome.trap.get(), &frames);
  ASSERT_EQ(frames.size, 1u);
  EXPECT_DEATH(static_cast<void>(wasm_frame_instance(frames.data[0])), "");
  wasm_frame_vec_delete(&frames);
}

TEST_F(WasmtimeFacts, CallbackEnvironmentsAreKeptUntilTheStoreIsDestroyed) {
  int finalized = 0;
  for (int i = 0; i < 3; ++i)
    make_function([](void*, wasmtime_caller_t*, wasmtime_val_raw_t*, std::size_t) -> wasm_trap_t* { return nullptr; },
                  &finalized, [](void* counter) { ++*static_cast<int*>(counter); });
  const ErrorPointer collected(wasmtime_context_gc(context_));
  EXPECT_EQ(finalized, 0);
  store_.reset();
  EXPECT_EQ(finalized, 3);
}

TEST_F(WasmtimeFacts, LimiterLimitsEachMemorySeparately) {
  Store store = make_store(engine_, {.memory_bytes = 65536});
  const Instance instance = instantiate(store, compile(engine_, R"((module (memory 1) (memory 1) (memory 0)
    (func (export "grow") (param i32) (result i32) (memory.grow 2 (local.get 0)))))"));
  EXPECT_EQ(testing_support::call(store, instance, "grow", {1}), 0u) << "three memories, each at the limit";
  EXPECT_EQ(testing_support::call(store, instance, "grow", {1}), 0xffffffffu);
  EXPECT_TRUE(store.make_memory(1, std::nullopt)) << "the same limit applies to the host's own memories";
  EXPECT_FALSE(store.make_memory(2, std::nullopt));
}

TEST_F(WasmtimeFacts, FuelIsPerStore) {
  const Engine engine = make_engine({.fuel = true});
  const Module module = compile(engine, R"((module (func (export "f"))))");
  Store poor = make_store(engine);
  Store rich = make_store(engine);
  ASSERT_TRUE(poor.set_fuel(0));
  EXPECT_EQ(testing_support::call(poor, instantiate(poor, module), "f").error().cause, Cause::fuel);
  EXPECT_TRUE(testing_support::call(rich, instantiate(rich, module), "f"));
}

TEST_F(WasmtimeFacts, EpochIsPerEngineAndDeadlinesArePerStore) {
  const Module module = compile(engine_, R"((module (func (export "f"))))");
  Store late = make_store(engine_);
  Store early = make_store(engine_);
  ASSERT_TRUE(late.set_deadline(1));
  ASSERT_TRUE(early.set_deadline(2));
  engine_.tick();
  EXPECT_EQ(testing_support::call(late, instantiate(late, module), "f").error().cause, Cause::interrupted);
  EXPECT_TRUE(testing_support::call(early, instantiate(early, module), "f"));
}

TEST_F(WasmtimeFacts, EpochDeadlineOfZeroInterruptsAtOnce) {
  wasmtime_context_set_epoch_deadline(context_, 0);
  const auto outcome = call(function_of(make_instance(R"((module (func (export "f"))))"), "f"));
  ASSERT_NE(outcome.trap, nullptr);
  wasmtime_trap_code_t code = 0;
  ASSERT_TRUE(wasmtime_trap_code(outcome.trap.get(), &code));
  EXPECT_EQ(code, WASMTIME_TRAP_CODE_INTERRUPT);
  Store store = make_store(engine_);
  EXPECT_TRUE(
      testing_support::call(store, instantiate(store, compile(engine_, R"((module (func (export "f"))))")), "f"));
}

TEST(WasmtimeMessages, ChainsAreSplitIntoParts) {
  using ::testing::ElementsAre;
  using wasmtime::message_chain;
  EXPECT_THAT(message_chain("expected 1 imports, found 0"), ElementsAre("expected 1 imports, found 0"));
  EXPECT_THAT(message_chain("outer\n\nCaused by:\n    inner\n"), ElementsAre("outer", "inner"));
  EXPECT_THAT(message_chain("outer\n\nCaused by:\n    0: middle\n    1: inner"),
              ElementsAre("outer", "middle", "inner"));
  EXPECT_THAT(
      message_chain("error while executing at wasm backtrace:\n    0: 0x1 - f!g\n\nCaused by:\n    wasm trap: x"),
      ElementsAre("wasm trap: x"));
  EXPECT_THAT(message_chain("outer\n\nCaused by:\n    first line\n    second line"),
              ElementsAre("outer", "first line second line"));
  EXPECT_THAT(message_chain(""), ElementsAre("the engine reported no reason"));
}

}  // namespace
}  // namespace holdfast::engine
