// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules 1 to 5: the handle table, as seen by core code.
#include "rules_fixture.hpp"
#include "standard_guests.hpp"

namespace holdfast::rules {
namespace {

using ::testing::ElementsAre;

/// A component that defines `r` and `s`; its `run` returns a u32.
std::string solo(const std::string& core) { return component({.defines = true, .exports = {run}, .core = core}); }

TEST_F(Rules, Rule1_TheFirstHandleHasIndexOne) {
  const Instance instance = start(solo(R"((func (export "run") (result i32) (call $new-r (i32.const 7))))"));
  EXPECT_THAT(call(instance, "run"), Returns(1));
}

TEST_F(Rules, Rule1_IndexZeroCannotBeDropped) {
  const Instance instance = start(solo(R"((func (export "run") (result i32)
    (drop (call $new-r (i32.const 7))) (call $drop-r (i32.const 0)) (i32.const 0)))"));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::unknown_index_traps, "unknown handle index 0"));
}

TEST_F(Rules, Rule1_IndexZeroHasNoRep) {
  const Instance instance = start(solo(R"((func (export "run") (result i32) (call $rep-r (i32.const 0))))"));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::unknown_index_traps, "unknown handle index 0"));
}

TEST_F(Rules, Rule1_IndexZeroCannotBePassed) {
  const std::string use = R"((func (export "run") (result i32) (drop (call $make (i32.const 7))) )";
  EXPECT_THAT(call(start(with_provider(use + "(call $take (i32.const 0)) (i32.const 0))")), "client/run"),
              Traps(Rule::unknown_index_traps, "unknown handle index 0"));
  EXPECT_THAT(call(start(with_provider(use + "(call $look (i32.const 0)))")), "client/run"),
              Traps(Rule::unknown_index_traps, "unknown handle index 0"));
}

