// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The host's side of the rules: misuse of the host's own handles, the report of a store that closes, resources that a
// trapped instance held, and drops that have to wait.
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

class HostSide : public Rules {
 protected:
  explicit HostSide(const StoreOptions& options = {}) : Rules(options) {}

  /// An instance of `provider`, with typed functions.
  struct Provider {
    explicit Provider(const Instance& provider_instance)
        : instance(provider_instance),
          bound(instance.resource_type<Blob>({}, "r").has_value()),
          make(need(instance.func<Own<Blob>(std::uint32_t)>("make"))),
          look(need(instance.func<std::uint32_t(Borrow<Blob>)>("look"))),
          take(need(instance.func<void(Own<Blob>)>("take"))),
          look_take(need(instance.func<void(Borrow<Blob>, Own<Blob>)>("look-take"))) {}
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
  EXPECT_THAT(guest.look(own), Misuse(Rule::none, "null"));
  EXPECT_THAT(guest.take(std::move(own)), Misuse(Rule::none, "null"));
  EXPECT_THAT(own.close(), Closed(Rule::none, "moved away"));
  EXPECT_EQ(need(guest.look(other)), 7U);
}

TEST_F(HostSide, AHandleThatWasPassedOnIsEmpty) {
  const Provider guest = start_provider();
  Own<Blob> own = need(guest.make(7));
  EXPECT_THAT(guest.take(std::move(own)), Succeeds());
  EXPECT_THAT(guest.look(own), Misuse(Rule::none, "null"));
  EXPECT_THAT(journal, ElementsAre("log 7"));
}

TEST_F(HostSide, AValueThatWasPassedOnIsStale) {
  const Instance instance = start(component(provider()));
  const Val own = value_of(call(instance, "make", {Val::u32(7)}));
  EXPECT_THAT(call(instance, "take", {own}), Succeeds());
  EXPECT_THAT(call(instance, "take", {own}), Misuse(Rule::none, "stale"));
  EXPECT_THAT(call(instance, "look", {borrow_of(own)}), Misuse(Rule::none, "stale"));
  EXPECT_THAT(journal, ElementsAre("log 7"));
}

TEST_F(HostSide, AClosedHandleStaysClosed) {
  const Provider guest = start_provider();
  Own<Blob> own = need(guest.make(7));
  EXPECT_THAT(own.close(), Succeeds());
  EXPECT_THAT(journal, ElementsAre("log 7"));
  EXPECT_THAT(own.close(), Closed(Rule::none, "already closed"));
  EXPECT_THAT(guest.look(own), Misuse(Rule::none, "null"));
}

TEST_F(HostSide, CloseReportsATrapOfTheDestructor) {
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
  EXPECT_THAT(guest.look(own), Misuse(Rule::none, "another"));
  EXPECT_THAT(guest.take(std::move(own)), Misuse(Rule::none, "another"));
  const Val value = value_of(call(elsewhere.instance, "make", {Val::u32(8)}));
  EXPECT_THAT(call(guest.instance, "take", {value}), Misuse(Rule::none, "another store"));
  EXPECT_THAT(call(guest.instance, "look", {borrow_of(value)}), Misuse(Rule::none, "another store"));
  EXPECT_THAT(call(guest.instance, "make", {Val::u32(9)}), Succeeds()) << "no instance was entered";
}

TEST_F(HostSide, AHandleOfAnotherInstanceIsRefused) {
  const Provider first = start_provider();
  const Provider second = start_provider();
  Own<Blob> own = need(first.make(7));
  EXPECT_THAT(second.look(own), Misuse(Rule::none, "another type"));
  EXPECT_EQ(need(first.look(own)), 7U);
}

TEST_F(HostSide, OneHandleAsBorrowAndOwnInOneCallIsRefused) {
  const Provider guest = start_provider();
  Own<Blob> own = need(guest.make(7));
  const Borrow<Blob> borrow(own);
  EXPECT_THAT(guest.look_take(borrow, std::move(own)), Misuse(Rule::none, "lent"));
  EXPECT_EQ(need(guest.look(need(guest.make(8)))), 8U) << "the guest never ran";
}

TEST_F(HostSide, OneValueAsOwnTwiceInOneCallIsRefusedAndDropped) {
  const Instance instance = start(component(provider()));
  const Val own = value_of(call(instance, "make", {Val::u32(7)}));
  EXPECT_THAT(call(instance, "take-two", {own, own}), Misuse(Rule::none, "stale"));
  EXPECT_THAT(journal, ElementsAre("log 7")) << "the call took the value as its first argument";
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
  EXPECT_THAT(call(instance, "take-two", {own, own}), Misuse(Rule::none, "stale"));
  EXPECT_THAT(call(other, "run"), Traps(Rule::unknown_index_traps, "unknown handle index 5"));
  const auto report = store.close();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->failed_drops.size(), 1U);
}

