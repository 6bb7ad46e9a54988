// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What errors report and what stays usable after them: traps, failed instantiations, and host functions that call
// guests.
#include "holdfast/embed/testing/api_fixture.hpp"
#include "holdfast/embed/value_or_throw.hpp"

namespace holdfast::embed_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Errors : public Api {};

// --- traps ---

TEST_F(Errors, ATrapReportsCauseCallPathAndBacktrace) {
  api().func("f", [] {});
  const auto failed = start(running("call $f unreachable")).call("run", {});
  ASSERT_THAT(failed, Traps("unreachable"));
  EXPECT_EQ(failed.error().rule(), Rule::none);
  EXPECT_THAT(failed.error().call_path(), ElementsAre("component: run"));
  ASSERT_FALSE(failed.error().backtrace().empty());
  EXPECT_GT(failed.error().backtrace()[0].offset, 0U);
  EXPECT_THAT(failed.error().message(), HasSubstr("component: run"));
  EXPECT_THAT(failed.error().to_string(), HasSubstr("\n  at "));
}

TEST_F(Errors, AnErrorNamesTheBrokenRule) {
  linker.instance("test:host/api").resource<std::unique_ptr<int>>("unused").func("f", [] {});
  const auto failed = start(R"((component
    (type $r (resource (rep i32)))
    (core func $drop (canon resource.drop $r))
    (core module $M (import "" "drop" (func $drop (param i32))) (func (export "run") (call $drop (i32.const 77))))
    (core instance $m (instantiate $M (with "" (instance (export "drop" (func $drop))))))
    (func (export "run") (canon lift (core func $m "run")))))")
                          .call("run", {});
  ASSERT_THAT(failed, Traps("unknown handle index 77"));
  EXPECT_EQ(failed.error().rule(), Rule::unknown_index_traps);
}

TEST_F(Errors, AMisalignedStringHasItsOwnMessage) {
  for (const std::string_view encoding : {"utf16", "latin1+utf16"}) {
    const Instance instance = start(R"((component
      (core module $m (memory (export "m") 1) (data (i32.const 4) "\01")
        (func (export "f") (result i32) (i32.const 4)))
      (core instance $i (instantiate $m))
      (func (export "f") (result string) (canon lift (core func $i "f") (memory (core memory $i "m")) string-encoding=)" +
                                    std::string(encoding) + ")))");
    EXPECT_THAT(instance.call("f", {}), Traps("unaligned pointer: 1: string pointer not aligned to 2"));
  }
}

TEST_F(Errors, ATrapClosesItsInstanceAndNothingElse) {
  api().func("f", [] {});
  const Instance broken = start(running("unreachable"));
  const Instance fine = start(running("call $f"));
  EXPECT_THAT(broken.call("run", {}), Traps("unreachable"));
  const auto again = broken.call("run", {});
  ASSERT_THAT(again, Traps("cannot enter component instance"));
  EXPECT_EQ(again.error().rule(), Rule::trapped_instances_stay_closed);
  EXPECT_THAT(fine.call("run", {}), Succeeds());
}

// --- failed instantiations ---

constexpr std::string_view trapping_start = R"((component
  (import "test:host/api" (instance $api (export "f" (func))))
  (core func $f (canon lower (func $api "f")))
  (core module $M (import "" "f" (func $f)) (func $start (call $f) unreachable) (start $start) (func (export "run")))
  (core instance $m (instantiate $M (with "" (instance (export "f" (func $f))))))
  (func (export "run") (canon lift (core func $m "run")))))";

TEST_F(Errors, AStartFunctionThatTrapsFailsTheInstantiation) {
  std::uint32_t calls = 0;
  api().func("f", [&] { ++calls; });
  const auto failed = linker.instantiate(store, compile(trapping_start));
  ASSERT_THAT(failed, Traps("unreachable"));
  EXPECT_THAT(failed.error().message(), HasSubstr("instantiating component"));
  EXPECT_EQ(calls, 1U);
  EXPECT_THAT(start(running("call $f")).call("run", {}), Succeeds()) << "the store stays usable";
  EXPECT_THAT(need(store.close()).leaks, IsEmpty());
}

TEST_F(Errors, AHostFunctionThatTrapsInAStartFunctionIsNamed) {
  api().func("f", []() -> std::expected<void, Trap> { return std::unexpected(Trap("not yet")); });
  const auto failed = linker.instantiate(store, compile(trapping_start));
  ASSERT_THAT(failed, Traps("not yet"));
  ASSERT_FALSE(failed.error().call_path().empty());
  EXPECT_THAT(failed.error().call_path()[0], HasSubstr("host"));
}

