// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules 11 to 18: the steps of a call and their order.
#include <stdexcept>

#include "holdfast/runtime/call/trap.hpp"
#include "rules_fixture.hpp"
#include "standard_guests.hpp"

namespace holdfast::rules {
namespace {

using ::testing::ElementsAre;

/// Its parameter is lowered through realloc.
const Function send{"send", R"((param "x" (list u32)))"};
const Val words = Val::list({Val::u32(1)});

// --- rule 11 ---

TEST_F(Rules, Rule11_ImportsCannotBeCalledWhenTheInstanceMayNotLeave) {
  const Instance instance = start(component({.exports = {run_then_after}, .core = R"(
    (func (export "run") (result i32) (i32.const 1))
    (func (export "after") (param i32) (call $log (local.get 0))))"}));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::may_leave, cannot_leave));
  EXPECT_TRUE(journal.empty());
}

TEST_F(Rules, Rule11_ComponentsCannotBeCalledWhenTheInstanceMayNotLeave) {
  const Instance instance = start(with_provider(R"(
    (func (export "run") (result i32) (i32.const 1))
    (func (export "after") (param i32) (drop (call $make (i32.const 7)))))",
                                                {run_then_after}));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::may_leave, cannot_leave));
}

// --- rule 12 ---

TEST_F(Rules, Rule12_TheHostCannotEnterARunningInstance) {
  const Instance instance = start(component({.host = {poke}, .exports = {run, {"other"}}, .core = R"(
    (func (export "run") (result i32) (call $poke (i32.const 5)))
    (func (export "other")))"}));
  on_poke = [&](Caller&, std::uint32_t x) {
    EXPECT_THAT(call(instance, "other"), Traps(Rule::may_enter, cannot_enter));
    return x;
  };
  EXPECT_THAT(call(instance, "run"), Returns(5)) << "the host may handle the refusal";
  EXPECT_THAT(call(instance, "other"), Succeeds());
}

TEST_F(Rules, Rule12_TheHostCannotEnterASiblingOfARunningInstance) {
  const Instance instance =
      start(with_provider("(func (export \"run\") (result i32) (call $poke (i32.const 5)))", {run}, {poke}));
  on_poke = [&](Caller&, std::uint32_t x) {
    EXPECT_THAT(call(instance, "provider/make", {Val::u32(1)}), Traps(Rule::may_enter, cannot_enter));
    return x;
  };
  EXPECT_THAT(call(instance, "client/run"), Returns(5))
      << "the call from the host would enter their parent, which is running";
}

TEST_F(Rules, Rule12_TheHostMayEnterAnotherTree) {
  const Instance other = start(component(provider()));
  const Instance instance = start(component({.host = {poke}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (call $poke (i32.const 5))))"}));
  on_poke = [&](Caller&, std::uint32_t x) {
    const Val own = value_of(call(other, "make", {Val::u32(x)}));
    return *value_of(call(other, "look", {borrow_of(own)})).as_u32();
  };
  EXPECT_THAT(call(instance, "run"), Returns(5));
}

TEST_F(Rules, Rule12_ParentAndChildMayCallEachOther) {
  const Function go{"go", R"((param "x" u32) (result u32))", "(param i32) (result i32)"};
  const Instance instance = start(nested({.defines = true, .peer = {go}, .exports = {run}, .core = R"(
      (func $again (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
      (elem (i32.const 2) func $again)
      (func (export "run") (result i32) (i32.add (call $go (i32.const 10)) (call $go (i32.const 20)))))"},
                                         {.exports = {go}, .core = R"(
      (func (export "go") (param i32) (result i32)
        (i32.add (call $again (local.get 0)) (call $again (local.get 0)))))"}));
  EXPECT_THAT(call(instance, "run"), Returns(64));
  EXPECT_THAT(call(instance, "run"), Returns(64)) << "the first call left every instance";
}

TEST_F(Rules, Rule12_AChildThatIsRunningCannotBeEnteredThroughItsParent) {
  const Function go{"go", R"((param "x" u32) (result u32))", "(param i32) (result i32)"};
  const Instance instance = start(nested({.defines = true, .peer = {go}, .exports = {run}, .core = R"(
      (func $again (param i32) (result i32) (call $go (local.get 0)))
      (elem (i32.const 2) func $again)
      (func (export "run") (result i32) (call $go (i32.const 10))))"},
                                         {.exports = {go}, .core = R"(
      (func (export "go") (param i32) (result i32) (call $again (local.get 0))))"}));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::may_enter, cannot_enter));
}

TEST_F(Rules, Rule12_AnInstanceMayCallItself) {
  const Instance instance = start(R"((component
    (core module $A (func (export "get") (result i32) (i32.const 41)))
    (core instance $a (instantiate $A))
    (func $get (result u32) (canon lift (core func $a "get")))
    (canon lower (func $get) (core func $get'))
    (core module $B
      (import "" "get" (func $get (result i32)))
      (func (export "run") (result i32) (i32.add (call $get) (i32.const 1))))
    (core instance $b (instantiate $B (with "" (instance (export "get" (func $get'))))))
    (func (export "run") (result u32) (canon lift (core func $b "run")))))");
  EXPECT_THAT(call(instance, "run"), Returns(42)) << "the inner call enters no further instance";
}

// --- rule 13 ---

TEST_F(Rules, Rule13_IndicesInTheCalleeFollowTheParameters) {
  const std::string type = R"((param "a" (own $r)) (param "b" (borrow $thing)) (param "c" (own $s)))";
  Guest implementer = provider();
  implementer.exports.push_back({"three", type});
  implementer.core += R"((func (export "three") (param i32 i32 i32)
    (call $log (local.get 0)) (call $log (local.get 1)) (call $log (local.get 2))
    (call $log (call $rep-r (local.get 0))) (call $log (call $rep-s (local.get 2)))
    (call $drop-thing (local.get 1))))";
  const Instance instance = start(pair(
      implementer, {.host = {make_thing},
                    .peer = {provider_functions()[0], provider_functions()[1], {"three", type, "(param i32 i32 i32)"}},
                    .exports = {run},
                    .core = R"((func (export "run") (result i32) (local $r i32) (local $s i32)
          (local.set $s (call $make-s (i32.const 20)))
          (local.set $r (call $make (i32.const 10)))
          (call $three (local.get $r) (call $make-thing (i32.const 5)) (local.get $s))
          (i32.const 0)))"}));
  EXPECT_THAT(call(instance, "client/run"), Returns(0));
  EXPECT_THAT(journal, ElementsAre("log 1", "log 2", "log 3", "log 10", "log 20"));
}

TEST_F(Rules, Rule13_ParametersAreLiftedFromLeftToRight) {
  const std::string make = "(func (export \"run\") (result i32) (drop (call $make-s (i32.const 7))) ";
  EXPECT_THAT(call(start(with_provider(make + "(call $look-two (i32.const 1) (i32.const 9)))")), "client/run"),
              Traps(Rule::lift_borrow, wrong_type));
  EXPECT_THAT(call(start(with_provider(make + "(call $look-two (i32.const 9) (i32.const 1)))")), "client/run"),
              Traps(Rule::unknown_index_traps, "unknown handle index 9"));
}

TEST_F(Rules, Rule13_NothingIsLoweredBeforeAllIsLifted) {
  const Instance instance = start(with_provider(R"((func (export "run") (result i32)
    (call $take-two (call $make (i32.const 7)) (i32.const 9)) (i32.const 0)))"));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::unknown_index_traps, "unknown handle index 9"));
  EXPECT_EQ(store.handles().created, 2U) << "one by resource.new, one by the client's call of make";
}

// --- rule 14 ---

/// A component whose realloc is the function $mine, (i32 i32 i32 i32) -> i32, in `core`. Calling `send` runs it.
std::string with_realloc(const std::string& core) {
  return component({.defines = true,
                    .exports = {send, run},
                    .core = "(global $h (mut i32) (i32.const 0)) (elem (i32.const 1) func $mine)"
                            "(func (export \"send\") (param i32 i32))"
                            "(func (export \"run\") (result i32) (global.set $h (call $new-r (i32.const 7)))"
                            " (global.get $h))" +
                            core});
}
std::string realloc_that(const std::string& statements) {
  return with_realloc("(func $mine (param i32 i32 i32 i32) (result i32) " + statements + " (i32.const 4096))");
}

TEST_F(Rules, Rule14_ReallocCannotCallImports) {
  EXPECT_THAT(call(start(realloc_that("(call $log (i32.const 1))")), "send", {words}),
              Traps(Rule::may_leave, cannot_leave));
}

TEST_F(Rules, Rule14_ReallocCannotCreateOrDropResources) {
  EXPECT_THAT(call(start(realloc_that("(drop (call $new-r (i32.const 1)))")), "send", {words}),
              Traps(Rule::may_leave, cannot_leave));
  const Instance instance = start(realloc_that("(call $drop-r (global.get $h))"));
  EXPECT_THAT(call(instance, "run"), Returns(1));
  EXPECT_THAT(call(instance, "send", {words}), Traps(Rule::may_leave, cannot_leave));
}

TEST_F(Rules, Rule14_ReallocMayCallResourceRep) {
  const Instance instance =
      start(realloc_that("(if (i32.ne (call $rep-r (global.get $h)) (i32.const 7)) (then unreachable))"));
  EXPECT_THAT(call(instance, "run"), Returns(1));
  EXPECT_THAT(call(instance, "send", {words}), Succeeds());
}

TEST_F(Rules, Rule14_TheInstanceMayLeaveAgainAfterwards) {
  const Instance instance = start(component({.exports = {send}, .core = R"(
    (func (export "send") (param i32 i32) (call $log (i32.load (local.get 0)))))"}));
  EXPECT_THAT(call(instance, "send", {words}), Succeeds());
  EXPECT_THAT(journal, ElementsAre("log 1"));
}

TEST_F(Rules, Rule14_MisalignedMemoryFromReallocTraps) {
  EXPECT_THAT(
      call(start(with_realloc("(func $mine (param i32 i32 i32 i32) (result i32) (i32.const 4098))")), "send", {words}),
      Traps(Rule::realloc_is_confined, "realloc return: result not aligned"));
}

TEST_F(Rules, Rule14_MemoryOutOfBoundsFromReallocTraps) {
  const auto returning = [](const std::string& pointer) {
    return with_realloc("(func $mine (param i32 i32 i32 i32) (result i32) (i32.const " + pointer + "))");
  };
  EXPECT_THAT(call(start(returning("65532")), "send", {words}), Succeeds()) << "the last word of the page";
  EXPECT_THAT(call(start(returning("65536")), "send", {words}),
              Traps(Rule::realloc_is_confined, "realloc return: beyond end of memory"));
  EXPECT_THAT(call(start(returning("-4")), "send", {words}),
              Traps(Rule::realloc_is_confined, "realloc return: beyond end of memory"));
}

TEST_F(Rules, Rule14_ReallocSeesZeroedContextStorage) {
  host().func("give-list", [] { return std::vector<std::uint8_t>{1, 2, 3}; });
  const Instance instance = start(component({.builtins = {{"get-context", "context.get i32 0", "(result i32)"},
                                                          {"set-context", "context.set i32 0", "(param i32)"}},
                                             .host = {{"give-list", "(result (list u8))", "(param i32)"}},
                                             .exports = {run},
                                             .core = R"(
    (global $seen (mut i32) (i32.const -1))
    (func $mine (param i32 i32 i32 i32) (result i32)
      (global.set $seen (call $get-context)) (call $set-context (i32.const 9)) (i32.const 4096))
    (elem (i32.const 1) func $mine)
    (func (export "run") (result i32)
      (call $set-context (i32.const 5))
      (call $give-list (i32.const 16))
      (call $log (global.get $seen))
      (call $get-context)))"}));
  EXPECT_THAT(call(instance, "run"), Returns(5));
  EXPECT_THAT(journal, ElementsAre("log 0"));
}

TEST_F(Rules, Rule14_ATrapInReallocClosesItsInstance) {
  const Instance instance = start(realloc_that("unreachable"));
  EXPECT_THAT(call(instance, "send", {words}), Traps(Rule::none, "unreachable"));
  EXPECT_FALSE(call(instance, "run"));
}

// --- rule 15 ---

TEST_F(Rules, Rule15_UnreachableTraps) {
  EXPECT_THAT(
      call(start(component({.exports = {run}, .core = "(func (export \"run\") (result i32) unreachable)"})), "run"),
      Traps(Rule::none, "unreachable"));
}

TEST_F(Rules, Rule15_EndlessRecursionTraps) {
  const Instance instance = start(component({.exports = {run}, .core = R"(
    (func $run (export "run") (result i32) (i32.add (call $run) (i32.const 1))))"}));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::none, "call stack exhausted"));
}

TEST_F(Rules, Rule15_AnUncaughtExceptionTraps) {
  const Instance instance = start(component({.exports = {run}, .core = R"(
    (tag $e (param i32)) (func (export "run") (result i32) (throw $e (i32.const 1))))"}));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::uncaught_exceptions_trap, "exception"));
  EXPECT_THAT(call(start(component(provider())), "make", {Val::u32(1)}), Succeeds())
      << "no exception stays pending in the store";
}

TEST_F(Rules, Rule15_ACaughtExceptionHasNoEffect) {
  const Instance instance = start(component({.exports = {run}, .core = R"(
    (tag $e (param i32))
    (func $throw (throw $e (i32.const 42)))
    (func (export "run") (result i32)
      (block $caught (result i32) (try_table (catch $e $caught) (call $throw)) (i32.const 0))))"}));
  EXPECT_THAT(call(instance, "run"), Returns(42));
}

/// Core code of a client whose `run` makes the call and catches every exception.
std::string catching(const std::string& call_of_callee) {
  return "(func (export \"run\") (result i32) (local $h i32)"
         " (block $caught (try_table (catch_all $caught) " +
         call_of_callee + ") (return (i32.const 1))) (i32.const 2))";
}

Guest throwing_provider() {
  Guest guest{.defines = true, .exports = {provider_functions()[0], {"fail"}}, .core = R"(
    (tag $e)
    (func $destructor (param i32) (throw $e))
    (elem (i32.const 0) func $destructor)
    (func (export "make") (param i32) (result i32) (call $new-r (local.get 0)))
    (func (export "fail") (throw $e)))"};
  return guest;
}

TEST_F(Rules, Rule15_ExceptionsDoNotCrossBetweenComponents) {
  const Instance instance =
      start(pair(throwing_provider(), {.peer = {{"fail"}}, .exports = {run}, .core = catching("(call $fail)")}));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::uncaught_exceptions_trap, "exception"));
  EXPECT_FALSE(call(instance, "provider/make", {Val::u32(1)})) << "both were active in the call";
  EXPECT_FALSE(call(instance, "client/run"));
}

TEST_F(Rules, Rule15_AnExceptionOfADestructorTraps) {
  const Instance instance =
      start(pair(throwing_provider(), {.peer = {provider_functions()[0]}, .exports = {run}, .core = catching(R"(
    (call $drop-r (call $make (i32.const 7))))")}));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::uncaught_exceptions_trap, "exception"));
}

TEST_F(Rules, Rule15_AnExceptionOfReallocTraps) {
  const Instance instance =
      start(with_realloc("(tag $e) (func $mine (param i32 i32 i32 i32) (result i32) (throw $e))"));
  EXPECT_THAT(call(instance, "send", {words}), Traps(Rule::uncaught_exceptions_trap, "exception"));
}

TEST_F(Rules, Rule15_AnExceptionOfPostReturnTraps) {
  const Instance instance = start(component({.exports = {run_then_after}, .core = R"(
    (tag $e)
    (func (export "run") (result i32) (i32.const 1))
    (func (export "after") (param i32) (throw $e)))"}));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::uncaught_exceptions_trap, "exception"));
}

TEST_F(Rules, Rule15_AGuestCannotCatchATrapOfTheHost) {
  const Instance instance =
      start(component({.host = {poke}, .exports = {run}, .core = catching("(drop (call $poke (i32.const 1)))")}));
  on_poke = [](Caller&, std::uint32_t) -> std::uint32_t { throw Trap("the host refuses"); };
  EXPECT_THAT(call(instance, "run"), Traps(Rule::none, "the host refuses"));
}

TEST_F(Rules, Rule15_ExceptionsOfHostFunctionsAreTrapsToo) {
  const std::string text =
      component({.host = {poke}, .exports = {run}, .core = catching("(drop (call $poke (i32.const 1)))")});
  on_poke = [](Caller&, std::uint32_t) -> std::uint32_t { throw std::runtime_error("the disk is full"); };
  EXPECT_THAT(call(start(text), "run"), Traps(Rule::none, "the disk is full"));
  on_poke = [](Caller&, std::uint32_t) -> std::uint32_t { throw 7; };
  EXPECT_THAT(call(start(text), "run"), Traps(Rule::none, "not a std::exception"));
  on_poke = [](Caller&, std::uint32_t x) { return x; };
  EXPECT_THAT(call(start(text), "run"), Returns(1)) << "the store stays usable";
}

TEST_F(Rules, Rule15_AnExceptionOfTheCallersReallocTraps) {
  // The provider has returned; its list is being lowered into the client.
  const Function list{"bytes", "(result (list u8))", "(param i32)"};
  const Instance instance = start(pair({.defines = true, .exports = {list}, .core = R"(
        (func (export "bytes") (result i32)
          (i32.store (i32.const 16) (i32.const 1024)) (i32.store (i32.const 20) (i32.const 3)) (i32.const 16)))"},
                                       {.peer = {list},
                                        .exports = {run},
                                        .core = R"(
        (tag $e) (func $mine (param i32 i32 i32 i32) (result i32) (throw $e)) (elem (i32.const 1) func $mine))" +
                                                catching("(call $bytes (i32.const 8))")}));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::uncaught_exceptions_trap, "exception"));
}

TEST_F(Rules, Rule15_AGuestCannotCatchTheTrapOfABrokenRule) {
  const Instance instance =
      start(component({.defines = true, .exports = {run}, .core = catching("(call $drop-r (i32.const 5))")}));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::unknown_index_traps, "unknown handle index 5"));
}

// --- rule 16 ---

TEST_F(Rules, Rule16_ABorrowKeptPastItsCallTraps) {
  const Instance instance = start(component({.exports = {use_thing}, .core = R"(
    (func (export "use") (param i32) (result i32) (local.get 0)))"}));
  const Val thing = hold(3);
  EXPECT_THAT(call(instance, "use", {borrow_of(thing)}), Traps(Rule::no_borrows_remain, "end of the call (1 of them)"));
  EXPECT_TRUE(journal.empty()) << "the host is still the owner";
}

TEST_F(Rules, Rule16_EachBorrowMustBeDropped) {
  const Function two{"two", R"((param "a" (borrow $thing)) (param "b" (borrow $thing)))"};
  const std::string core = R"((func (export "two") (param i32 i32) (call $drop-thing (local.get 1)) )";
  const Val thing = (start(component({})), hold(3));
  EXPECT_THAT(call(start(component({.exports = {two}, .core = core + "(call $drop-thing (local.get 0)))"})), "two",
                   {borrow_of(thing), borrow_of(thing)}),
              Succeeds());
  EXPECT_THAT(
      call(start(component({.exports = {two}, .core = core + ")"})), "two", {borrow_of(thing), borrow_of(thing)}),
      Traps(Rule::no_borrows_remain, "end of the call (1 of them)"));
}

TEST_F(Rules, Rule16_ABorrowKeptPastACallBetweenComponentsTraps) {
  Guest keeper{.defines = true, .exports = {use_thing}, .core = R"(
    (func (export "use") (param i32) (result i32) (i32.const 0)))"};
  const Instance instance = start(pair(keeper, {.host = {make_thing}, .peer = {use_thing}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (call $use (call $make-thing (i32.const 3)))))"}));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::no_borrows_remain, borrows_remain));
}

TEST_F(Rules, Rule16_ResultsAreLiftedBeforeBorrowsAreCounted) {
  const Instance instance = start(
      component({.defines = true, .exports = {{"use", R"((param "t" (borrow $thing)) (result (own $r)))"}}, .core = R"(
    (func (export "use") (param i32) (result i32) (i32.const 77)))"}));
  const Val thing = hold(3);
  EXPECT_THAT(call(instance, "use", {borrow_of(thing)}), Traps(Rule::unknown_index_traps, "unknown handle index 77"));
}

// --- rule 17 ---

TEST_F(Rules, Rule17_PostReturnGetsTheFlatResultOnce) {
  const Instance instance = start(component({.exports = {run_then_after, {"seen", "(result u32)"}}, .core = R"(
    (global $seen (mut i32) (i32.const 0))
    (func (export "run") (result i32) (i32.const 42))
    (func (export "after") (param i32) (global.set $seen (i32.add (global.get $seen) (local.get 0))))
    (func (export "seen") (result i32) (global.get $seen)))"}));
  EXPECT_THAT(call(instance, "run"), Returns(42));
  EXPECT_THAT(call(instance, "seen"), Returns(42));
}

/// `text` returns the string "ok" at address 1024. Its post-return overwrites it.
const Function text_function{"text", "(result string)", "(param i32)", run_then_after.options};
constexpr std::string_view text_core = R"(
    (data (i32.const 1024) "ok")
    (func (export "text") (result i32)
      (i32.store (i32.const 16) (i32.const 1024)) (i32.store (i32.const 20) (i32.const 2)) (i32.const 16))
    (func (export "after") (param i32) (i32.store16 (i32.const 1024) (i32.const 0x7878))))";

TEST_F(Rules, Rule17_PostReturnComesAfterTheHostHasTheResult) {
  const Instance instance = start(component({.exports = {text_function}, .core = std::string(text_core)}));
  EXPECT_EQ(value_of(call(instance, "text")), Val::string("ok"));
  EXPECT_EQ(value_of(call(instance, "text")), Val::string("xx"));
}

TEST_F(Rules, Rule17_PostReturnComesAfterTheCallerHasTheResult) {
  const Instance instance =
      start(pair({.defines = true, .exports = {text_function}, .core = std::string(text_core)},
                 {.peer = {text_function}, .exports = {run}, .core = R"((func (export "run") (result i32)
        (call $text (i32.const 8)) (i32.load8_u (i32.load (i32.const 8)))))"}));
  EXPECT_THAT(call(instance, "client/run"), Returns('o'));
}

TEST_F(Rules, Rule17_PostReturnMayNotCreateOrDropResources) {
  const std::string core = "(func (export \"run\") (result i32) (call $new-r (i32.const 7)))";
  const auto with_after = [&](const std::string& statements) {
    return component({.defines = true,
                      .exports = {run_then_after},
                      .core = core + "(func (export \"after\") (param i32) " + statements + ")"});
  };
  EXPECT_THAT(call(start(with_after("(drop (call $new-r (i32.const 7)))")), "run"),
              Traps(Rule::may_leave, cannot_leave));
  EXPECT_THAT(call(start(with_after("(call $drop-r (local.get 0))")), "run"), Traps(Rule::may_leave, cannot_leave));
  EXPECT_THAT(call(start(with_after("(drop (call $rep-r (local.get 0)))")), "run"), Returns(1));
}

// --- rule 18 ---

TEST_F(Rules, Rule18_LendsEndWithTheCall) {
  const Instance instance = start(with_provider(R"((func (export "run") (result i32) (local $h i32)
    (local.set $h (call $make (i32.const 7)))
    (drop (call $look-two (local.get $h) (local.get $h)))
    (call $take (local.get $h))
    (i32.const 0)))"));
  EXPECT_THAT(call(instance, "client/run"), Returns(0));
  EXPECT_THAT(journal, ElementsAre("log 7"));
}

TEST_F(Rules, Rule18_LendsEndWithTheHostFunction) {
  const Instance instance = start(component({.host = {make_thing, id_of, take_thing}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (local $h i32)
      (local.set $h (call $make-thing (i32.const 3)))
      (drop (call $id-of (local.get $h)))
      (call $take-thing (local.get $h))
      (i32.const 0)))"}));
  EXPECT_THAT(call(instance, "run"), Returns(0));
  EXPECT_THAT(journal, ElementsAre("~thing 3"));
}

TEST_F(Rules, Rule18_TheHostMayMoveAHandleAfterLendingIt) {
  const Instance instance = start(component(provider()));
  const Val own = value_of(call(instance, "make", {Val::u32(7)}));
  EXPECT_THAT(call(instance, "look", {borrow_of(own)}), Returns(7));
  EXPECT_THAT(call(instance, "take", {own}), Succeeds());
  EXPECT_THAT(journal, ElementsAre("log 7"));
}

}  // namespace
}  // namespace holdfast::rules
