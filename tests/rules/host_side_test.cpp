// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The host's side of the rules: its own handles and how they can be misused, what a closing store tells, what happens
// to what a trapped instance held, and drops that have to wait.
#include <stdexcept>
#include <thread>

#include "holdfast/runtime/call/trap.hpp"
#include "rules_fixture.hpp"
#include "standard_guests.hpp"

namespace holdfast::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Blob;  // a tag type for the provider's `r`

template <class T>
T need(HostResult<T> result) {
  if (!result) throw std::runtime_error(describe(result.error()));
  return *std::move(result);
}

auto Misuse(std::string_view words) { return Fails(ErrorKind::misuse, Rule::none, std::string(words)); }
auto Closed(std::string_view words) { return Fails(ErrorKind::closed, Rule::none, std::string(words)); }

class HostSide : public Rules {
 protected:
  explicit HostSide(const StoreOptions& options = {}) : Rules(options) {}

  /// `provider`, with its functions by their C++ types.
  struct Provider {
    explicit Provider(const Instance& made)
        : instance(made),
          bound(need_ok(instance.resource_type<Blob>({}, "r"))),
          make(need(instance.func<Own<Blob>(std::uint32_t)>("make"))),
          look(need(instance.func<std::uint32_t(Borrow<Blob>)>("look"))),
          take(need(instance.func<void(Own<Blob>)>("take"))),
          look_take(need(instance.func<void(Borrow<Blob>, Own<Blob>)>("look-take"))) {}
    static bool need_ok(const HostResult<void>& result) { return result.has_value(); }
    Instance instance;
    bool bound;
    Func<Own<Blob>(std::uint32_t)> make;
    Func<std::uint32_t(Borrow<Blob>)> look;
    Func<void(Own<Blob>)> take;
    Func<void(Borrow<Blob>, Own<Blob>)> look_take;
  };
  Provider start_provider() { return Provider(start(component(provider()))); }
};

// --- misuse ---

TEST_F(HostSide, AMovedHandleIsEmpty) {
  const Provider guest = start_provider();
  Own<Blob> own = need(guest.make(7));
  Own<Blob> other = std::move(own);
  EXPECT_FALSE(own);
  EXPECT_THAT(guest.look(own), Misuse("null"));
  EXPECT_THAT(guest.take(std::move(own)), Misuse("null"));
  EXPECT_THAT(own.close(), Closed("moved away"));
  EXPECT_EQ(need(guest.look(other)), 7U);
}

TEST_F(HostSide, AHandleThatWasPassedOnIsEmpty) {
  const Provider guest = start_provider();
  Own<Blob> own = need(guest.make(7));
  EXPECT_THAT(guest.take(std::move(own)), Succeeds());
  EXPECT_THAT(guest.look(own), Misuse("null"));
  EXPECT_THAT(journal, ElementsAre("log 7"));
}

TEST_F(HostSide, AValueThatWasPassedOnIsStale) {
  const Instance instance = start(component(provider()));
  const Val own = value_of(call(instance, "make", {Val::u32(7)}));
  EXPECT_THAT(call(instance, "take", {own}), Succeeds());
  EXPECT_THAT(call(instance, "take", {own}), Misuse("stale"));
  EXPECT_THAT(call(instance, "look", {borrow_of(own)}), Misuse("stale"));
  EXPECT_THAT(journal, ElementsAre("log 7"));
}

TEST_F(HostSide, AClosedHandleIsClosedForGood) {
  const Provider guest = start_provider();
  Own<Blob> own = need(guest.make(7));
  EXPECT_THAT(own.close(), Succeeds());
  EXPECT_THAT(journal, ElementsAre("log 7"));
  EXPECT_THAT(own.close(), Closed("already closed"));
  EXPECT_THAT(guest.look(own), Misuse("null"));
}