TEST_F(Errors, AnInstantiationMayHappenInsideAHostFunction) {
  std::optional<Instance> inner;
  const Component component = compile(blobs());
  api().func("f", [&](Caller&) {
    auto instance = linker.instantiate(store, component);
    EXPECT_THAT(instance, Succeeds());
    if (instance) inner = *instance;
  });
  EXPECT_THAT(start(running("call $f")).call("run", {}), Succeeds());
  ASSERT_TRUE(inner);
  EXPECT_THAT(Blobs(*inner).make(1), Succeeds());
}

TEST_F(Errors, AHostFunctionHandlesAFailedInstantiation) {
  Linker other(engine());
  other.instance("test:host/api").func("f", [] {});
  const Component component = compile(trapping_start);
  api().func("f", [&] { EXPECT_THAT(other.instantiate(store, component), Traps("unreachable")); });
  const Instance outer = start(running("call $f"));
  EXPECT_THAT(outer.call("run", {}), Succeeds());
  EXPECT_THAT(outer.call("run", {}), Succeeds());
}

// --- host functions that call guests ---

TEST_F(Errors, AHostFunctionCannotEnterItsCaller) {
  std::optional<Instance> self;
  std::optional<ErrorKind> kind;
  api().func("f", [&] {
    const auto refused = self->call("run", {});
    ASSERT_THAT(refused, Traps("cannot enter component instance"));
    EXPECT_EQ(refused.error().rule(), Rule::may_enter);
    EXPECT_THAT(refused.error().message(), HasSubstr("already running"));
    kind = refused.error().kind();
  });
  self = start(running("call $f"));
  EXPECT_THAT(self->call("run", {}), Succeeds()) << "the refused call changed nothing";
  EXPECT_EQ(kind, ErrorKind::trap);
  EXPECT_THAT(self->call("run", {}), Succeeds());
}

TEST_F(Errors, AHostFunctionMayCallAnotherInstance) {
  const Blobs guest(start(blobs()));
  std::uint32_t seen = 0;
  api().func("f", [&] {
    const Own<Blob> blob = need(guest.make(42));
    seen = need(guest.get(blob));
  });
  EXPECT_THAT(start(running("call $f")).call("run", {}), Succeeds());
  EXPECT_EQ(seen, 42U);
  EXPECT_THAT(guest.count(), Gives(0U)) << "dropped when the store was idle";
}

TEST_F(Errors, AHostFunctionHandlesATrapOfAnInnerCall) {
  Linker other(engine());
  other.instance("test:host/api").func("f", [] {});
  const Instance inner = need(other.instantiate(store, compile(running("unreachable"))));
  api().func("f", [&] { EXPECT_THAT(inner.call("run", {}), Traps("")); });
  const Instance outer = start(running("call $f"));
  EXPECT_THAT(outer.call("run", {}), Succeeds());
  EXPECT_THAT(outer.call("run", {}), Succeeds());
}

TEST_F(Errors, AnErrorThatIsPassedOnKeepsItsCallPath) {
  Linker other(engine());
  other.instance("test:host/api").func("f", [] {});
  const Instance inner = need(other.instantiate(store, compile(running("unreachable"))));
  api().dynamic_func("f", [&](Caller&, std::span<const Val>) { return inner.call("run", {}); });
  const auto failed = start(running("call $f")).call("run", {});
  ASSERT_THAT(failed, Traps("unreachable"));
  EXPECT_THAT(failed.error().call_path(), ElementsAre("component: run", HasSubstr("host"), "component: run"));
}

// --- exceptions instead of results ---

TEST(ValueOrThrow, ReturnsTheValueOrThrowsTheError) {
  EXPECT_EQ(value_or_throw(HostResult<int>(5)), 5);
  EXPECT_EQ(*value_or_throw(HostResult<std::unique_ptr<int>>(std::make_unique<int>(6))), 6);
  EXPECT_NO_THROW(value_or_throw(HostResult<void>()));
  try {
    value_or_throw(HostResult<void>(host_fail(ErrorKind::limit, "too much")));
    FAIL() << "it did not throw";
  } catch (const HostException& thrown) {
    EXPECT_STREQ(thrown.what(), "too much");
    EXPECT_EQ(thrown.error().kind(), ErrorKind::limit);
  }
}

}  // namespace
}  // namespace holdfast::embed_test
