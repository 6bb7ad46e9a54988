// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules 29 to 31: sizes of values, context storage, and cases where the reference is stricter than engines.
#include "rules_fixture.hpp"
#include "standard_guests.hpp"

namespace holdfast::rules {
namespace {

using ::testing::ElementsAre;

constexpr std::uint32_t limit = 1U << 28;  // bytes; limit - 1 is allowed

/// A component whose `run` returns a value of `type`, a string or list type, with `length` elements at `pointer`.
std::string returning(const std::string& type, std::uint32_t length, const std::string& options = {},
                      std::uint32_t pointer = 1024) {
  return component({.exports = {{"run", "(result " + type + ")", "", options}},
                    .core = "(func (export \"run\") (result i32) (i32.store (i32.const 16) (i32.const " +
                            std::to_string(pointer) + ")) (i32.store (i32.const 20) (i32.const " +
                            std::to_string(length) + ")) (i32.const 16))"});
}

TEST_F(Rules, Rule29_ListsOfMoreThan2To28Minus1BytesTrap) {
  for (const auto& [type, size] : {std::pair{"(list u8)", 1U}, {"(list u64)", 8U}, {"(list (tuple u8 u32))", 8U}}) {
    EXPECT_THAT(call(start(returning(type, limit / size)), "run"),
                Traps(Rule::strings_and_lists_are_bounded, "2^28 - 1"))
        << type;
    EXPECT_THAT(call(start(returning(type, 0xffff'ffff)), "run"),
                Traps(Rule::strings_and_lists_are_bounded, "2^28 - 1"))
        << type;
    EXPECT_THAT(call(start(returning(type, (limit - 1) / size)), "run"), Traps(Rule::none, "out-of-bounds"))
        << type << ": the size is allowed, but the memory is smaller";
  }
}

TEST_F(Rules, Rule29_StringsOfMoreThan2To28Minus1BytesTrap) {
  EXPECT_THAT(call(start(returning("string", limit)), "run"), Traps(Rule::strings_and_lists_are_bounded, "2^28 - 1"));
  EXPECT_THAT(call(start(returning("string", limit - 1)), "run"), Traps(Rule::none, "out-of-bounds"));
  EXPECT_THAT(call(start(returning("string", limit / 2, "string-encoding=utf16")), "run"),
              Traps(Rule::strings_and_lists_are_bounded, "2^28 - 1"));
  EXPECT_THAT(call(start(returning("string", limit / 2 - 1, "string-encoding=utf16")), "run"),
              Traps(Rule::none, "out-of-bounds"));
}

TEST_F(Rules, Rule29_ListsOfHandlesAreBoundedToo) {
  const std::string many = std::to_string(limit / 4);
  const Instance instance =
      start(pair({.defines = true, .exports = {{"all", R"((param "h" (list (own $r))))"}}, .core = R"(
        (func (export "all") (param i32 i32)))"},
                 {.peer = {{"all", R"((param "h" (list (own $r))))", "(param i32 i32)"}},
                  .exports = {run},
                  .core = "(func (export \"run\") (result i32) (call $all (i32.const 1024) (i32.const " + many +
                          ")) (i32.const 0))"}));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::strings_and_lists_are_bounded, "2^28 - 1"));
}

TEST_F(Rules, Rule29_TheWholeMemoryIsAllowed) {
  const Val all = value_of(call(start(returning("(list u8)", 65536, {}, 0)), "run"));
  EXPECT_EQ(all.as_list()->size(), 65536U);
}

// --- rule 30 ---

const std::vector<Builtin> context{{"get-context", "context.get i32 0", "(result i32)"},
                                   {"set-context", "context.set i32 0", "(param i32)"}};

TEST_F(Rules, Rule30_ContextStorageBelongsToTheTask) {
  const Instance instance = start(component({.builtins = context, .exports = {run}, .core = R"(
    (func (export "run") (result i32)
      (call $log (call $get-context)) (call $set-context (i32.const 5)) (call $get-context)))"}));
  EXPECT_THAT(call(instance, "run"), Returns(5));
  EXPECT_THAT(call(instance, "run"), Returns(5));
  EXPECT_THAT(journal, ElementsAre("log 0", "log 0"));
}

TEST_F(Rules, Rule30_ACallDoesNotTouchItsCallersContext) {
  const Function go{"go", "(result u32)", "(result i32)"};
  const Instance instance = start(pair({.defines = true, .builtins = context, .exports = {go}, .core = R"(
    (func (export "go") (result i32) (call $log (call $get-context)) (call $set-context (i32.const 9)) (i32.const 0)))"},
                                       {.builtins = context, .peer = {go}, .exports = {run}, .core = R"(
    (func (export "run") (result i32)
      (call $set-context (i32.const 5)) (drop (call $go)) (call $get-context)))"}));
  EXPECT_THAT(call(instance, "client/run"), Returns(5));
  EXPECT_THAT(journal, ElementsAre("log 0"));
}

TEST_F(Rules, Rule30_ADestructorHasFreshStorage) {
  const Instance instance = start(component({.defines = true, .builtins = context, .exports = {run}, .core = R"(
    (func $destructor (param i32) (call $log (call $get-context)) (call $set-context (i32.const 9)))
    (elem (i32.const 0) func $destructor)
    (func (export "run") (result i32)
      (call $set-context (i32.const 5))
      (call $drop-r (call $new-r (i32.const 7)))
      (call $drop-r (call $new-r (i32.const 8)))
      (call $get-context)))"}));
  EXPECT_THAT(call(instance, "run"), Returns(5));
  EXPECT_THAT(journal, ElementsAre("log 0", "log 0"));
}

TEST_F(Rules, Rule30_PostReturnStillBelongsToTheTask) {
  const Instance instance = start(component(
      {.builtins = context,
       .exports = {{"run", "(result u32)", "", R"((post-return (core func $main "after")))"}, {"seen", "(result u32)"}},
       .core = R"(
    (global $seen (mut i32) (i32.const 0))
    (func (export "run") (result i32) (call $set-context (i32.const 5)) (i32.const 1))
    (func (export "after") (param i32) (global.set $seen (call $get-context)))
    (func (export "seen") (result i32) (global.get $seen)))"}));
  EXPECT_THAT(call(instance, "run"), Returns(1));
  EXPECT_THAT(call(instance, "seen"), Returns(5));
}

TEST_F(Rules, Rule30_TheSecondSlotIsSeparate) {
  const Instance instance = start(component({.builtins = {{"set-first", "context.set i32 0", "(param i32)"},
                                                          {"set-second", "context.set i32 1", "(param i32)"},
                                                          {"get-first", "context.get i32 0", "(result i32)"},
                                                          {"get-second", "context.get i32 1", "(result i32)"}},
                                             .exports = {run},
                                             .core = R"(
    (func (export "run") (result i32)
      (call $set-first (i32.const 7))
      (call $set-second (i32.const 70))
      (i32.add (call $get-first) (call $get-second))))"}));
  EXPECT_THAT(call(instance, "run"), Returns(77));
}

TEST_F(Rules, Rule30_ThereIsNoThirdSlot) {
  EXPECT_THAT(load(component({.builtins = {{"get-other", "context.get i32 2", "(result i32)"}}})),
              Fails(ErrorKind::invalid, Rule::none, "immediate must be zero or one"));
}

// --- rule 31 ---

TEST_F(Rules, Rule31_PostReturnOfACallBetweenComponentsMayNotLeaveEither) {
  const Function get{"get", "(result u32)", "(result i32)", R"((post-return (core func $main "after")))"};
  const auto with_after = [&](const std::string& statements) {
    return pair({.defines = true, .exports = {get}, .core = R"((func (export "get") (result i32) (i32.const 1))
        (func (export "after") (param i32) )" + statements + ")"},
                {.peer = {{"get", get.type, get.core}}, .exports = {run}, .core = R"(
        (func (export "run") (result i32) (call $get)))"});
  };
  EXPECT_THAT(call(start(with_after("(call $log (i32.const 1))")), "client/run"), Traps(Rule::may_leave, cannot_leave));
  EXPECT_THAT(call(start(with_after("(drop (call $new-r (i32.const 1)))")), "client/run"),
              Traps(Rule::may_leave, cannot_leave));
  EXPECT_THAT(call(start(with_after("")), "client/run"), Returns(1));
}

TEST_F(Rules, Rule31_ABorrowReturnedAsAnOwnTrapsWhenItIsLifted) {
  const Instance instance =
      start(component({.exports = {{"use", R"((param "t" (borrow $thing)) (result (own $thing)))"}},
                       .core = "(func (export \"use\") (param i32) (result i32) (local.get 0))"}));
  EXPECT_THAT(call(instance, "use", {borrow_of(hold(3))}), Traps(Rule::lift_own, not_own));
}

TEST_F(Rules, Rule31_ABorrowReturnedAsAnOwnBetweenComponentsTrapsWhenItIsLifted) {
  const Function use{"use", R"((param "h" (borrow $thing)) (result (own $thing)))", "(param i32) (result i32)"};
  const Instance instance = start(pair({.defines = true, .exports = {use}, .core = R"(
        (func (export "use") (param i32) (result i32) (local.get 0)))"},
                                       {.host = {make_thing}, .peer = {use}, .exports = {run}, .core = R"(
        (func (export "run") (result i32) (call $use (call $make-thing (i32.const 3)))))"}));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::lift_own, not_own));
}

}  // namespace
}  // namespace holdfast::rules
