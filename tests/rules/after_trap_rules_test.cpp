// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules 26 and 27: the state after a trap, and calls that would block.
#include "rules_fixture.hpp"
#include "standard_guests.hpp"

namespace holdfast::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Function fail{"fail"};
const std::string failing_core = "(func (export \"fail\") unreachable)";

/// `provider` with an additional function that traps.
Guest fragile_provider() {
  Guest guest = provider();
  guest.exports.push_back(fail);
  guest.core += failing_core;
  return guest;
}

TEST_F(Rules, Rule26_AnInstanceThatTrappedStaysClosed) {
  const Instance instance = start(component(fragile_provider()));
  EXPECT_THAT(call(instance, "fail"), Traps(Rule::none, "unreachable"));
  EXPECT_THAT(call(instance, "make", {Val::u32(1)}), Traps(Rule::trapped_instances_stay_closed, cannot_enter));
  EXPECT_THAT(call(instance, "fail"), Traps(Rule::trapped_instances_stay_closed, cannot_enter)) << "and again";
}

TEST_F(Rules, Rule26_TheStoreStaysUsable) {
  const Instance instance = start(component(fragile_provider()));
  const Instance bystander = start(component(provider()));
  EXPECT_FALSE(call(instance, "fail"));
  const Val own = value_of(call(bystander, "make", {Val::u32(7)}));
  EXPECT_THAT(call(bystander, "look", {borrow_of(own)}), Returns(7));
  EXPECT_THAT(call(start(component(fragile_provider())), "make", {Val::u32(1)}), Succeeds()) << "a fresh instance";
}

