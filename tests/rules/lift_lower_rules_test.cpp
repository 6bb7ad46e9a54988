// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules 6 to 10: handles that cross between instances.
#include "rules_fixture.hpp"
#include "standard_guests.hpp"

namespace holdfast::rules {
namespace {

using ::testing::ElementsAre;

/// A provider and a client whose `run` executes `statements` and returns 0.
std::string client_runs(const std::string& statements) {
  return with_provider("(func (export \"run\") (result i32) (local $h i32) " + statements + " (i32.const 0))");
}

// --- rule 6 ---

TEST_F(Rules, Rule6_AnOwnMovesWithItsRep) {
  const Instance instance = start(client_runs("(call $take (call $make (i32.const 7)))"));
  EXPECT_THAT(call(instance, "client/run"), Returns(0));
  EXPECT_THAT(journal, ElementsAre("log 7"));
  EXPECT_EQ(store.handles().live, 0U);
}

TEST_F(Rules, Rule6_AnOwnOfAnotherTypeTraps) {
  const Instance instance = start(client_runs("(call $take (call $make-s (i32.const 7)))"));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::lift_own, wrong_type));
}

TEST_F(Rules, Rule6_AHostFunctionTakesOnlyHandlesOfItsType) {
  const Instance instance = start(
      with_provider("(func (export \"run\") (result i32) (call $take-thing (call $make (i32.const 7))) (i32.const 0))",
                    {run}, {take_thing}));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::lift_own, wrong_type));
}

