// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules 19 to 25: resource.new, resource.rep, resource.drop, destructors.
#include "rules_fixture.hpp"
#include "standard_guests.hpp"

namespace holdfast::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Function go{"go", R"((param "x" u32) (result u32))", "(param i32) (result i32)"};

/// A component that defines `r` and `s`. Its `run` executes `statements` and returns 0.
std::string solo_runs(const std::string& statements, const std::string& more = {}) {
  return component(
      {.defines = true,
       .exports = {run},
       .core = "(func (export \"run\") (result i32) (local $h i32) " + statements + " (i32.const 0))" + more});
}
std::string destructor(const std::string& statements) {
  return "(func $destructor (param $rep i32) " + statements + ") (elem (i32.const 0) func $destructor)";
}

// --- rule 19 ---

TEST_F(Rules, Rule19_NewCreatesAnOwn) {
  const Instance instance = start(component(provider()));
  const Val own = value_of(call(instance, "make", {Val::u32(7)}));
  EXPECT_EQ(own.kind(), ValKind::own);
  EXPECT_THAT(call(instance, "take", {own}), Succeeds());
  EXPECT_THAT(journal, ElementsAre("log 7"));
}

TEST_F(Rules, Rule19_AnyRepIsAllowed) {
  const Instance instance = start(component(provider()));
  for (const std::uint32_t rep : {0U, 1U, 0x7fff'ffffU, 0xffff'ffffU}) {
    const Val own = value_of(call(instance, "make", {Val::u32(rep)}));
    EXPECT_THAT(call(instance, "look", {borrow_of(own)}), Returns(rep));
  }
}

