// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dynamic values in host functions and in calls, and the errors when they do not fit.
#include "holdfast/embed/testing/api_fixture.hpp"

namespace holdfast::embed_test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Called = HostResult<std::optional<Val>>;
using Arguments = std::span<const Val>;

struct SimpleBucket {
  std::uint32_t number = 0;
  std::shared_ptr<int> alive;
};

class Dynamic : public Api {
 protected:
  /// Calls `f: func(x: u32) -> list<record { name: string, size: u32 }>`, a host function that returns `answer`.
  Called answered_with(std::optional<Val> answer) {
    Linker own(engine());
    own.instance("test:host/api").dynamic_func("f", [&](Caller&, Arguments) -> Called { return answer; });
    const Instance instance = need(own.instantiate(store, compile(listing)));
    return instance.call("f", std::vector{Val::u32(1)});
  }
  static Val entry(Val name, Val size) { return Val::record({{"name", std::move(name)}, {"size", std::move(size)}}); }

  const std::string listing = passing_on({{"f", R"((param "x" u32) (result (list $entry)))", "i32", "memory"}},
                                         {{"entry", R"((record (field "name" string) (field "size" u32)))"}});
  const std::string buckets = passing_on({{"make", R"((param "n" u32) (result (own $bucket)))", "i32", "i32"},
                                          {"take", R"((param "b" (own $bucket)))", "i32"},
                                          {"look", R"((param "b" (borrow $bucket)) (result u32))", "i32", "i32"}},
                                         {{"bucket", "resource"}});
};

// --- host functions ---

TEST_F(Dynamic, AHostFunctionTakesAndReturnsAnyValue) {
  const Val answer = Val::list({entry(Val::string("a"), Val::u32(1)), entry(Val::string("b"), Val::u32(2))});
  const auto called = answered_with(answer);
  ASSERT_THAT(called, Succeeds());
  EXPECT_EQ(*called, answer);
}

TEST_F(Dynamic, AWrongResultIsATrapThatSaysWhere) {
  const auto called =
      answered_with(Val::list({entry(Val::string("a"), Val::u32(1)), entry(Val::string("b"), Val::string("2"))}));
  ASSERT_THAT(called, Traps("the host function returned a wrong value"));
  EXPECT_THAT(called.error().message(),
              AllOf(HasSubstr("element 1"), HasSubstr("field size"), HasSubstr("expected u32, got string")));
}

TEST_F(Dynamic, AMissingOrExtraResultIsATrap) {
  EXPECT_THAT(answered_with(std::nullopt), Traps("expected a result"));
  api().dynamic_func("f", [](Caller&, Arguments) -> Called { return Val::u32(1); });
  EXPECT_THAT(need(start(running("call $f")).func<void()>("run"))(), Traps("no result"));
}

TEST_F(Dynamic, AnErrorOfAHostFunctionIsATrapWhateverItsKind) {
  api().dynamic_func("f", [](Caller&, Arguments) -> Called { return host_fail(ErrorKind::io, "the disk is gone"); });
  const Instance instance = start(running("call $f"));
  EXPECT_THAT(instance.call("run", {}), Traps("the disk is gone"));
  EXPECT_THAT(instance.call("run", {}), Traps("cannot enter"));
}

TEST_F(Dynamic, OwnsAmongTheArgumentsBelongToTheFunction) {
  std::optional<Val> kept;
  const auto alive = std::make_shared<int>();
  api()
      .resource<SimpleBucket>("bucket")
      .func("make", [&](std::uint32_t n) { return SimpleBucket{n, alive}; })
      .func("look", [](const SimpleBucket& bucket) { return bucket.number; })
      .dynamic_func("take", [&](Caller&, Arguments arguments) -> Called {
        if (!kept) kept = arguments[0];
        return std::nullopt;
      });
  const Instance instance = start(buckets);
  for (std::uint32_t n = 1; n <= 2; ++n) {
    Val bucket = *need(instance.call("make", std::vector{Val::u32(n)}));
    EXPECT_THAT(instance.call("take", std::vector{bucket}), Succeeds());
  }
  EXPECT_EQ(alive.use_count(), 2) << "the second was not kept, so it was destroyed";
  kept.reset();
  EXPECT_EQ(alive.use_count(), 1);
}

TEST_F(Dynamic, ANullHandleCannotBeReturned) {
  api()
      .resource<SimpleBucket>("bucket")
      .dynamic_func("make", [](Caller&, Arguments) -> Called { return Val::own({}); })
      .func("take", [](SimpleBucket) {})
      .func("look", [](const SimpleBucket&) { return 0U; });
  EXPECT_THAT(start(buckets).call("make", std::vector{Val::u32(1)}), Traps("handle"));
}

// --- calls ---

