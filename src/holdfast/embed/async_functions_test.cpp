// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Async functions that return their result without waiting: called by the host and by other components, lifted with and
// without a callback, lowered synchronously and asynchronously. Source: CanonicalABI.md, "canon lift", "canon lower",
// "canon task.return".
#include "holdfast/embed/testing/api_fixture.hpp"

namespace holdfast::embed_test {
namespace {

/// A component whose async function `run` (u32) -> u32 has the core body `body`, which may call $return (i32) and set
/// $calls. If `callback` is not empty, it is the body of the callback (event, p1, p2) -> code.
std::string async_guest(std::string_view body, std::string_view callback = "") {
  const bool has_callback = !callback.empty();
  return R"((component
    (core func $return (canon task.return (result u32)))
    (core module $m (import "" "return" (func $return (param i32)))
      (global $calls (mut i32) (i32.const 0)) (global $argument (mut i32) (i32.const 0))
      (func (export "run") (param $x i32) )" +
         std::string(has_callback ? "(result i32) " : "") + std::string(body) + R"()
      (func (export "callback") (param $event i32) (param i32 i32) (result i32) )" +
         std::string(has_callback ? callback : "unreachable") + R"())
    (core instance $i (instantiate $m (with "" (instance (export "return" (func $return))))))
    (func (export "run") async (param "x" u32) (result u32) (canon lift (core func $i "run") async )" +
         std::string(has_callback ? R"((callback (core func $i "callback")))" : "") + ")))";
}

class AsyncFunctions : public Api {
 protected:
  HostResult<std::uint32_t> run(std::string_view text, std::uint32_t argument = 5) {
    HOLDFAST_TRY_ASSIGN(const Instance instance, linker.instantiate(store, compile(text)));
    HOLDFAST_TRY_ASSIGN(const auto typed, instance.func<std::uint32_t(std::uint32_t)>("run"));
    HOLDFAST_TRY_ASSIGN(const std::uint32_t result, typed(argument));
    HOLDFAST_TRY_ASSIGN(const auto dynamic, instance.call("run", {Val::u32(argument)}));
    EXPECT_EQ(dynamic, Val::u32(result));
    return result;
  }
};

constexpr std::string_view return_twice = "(call $return (i32.mul (local.get $x) (i32.const 2)))";

TEST_F(AsyncFunctions, PassTheirResultToTaskReturn) {
  EXPECT_THAT(run(async_guest(return_twice)), Gives(10U));
  EXPECT_THAT(run(async_guest(std::string(return_twice) + "(i32.const 0)", "unreachable")), Gives(10U));
}

TEST_F(AsyncFunctions, MayYieldBeforeAndAfterTheirResult) {
  const std::string yields = "(global.set $argument (local.get $x)) (global.set $calls (i32.const 0)) (i32.const 1)";
  // Every event is "none". The third call returns the result, the fifth call exits.
  const std::string callback = R"(
    (if (local.get $event) (then unreachable))
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (if (i32.eq (global.get $calls) (i32.const 3)) (then (call $return (global.get $argument))))
    (i32.lt_u (global.get $calls) (i32.const 5)))";
  EXPECT_THAT(run(async_guest(yields, callback)), Gives(5U));
}

TEST_F(AsyncFunctions, ThatEndWithoutAResultTrap) {
  EXPECT_THAT(run(async_guest("nop")), Traps("failed to produce a result"));
  EXPECT_THAT(run(async_guest("(i32.const 0)", "unreachable")), Traps("failed to produce a result"));
}

TEST_F(AsyncFunctions, ReturnOnlyOneResult) {
  EXPECT_THAT(run(async_guest(std::string(return_twice) + std::string(return_twice))), Traps("called more than once"));
}

TEST_F(AsyncFunctions, MayTrapAfterTheirResult) {
  const std::string text = async_guest(std::string(return_twice) + "unreachable");
  EXPECT_THAT(run(text), Traps("unreachable"));
  const Instance instance = start(text);
  EXPECT_THAT(instance.call("run", {Val::u32(1)}), Traps("unreachable"));
  EXPECT_THAT(instance.call("run", {Val::u32(1)}), Traps("cannot enter component instance"));
}

TEST_F(AsyncFunctions, WithAnUnknownCallbackCodeTrap) {
  EXPECT_THAT(run(async_guest("(i32.const 3)", "unreachable")), Traps("unsupported callback code 3"));
  EXPECT_THAT(run(async_guest("(i32.const 0xf)", "unreachable")), Traps("unsupported callback code 15"));
}

TEST_F(AsyncFunctions, ThatYieldForeverAreStopped) {
  ASSERT_THAT(store.set_deadline(1), Succeeds());
  const Instance instance = start(async_guest("(i32.const 1)", "(i32.const 1)"));
  engine().tick();
  engine().tick();
  EXPECT_THAT(instance.call("run", {Val::u32(1)}), Limit(""));
}

TEST_F(AsyncFunctions, TaskReturnMustFitTheRunningFunction) {
  const auto with = [](std::string_view task_return, std::string_view lift) {
    return R"((component
      (core module $memory (memory (export "m") 1) (memory (export "n") 1)) (core instance $memory (instantiate $memory))
      (core func $return (canon task.return )" +
           std::string(task_return) + R"())
      (core module $m (import "" "return" (func $return (param i32))) (func (export "run") (call $return (i32.const 1))))
      (core instance $i (instantiate $m (with "" (instance (export "return" (func $return))))))
      (func (export "run") )" +
           std::string(lift) + "))";
  };
  const auto call = [&](const std::string& text) { return start(text).call("run", {}); };
  EXPECT_THAT(call(with("(result u32)", R"(async (result u32) (canon lift (core func $i "run") async))")), Succeeds());
  EXPECT_THAT(call(with("(result u32)", R"(async (result s32) (canon lift (core func $i "run") async))")),
              Traps("invalid `task.return` signature"));
  EXPECT_THAT(call(with("(result u32)", R"(async (canon lift (core func $i "run") async))")),
              Traps("invalid `task.return` signature"));
  EXPECT_THAT(call(with("(result u32)", R"((canon lift (core func $i "run")))")),
              Traps("invalid `task.return` signature"));
  EXPECT_THAT(call(with(R"((result u32) (memory (core memory $memory "m")))",
                        R"(async (result u32) (canon lift (core func $i "run") async))")),
              Traps("invalid `task.return` signature"));
  EXPECT_THAT(
      call(with(R"((result u32) (memory (core memory $memory "m")))",
                R"(async (result u32) (canon lift (core func $i "run") async (memory (core memory $memory "n"))))")),
      Traps("invalid `task.return` signature"));
  EXPECT_THAT(call(with(R"((result u32) string-encoding=utf16)",
                        R"(async (result u32) (canon lift (core func $i "run") async))")),
              Traps("invalid `task.return` signature"));
}

/// A callee that exports `f` (list<u8>, u32, u32, u32, u32) -> tuple<string, u64>, lifted async, and a caller that
/// lowers it with `options`. $f has the core type `signature`; the caller's core body `body` calls it.
std::string pair(std::string_view signature, std::string_view options, std::string_view body) {
  return R"((component
    (component $callee
      (core module $memory (memory (export "m") 1) (global $next (mut i32) (i32.const 1024))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32)
          (local $p i32) (local.set $p (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
          (global.set $next (i32.add (local.get $p) (local.get 3))) (local.get $p)))
      (core instance $memory (instantiate $memory))
      (core func $return (canon task.return (result (tuple string u64)) (memory (core memory $memory "m"))))
      (core module $m (import "" "m" (memory 1)) (import "" "return" (func $return (param i32 i32 i64)))
        (func (export "f") (param $p i32) (param $n i32) (param i32 i32 i32 i32)
          ;; the list comes back as a string, with the sum of the numbers
          (call $return (local.get $p) (local.get $n) (i64.extend_i32_u
            (i32.add (i32.add (local.get 2) (local.get 3)) (i32.add (local.get 4) (local.get 5)))))))
      (core instance $i (instantiate $m (with "" (instance (export "m" (memory $memory "m")) (export "return" (func $return))))))
      (func (export "f") async (param "l" (list u8)) (param "a" u32) (param "b" u32) (param "c" u32) (param "d" u32)
        (result (tuple string u64))
        (canon lift (core func $i "f") async (memory (core memory $memory "m")) (realloc (core func $memory "realloc")))))
    (instance $callee (instantiate $callee))
    (core module $memory (memory (export "m") 1) (data (i32.const 0) "hello")
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 512)))
    (core instance $memory (instantiate $memory))
    (core func $f (canon lower (func $callee "f") (memory (core memory $memory "m")) (realloc (core func $memory "realloc")) )" +
         std::string(options) + R"())
    (core module $m (import "" "m" (memory 1)) (import "" "f" (func $f )" +
         std::string(signature) + R"()) (func (export "run") (param i32) (result i32) )" + std::string(body) + R"())
    (core instance $i (instantiate $m (with "" (instance (export "m" (memory $memory "m")) (export "f" (func $f))))))
    (func (export "run") (param "x" u32) (result u32) (canon lift (core func $i "run")))))";
}

/// The result at address 64: 'o' of "hello" + its length + the sum.
constexpr std::string_view check_result = R"(
  (i32.add (i32.load8_u (i32.add (i32.load (i32.const 64)) (i32.const 4)))
           (i32.add (i32.load (i32.const 68)) (i32.wrap_i64 (i64.load (i32.const 72))))))";

TEST_F(AsyncFunctions, AreCalledByComponentsThatWait) {
  const std::string body =
      R"((call $f (i32.const 0) (i32.const 5) (i32.const 1) (i32.const 2) (i32.const 3) (local.get 0)
      (i32.const 64)))" +
      std::string(check_result);
  EXPECT_THAT(run(pair("(param i32 i32 i32 i32 i32 i32 i32)", "", body), 4), Gives('o' + 5U + 10U));
}