TEST_F(Rules, Rule6_ABorrowCannotBeGivenAwayAsOwn) {
  const Instance instance = start(
      component({.host = {take_thing}, .exports = {use_thing}, .core = R"((func (export "use") (param i32) (result i32)
        (call $take-thing (local.get 0)) (i32.const 0)))"}));
  EXPECT_THAT(call(instance, "use", {borrow_of(hold(3))}), Traps(Rule::lift_own, not_own));
}

TEST_F(Rules, Rule6_AnOwnThatIsLentCannotBeMoved) {
  // The parent lends its thing to the child. The child calls back into the parent, which tries to give the thing away.
  const Instance instance = start(
      nested({.defines = true, .host = {make_thing, take_thing}, .peer = {use_thing}, .exports = {run}, .core = R"(
      (global $h (mut i32) (i32.const 0))
      (func $again (param i32) (result i32) (call $take-thing (global.get $h)) (i32.const 0))
      (elem (i32.const 2) func $again)
      (func (export "run") (result i32)
        (global.set $h (call $make-thing (i32.const 3)))
        (call $use (global.get $h))))"},
             {.exports = {use_thing}, .core = R"(
      (func (export "use") (param i32) (result i32) (call $again (i32.const 0))))"}));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::lift_own, lent));
  EXPECT_THAT(journal, ElementsAre("~thing 3")) << "released together with the trapped instance";
}

// --- rule 7 ---

TEST_F(Rules, Rule7_ABorrowOfAnotherTypeTraps) {
  EXPECT_THAT(call(start(client_runs("(drop (call $look (call $make-s (i32.const 7))))")), "client/run"),
              Traps(Rule::lift_borrow, wrong_type));
  EXPECT_THAT(
      call(start(with_provider("(func (export \"run\") (result i32) (call $id-of (call $make-s (i32.const 7))))", {run},
                               {id_of})),
           "client/run"),
      Traps(Rule::lift_borrow, wrong_type));
}

TEST_F(Rules, Rule7_AnUnknownHandleCannotBeLent) {
  EXPECT_THAT(call(start(client_runs("(drop (call $look (i32.const 5)))")), "client/run"),
              Traps(Rule::unknown_index_traps, "unknown handle index 5"));
}

TEST_F(Rules, Rule7_LendingLeavesTheOwnInPlace) {
  const Instance instance = start(client_runs(R"((local.set $h (call $make (i32.const 7)))
    (call $log (call $look (local.get $h)))
    (call $log (call $look (local.get $h)))
    (call $drop-r (local.get $h)))"));
  EXPECT_THAT(call(instance, "client/run"), Returns(0));
  EXPECT_THAT(journal, ElementsAre("log 7", "log 7", "log 7"));
}

TEST_F(Rules, Rule7_ABorrowCanBeLentAgain) {
  const Instance instance = start(component({.host = {id_of}, .exports = {use_thing}, .core = R"(
    (func (export "use") (param i32) (result i32)
      (i32.add (call $id-of (local.get 0)) (call $id-of (local.get 0)))
      (call $drop-thing (local.get 0))))"}));
  const Val thing = hold(21);
  EXPECT_THAT(call(instance, "use", {borrow_of(thing)}), Returns(42));
}

TEST_F(Rules, Rule7_ABorrowThatIsLentAgainCannotBeDropped) {
  const Instance instance = start(
      nested({.defines = true, .peer = {{"see", use_thing.type, use_thing.core}}, .exports = {use_thing}, .core = R"(
      (global $h (mut i32) (i32.const 0))
      (func $again (param i32) (result i32) (call $drop-thing (global.get $h)) (i32.const 0))
      (elem (i32.const 2) func $again)
      (func (export "use") (param i32) (result i32)
        (global.set $h (local.get 0))
        (call $see (local.get 0))))"},
             {.exports = {{"see", use_thing.type}}, .core = R"(
      (func (export "see") (param i32) (result i32) (call $again (i32.const 0))))"}));
  EXPECT_THAT(call(instance, "use", {borrow_of(hold(3))}), Traps(Rule::resource_drop, lent));
}

// --- rule 8 ---

TEST_F(Rules, Rule8_BorrowTwiceInOneCallIsFine) {
  const Instance instance = start(client_runs(R"((local.set $h (call $make (i32.const 7)))
    (call $log (call $look-two (local.get $h) (local.get $h)))
    (call $drop-r (local.get $h)))"));
  EXPECT_THAT(call(instance, "client/run"), Returns(0));
  EXPECT_THAT(journal, ElementsAre("log 14", "log 7"));
}

TEST_F(Rules, Rule8_BorrowThenOwnOfOneHandleTraps) {
  const Instance instance =
      start(client_runs("(local.set $h (call $make (i32.const 7))) (call $look-take (local.get $h) (local.get $h))"));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::lift_own, lent));
}

TEST_F(Rules, Rule8_OwnThenBorrowOfOneHandleTraps) {
  const Instance instance =
      start(client_runs("(local.set $h (call $make (i32.const 7))) (call $take-look (local.get $h) (local.get $h))"));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::unknown_index_traps, "unknown handle index 1"));
}

TEST_F(Rules, Rule8_OwnTwiceOfOneHandleTraps) {
  const Instance instance =
      start(client_runs("(local.set $h (call $make (i32.const 7))) (call $take-two (local.get $h) (local.get $h))"));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::unknown_index_traps, "unknown handle index 1"));
}

TEST_F(Rules, Rule8_OwnThenBorrowOfOneHandleTrapsInAHostFunctionToo) {
  const Instance instance = start(component({.host = {make_thing, take_and_look}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (local $h i32)
      (local.set $h (call $make-thing (i32.const 3)))
      (call $take-and-look (local.get $h) (local.get $h)) (i32.const 0)))"}));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::unknown_index_traps, "unknown handle index 1"));
  EXPECT_THAT(journal, ElementsAre("~thing 3")) << "the lifted thing is released with the call";
}

TEST_F(Rules, Rule8_BorrowThenOwnOfOneHandleTrapsInAHostFunctionToo) {
  host().func("look-and-take", [](const Thing&, Thing) {});
  const Instance instance = start(component(
      {.host = {make_thing,
                {"look-and-take", R"((param "b" (borrow $thing)) (param "t" (own $thing)))", "(param i32 i32)"}},
       .exports = {run},
       .core = R"(
    (func (export "run") (result i32) (local $h i32)
      (local.set $h (call $make-thing (i32.const 3)))
      (call $look-and-take (local.get $h) (local.get $h)) (i32.const 0)))"}));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::lift_own, lent));
}

/// The client sends one value of `type` that contains the same handle twice. It never reaches the provider.
std::string sends_pair(const std::string& type, const std::string& core, const std::string& arguments) {
  const Function all{"all", "(param \"x\" " + type + ")", "(param " + core + ")"};
  return pair({.defines = true, .exports = {provider_functions()[0], all}, .core = R"(
        (func (export "make") (param i32) (result i32) (call $new-r (local.get 0)))
        (func (export "all") (param )" + core + ") unreachable)"},
              {.peer = {provider_functions()[0], all}, .exports = {run}, .core = R"(
        (func (export "run") (result i32) (local $h i32)
          (local.set $h (call $make (i32.const 7)))
          (i32.store (i32.const 16) (local.get $h)) (i32.store (i32.const 20) (local.get $h))
          (call $all )" + arguments + ") (i32.const 0))"});
}

TEST_F(Rules, Rule8_OneHandleTwiceInOneValueTrapsInTheSameWay) {
  const std::string flat = "(local.get $h) (local.get $h)";
  EXPECT_THAT(call(start(sends_pair("(tuple (own $r) (own $r))", "i32 i32", flat)), "client/run"),
              Traps(Rule::unknown_index_traps, "unknown handle index 1"));
  EXPECT_THAT(call(start(sends_pair("(tuple (borrow $r) (own $r))", "i32 i32", flat)), "client/run"),
              Traps(Rule::lift_own, lent));
  EXPECT_THAT(call(start(sends_pair("(tuple (own $r) (borrow $r))", "i32 i32", flat)), "client/run"),
              Traps(Rule::unknown_index_traps, "unknown handle index 1"));
  EXPECT_THAT(call(start(sends_pair("(list (own $r))", "i32 i32", "(i32.const 16) (i32.const 2)")), "client/run"),
              Traps(Rule::unknown_index_traps, "unknown handle index 1"));
  EXPECT_THAT(call(start(sends_pair("(list (tuple (borrow $r) (own $r)))", "i32 i32", "(i32.const 16) (i32.const 1)")),
                   "client/run"),
              Traps(Rule::lift_own, lent));
}

// --- rule 9 ---

TEST_F(Rules, Rule9_AnOwnArrivesAsANewHandle) {
  const std::string type = R"((param "h" (own $r)) (result u32))";
  Guest implementer = provider();
  implementer.exports.push_back({"index-of", type});
  implementer.core += R"((func (export "index-of") (param i32) (result i32)
    (call $log (call $rep-r (local.get 0))) (local.get 0)))";
  const Instance instance =
      start(pair(implementer, {.peer = {provider_functions()[0], {"index-of", type, "(param i32) (result i32)"}},
                               .exports = {run},
                               .core = R"((func (export "run") (result i32)
          (drop (call $make (i32.const 6)))
          (drop (call $index-of (call $make (i32.const 7))))
          (call $index-of (call $make (i32.const 8)))))"}));
  EXPECT_THAT(call(instance, "client/run"), Returns(2))
      << "the client's index was 2 both times; the provider's indices were 1 and 2";
  EXPECT_THAT(journal, ElementsAre("log 7", "log 8"));
}

// --- rule 10 ---

TEST_F(Rules, Rule10_TheImplementerOfATypeGetsTheRep) {
  const std::string type = R"((param "h" (borrow $r)) (result u32))";
  Guest implementer = provider();
  implementer.exports.push_back({"probe", type});
  implementer.core += R"((func (export "probe") (param i32) (result i32)
    (call $log (local.get 0)) (call $new-s (i32.const 0))))";
  const Instance instance = start(
      pair(implementer, {.peer = {provider_functions()[0], {"probe", type, "(param i32) (result i32)"}},
                         .exports = {run},
                         .core = R"((func (export "run") (result i32) (call $probe (call $make (i32.const 77)))))"}));
  EXPECT_THAT(call(instance, "client/run"), Returns(1)) << "the borrow took no handle, so index 1 was free";
  EXPECT_THAT(journal, ElementsAre("log 77"));
}

TEST_F(Rules, Rule10_TheImplementerGetsTheRepFromTheHostToo) {
  const Instance instance = start(component(provider()));
  const Val own = value_of(call(instance, "make", {Val::u32(77)}));
  EXPECT_THAT(call(instance, "look", {borrow_of(own)}), Returns(77));
  EXPECT_EQ(store.handles().live, 0U);
}

TEST_F(Rules, Rule10_AnInstanceThatDoesNotImplementTheTypeGetsAHandle) {
  const Instance instance = start(component({.host = {id_of}, .exports = {use_thing}, .core = R"(
    (func (export "use") (param $h i32) (result i32)
      (call $log (local.get $h)) (call $id-of (local.get $h)) (call $drop-thing (local.get $h))))"}));
  const Val thing = hold(33);
  EXPECT_THAT(call(instance, "use", {borrow_of(thing)}), Returns(33));
  EXPECT_THAT(journal, ElementsAre("log 1"));
  EXPECT_EQ(store.handles().live, 0U);
}

TEST_F(Rules, Rule10_ABorrowThatReturnsToTheImplementerIsTheRepAgain) {
  const Instance instance = start(with_provider(
      R"((func (export "use") (param $h i32) (result i32)
        (call $log (local.get $h)) (call $look (local.get $h)) (call $drop-r (local.get $h))))",
      {{"use", R"((param "h" (borrow $r)) (result u32))"}}));
  const Val own = value_of(call(instance, "provider/make", {Val::u32(77)}));
  EXPECT_THAT(call(instance, "client/use", {borrow_of(own)}), Returns(77));
  EXPECT_THAT(journal, ElementsAre("log 1")) << "the client received a handle; dropping it ran no destructor";
}

TEST_F(Rules, Rule10_OneHandleLentTwiceArrivesAsTwoHandles) {
  const Function two{"two", R"((param "a" (borrow $thing)) (param "b" (borrow $thing)) (result u32))"};
  const Instance instance = start(component({.host = {id_of}, .exports = {two}, .core = R"(
    (func (export "two") (param $a i32) (param $b i32) (result i32)
      (call $log (local.get $a)) (call $log (local.get $b))
      (i32.add (call $id-of (local.get $a)) (call $id-of (local.get $b)))
      (call $drop-thing (local.get $a)) (call $drop-thing (local.get $b))))"}));
  const Val thing = hold(4);
  EXPECT_THAT(call(instance, "two", {borrow_of(thing), borrow_of(thing)}), Returns(8));
  EXPECT_THAT(journal, ElementsAre("log 1", "log 2"));
}

}  // namespace
}  // namespace holdfast::rules