TEST_F(HostSide, CloseTellsThatTheDestructorTrapped) {
  const Instance instance = start(component({.defines = true, .exports = {provider_functions()[0]}, .core = R"(
    (func $destructor (param i32) unreachable) (elem (i32.const 0) func $destructor)
    (func (export "make") (param i32) (result i32) (call $new-r (local.get 0))))"}));
  ASSERT_THAT(instance.resource_type<Blob>({}, "r"), Succeeds());
  auto make = need(instance.func<Own<Blob>(std::uint32_t)>("make"));
  Own<Blob> own = need(make(7));
  EXPECT_THAT(own.close(), Traps(Rule::none, "unreachable"));
  EXPECT_FALSE(own);
  EXPECT_THAT(make(8), Traps(Rule::trapped_instances_stay_closed, cannot_enter));
}

TEST_F(HostSide, AHandleOfAnotherStoreIsRefused) {
  const Provider guest = start_provider();
  Store other = need(Store::create(rules::engine()));
  const Provider elsewhere(start(other, component(provider())));
  Own<Blob> own = need(elsewhere.make(7));
  EXPECT_THAT(guest.look(own), Misuse("another"));
  EXPECT_THAT(guest.take(std::move(own)), Misuse("another"));
  const Val value = value_of(call(elsewhere.instance, "make", {Val::u32(8)}));
  EXPECT_THAT(call(guest.instance, "take", {value}), Misuse("another store"));
  EXPECT_THAT(call(guest.instance, "look", {borrow_of(value)}), Misuse("another store"));
  EXPECT_THAT(call(guest.instance, "make", {Val::u32(9)}), Succeeds()) << "nothing was entered";
}

TEST_F(HostSide, AHandleOfAnotherInstanceIsRefused) {
  const Provider first = start_provider();
  const Provider second = start_provider();
  Own<Blob> own = need(first.make(7));
  EXPECT_THAT(second.look(own), Misuse("another type"));
  EXPECT_EQ(need(first.look(own)), 7U);
}

TEST_F(HostSide, OneHandleAsBorrowAndOwnInOneCallIsRefused) {
  const Provider guest = start_provider();
  Own<Blob> own = need(guest.make(7));
  const Borrow<Blob> borrow(own);
  EXPECT_THAT(guest.look_take(borrow, std::move(own)), Misuse("lent"));
  EXPECT_EQ(need(guest.look(need(guest.make(8)))), 8U) << "the guest never ran";
}

TEST_F(HostSide, OneValueAsOwnTwiceInOneCallIsRefusedAndDropped) {
  const Instance instance = start(component(provider()));
  const Val own = value_of(call(instance, "make", {Val::u32(7)}));
  EXPECT_THAT(call(instance, "take-two", {own, own}), Misuse("stale"));
  EXPECT_THAT(journal, ElementsAre("log 7")) << "it was given away when the call began";
  EXPECT_EQ(store.handles().live, 0U);
  EXPECT_THAT(call(instance, "make", {Val::u32(8)}), Succeeds());
}

TEST_F(HostSide, AFailingDropOfARefusedArgumentDoesNotMaskLaterErrors) {
  const Instance instance = start(component(
      {.defines = true, .exports = {provider_functions()[0], {"take-two", provider_functions()[9].type}}, .core = R"(
    (func $destructor (param i32) unreachable) (elem (i32.const 0) func $destructor)
    (func (export "make") (param i32) (result i32) (call $new-r (local.get 0)))
    (func (export "take-two") (param i32 i32)))"}));
  const Instance other = start(component({.exports = {run}, .core = R"(
    (func (export "run") (result i32) (call $drop-thing (i32.const 5)) (i32.const 0)))"}));
  const Val own = value_of(call(instance, "make", {Val::u32(7)}));
  EXPECT_THAT(call(instance, "take-two", {own, own}), Misuse("stale"));
  EXPECT_THAT(call(other, "run"), Traps(Rule::unknown_index_traps, "unknown handle index 5"));
  const auto report = store.close();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->failed_drops.size(), 1U);
}

TEST_F(HostSide, WhatIsLentCannotBeClosedOrGivenAway) {
  const Provider guest = start_provider();
  const Instance borrower =
      start(component({.host = {poke}, .exports = {{"use", R"((param "t" (borrow $thing)))"}}, .core = R"(
    (func (export "use") (param i32) (drop (call $poke (local.get 0))) (call $drop-thing (local.get 0))))"}));
  const Instance taker = start(component({.exports = {{"eat", R"((param "t" (own $thing)))"}}, .core = R"(
    (func (export "eat") (param i32) (call $drop-thing (local.get 0))))"}));
  Own<Thing> own = need(store.hold(Thing(3, journal)));
  auto use = need(borrower.func<void(Borrow<Thing>)>("use"));
  auto eat = need(taker.func<void(Own<Thing>)>("eat"));
  on_poke = [&](Caller&, std::uint32_t x) {
    EXPECT_THAT(own.close(), Misuse("lent"));
    EXPECT_TRUE(own) << "what was refused is still ours";
    EXPECT_THAT(eat(std::move(own)), Misuse("lent"));
    EXPECT_THAT(journal, IsEmpty());
    return x;
  };
  EXPECT_THAT(use(own), Succeeds());
  EXPECT_THAT(journal, ElementsAre("~thing 3"))
      << "moved into a call and refused: dropped when it was not lent any more";
}

TEST_F(HostSide, AHostFunctionsBorrowEndsWithIt) {
  std::optional<Val> kept;
  host().dynamic_func("see", [&](Caller&, std::span<const Val> arguments) -> HostResult<std::optional<Val>> {
    kept = arguments[0];
    return std::nullopt;
  });
  const Instance instance =
      start(component({.host = {make_thing, {"see", R"((param "t" (borrow $thing)))", "(param i32)"}},
                       .exports = {run, {"use", R"((param "t" (borrow $thing)))"}},
                       .core = R"(
    (func (export "run") (result i32) (call $see (call $make-thing (i32.const 3))) (i32.const 0))
    (func (export "use") (param i32) (call $drop-thing (local.get 0))))"}));
  EXPECT_THAT(call(instance, "run"), Gives(0));
  ASSERT_TRUE(kept);
  EXPECT_THAT(call(instance, "use", {*kept}), Misuse("stale"));
}

TEST_F(HostSide, AHostFunctionCannotMakeAnOwnOfABorrow) {
  host().dynamic_func("steal", [&](Caller&, std::span<const Val> arguments) -> HostResult<std::optional<Val>> {
    return Val::own(need(arguments[0].as_borrow()));
  });
  const Instance instance = start(component(
      {.host = {make_thing,
                {"steal", R"((param "t" (borrow $thing)) (result (own $thing)))", "(param i32) (result i32)"}},
       .exports = {run},
       .core = R"((func (export "run") (result i32) (call $steal (call $make-thing (i32.const 3)))))"}));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::none, "borrow"));
  EXPECT_THAT(journal, ElementsAre("~thing 3")) << "once";
}

// --- closing a store ---

TEST_F(HostSide, ACloseReportListsEveryLiveHandle) {
  const Instance instance = start(component({.defines = true, .host = {make_thing}, .exports = {run}, .core = R"(
    (func (export "run") (result i32)
      (drop (call $new-r (i32.const 70))) (drop (call $make-thing (i32.const 4)))
      (call $drop-r (call $new-r (i32.const 71))) (call $new-s (i32.const 72))))"}));
  EXPECT_THAT(call(instance, "run"), Gives(3));
  const Val held = hold(5);
  const auto report = store.close();
  ASSERT_TRUE(report);
  ASSERT_EQ(report->leaks.size(), 4U) << to_string(*report);
  EXPECT_EQ(report->leaks[0].index, 1U);
  EXPECT_EQ(report->leaks[0].rep, 70U);
  EXPECT_TRUE(report->leaks[0].own);
  EXPECT_THAT(report->leaks[0].type, HasSubstr("r"));
  EXPECT_THAT(report->leaks[0].instance, HasSubstr("component"));
  EXPECT_EQ(report->leaks[0].path, std::nullopt);
  EXPECT_EQ(report->leaks[0].age, std::nullopt);
  EXPECT_EQ(report->leaks[1].index, 2U);
  EXPECT_EQ(report->leaks[1].type, "host/thing");
  EXPECT_EQ(report->leaks[2].rep, 72U);
  EXPECT_EQ(report->leaks[3].instance, "host");
  EXPECT_EQ(report->leaks[3].type, "host/thing");
  EXPECT_EQ(report->released, 2U);
  EXPECT_TRUE(report->failed_drops.empty());
  EXPECT_THAT(journal, ::testing::UnorderedElementsAre("~thing 4", "~thing 5"));
}

TEST_F(HostSide, ACloseReportOfATidyStoreIsEmpty) {
  const Instance instance = start(with_provider(R"((func (export "run") (result i32)
    (call $drop-r (call $make (i32.const 7))) (call $look (call $make (i32.const 8))) (call $drop-r (i32.const 1))))"));
  EXPECT_THAT(call(instance, "client/run"), Gives(8));
  const auto report = store.close();
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->leaks.empty()) << to_string(*report);
  EXPECT_EQ(report->released, 0U);
  EXPECT_EQ(to_string(*report), "");
}

TEST_F(HostSide, AClosedStoreRefusesEverything) {
  const Provider guest = start_provider();
  Own<Blob> own = need(guest.make(7));
  const Val thing = hold(3);
  ASSERT_TRUE(store.close());
  EXPECT_THAT(store.close(), Closed("the store is closed"));
  EXPECT_THAT(guest.make(8), Closed("the store is closed"));
  EXPECT_THAT(call(guest.instance, "make", {Val::u32(8)}), Closed("the store is closed"));
  EXPECT_THAT(own.close(), Closed("the store of the handle is closed"));
  EXPECT_THAT(store.hold(Thing(4, journal)), Closed("the store is closed"));
  EXPECT_THAT(try_start(component({})), Closed("the store is closed"));
}

TEST_F(HostSide, AHandleMayOutliveItsStore) {
  std::optional<Own<Blob>> own;
  std::optional<Instance> instance;
  {
    Store other = need(Store::create(rules::engine()));
    const Provider guest(start(other, component(provider())));
    own = need(guest.make(7));
    instance = guest.instance;
  }
  EXPECT_THAT(call(*instance, "make", {Val::u32(8)}), Closed("the store is closed"));
  EXPECT_THAT(own->close(), Closed("the store of the handle is closed"));
  own.reset();
}

TEST_F(HostSide, ARunningStoreCannotBeClosed) {
  const Instance instance = start(component({.host = {poke}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (call $poke (i32.const 5))))"}));
  on_poke = [&](Caller&, std::uint32_t x) {
    EXPECT_THAT(store.close(), Misuse("guests runs"));
    return x;
  };
  EXPECT_THAT(call(instance, "run"), Gives(5));
  EXPECT_TRUE(store.close());
}

class TrackingHost : public HostSide {
 protected:
  TrackingHost() : HostSide({.track_handles = true}) {}
};

TEST_F(TrackingHost, LeaksTellWhoMadeThem) {
  const Instance instance = start(with_provider(
      "(func (export \"run\") (result i32) (drop (call $make-thing (i32.const 3))) (call $make (i32.const 7)))", {run},
      {make_thing}));
  EXPECT_THAT(call(instance, "client/run"), Gives(2));
  const auto report = store.close();
  ASSERT_TRUE(report);
  ASSERT_EQ(report->leaks.size(), 2U) << to_string(*report);
  for (const LeakedHandle& leak : report->leaks) {
    ASSERT_TRUE(leak.path);
    EXPECT_THAT(*leak.path, HasSubstr("client#run"));
    ASSERT_TRUE(leak.age);
    EXPECT_GT(leak.age->count(), 0);
  }
  EXPECT_THAT(to_string(*report), HasSubstr("made in"));
}

TEST_F(TrackingHost, OriginsGoWithTheirHandles) {
  const Instance instance = start(component({.defines = true, .exports = {run, {"again", "(result u32)"}}, .core = R"(
    (func (export "run") (result i32) (call $drop-r (call $new-r (i32.const 7))) (i32.const 0))
    (func (export "again") (result i32) (call $new-r (i32.const 8))))"}));
  EXPECT_THAT(call(instance, "run"), Gives(0));
  EXPECT_THAT(call(instance, "again"), Gives(1));
  const auto report = store.close();
  ASSERT_TRUE(report);
  ASSERT_EQ(report->leaks.size(), 1U);
  EXPECT_THAT(*report->leaks[0].path, HasSubstr("again"));
}

// --- after a trap ---

TEST_F(HostSide, HostResourcesOfATrappedInstanceAreReleasedInReverseOrder) {
  const Instance instance = start(component({.host = {make_thing}, .exports = {run}, .core = R"(
    (func (export "run") (result i32)
      (drop (call $make-thing (i32.const 1))) (drop (call $make-thing (i32.const 2)))
      (call $drop-thing (i32.const 1))
      (drop (call $make-thing (i32.const 3))) ;; gets index 1 and the slot of thing 1
      (drop (call $make-thing (i32.const 4)))
      unreachable))"}));
  const Val bystander = hold(9);
  EXPECT_THAT(call(instance, "run"), Traps(Rule::none, "unreachable"));
  EXPECT_THAT(journal, ElementsAre("~thing 1", "~thing 4", "~thing 3", "~thing 2"));
  EXPECT_EQ(store.handles().live, 0U);
  EXPECT_THAT(call(start(component(provider())), "make", {Val::u32(1)}), Succeeds()) << "the store goes on";
  const auto report = store.close();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->released, 4U) << "three of the trapped instance, one that the host held to the end";
}

TEST_F(HostSide, NothingIsReleasedWhileTheTrapUnwinds) {
  // The inner trap is taken by the host function while the outer guest still runs.
  const Instance inner = start(component({.host = {make_thing}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (drop (call $make-thing (i32.const 1))) unreachable))"}));
  const Instance outer = start(component({.host = {poke, make_thing}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (drop (call $make-thing (i32.const 2))) (call $poke (i32.const 5))))"}));
  on_poke = [&](Caller&, std::uint32_t x) {
    EXPECT_THAT(call(inner, "run"), Traps(Rule::none, "unreachable"));
    EXPECT_THAT(journal, ElementsAre("~thing 1")) << "the inner stack has unwound";
    return x;
  };
  EXPECT_THAT(call(outer, "run"), Gives(5));
  EXPECT_THAT(journal, ElementsAre("~thing 1"));
  EXPECT_EQ(store.handles().live, 1U);
}

TEST_F(HostSide, WhatATrappedInstanceHeldOfAnotherGuestIsDropped) {
  const Instance implementer = start(as_peer(provider()));
  linker.instance("peer", implementer);
  const Instance instance = start(client_of_peer(R"((func (export "run") (result i32)
    (drop (call $make (i32.const 7))) (drop (call $make (i32.const 8))) unreachable))"));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::none, "unreachable"));
  EXPECT_THAT(journal, ElementsAre("log 7", "log 8")) << "the implementer is alive, its destructors ran";
  EXPECT_EQ(store.handles().live, 0U);
}

TEST_F(HostSide, AnArgumentInFlightIsReleasedWithItsCall) {
  // The thing is lifted, then the second argument traps: it is in no table any more.
  const Function give{"give", R"((param "t" (own $thing)) (param "h" (own $r)))", "(param i32 i32)"};
  const Instance instance =
      start(pair({.defines = true, .exports = {give}, .core = R"((func (export "give") (param i32 i32)))"},
                 {.host = {make_thing}, .peer = {give}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (call $give (call $make-thing (i32.const 3)) (i32.const 9)) (i32.const 0)))"}));
  EXPECT_THAT(call(instance, "client/run"), Traps(Rule::unknown_index_traps, "unknown handle index 9"));
  EXPECT_THAT(journal, ElementsAre("~thing 3"));
}

TEST_F(HostSide, AResultInFlightIsReleasedWithItsCall) {
  // post-return traps after the host has lifted the result.
  const Instance instance =
      start(component({.host = {make_thing},
                       .exports = {{"run", "(result (own $thing))", "", R"((post-return (core func $main "after")))"}},
                       .core = R"(
    (func (export "run") (result i32) (call $make-thing (i32.const 3)))
    (func (export "after") (param i32) unreachable))"}));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::none, "unreachable"));
  EXPECT_THAT(journal, ElementsAre("~thing 3"));
}

// --- exits ---

TEST_F(HostSide, AnExitClosesNothingAndLeavesNothingBehind) {
  const Instance instance = start(component(
      {.defines = true, .host = {poke}, .exports = {{"use", R"((param "t" (borrow $thing)))"}, run}, .core = R"(
    (func (export "use") (param i32) (drop (call $poke (call $new-r (i32.const 7)))))
    (func (export "run") (result i32) (call $drop-r (i32.const 2)) (call $drop-thing (i32.const 1)) (i32.const 0)))"}));
  const Val thing = hold(3);
  on_poke = [](Caller&, std::uint32_t) -> std::uint32_t { throw Exit(3); };
  const Called exited = call(instance, "use", {borrow_of(thing)});
  ASSERT_FALSE(exited);
  EXPECT_EQ(exited.error().exit_code(), 3);
  EXPECT_EQ(store.handles().live, 1U) << "its own stays, its borrow ended with the call";
  EXPECT_THAT(call(instance, "run"), Traps(Rule::unknown_index_traps, "unknown handle index 1"))
      << "it was entered, and dropped its own";
}

// --- drops that wait ---

TEST_F(HostSide, AHandleThatGoesOutsideOfCallsIsDroppedAtOnce) {
  const Provider guest = start_provider();
  {
    const Own<Blob> own = need(guest.make(7));
  }
  EXPECT_THAT(journal, ElementsAre("log 7"));
}

TEST_F(HostSide, AHandleThatGoesWhileAGuestRunsIsDroppedAfterwards) {
  const Provider guest = start_provider();
  std::optional<Own<Blob>> own = need(guest.make(7));
  const Instance instance = start(component({.host = {poke}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (call $poke (i32.const 5)) (call $log (i32.const 1))))"}));
  on_poke = [&](Caller&, std::uint32_t x) {
    own.reset();
    EXPECT_THAT(journal, IsEmpty()) << "no guest code runs in the middle of a host function";
    return x;
  };
  EXPECT_THAT(call(instance, "run"), Gives(5));
  EXPECT_THAT(journal, ElementsAre("log 1", "log 7"));
}

TEST_F(HostSide, AHandleThatGoesOnAnotherThreadWaitsForTheStore) {
  const Provider guest = start_provider();
  std::optional<Own<Blob>> own = need(guest.make(7));
  std::thread([&] { own.reset(); }).join();
  EXPECT_THAT(journal, IsEmpty());
  EXPECT_TRUE(guest.make(8));
  EXPECT_THAT(journal, ElementsAre("log 7", "log 8"));
}

TEST_F(HostSide, ClosingRunsWhatWaits) {
  const Provider guest = start_provider();
  std::optional<Own<Blob>> own = need(guest.make(7));
  std::thread([&] { own.reset(); }).join();
  const auto report = store.close();
  ASSERT_TRUE(report);
  EXPECT_THAT(journal, ElementsAre("log 7"));
  EXPECT_TRUE(report->leaks.empty()) << to_string(*report);
}

TEST_F(HostSide, AFailedDropIsInTheReport) {
  const Instance instance = start(component({.defines = true, .exports = {provider_functions()[0]}, .core = R"(
    (func $destructor (param i32) unreachable) (elem (i32.const 0) func $destructor)
    (func (export "make") (param i32) (result i32) (call $new-r (local.get 0))))"}));
  static_cast<void>(value_of(call(instance, "make", {Val::u32(7)})));
  const auto report = store.close();
  ASSERT_TRUE(report);
  ASSERT_EQ(report->failed_drops.size(), 1U);
  EXPECT_THAT(report->failed_drops[0].message(), HasSubstr("unreachable"));
  EXPECT_THAT(to_string(*report), HasSubstr("failed drop"));
}

TEST_F(HostSide, ADestructorMayQueueFurtherDrops) {
  // The provider's destructor calls the host, which lets go another handle of the same provider.
  std::optional<Own<Blob>> second;
  Guest guest = provider();
  guest.host = {poke};
  guest.core.replace(guest.core.find("(call $log (local.get 0))"), 25, "(call $log (call $poke (local.get 0)))");
  const Provider made(start(component(guest)));
  second = need(made.make(8));
  on_poke = [&](Caller&, std::uint32_t x) {
    second.reset();
    return x;
  };
  {
    const Own<Blob> first = need(made.make(7));
  }
  EXPECT_TRUE(made.make(9));
  EXPECT_THAT(journal, ElementsAre("log 7", "log 8", "log 9"));
}

}  // namespace
}  // namespace holdfast::rules