TEST_F(Rules, Rule26_CallerAndCalleeAreClosed) {
  const Instance instance = start(pair(fragile_provider(), {.peer = {fail}, .exports = {run, {"idle"}}, .core = R"(
    (func (export "run") (result i32) (call $fail) (i32.const 0))
    (func (export "idle")))"}));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::none, "unreachable"));
  EXPECT_THAT(call(instance, "client/idle"), Traps(Rule::trapped_instances_stay_closed, cannot_enter));
  EXPECT_THAT(call(instance, "provider/make", {Val::u32(1)}), Traps(Rule::trapped_instances_stay_closed, cannot_enter));
}

TEST_F(Rules, Rule26_TheCallPathNamesEachCall) {
  const Instance instance = start(pair(fragile_provider(), {.peer = {fail}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (call $fail) (i32.const 0)))"}));
  const Called called = call(instance, "client/run");
  ASSERT_FALSE(called);
  ASSERT_EQ(called.error().call_path().size(), 2U) << called.error().to_string();
  EXPECT_THAT(called.error().call_path()[0], HasSubstr("fail"));
  EXPECT_THAT(called.error().call_path()[1], HasSubstr("run"));
  EXPECT_FALSE(called.error().backtrace().empty());
}

TEST_F(Rules, Rule26_AncestorsAreClosedWithTheirChild) {
  const Instance instance = start(pair(fragile_provider(), {.exports = {run}, .core = R"(
    (func (export "run") (result i32) (i32.const 1)))"}));
  EXPECT_FALSE(call(instance, "provider/fail"));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::trapped_instances_stay_closed, cannot_enter))
      << "their common parent was active in the call";
}

TEST_F(Rules, Rule26_AllTreesOnTheCallStackAreClosed) {
  const Instance implementer = start(as_peer(fragile_provider()));
  linker.instance("peer", implementer);
  const Instance instance =
      start(component({.peer = {fail, provider_functions()[0]}, .exports = {run, {"idle"}}, .core = R"(
    (func (export "run") (result i32) (call $fail) (i32.const 0))
    (func (export "idle") (drop (call $make (i32.const 1)))))"}));
  EXPECT_THAT(call(instance, "idle"), Succeeds());
  EXPECT_THAT(call(instance, "run"), Traps(Rule::none, "unreachable"));
  EXPECT_THAT(call(instance, "idle"), Traps(Rule::trapped_instances_stay_closed, cannot_enter));
  EXPECT_THAT(call(implementer, "peer/make", {Val::u32(1)}), Traps(Rule::trapped_instances_stay_closed, cannot_enter));
}

TEST_F(Rules, Rule26_AnInstanceThatHasReturnedIsNotClosed) {
  const Instance implementer = start(component(fragile_provider()));
  const Instance instance = start(component({.host = {poke}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (drop (call $poke (i32.const 1))) unreachable))"}));
  on_poke = [&](Caller&, std::uint32_t x) {
    static_cast<void>(value_of(call(implementer, "make", {Val::u32(x)})));
    return x;
  };
  EXPECT_FALSE(call(instance, "run"));
  EXPECT_THAT(call(implementer, "make", {Val::u32(2)}), Succeeds());
}

TEST_F(Rules, Rule26_ATrapThatTheHostHandlesClosesOnlyTheInstancesThatItsCallEntered) {
  const Instance inner = start(component(fragile_provider()));
  const Instance outer = start(component({.host = {poke}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (call $poke (i32.const 1))))"}));
  on_poke = [&](Caller&, std::uint32_t x) {
    EXPECT_THAT(call(inner, "fail"), Traps(Rule::none, "unreachable"));
    return x;
  };
  EXPECT_THAT(call(outer, "run"), Returns(1));
  on_poke = [](Caller&, std::uint32_t x) { return x; };
  EXPECT_THAT(call(outer, "run"), Returns(1)) << "the outer instance was not closed";
}

TEST_F(Rules, Rule26_AHostErrorOutsideOfACallClosesNothing) {
  const Instance instance = start(component(provider()));
  EXPECT_THAT(call(instance, "make", {Val::string("seven")}), Fails(ErrorKind::misuse, Rule::none, "expected u32"));
  EXPECT_THAT(call(instance, "look", {Val::u32(3)}), Fails(ErrorKind::misuse, Rule::none, "expected"));
  EXPECT_THAT(call(instance, "make", {Val::u32(7)}), Succeeds());
}

TEST_F(Rules, Rule26_AClosedImplementerCannotRunDestructors) {
  const Instance instance = start(component(fragile_provider()));
  Val own = value_of(call(instance, "make", {Val::u32(7)}));
  EXPECT_FALSE(call(instance, "fail"));
  own = Val();
  const auto report = store.close();
  ASSERT_TRUE(report);
  EXPECT_THAT(journal, IsEmpty());
  ASSERT_EQ(report->failed_drops.size(), 1U);
  EXPECT_THAT(report->failed_drops[0].message(), HasSubstr(std::string(cannot_enter)));
}

TEST_F(Rules, Rule26_AfterATrapWhileInstantiatingNothingCanBeEntered) {
  const auto failed = try_start(component({.core = "(func $start unreachable) (start $start)"}));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind(), ErrorKind::trap);
  EXPECT_THAT(failed.error().message(), HasSubstr("unreachable"));
  EXPECT_THAT(call(start(component(provider())), "make", {Val::u32(7)}), Succeeds());
}

TEST_F(Rules, Rule26_StartFunctionsRunAsTasksOfTheirInstance) {
  const Instance instance = start(component({.defines = true, .exports = {run}, .core = R"(
    (func $destructor (param i32) (call $log (local.get 0)))
    (elem (i32.const 0) func $destructor)
    (func $start (call $log (call $new-r (i32.const 7))) (call $drop-r (call $new-r (i32.const 8))))
    (start $start)
    (func (export "run") (result i32) (call $rep-r (i32.const 1))))"}));
  EXPECT_THAT(journal, ElementsAre("log 1", "log 8"));
  EXPECT_THAT(call(instance, "run"), Returns(7));
}

// --- rule 27 ---

TEST_F(Rules, Rule27_ACallThatWouldBlockTraps) {
  const Instance instance =
      start(component({.builtins = {{"wait", R"(waitable-set.wait (memory (core memory $shared "memory")))",
                                     "(param i32 i32) (result i32)"},
                                    {"set", "waitable-set.new", "(result i32)"}},
                       .exports = {run},
                       .core = "(func (export \"run\") (result i32) (call $wait (call $set) (i32.const 0)))"}));
  EXPECT_THAT(call(instance, "run"), Fails(ErrorKind::trap, Rule::synchronous_calls_do_not_block,
                                           "cannot block a synchronous task before returning"));
}

TEST_F(Rules, Rule27_ImportingABuiltinThatBlocksIsAllowed) {
  const Instance instance =
      start(component({.builtins = {{"wait", R"(waitable-set.wait (memory (core memory $shared "memory")))",
                                     "(param i32 i32) (result i32)"},
                                    {"end", "task.return", ""}},
                       .exports = {run},
                       .core = "(func (export \"run\") (result i32) (i32.const 42))"}));
  EXPECT_THAT(call(instance, "run"), Returns(42));
}

}  // namespace
}  // namespace holdfast::rules
