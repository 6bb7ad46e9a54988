// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// own and borrow inside every aggregate, in all directions. Each shape is sent as list<shape>, so the core code is the
// same for all shapes: it receives a pointer and a length, and every shape is passed through memory. Tests of shapes
// that are passed flat are at the end.
#include <algorithm>
#include <string>

#include "rules_fixture.hpp"
#include "standard_guests.hpp"

namespace holdfast::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

struct Shape {
  std::string name;
  std::string type;  ///< with @ for the handle's type
  std::size_t handles;
  std::function<Val(const std::vector<Val>&)> make;
};

void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.name; }

std::string filled(std::string text, const std::string& handle) {
  for (auto at = text.find('@'); at != std::string::npos; at = text.find('@')) text.replace(at, 1, handle);
  return text;
}

const std::vector<Shape>& shapes() {
  using Handles = const std::vector<Val>&;
  static const std::vector<Shape> all{
      {"Alone", "@", 1, [](Handles h) { return h[0]; }},
      {"List", "(list @)", 3, [](Handles h) { return Val::list(h); }},
      {"EmptyList", "(list @)", 0, [](Handles) { return Val::list({}); }},
      {"Tuple", "(tuple u8 @ @)", 2, [](Handles h) { return Val::tuple({Val::u8(9), h[0], h[1]}); }},
      {"Record", "(record (field \"a\" @) (field \"n\" u64) (field \"b\" @))", 2,
       [](Handles h) { return Val::record({{"a", h[0]}, {"n", Val::u64(1)}, {"b", h[1]}}); }},
      {"VariantHandle", "(variant (case \"none\") (case \"one\" @) (case \"wide\" u64))", 1,
       [](Handles h) { return Val::variant("one", h[0]); }},
      {"VariantOther", "(variant (case \"none\") (case \"one\" @) (case \"wide\" u64))", 0,
       [](Handles) { return Val::variant("wide", Val::u64(7)); }},
      {"Some", "(option @)", 1, [](Handles h) { return Val::some(h[0]); }},
      {"None", "(option @)", 0, [](Handles) { return Val::none(); }},
      {"Ok", "(result @ (error string))", 1, [](Handles h) { return Val::ok(h[0]); }},
      {"Error", "(result u64 (error @))", 1, [](Handles h) { return Val::error(h[0]); }},
      {"BothSides", "(result @ (error @))", 1, [](Handles h) { return Val::error(h[0]); }},
      {"ListOfOptionsOfTuples", "(list (option (tuple @ u8)))", 2,
       [](Handles h) {
         return Val::list(
             {Val::some(Val::tuple({h[0], Val::u8(1)})), Val::none(), Val::some(Val::tuple({h[1], Val::u8(2)}))});
       }},
      {"ResultOfList", "(result (list @) (error (option @)))", 2, [](Handles h) { return Val::ok(Val::list(h)); }},
  };
  return all;
}

class Aggregates : public Rules, public ::testing::WithParamInterface<Shape> {
 protected:
  /// Two types of this shape: with owns and with borrows of `resource`.
  static std::vector<NamedType> types_of(const std::string& resource) {
    return {{"own-shape", filled(GetParam().type, "(own $" + resource + ")")},
            {"borrow-shape", filled(GetParam().type, "(borrow $" + resource + ")")}};
  }

  Val shaped(const std::vector<Val>& handles) const { return Val::list({GetParam().make(handles)}); }

  static std::vector<Val> borrows(const std::vector<Val>& owns) {
    std::vector<Val> all;
    for (const Val& own : owns) all.push_back(borrow_of(own));
    return all;
  }

  std::vector<std::string> expected(const std::string& prefix) const {
    std::vector<std::string> entries;
    for (std::size_t i = 0; i < GetParam().handles; ++i) entries.push_back(prefix + std::to_string(1000 + i));
    return entries;
  }
  Journal sorted_journal() const {
    Journal sorted = journal;
    std::ranges::sort(sorted);
    return sorted;
  }