TEST_F(HostSide, ALentHandleCannotBeClosedOrGivenAway) {
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
    EXPECT_THAT(own.close(), Misuse(Rule::none, "lent"));
    EXPECT_TRUE(own) << "the refused handle still belongs to the host";
    EXPECT_THAT(eat(std::move(own)), Misuse(Rule::none, "lent"));
    EXPECT_THAT(journal, IsEmpty());
    return x;
  };
  EXPECT_THAT(use(own), Succeeds());
  EXPECT_THAT(journal, ElementsAre("~thing 3"))
      << "moved into a call that refused it: dropped once it was no longer lent";
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
  EXPECT_THAT(call(instance, "run"), Returns(0));
  ASSERT_TRUE(kept);
  EXPECT_THAT(call(instance, "use", {*kept}), Misuse(Rule::none, "stale"));
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
  EXPECT_THAT(journal, ElementsAre("~thing 3")) << "destroyed once";
}

// --- closing a store ---

TEST_F(HostSide, ACloseReportListsEveryLiveHandle) {
  const Instance instance = start(component({.defines = true, .host = {make_thing}, .exports = {run}, .core = R"(
    (func (export "run") (result i32)
      (drop (call $new-r (i32.const 70))) (drop (call $make-thing (i32.const 4)))
      (call $drop-r (call $new-r (i32.const 71))) (call $new-s (i32.const 72))))"}));
  EXPECT_THAT(call(instance, "run"), Returns(3));
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

TEST_F(HostSide, ACloseReportWithoutLeaksIsEmpty) {
  const Instance instance = start(with_provider(R"((func (export "run") (result i32)
    (call $drop-r (call $make (i32.const 7))) (call $look (call $make (i32.const 8))) (call $drop-r (i32.const 1))))"));
  EXPECT_THAT(call(instance, "client/run"), Returns(8));
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
  EXPECT_THAT(store.close(), Closed(Rule::none, "the store is closed"));
  EXPECT_THAT(guest.make(8), Closed(Rule::none, "the store is closed"));
  EXPECT_THAT(call(guest.instance, "make", {Val::u32(8)}), Closed(Rule::none, "the store is closed"));
  EXPECT_THAT(own.close(), Closed(Rule::none, "the store of the handle is closed"));
  EXPECT_THAT(store.hold(Thing(4, journal)), Closed(Rule::none, "the store is closed"));
  EXPECT_THAT(try_start(component({})), Closed(Rule::none, "the store is closed"));
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
  EXPECT_THAT(call(*instance, "make", {Val::u32(8)}), Closed(Rule::none, "the store is closed"));
  EXPECT_THAT(own->close(), Closed(Rule::none, "the store of the handle is closed"));
  own.reset();
}

TEST_F(HostSide, ARunningStoreCannotBeClosed) {
  const Instance instance = start(component({.host = {poke}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (call $poke (i32.const 5))))"}));
  on_poke = [&](Caller&, std::uint32_t x) {
    EXPECT_THAT(store.close(), Misuse(Rule::none, "guests runs"));
    return x;
  };
  EXPECT_THAT(call(instance, "run"), Returns(5));
  EXPECT_TRUE(store.close());
}

class TrackingHost : public HostSide {
 protected:
  TrackingHost() : HostSide({.track_handles = true}) {}
};

TEST_F(TrackingHost, LeaksShowWhichCallsCreatedThem) {
  const Instance instance = start(with_provider(
      "(func (export \"run\") (result i32) (drop (call $make-thing (i32.const 3))) (call $make (i32.const 7)))", {run},
      {make_thing}));
  EXPECT_THAT(call(instance, "client/run"), Returns(2));
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

TEST_F(TrackingHost, OriginsAreRemovedWithTheirHandles) {
  const Instance instance = start(component({.defines = true, .exports = {run, {"again", "(result u32)"}}, .core = R"(
    (func (export "run") (result i32) (call $drop-r (call $new-r (i32.const 7))) (i32.const 0))
    (func (export "again") (result i32) (call $new-r (i32.const 8))))"}));
  EXPECT_THAT(call(instance, "run"), Returns(0));
  EXPECT_THAT(call(instance, "again"), Returns(1));
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
      (drop (call $make-thing (i32.const 3))) ;; reuses index 1 and the slot of thing 1
      (drop (call $make-thing (i32.const 4)))
      unreachable))"}));
  const Val bystander = hold(9);
  EXPECT_THAT(call(instance, "run"), Traps(Rule::none, "unreachable"));
  EXPECT_THAT(journal, ElementsAre("~thing 1", "~thing 4", "~thing 3", "~thing 2"));
  EXPECT_EQ(store.handles().live, 0U);
  EXPECT_THAT(call(start(component(provider())), "make", {Val::u32(1)}), Succeeds()) << "the store stays usable";
  const auto report = store.close();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->released, 4U) << "three from the trapped instance, one that the host held until the end";
}

TEST_F(HostSide, NothingIsReleasedWhileTheTrapUnwinds) {
  // The host function handles the inner trap while the outer guest still runs.
  const Instance inner = start(component({.host = {make_thing}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (drop (call $make-thing (i32.const 1))) unreachable))"}));
  const Instance outer = start(component({.host = {poke, make_thing}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (drop (call $make-thing (i32.const 2))) (call $poke (i32.const 5))))"}));
  on_poke = [&](Caller&, std::uint32_t x) {
    EXPECT_THAT(call(inner, "run"), Traps(Rule::none, "unreachable"));
    EXPECT_THAT(journal, ElementsAre("~thing 1")) << "the inner stack has unwound";
    return x;
  };
  EXPECT_THAT(call(outer, "run"), Returns(5));
  EXPECT_THAT(journal, ElementsAre("~thing 1"));
  EXPECT_EQ(store.handles().live, 1U);
}

TEST_F(HostSide, HandlesOfATrappedInstanceToAnotherGuestsResourcesAreDropped) {
  const Instance implementer = start(as_peer(provider()));
  linker.instance("peer", implementer);
  const Instance instance = start(client_of_peer(R"((func (export "run") (result i32)
    (drop (call $make (i32.const 7))) (drop (call $make (i32.const 8))) unreachable))"));
  EXPECT_THAT(call(instance, "run"), Traps(Rule::none, "unreachable"));
  EXPECT_THAT(journal, ElementsAre("log 7", "log 8")) << "the implementer is open, so its destructors ran";
  EXPECT_EQ(store.handles().live, 0U);
}

TEST_F(HostSide, AnArgumentInFlightIsReleasedWithItsCall) {
  // The thing is lifted, then the second argument traps. By then the thing is in no handle table.
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
  EXPECT_EQ(store.handles().live, 1U) << "its own remains; its borrow ended with the call";
  EXPECT_THAT(call(instance, "run"), Traps(Rule::unknown_index_traps, "unknown handle index 1"))
      << "the instance could be entered and dropped its own";
}

// --- drops that wait ---

TEST_F(HostSide, AHandleDestroyedOutsideOfCallsIsDroppedAtOnce) {
  const Provider guest = start_provider();
  {
    const Own<Blob> own = need(guest.make(7));
  }
  EXPECT_THAT(journal, ElementsAre("log 7"));
}

TEST_F(HostSide, AHandleDestroyedWhileAGuestRunsIsDroppedAfterwards) {
  const Provider guest = start_provider();
  std::optional<Own<Blob>> own = need(guest.make(7));
  const Instance instance = start(component({.host = {poke}, .exports = {run}, .core = R"(
    (func (export "run") (result i32) (call $poke (i32.const 5)) (call $log (i32.const 1))))"}));
  on_poke = [&](Caller&, std::uint32_t x) {
    own.reset();
    EXPECT_THAT(journal, IsEmpty()) << "no guest code runs during a host function";
    return x;
  };
  EXPECT_THAT(call(instance, "run"), Returns(5));
  EXPECT_THAT(journal, ElementsAre("log 1", "log 7"));
}

TEST_F(HostSide, AHandleDestroyedOnAnotherThreadWaitsForTheStore) {
  const Provider guest = start_provider();
  std::optional<Own<Blob>> own = need(guest.make(7));
  std::thread([&] { own.reset(); }).join();
  EXPECT_THAT(journal, IsEmpty());
  EXPECT_TRUE(guest.make(8));
  EXPECT_THAT(journal, ElementsAre("log 7", "log 8"));
}

TEST_F(HostSide, ClosingRunsQueuedDrops) {
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
  // The provider's destructor calls the host, which drops another handle of the same provider.
  std::optional<Own<Blob>> second;
  Guest guest = provider();
  guest.host = {poke};
  guest.core.replace(guest.core.find("(call $log (local.get 0))"), 25, "(call $log (call $poke (local.get 0)))");
  const Provider poking(start(component(guest)));
  second = need(poking.make(8));
  on_poke = [&](Caller&, std::uint32_t x) {
    second.reset();
    return x;
  };
  {
    const Own<Blob> first = need(poking.make(7));
  }
  EXPECT_TRUE(poking.make(9));
  EXPECT_THAT(journal, ElementsAre("log 7", "log 8", "log 9"));
}

}  // namespace
}  // namespace holdfast::rules