TEST_F(AsyncFunctions, AreCalledByComponentsThatDoNotWait) {
  // More than four flat parameters are passed by pointer. The call returns the status "returned" (2).
  const std::string body = R"(
    (i32.store (i32.const 128) (i32.const 0)) (i32.store (i32.const 132) (i32.const 5))
    (i32.store (i32.const 136) (i32.const 1)) (i32.store (i32.const 140) (i32.const 2))
    (i32.store (i32.const 144) (i32.const 3)) (i32.store (i32.const 148) (local.get 0))
    (if (i32.ne (call $f (i32.const 128) (i32.const 64)) (i32.const 2)) (then unreachable)))" +
                           std::string(check_result);
  EXPECT_THAT(run(pair("(param i32 i32) (result i32)", "async", body), 4), Gives('o' + 5U + 10U));
}

TEST_F(AsyncFunctions, OfTheHostAreLoweredAsynchronously) {
  api().func("sum", [](std::uint32_t a, std::uint32_t b) { return a + b; });
  const std::string text = R"((component
    (import "test:host/api" (instance $api (export "sum" (func async (param "a" u32) (param "b" u32) (result u32)))))
    (core module $memory (memory (export "m") 1)) (core instance $memory (instantiate $memory))
    (core func $sum (canon lower (func $api "sum") async (memory (core memory $memory "m"))))
    (core module $m (import "" "m" (memory 1)) (import "" "sum" (func $sum (param i32 i32 i32) (result i32)))
      (func (export "run") (param i32) (result i32)
        (if (i32.ne (call $sum (local.get 0) (i32.const 3) (i32.const 16)) (i32.const 2)) (then unreachable))
        (i32.load (i32.const 16))))
    (core instance $i (instantiate $m (with "" (instance (export "m" (memory $memory "m")) (export "sum" (func $sum))))))
    (func (export "run") (param "x" u32) (result u32) (canon lift (core func $i "run")))))";
  EXPECT_THAT(run(text), Gives(8U));
}

}  // namespace
}  // namespace holdfast::embed_test
