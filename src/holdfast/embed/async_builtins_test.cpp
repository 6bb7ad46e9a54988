// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The built-ins of async functions: what they do when nothing has to wait, and what happens when something would have
// to. Source: CanonicalABI.md, "canon waitable-set.*", "canon thread.*", "canon backpressure.*"; Concurrency.md,
// "Blocking".
#include "holdfast/embed/testing/api_fixture.hpp"

namespace holdfast::embed_test {
namespace {

/// A component with all these built-ins; its function `run` () -> u32 has the core body `body`. If `async`, `run` is an
/// async function and may call $return.
std::string calling(std::string_view body, bool async = false) {
  constexpr std::string_view builtins = R"(
    (core module $memory (memory (export "m") 1)) (core instance $memory (instantiate $memory))
    (core func $return (canon task.return (result u32))) (core func $cancel (canon task.cancel))
    (core func $yield (canon thread.yield)) (core func $suspend (canon thread.suspend))
    (core func $inc (canon backpressure.inc)) (core func $dec (canon backpressure.dec))
    (core func $set (canon waitable-set.new)) (core func $drop (canon waitable-set.drop))
    (core func $wait (canon waitable-set.wait (memory (core memory $memory "m"))))
    (core func $poll (canon waitable-set.poll (memory (core memory $memory "m"))))
    (type $stream (stream u8)) (core func $read (canon stream.read $stream (memory (core memory $memory "m"))))
    (type $blob (resource (rep i32))) (core func $new (canon resource.new $blob))
    (core func $forget (canon resource.drop $blob))
    (core module $m
      (import "" "m" (memory 1)) (import "" "return" (func $return (param i32))) (import "" "cancel" (func $cancel))
      (import "" "yield" (func $yield (result i32))) (import "" "suspend" (func $suspend (result i32)))
      (import "" "inc" (func $inc)) (import "" "dec" (func $dec)) (import "" "set" (func $set (result i32)))
      (import "" "drop" (func $drop (param i32))) (import "" "wait" (func $wait (param i32 i32) (result i32)))
      (import "" "poll" (func $poll (param i32 i32) (result i32))) (import "" "new" (func $new (param i32) (result i32)))
      (import "" "read" (func $read (param i32 i32 i32) (result i32))) (import "" "forget" (func $forget (param i32)))
      (func (export "run") )";
  constexpr std::string_view instance = R"()
      (func (export "inc") (call $inc)))
    (core instance $i (instantiate $m (with "" (instance
      (export "m" (memory $memory "m")) (export "return" (func $return)) (export "cancel" (func $cancel))
      (export "yield" (func $yield)) (export "suspend" (func $suspend)) (export "inc" (func $inc))
      (export "dec" (func $dec)) (export "set" (func $set)) (export "drop" (func $drop)) (export "wait" (func $wait))
      (export "poll" (func $poll)) (export "new" (func $new)) (export "read" (func $read))
      (export "forget" (func $forget))))))
    (func (export "inc") (canon lift (core func $i "inc")))
    (func (export "run") )";
  return "(component" + std::string(builtins) + (async ? "" : "(result i32) ") + std::string(body) +
         std::string(instance) +
         (async ? R"(async (result u32) (canon lift (core func $i "run") async))))"
                : R"((result u32) (canon lift (core func $i "run")))))");
}

class AsyncBuiltins : public Api {
 protected:
  HostResult<std::optional<Val>> run(const std::string& text) { return start(text).call("run", {}); }
};

TEST_F(AsyncBuiltins, YieldingContinues) {
  EXPECT_THAT(run(calling("(call $yield)")), Gives(std::optional(Val::u32(0))));
  EXPECT_THAT(run(calling("(call $return (call $yield))", true)), Gives(std::optional(Val::u32(0))));
}

TEST_F(AsyncBuiltins, OnlyACancelledTaskMayCancel) {
  EXPECT_THAT(run(calling("(call $cancel) (i32.const 0)")), Traps("has not been cancelled"));
  EXPECT_THAT(run(calling("(call $cancel)", true)), Traps("has not been cancelled"));
}

TEST_F(AsyncBuiltins, WaitableSetsAreHandles) {
  EXPECT_THAT(run(calling("(drop (call $new (i32.const 9))) (call $set)")), Gives(std::optional(Val::u32(2))));
  EXPECT_THAT(run(calling("(call $drop (call $set)) (call $set)")), Gives(std::optional(Val::u32(1))));
  EXPECT_THAT(run(calling("(call $drop (i32.const 1)) (i32.const 0)")), Traps("unknown handle index 1"));
  EXPECT_THAT(run(calling("(call $drop (call $new (i32.const 9))) (i32.const 0)")), Traps("is not a waitable set"));
  EXPECT_THAT(run(calling("(call $forget (call $set)) (i32.const 0)")), Traps("is not a resource"));
}

TEST_F(AsyncBuiltins, WaitableSetsAreInTheLeakReport) {
  ASSERT_THAT(run(calling("(call $set)")), Succeeds());
  const StoreReport report = need(store.close());
  ASSERT_EQ(report.leaks.size(), 1U);
  EXPECT_EQ(report.leaks.front().type, "waitable-set");
}

TEST_F(AsyncBuiltins, PollingAnEmptySetReturnsTheEventNone) {
  // The two numbers of the event are 7 before the call and 0 after it.
  constexpr std::string_view body = R"(
    (i64.store (i32.const 8) (i64.const 0x0000000700000007))
    (if (call $poll (call $set) (i32.const 8)) (then unreachable))
    (i32.add (i32.load (i32.const 8)) (i32.load (i32.const 12))))";
  EXPECT_THAT(run(calling(body)), Gives(std::optional(Val::u32(0))));
  EXPECT_THAT(run(calling("(call $poll (i32.const 3) (i32.const 8))")), Traps("unknown handle index 3"));
  EXPECT_THAT(run(calling("(call $poll (call $set) (i32.const 10))")), Traps("unaligned pointer"));
  EXPECT_THAT(run(calling("(call $poll (call $set) (i32.const 65532))")), Traps("out of bounds"));
}

TEST_F(AsyncBuiltins, SynchronousFunctionsMayNotWait) {
  for (const std::string_view body : {"(call $wait (call $set) (i32.const 0))", "(call $suspend)",
                                      "(call $read (i32.const 1) (i32.const 0) (i32.const 1))"}) {
    EXPECT_THAT(run(calling(body)), Traps("cannot block a synchronous task before returning")) << body;
  }
}

TEST_F(AsyncBuiltins, AsyncFunctionsThatWaitForNobodyTrap) {
  EXPECT_THAT(run(calling("(drop (call $wait (call $set) (i32.const 0)))", true)), Traps("deadlock detected"));
  EXPECT_THAT(run(calling("(drop (call $wait (i32.const 1) (i32.const 0)))", true)), Traps("unknown handle index 1"));
  EXPECT_THAT(run(calling("(drop (call $suspend))", true)), Traps("deadlock detected"));
}

TEST_F(AsyncBuiltins, UnsupportedBuiltinsAreNamed) {
  const Instance instance = start(calling("(drop (call $read (i32.const 1) (i32.const 0) (i32.const 1)))", true));
  EXPECT_THAT(instance.call("run", {}),
              Fails(ErrorKind::unsupported, "the component called the built-in `stream.read`"));
  EXPECT_THAT(instance.call("run", {}), Traps("cannot enter component instance"));
  EXPECT_THAT(run(calling("(call $return (i32.const 1)) (drop (call $suspend))", true)),
              Fails(ErrorKind::unsupported, "waits for an event"))
      << "the caller has its result and would continue";
}

TEST_F(AsyncBuiltins, BackpressureKeepsAsyncCallsOut) {
  constexpr std::string_view give = "(call $return (i32.const 5))";
  const Instance instance = start(calling(give, true));
  EXPECT_THAT(instance.call("run", {}), Gives(std::optional(Val::u32(5))));
  ASSERT_THAT(instance.call("inc", {}), Succeeds());
  EXPECT_THAT(instance.call("inc", {}), Succeeds()) << "backpressure does not hold back synchronous functions";
  EXPECT_THAT(instance.call("run", {}), Traps("deadlock detected"));
  EXPECT_THAT(run(calling("(call $inc) (call $dec) (i32.const 3)")), Gives(std::optional(Val::u32(3))));
  EXPECT_THAT(run(calling("(call $dec) (i32.const 3)")), Traps("backpressure counter overflow"));
  EXPECT_THAT(run(calling("(loop (call $inc) (br 0)) (i32.const 3)")), Traps("backpressure counter overflow"));
}

}  // namespace
}  // namespace holdfast::embed_test