TEST_F(Rules, Rule2_TheLastFreedIndexIsUsedFirst) {
  const Instance instance = start(solo(R"(
    (func $make (param i32) (call $log (call $new-r (local.get 0))))
    (func (export "run") (result i32)
      (call $make (i32.const 10)) (call $make (i32.const 20)) (call $make (i32.const 30))
      (call $drop-r (i32.const 1)) (call $drop-r (i32.const 3)) (call $drop-r (i32.const 2))
      (call $make (i32.const 40)) (call $make (i32.const 50)) (call $make (i32.const 60)) (call $make (i32.const 70))
      (call $rep-r (i32.const 2))))"));
  EXPECT_THAT(call(instance, "run"), Returns(40));
  EXPECT_THAT(journal, ElementsAre("log 1", "log 2", "log 3", "log 2", "log 3", "log 1", "log 4"));
}

TEST_F(Rules, Rule2_AllResourceTypesShareOneTable) {
  const Instance instance = start(component({.defines = true, .host = {make_thing}, .exports = {run}, .core = R"(
    (func (export "run") (result i32)
      (call $log (call $new-r (i32.const 0)))
      (call $log (call $new-s (i32.const 0)))
      (call $log (call $make-thing (i32.const 0)))
      (call $drop-s (i32.const 2))
      (call $new-r (i32.const 0))))"}));
  EXPECT_THAT(call(instance, "run"), Returns(2));
  EXPECT_THAT(journal, ElementsAre("log 1", "log 2", "log 3"));
}

TEST_F(Rules, Rule2_EachInstanceHasItsOwnTable) {
  const Instance instance = start(with_provider(R"((func (export "run") (result i32)
    (call $log (call $make (i32.const 7))) (call $make (i32.const 8))))"));
  EXPECT_THAT(call(instance, "client/run"), Returns(2));
  EXPECT_EQ(store.handles().live, 2U) << "the provider's resources moved to the client";
  EXPECT_THAT(journal, ElementsAre("log 1"));
}

TEST_F(Rules, Rule3_IndicesThatWereNeverAllocatedAreUnknown) {
  const std::string make = R"((func (export "run") (result i32) (drop (call $new-r (i32.const 7))) )";
  EXPECT_THAT(call(start(solo(make + "(call $rep-r (i32.const 2)))")), "run"),
              Traps(Rule::unknown_index_traps, "unknown handle index 2"));
  EXPECT_THAT(call(start(solo(make + "(call $drop-r (i32.const 2)) (i32.const 0))")), "run"),
              Traps(Rule::unknown_index_traps, "unknown handle index 2"));
  EXPECT_THAT(call(start(solo(make + "(call $rep-r (i32.const 0x10000001)))")), "run"),
              Traps(Rule::unknown_index_traps, "unknown handle index 268435457"));
  EXPECT_THAT(call(start(solo(make + "(call $rep-r (i32.const -1)))")), "run"),
              Traps(Rule::unknown_index_traps, "unknown handle index 4294967295"));
}

TEST_F(Rules, Rule3_ADoubleDropTraps) {
  const Instance instance = start(solo(R"((func (export "run") (result i32) (local $h i32)
    (local.set $h (call $new-r (i32.const 7)))
    (call $drop-r (local.get $h)) (call $drop-r (local.get $h)) (i32.const 0)))"));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::unknown_index_traps, "unknown handle index 1"));
}

TEST_F(Rules, Rule3_AHandleThatWasPassedAwayIsUnknown) {
  const std::string make = R"((func (export "run") (result i32) (call $take (call $make (i32.const 7))) )";
  EXPECT_THAT(call(start(with_provider(make + "(call $drop-r (i32.const 1)) (i32.const 0))")), "client/run"),
              Traps(Rule::unknown_index_traps, "unknown handle index 1"));
  EXPECT_THAT(call(start(with_provider(make + "(call $take (i32.const 1)) (i32.const 0))")), "client/run"),
              Traps(Rule::unknown_index_traps, "unknown handle index 1"));
  EXPECT_THAT(call(start(with_provider(make + "(call $look (i32.const 1)))")), "client/run"),
              Traps(Rule::unknown_index_traps, "unknown handle index 1"));
}

TEST_F(Rules, Rule4_EveryWayOfRemovingAHandleFreesItsIndex) {
  const Instance instance = start(with_provider(R"((func (export "run") (result i32)
    (call $log (call $make (i32.const 7)))
    (call $take (i32.const 1))
    (call $log (call $make (i32.const 8)))
    (call $drop-r (i32.const 1))
    (call $make (i32.const 9))))"));
  EXPECT_THAT(call(instance, "client/run"), Returns(1));
  EXPECT_THAT(journal, ElementsAre("log 1", "log 7", "log 1", "log 8"));
  EXPECT_EQ(store.handles().live, 1U);
}

TEST_F(Rules, Rule5_HandlesOfAnotherTypeAreRefused) {
  const std::string make = R"((func (export "run") (result i32) (drop (call $new-s (i32.const 7))) )";
  EXPECT_THAT(call(start(solo(make + "(call $rep-r (i32.const 1)))")), "run"), Traps(Rule::resource_rep, wrong_type));
  EXPECT_THAT(call(start(solo(make + "(call $drop-r (i32.const 1)) (i32.const 0))")), "run"),
              Traps(Rule::resource_drop, wrong_type));
  EXPECT_THAT(call(start(solo(make + "(call $drop-thing (i32.const 1)) (i32.const 0))")), "run"),
              Traps(Rule::resource_drop, wrong_type));
}

/// Two instances `$a` and `$b` of the component $P, and a component that takes an `r` from its import "a" and passes it
/// to its import "b". "b" is the instance `second`.
std::string two_providers(const std::string& second) {
  return R"((component
    (component $P
      (type $r' (resource (rep i32)))
      (export $r "r" (type $r'))
      (canon resource.new $r' (core func $new))
      (canon resource.drop $r' (core func $drop))
      (core module $M
        (import "" "new" (func $new (param i32) (result i32)))
        (import "" "drop" (func $drop (param i32)))
        (func (export "make") (result i32) (call $new (i32.const 7)))
        (func (export "take") (param i32) (call $drop (local.get 0))))
      (core instance $m (instantiate $M (with "" (instance (export "new" (func $new)) (export "drop" (func $drop))))))
      (func (export "make") (result (own $r)) (canon lift (core func $m "make")))
      (func (export "take") (param "h" (own $r)) (canon lift (core func $m "take"))))
    (component $C
      (import "a" (instance $a
        (export "r" (type $r (sub resource)))
        (export "make" (func (result (own $r))))))
      (import "b" (instance $b
        (export "r" (type $r (sub resource)))
        (export "take" (func (param "h" (own $r))))))
      (canon lower (func $a "make") (core func $make))
      (canon lower (func $b "take") (core func $take))
      (core module $M
        (import "" "make" (func $make (result i32)))
        (import "" "take" (func $take (param i32)))
        (func (export "run") (call $take (call $make))))
      (core instance $m (instantiate $M (with "" (instance (export "make" (func $make)) (export "take" (func $take))))))
      (func (export "run") (canon lift (core func $m "run"))))
    (instance $a (instantiate $P))
    (instance $b (instantiate $P))
    (instance $c (instantiate $C (with "a" (instance $a)) (with "b" (instance $)" +
         second + R"())))
    (func (export "run") (alias export $c "run"))))";
}

TEST_F(Rules, Rule5_EachInstantiationHasFreshTypes) {
  EXPECT_THAT(call(start(two_providers("b")), "run"), Traps(Rule::lift_own, wrong_type));
}

TEST_F(Rules, Rule5_OneTypeUnderTwoNamesIsOneType) { EXPECT_THAT(call(start(two_providers("a")), "run"), Succeeds()); }

TEST_F(Rules, Rule5_TheHostCannotPassAHandleOfAnotherInstantiation) {
  const std::string text = component(provider());
  const Instance first = start(text);
  const Instance second = start(text);
  const Val own = value_of(call(first, "make", {Val::u32(7)}));
  EXPECT_THAT(call(second, "take", {own}), Fails(ErrorKind::misuse, Rule::none, "another type"));
  EXPECT_THAT(call(first, "take", {own}), Succeeds()) << "the host still has the refused handle";
}

}  // namespace
}  // namespace holdfast::rules