  /// `keep` takes owns in the shape. `back` returns the memory that `keep` received, even if the handles are gone.
  Instance start_keeper() {
    const std::string type = "(list $own-shape)";
    return start(component({.host_types = types_of("thing"),
                            .exports = {{"keep", "(param \"x\" " + type + ")"}, {"back", "(result " + type + ")"}},
                            .core = R"(
    (func (export "keep") (param i32 i32) (i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1)))
    (func (export "back") (result i32) (i32.const 16)))"}));
  }

  /// Core code that drops the handles 1 to `$n` in that order.
  static std::string drop_all(const std::string& drop) {
    return "(local.set $i (i32.const 1)) (block $done (loop $next"
           " (br_if $done (i32.gt_u (local.get $i) (local.get $n)))"
           " (call $" +
           drop +
           " (local.get $i))"
           " (local.set $i (i32.add (local.get $i) (i32.const 1))) (br $next)))";
  }
};

INSTANTIATE_TEST_SUITE_P(Shapes, Aggregates, ::testing::ValuesIn(shapes()),
                         [](const auto& shape) { return shape.param.name; });

TEST_P(Aggregates, HostToGuestAndBackAsOwn) {
  // The guest keeps the handles and returns them in another call.
  const Instance instance = start_keeper();
  {
    std::vector<Val> things;
    for (std::size_t i = 0; i < GetParam().handles; ++i) things.push_back(hold(static_cast<std::uint32_t>(1000 + i)));
    ASSERT_THAT(call(instance, "keep", {shaped(things)}), Succeeds());
    EXPECT_EQ(store.handles().live, GetParam().handles);
  }
  EXPECT_TRUE(journal.empty()) << "the guest owns them now";
  {
    const Val back = value_of(call(instance, "back"));
    EXPECT_EQ(store.handles().live, 0U);
    EXPECT_TRUE(journal.empty());
  }
  EXPECT_THAT(sorted_journal(), ElementsAreArray(expected("~thing "))) << "the host dropped them";
}

TEST_P(Aggregates, HostToGuestAsBorrow) {
  const std::string type = "(list $borrow-shape)";
  const Instance instance = start(component({.host_types = types_of("thing"),
                                             .exports = {{"see", "(param \"x\" " + type + ") (param \"n\" u32)"}},
                                             .core = R"(
    (func (export "see") (param i32 i32) (param $n i32) (local $i i32) )" +
                                                     drop_all("drop-thing") + ")"}));
  const auto count = static_cast<std::uint32_t>(GetParam().handles);
  std::vector<Val> things;
  for (std::uint32_t i = 0; i < count; ++i) things.push_back(hold(1000 + i));
  const std::uint64_t before = store.handles().created;
  EXPECT_THAT(call(instance, "see", {shaped(borrows(things)), Val::u32(count)}), Succeeds());
  EXPECT_EQ(store.handles().created - before, count) << "each borrow took a handle";
  EXPECT_TRUE(journal.empty());
  if (count != 0) {
    EXPECT_THAT(call(instance, "see", {shaped(borrows(things)), Val::u32(count - 1)}),
                Traps(Rule::no_borrows_remain, borrows_remain));
  }
}

TEST_P(Aggregates, GuestToHostFunctionAndBackAsOwn) {
  const std::string type = "(list $own-shape)";
  std::size_t seen = 0;
  host().dynamic_func("echo", [&](Caller&, std::span<const Val> arguments) -> HostResult<std::optional<Val>> {
    seen = arguments[0].as_list()->size();
    return arguments[0];
  });
  const Function echo{"echo", "(param \"x\" " + type + ") (result " + type + ")", "(param i32 i32 i32)"};
  const Function through{"through", echo.type};
  const Instance instance =
      start(component({.host_types = types_of("thing"), .host = {echo}, .exports = {through}, .core = R"(
    (func (export "through") (param i32 i32) (result i32)
      (call $echo (local.get 0) (local.get 1) (i32.const 16)) (i32.const 16)))"}));
  std::vector<Val> things;
  for (std::size_t i = 0; i < GetParam().handles; ++i) things.push_back(hold(static_cast<std::uint32_t>(1000 + i)));
  std::optional<Val> back = value_of(call(instance, "through", {shaped(std::exchange(things, {}))}));
  EXPECT_EQ(seen, 1U);
  EXPECT_TRUE(journal.empty());
  EXPECT_EQ(store.handles().live, 0U);
  back.reset();
  EXPECT_THAT(sorted_journal(), ElementsAreArray(expected("~thing ")));
}

TEST_P(Aggregates, GuestToHostFunctionAsBorrow) {
  // list<shape<own>> and list<shape<borrow>> have the same memory layout: the guest lends the handles that it received.
  const Function look{"look", "(param \"x\" " + std::string("(list $borrow-shape)") + ")", "(param i32 i32)"};
  std::size_t calls = 0;
  host().dynamic_func("look", [&](Caller&, std::span<const Val>) -> HostResult<std::optional<Val>> {
    ++calls;
    return std::nullopt;
  });
  const Instance instance = start(
      component({.host_types = types_of("thing"),
                 .host = {look},
                 .exports = {{"lend", "(param \"x\" " + std::string("(list $own-shape)") + ") (param \"n\" u32)"}},
                 .core = R"(
    (func (export "lend") (param i32 i32) (param $n i32) (local $i i32)
      (call $look (local.get 0) (local.get 1)) (call $look (local.get 0) (local.get 1)) )" +
                         drop_all("drop-thing") + ")"}));
  const auto count = static_cast<std::uint32_t>(GetParam().handles);
  std::vector<Val> things;
  for (std::uint32_t i = 0; i < count; ++i) things.push_back(hold(1000 + i));
  EXPECT_THAT(call(instance, "lend", {shaped(things), Val::u32(count)}), Succeeds());
  EXPECT_EQ(calls, 2U);
  EXPECT_THAT(journal, ElementsAreArray(expected("~thing ")))
      << "no longer lent, so the guest could drop them in order";
}

TEST_P(Aggregates, BetweenGuests) {
  // The provider creates the owns one by one and the host packs them. The client lends them to the provider, sends them
  // to it and back, and finally gives them away to it.
  const std::string own = "(list $own-shape)";
  const std::string borrow = "(list $borrow-shape)";
  const Function look{"look-all", "(param \"x\" " + borrow + ") (result u32)", "(param i32 i32) (result i32)"};
  const Function echo{"echo", "(param \"x\" " + own + ") (result " + own + ")", "(param i32 i32 i32)"};
  const Function take{"take-all", "(param \"x\" " + own + ") (param \"n\" u32)", "(param i32 i32 i32)"};
  const Instance instance = start(
      pair({.defines = true, .types = types_of("r"), .exports = {provider_functions()[0], look, echo, take}, .core = R"(
    (func $destructor (param i32) (call $log (local.get 0)))
    (elem (i32.const 0) func $destructor)
    (func (export "make") (param i32) (result i32) (call $new-r (local.get 0)))
    ;; The sum of all words in allocated memory that look like reps: 1000 to 1009.
    (func (export "look-all") (param i32 i32) (result i32) (local $at i32) (local $sum i32)
      (local.set $at (i32.const 4096))
      (loop $next
        (if (i32.lt_u (i32.sub (i32.load (local.get $at)) (i32.const 1000)) (i32.const 10))
          (then (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $at))))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br_if $next (i32.lt_u (local.get $at) (i32.const 8192))))
      (local.get $sum))
    (func (export "echo") (param i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1)) (i32.const 16))
    (func (export "take-all") (param i32 i32) (param $n i32) (local $i i32) )" + drop_all("drop-r") + ")"},
           {.types = types_of("r"),
            .peer = {look, echo, take},
            .exports = {{"run", "(param \"x\" " + own + ") (param \"n\" u32) (result u32)"}},
            .core = R"(
    (func (export "run") (param i32 i32 i32) (result i32) (local $sum i32)
      (local.set $sum (call $look-all (local.get 0) (local.get 1)))
      (call $echo (local.get 0) (local.get 1) (i32.const 32))
      (call $take-all (i32.load (i32.const 32)) (i32.load (i32.const 36)) (local.get 2))
      (local.get $sum)))"}));
  const auto count = static_cast<std::uint32_t>(GetParam().handles);
  std::vector<Val> owns;
  std::uint32_t sum = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    owns.push_back(value_of(call(instance, "provider/make", {Val::u32(1000 + i)})));
    sum += 1000 + i;
  }
  EXPECT_THAT(call(instance, "client/run", {shaped(owns), Val::u32(count)}), Returns(sum));
  EXPECT_THAT(sorted_journal(), ElementsAreArray(expected("log ")));
  EXPECT_EQ(store.handles().live, 0U);
}

TEST_P(Aggregates, AnUnknownHandleInsideTraps) {
  // The guest returns the same handles twice; the host took them in the first call.
  const Instance instance = start_keeper();
  std::vector<Val> things;
  for (std::size_t i = 0; i < GetParam().handles; ++i) things.push_back(hold(static_cast<std::uint32_t>(1000 + i)));
  ASSERT_THAT(call(instance, "keep", {shaped(things)}), Succeeds());
  const Val first = value_of(call(instance, "back"));
  if (GetParam().handles == 0) {
    EXPECT_THAT(call(instance, "back"), Succeeds());
  } else {
    EXPECT_THAT(call(instance, "back"), Traps(Rule::unknown_index_traps, "unknown handle index"));
  }
}

// --- flat: values passed as core parameters ---

TEST_F(Rules, FlatVariantsShareTheirSlotsWithHandles) {
  const std::string definition =
      "(variant (case \"none\") (case \"one\" (own $thing)) (case \"wide\" u64) (case \"real\" f32))";
  const Function keep{"keep",
                      "(param \"x\" $choice) (param \"y\" (option (borrow $thing))) (param \"z\" (result (own $thing)))"
                      " (param \"t\" (tuple (borrow $thing) u8 (own $thing)))"};
  const Instance instance = start(component({.host_types = {{"choice", definition}}, .exports = {keep}, .core = R"(
    (func (export "keep") (param $case i32) (param $payload i64) (param $some i32) (param $y i32) (param $ok i32)
                          (param $z i32) (param $t0 i32) (param $t1 i32) (param $t2 i32)
      (call $log (local.get $case)) (call $log (i32.wrap_i64 (local.get $payload)))
      (call $log (local.get $some)) (call $log (local.get $y))
      (call $log (local.get $ok)) (call $log (local.get $z))
      (call $log (local.get $t0)) (call $log (local.get $t1)) (call $log (local.get $t2))
      (call $drop-thing (local.get $y)) (call $drop-thing (local.get $t0))
      (call $drop-thing (i32.wrap_i64 (local.get $payload)))))"}));
  std::vector<Val> things;
  for (std::uint32_t id = 1; id <= 5; ++id) things.push_back(hold(id));
  EXPECT_THAT(call(instance, "keep",
                   {Val::variant("one", things[0]), Val::some(borrow_of(things[1])), Val::ok(things[2]),
                    Val::tuple({borrow_of(things[3]), Val::u8(200), things[4]})}),
              Succeeds());
  EXPECT_THAT(journal, ElementsAre("log 1", "log 1", "log 1", "log 2", "log 0", "log 3", "log 4", "log 200", "log 5",
                                   "~thing 1"));
}

TEST_F(Rules, MoreThan16ParametersArriveThroughMemory) {
  std::string type;
  std::vector<Val> arguments;
  const Instance opener = start(component({}));
  for (std::uint32_t i = 0; i < 17; ++i) {
    type += " (param \"p" + std::to_string(i) + "\" (own $thing))";
    arguments.push_back(hold(i));
  }
  const Instance instance = start(component({.exports = {{"all", type}}, .core = R"(
    (func (export "all") (param $at i32) (local $i i32)
      (loop $next
        (call $drop-thing (i32.load (i32.add (local.get $at) (i32.mul (local.get $i) (i32.const 4)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $i) (i32.const 17))))))"}));
  EXPECT_THAT(call(instance, "all", arguments), Succeeds());
  ASSERT_EQ(journal.size(), 17U);
  EXPECT_EQ(journal.front(), "~thing 0");
  EXPECT_EQ(journal.back(), "~thing 16");
}

}  // namespace
}  // namespace holdfast::rules