TEST_F(Rules, Rule19_NewTrapsWhenTheInstanceMayNotLeave) {
  const Instance instance = start(component({.defines = true, .exports = {run_then_after}, .core = R"(
    (func (export "run") (result i32) (i32.const 0))
    (func (export "after") (param i32) (drop (call $new-s (i32.const 7)))))"}));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::may_leave, cannot_leave));
}

// --- rule 20 ---

TEST_F(Rules, Rule20_RepReturnsTheValuePassedToNew) {
  const Instance instance = start(solo_runs(R"(
    (call $log (call $rep-r (call $new-r (i32.const 7))))
    (call $log (call $rep-s (call $new-s (i32.const -1)))))"));
  EXPECT_THAT(call(instance, "run"), Returns(0));
  EXPECT_THAT(journal, ElementsAre("log 7", "log 4294967295"));
}

TEST_F(Rules, Rule20_RepWorksWhenTheInstanceMayNotLeave) {
  const Instance instance = start(component({.defines = true, .exports = {run_then_after}, .core = R"(
    (func (export "run") (result i32) (call $new-r (i32.const 7)))
    (func (export "after") (param i32)
      (if (i32.ne (call $rep-r (local.get 0)) (i32.const 7)) (then unreachable))))"}));
  EXPECT_THAT(call(instance, "run"), Returns(1));
}

TEST_F(Rules, Rule20_RepOfAnUnknownHandleOrAnotherTypeTraps) {
  EXPECT_THAT(call(start(solo_runs("(drop (call $rep-s (i32.const 3)))")), "run"),
              Traps(Rule::unknown_index_traps, "unknown handle index 3"));
  EXPECT_THAT(call(start(solo_runs("(drop (call $rep-s (call $new-r (i32.const 1))))")), "run"),
              Traps(Rule::resource_rep, wrong_type));
}

// --- rule 21 ---

TEST_F(Rules, Rule21_DropTrapsWhenTheInstanceMayNotLeave) {
  const Instance instance = start(component({.defines = true, .exports = {run_then_after}, .core = R"(
    (func (export "run") (result i32) (call $new-s (i32.const 7)))
    (func (export "after") (param i32) (call $drop-s (local.get 0))))"}));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::may_leave, cannot_leave));
}

TEST_F(Rules, Rule21_DropOfAnUnknownHandleOrAnotherTypeTraps) {
  EXPECT_THAT(call(start(solo_runs("(call $drop-s (i32.const 3))")), "run"),
              Traps(Rule::unknown_index_traps, "unknown handle index 3"));
  EXPECT_THAT(call(start(solo_runs("(call $drop-s (call $new-r (i32.const 1)))")), "run"),
              Traps(Rule::resource_drop, wrong_type));
  EXPECT_THAT(journal, IsEmpty()) << "no destructor ran";
}

TEST_F(Rules, Rule21_AnOwnThatIsLentCannotBeDropped) {
  const Instance instance =
      start(nested({.defines = true, .host = {make_thing}, .peer = {use_thing}, .exports = {run}, .core = R"(
      (global $h (mut i32) (i32.const 0))
      (func $again (param i32) (result i32) (call $drop-thing (global.get $h)) (i32.const 0))
      (elem (i32.const 2) func $again)
      (func (export "run") (result i32)
        (global.set $h (call $make-thing (i32.const 3)))
        (call $use (global.get $h))))"},
                   {.exports = {use_thing}, .core = R"(
      (func (export "use") (param i32) (result i32) (call $again (i32.const 0))))"}));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::resource_drop, lent));
}

TEST_F(Rules, Rule21_AnOwnIsLentUntilAllItsBorrowersReturned) {
  // The own is lent twice, to nested calls. It cannot be dropped while the outer call runs.
  const Instance instance =
      start(nested({.defines = true, .host = {make_thing, id_of}, .peer = {use_thing}, .exports = {run}, .core = R"(
      (global $h (mut i32) (i32.const 0))
      (func $again (param i32) (result i32)
        (call $log (call $id-of (global.get $h)))
        (call $drop-thing (global.get $h)) (i32.const 0))
      (elem (i32.const 2) func $again)
      (func (export "run") (result i32)
        (global.set $h (call $make-thing (i32.const 3)))
        (call $use (global.get $h))))"},
                   {.exports = {use_thing}, .core = R"(
      (func (export "use") (param i32) (result i32) (call $again (i32.const 0))))"}));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::resource_drop, lent));
  EXPECT_THAT(journal, ElementsAre("log 3", "~thing 3"));
}

// --- rule 22 ---

TEST_F(Rules, Rule22_TheDestructorRunsInTheImplementer) {
  const Instance instance = start(with_provider(R"((func (export "run") (result i32)
    (call $drop-r (call $make (i32.const 7))) (call $log (i32.const 1)) (i32.const 0)))"));
  EXPECT_THAT(call(instance, "client/run"), Returns(0));
  EXPECT_THAT(journal, ElementsAre("log 7", "log 1"));
}

TEST_F(Rules, Rule22_TheImplementerMayDropItsOwn) {
  const Instance instance =
      start(solo_runs("(call $drop-r (call $new-r (i32.const 7)))", destructor("(call $log (local.get $rep))")));
  EXPECT_THAT(call(instance, "run"), Returns(0));
  EXPECT_THAT(journal, ElementsAre("log 7"));
}

TEST_F(Rules, Rule22_AChildMayDropWhatItsParentImplements) {
  const Function take{"take", R"((param "h" (own $r)))", "(param i32)"};
  const Instance instance = start(nested({.defines = true,
                                          .peer = {take},
                                          .exports = {run},
                                          .core = R"(
      (func (export "run") (result i32) (call $take (call $new-r (i32.const 7))) (i32.const 0)))" +
                                                  destructor("(call $log (local.get $rep))")},
                                         {.exports = {take}, .core = R"(
      (func (export "take") (param i32) (call $drop-r (local.get 0))))"}));
  EXPECT_THAT(call(instance, "run"), Returns(0))
      << "the parent is an ancestor of the child, so the drop enters no instance";
  EXPECT_THAT(journal, ElementsAre("log 7"));
}

/// A parent that drops a resource of the type `type` while the child that implements it runs.
std::string drops_while_the_child_runs(const std::string& type) {
  const Function make{"make", "(result (own $" + type + "))", "(result i32)"};
  return nested({.peer = {make, go},
                 .exports = {run},
                 .core = R"(
      (global $h (mut i32) (i32.const 0))
      (func $again (param i32) (result i32) (call $drop-)" +
                         type + R"( (global.get $h)) (i32.const 0))
      (elem (i32.const 2) func $again)
      (func (export "run") (result i32) (global.set $h (call $make)) (call $go (i32.const 0))))"},
                {.defines = true, .exports = {make, go}, .core = R"(
      (func (export "make") (result i32) (call $new-)" + type + R"( (i32.const 7)))
      (func (export "go") (param i32) (result i32) (call $again (i32.const 0))))"});
}

TEST_F(Rules, Rule22_AnImplementerThatIsRunningCannotBeEnteredForADrop) {
  EXPECT_THAT(call(start(drops_while_the_child_runs("r")), "run"), Traps(Rule::may_enter, cannot_enter));
}

TEST_F(Rules, Rule22_ARunningImplementerWithoutADestructorCannotBeEnteredEither) {
  EXPECT_THAT(call(start(drops_while_the_child_runs("s")), "run"), Traps(Rule::may_enter, cannot_enter));
}

TEST_F(Rules, Rule22_AHostTypeHasNoInstanceToEnter) {
  // The child drops a thing while its parent and the host are running.
  const Function take{"take", R"((param "h" (own $thing)))", "(param i32)"};
  const Instance instance =
      start(nested({.defines = true, .host = {make_thing}, .peer = {take}, .exports = {run}, .core = R"(
      (func (export "run") (result i32) (call $take (call $make-thing (i32.const 3))) (i32.const 0)))"},
                   {.exports = {take}, .core = R"(
      (func (export "take") (param i32) (call $drop-thing (local.get 0))))"}));
  EXPECT_THAT(call(instance, "run"), Returns(0));
  EXPECT_THAT(journal, ElementsAre("~thing 3"));
}

TEST_F(Rules, Rule22_ATrapInADestructorIsATrapOfTheDrop) {
  const Instance instance = start(pair({.defines = true, .exports = {provider_functions()[0]}, .core = R"(
        (func (export "make") (param i32) (result i32) (call $new-r (local.get 0))))" + destructor("unreachable")},
                                       {.peer = {provider_functions()[0]}, .exports = {run}, .core = R"(
        (func (export "run") (result i32) (call $drop-r (call $make (i32.const 7))) (i32.const 0)))"}));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::none, "unreachable"));
  EXPECT_FALSE(call(instance, "provider/make", {Val::u32(1)}));
}

TEST_F(Rules, Rule22_ADestructorMayDropTheResourcesThatItsResourceOwns) {
  // The client drops `r`. The implementer's destructor then drops a host resource that the implementer owns.
  const Instance instance = start(pair({.defines = true,
                                        .host = {make_thing},
                                        .exports = {provider_functions()[0]},
                                        .core = R"(
        (func (export "make") (param i32) (result i32) (call $new-r (call $make-thing (local.get 0)))))" +
                                                destructor("(call $drop-thing (local.get $rep))")},
                                       {.peer = {provider_functions()[0]}, .exports = {run}, .core = R"(
        (func (export "run") (result i32) (local $a i32)
          (local.set $a (call $make (i32.const 7)))
          (call $drop-r (call $make (i32.const 8)))
          (call $drop-r (local.get $a)) (i32.const 0)))"}));
  EXPECT_THAT(call(instance, "client/run"), Returns(0));
  EXPECT_THAT(journal, ElementsAre("~thing 8", "~thing 7"));
}

// --- rule 23 ---

TEST_F(Rules, Rule23_TheIndexIsFreeInsideTheDestructor) {
  const Instance instance = start(solo_runs(R"(
      (local.set $h (call $new-r (i32.const 7))) (drop (call $new-r (i32.const 8)))
      (call $drop-r (local.get $h))
      (call $log (call $rep-s (local.get $h))))",
                                            destructor("(call $log (call $new-s (i32.const 55)))")));
  EXPECT_THAT(call(instance, "run"), Returns(0));
  EXPECT_THAT(journal, ElementsAre("log 1", "log 55")) << "resource.new reused the index of the dropped handle";
}

TEST_F(Rules, Rule23_TheHandleIsGoneInsideTheDestructor) {
  EXPECT_THAT(
      call(start(solo_runs("(call $drop-r (call $new-r (i32.const 7)))", destructor("(call $drop-r (i32.const 1))"))),
           "run"),
      Traps(Rule::unknown_index_traps, "unknown handle index 1"));
}

TEST_F(Rules, Rule23_ADestructorMayDropFurtherResources) {
  // Each rep is the handle of the next resource. Dropping the first drops the whole list.
  const Instance instance = start(solo_runs(R"(
      (call $drop-r (call $new-r (call $new-r (call $new-r (i32.const 0))))))",
                                            destructor(R"((call $log (local.get $rep))
      (if (local.get $rep) (then (call $drop-r (local.get $rep)))))")));
  EXPECT_THAT(call(instance, "run"), Returns(0));
  EXPECT_THAT(journal, ElementsAre("log 2", "log 1", "log 0"));
  EXPECT_EQ(store.handles().live, 0U);
}

// --- rule 24 ---

TEST_F(Rules, Rule24_DroppingABorrowRunsNoDestructor) {
  const Instance instance = start(with_provider("(func (export \"use\") (param i32) (call $drop-r (local.get 0)))",
                                                {{"use", R"((param "h" (borrow $r)))"}}));
  const Val own = value_of(call(instance, "provider/make", {Val::u32(7)}));
  EXPECT_THAT(call(instance, "client/use", {borrow_of(own)}), Succeeds());
  EXPECT_THAT(journal, IsEmpty());
  EXPECT_THAT(call(instance, "provider/take", {own}), Succeeds());
  EXPECT_THAT(journal, ElementsAre("log 7"));
}

TEST_F(Rules, Rule24_ABorrowIsDroppedOnce) {
  const Instance instance = start(component({.exports = {use_thing}, .core = R"(
    (func (export "use") (param i32) (result i32)
      (call $drop-thing (local.get 0)) (call $drop-thing (local.get 0)) (i32.const 0)))"}));
  EXPECT_THAT(call(instance, "use", {borrow_of((hold(3)))}),
              Traps(Rule::unknown_index_traps, "unknown handle index 1"));
}

TEST_F(Rules, Rule24_AnotherTaskOfTheInstanceMayDropABorrow) {
  // Two tasks in the parent: `use`, which received the borrow, and `again`, which the child calls during `use`.
  const Instance instance = start(nested({.defines = true, .peer = {go}, .exports = {use_thing}, .core = R"(
      (global $h (mut i32) (i32.const 0))
      (func $again (param i32) (result i32) (call $drop-thing (global.get $h)) (i32.const 9))
      (elem (i32.const 2) func $again)
      (func (export "use") (param i32) (result i32) (global.set $h (local.get 0)) (call $go (i32.const 0))))"},
                                         {.exports = {go}, .core = R"(
      (func (export "go") (param i32) (result i32) (call $again (local.get 0))))"}));
  EXPECT_THAT(call(instance, "use", {borrow_of(hold(3))}), Returns(9)) << "the borrow count of `use` reached zero";
}

/// The host lends the parent a thing in an outer task, and the child lends it another one in an inner task. The
/// parameters are the drops that each of the two tasks performs.
std::string two_tasks(const std::string& in_outer_task, const std::string& in_inner_task) {
  return nested({.defines = true,
                 .peer = {go},
                 .exports = {use_thing},
                 .core = R"(
      (global $outer (mut i32) (i32.const 0))
      (global $inner (mut i32) (i32.const 0))
      (func $again-with-thing (param i32) (global.set $inner (local.get 0)) )" +
                         in_inner_task + R"()
      (elem (i32.const 3) func $again-with-thing)
      (func (export "use") (param i32) (result i32)
        (global.set $outer (local.get 0))
        (drop (call $go (i32.const 0))) )" +
                         in_outer_task + R"( (i32.const 1)))"},
                {.host = {make_thing}, .exports = {go}, .core = R"(
      (func (export "go") (param i32) (result i32) (local $h i32)
        (local.set $h (call $make-thing (i32.const 4)))
        (call $again-with-thing (local.get $h))
        (call $drop-thing (local.get $h))
        (i32.const 0)))"});
}

TEST_F(Rules, Rule24_EachTaskOfAnInstanceCountsItsOwnBorrows) {
  const std::string drop_outer = "(call $drop-thing (global.get $outer))";
  const std::string drop_inner = "(call $drop-thing (global.get $inner))";
  const Val thing = (start(component({})), hold(3));
  EXPECT_THAT(call(start(two_tasks(drop_outer, drop_inner)), "use", {borrow_of(thing)}), Returns(1));
  EXPECT_THAT(call(start(two_tasks("", drop_outer + drop_inner)), "use", {borrow_of(thing)}), Returns(1));
  EXPECT_THAT(call(start(two_tasks(drop_inner, drop_outer)), "use", {borrow_of(thing)}),
              Traps(Rule::no_borrows_remain, borrows_remain))
      << "the inner task dropped the outer task's borrow, so its own borrow remained";
}

// --- rule 25 ---

TEST_F(Rules, Rule25_TheDestructorGetsTheRep) {
  const Instance instance =
      start(solo_runs("(call $drop-r (call $new-r (i32.const -7)))", destructor("(call $log (local.get $rep))")));
  EXPECT_THAT(call(instance, "run"), Returns(0));
  EXPECT_THAT(journal, ElementsAre("log 4294967289"));
}

TEST_F(Rules, Rule25_TheDestructorMayUseImportsAndBuiltins) {
  const Instance instance = start(component({.defines = true,
                                             .host = {make_thing, id_of},
                                             .exports = {run},
                                             .core = R"(
    (func (export "run") (result i32) (call $drop-r (call $new-r (i32.const 5))) (i32.const 0)))" +
                                                     destructor(R"((local $t i32)
    (local.set $t (call $make-thing (local.get $rep)))
    (call $log (call $id-of (local.get $t)))
    (call $drop-thing (local.get $t))
    (call $drop-s (call $new-s (i32.const 1))))")}));
  EXPECT_THAT(call(instance, "run"), Returns(0));
  EXPECT_THAT(journal, ElementsAre("log 5", "~thing 5"));
}

TEST_F(Rules, Rule25_ADestructorThatWouldBlockTraps) {
  const Instance instance =
      start(component({.defines = true,
                       .builtins = {{"wait", R"(waitable-set.wait (memory (core memory $shared "memory")))",
                                     "(param i32 i32) (result i32)"},
                                    {"set", "waitable-set.new", "(result i32)"}},
                       .exports = {run},
                       .core = R"(
    (func (export "run") (result i32) (call $drop-r (call $new-r (i32.const 5))) (i32.const 0)))" +
                               destructor("(drop (call $wait (call $set) (i32.const 0)))")}));
  EXPECT_THAT(call(instance, "run"), Fails(ErrorKind::trap, Rule::synchronous_calls_do_not_block,
                                           "cannot block a synchronous task before returning"));
}

}  // namespace
}  // namespace holdfast::rules