TEST_F(Dynamic, ArgumentsAreCheckedBeforeTheGuestIsEntered) {
  api().func("f", [](std::string_view, std::vector<std::tuple<std::uint8_t, bool>>) { return 1U; });
  const Instance instance = start(passing_on(
      {{"f", R"((param "name" string) (param "all" (list (tuple u8 bool))) (result u32))", "i32 i32 i32 i32", "i32"}}));
  const Val text = Val::string("x");
  const Val list = Val::list({Val::tuple({Val::u8(1), Val::boolean(true)})});
  EXPECT_THAT(instance.call("f", std::vector{text}), Misuse("expected 2 arguments, got 1"));
  EXPECT_THAT(instance.call("f", std::vector{text, list, list}), Misuse("expected 2 arguments, got 3"));
  EXPECT_THAT(instance.call("f", std::vector{Val::u32(1), list}),
              Misuse("parameter 1 (name): expected string, got u32"));
  const Val wrong = Val::list({Val::tuple({Val::u8(1), Val::boolean(true)}), Val::tuple({Val::u8(1), Val::u8(0)})});
  const auto refused = instance.call("f", std::vector{text, wrong});
  ASSERT_THAT(refused, Misuse("parameter 2 (all), element 1, element 1: expected bool, got u8"));
  EXPECT_THAT(refused.error().message(), HasSubstr("component: f")) << "the instance and the function are named";
  const auto called = instance.call("f", std::vector{text, list});
  ASSERT_THAT(called, Succeeds());
  EXPECT_EQ(*called, Val::u32(1));
}

TEST_F(Dynamic, AFunctionWithoutResultReturnsNothing) {
  api().func("f", [] {});
  const auto called = start(running("call $f")).call("run", {});
  ASSERT_THAT(called, Succeeds());
  EXPECT_FALSE(called->has_value());
}

TEST_F(Dynamic, AMissingExportIsMisuseThatNamesIt) {
  const Instance instance = start(blobs());
  EXPECT_THAT(instance.call("no", {}), Misuse("component exports no no"));
  EXPECT_THAT(instance.call("test:guest/other", "count", {}), Misuse("exports no interface test:guest/other"));
  EXPECT_THAT(instance.call(blobs_interface, "no", {}), Misuse("test:guest/blobs@1.2.0/no"));
  EXPECT_THAT(instance.call(blobs_interface, "blob", {}), Misuse("is not a function"));
  EXPECT_THAT(instance.call(blobs_interface, {}), Misuse("is not a function"));
  EXPECT_THAT(instance.resource_type<Blob>(blobs_interface, "count"), Misuse("is not a resource type"));
}

TEST_F(Dynamic, ACompatibleVersionOfAnExportIsFound) {
  const Instance instance = start(blobs());
  EXPECT_THAT(instance.call("test:guest/blobs@1.0.0", "count", {}), Succeeds());
  EXPECT_THAT(instance.call("test:guest/blobs@2.0.0", "count", {}), Misuse("no interface"));
  EXPECT_THAT(instance.call("test:guest/blobs", "count", {}), Misuse("no interface"));
}

TEST_F(Dynamic, OwnsAreGivenAway) {
  const Instance instance = start(blobs());
  const Val a = *need(instance.call(blobs_interface, "[constructor]blob", std::vector{Val::u32(3)}));
  const Val b = *need(instance.call(blobs_interface, "[constructor]blob", std::vector{Val::u32(4)}));
  const Val sum = *need(instance.call(blobs_interface, "merge", std::vector{a, b}));
  EXPECT_EQ(need(instance.call(blobs_interface, "[method]blob.get", std::vector{sum})), Val::u32(7))
      << "an own is lent where a borrow is expected";
  EXPECT_THAT(instance.call(blobs_interface, "merge", std::vector{a, sum}), Misuse("stale"));
  EXPECT_EQ(need(instance.call(blobs_interface, "[method]blob.get", std::vector{sum})), Val::u32(7))
      << "the refused call took nothing";
}

TEST_F(Dynamic, TheLastCopyOfAnOwnDropsIt) {
  const Instance instance = start(blobs());
  const auto count = need(instance.func<std::uint32_t()>(blobs_interface, "count"));
  {
    const Val blob = *need(instance.call(blobs_interface, "[constructor]blob", std::vector{Val::u32(3)}));
    const Val copy = Val::list({blob, Val::u32(1)});
    EXPECT_THAT(count(), Gives(1U));
  }
  EXPECT_THAT(count(), Gives(0U));
}

TEST_F(Dynamic, HandlesInsideResultsBelongToTheCaller) {
  const Instance instance = start(blobs());
  const auto count = need(instance.func<std::uint32_t()>(blobs_interface, "count"));
  {
    const Val blob = *need(instance.call(blobs_interface, "[constructor]blob", std::vector{Val::u32(3)}));
    const Val both = *need(instance.call(blobs_interface, "twice", std::vector{blob}));
    const auto parts = need(both.as_tuple());
    ASSERT_EQ(parts.size(), 2U);
    const Val* second = need(parts[1].as_option());
    ASSERT_NE(second, nullptr);
    const auto total = instance.call(blobs_interface, "total", std::vector{Val::list({parts[0], *second})});
    ASSERT_THAT(total, Succeeds());
    EXPECT_EQ(*total, Val::u32(9));
  }
  EXPECT_THAT(count(), Gives(0U));
}

TEST_F(Dynamic, AMovedInstanceStaysUsable) {
  Instance first = start(blobs());
  const Instance second = std::move(first);
  EXPECT_THAT(first.call(blobs_interface, "count", {}), Succeeds());  // NOLINT(bugprone-use-after-move)
  EXPECT_THAT(second.call(blobs_interface, "count", {}), Succeeds());
}

}  // namespace
}  // namespace holdfast::embed_test
