// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stores: closing and its report, resources that the host holds, limits, interruption and fuel.
#include <atomic>
#include <thread>

#include "holdfast/embed/testing/api_fixture.hpp"

namespace holdfast::embed_test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct TrackedBucket {
  explicit TrackedBucket(std::shared_ptr<int> life) : alive(std::move(life)) {}
  std::shared_ptr<int> alive;
};
struct Other {};

constexpr std::string_view endless = "(loop $again (br $again))";

class Stores : public Api {
 protected:
  explicit Stores(const StoreOptions& options = {}) : Api(options) {}

  /// Imports functions that take a bucket and that look at one.
  std::string keeper() const {
    return passing_on({{"keep", R"((param "b" (own $bucket)))", "i32"},
                       {"look", R"((param "b" (borrow $bucket)))", "i32", "", "bucket"}},
                      {{"bucket", "resource"}});
  }
  void define_keeper() {
    api().resource<TrackedBucket>("bucket").func("keep", [](TrackedBucket) {}).func("look", [](const TrackedBucket&) {
    });
  }
  const std::shared_ptr<int> alive = std::make_shared<int>();
};

// --- closing ---

TEST_F(Stores, ClosingATidyStoreReportsNothing) {
  const Blobs guest(start(blobs()));
  {
    const Own<Blob> blob = need(guest.make(1));
  }
  const auto report = store.close();
  ASSERT_THAT(report, Succeeds());
  EXPECT_THAT(report->leaks, IsEmpty());
  EXPECT_THAT(report->failed_drops, IsEmpty());
  EXPECT_EQ(report->released, 0U);
  EXPECT_EQ(to_string(*report), "");
}

TEST_F(Stores, TheReportListsWhatIsLeft) {
  const Blobs guest(start(blobs()));
  const Own<Blob> mine = need(guest.make(1));
  EXPECT_THAT(guest.forget(need(guest.make(2))), Succeeds());
  const auto report = need(store.close());
  ASSERT_EQ(report.leaks.size(), 2U);
  EXPECT_THAT(report.leaks[0].type, HasSubstr("blob"));
  EXPECT_EQ(report.leaks[0].instance, "component");
  EXPECT_EQ(report.leaks[0].rep, 2U);
  EXPECT_TRUE(report.leaks[0].own);
  EXPECT_EQ(report.leaks[1].instance, "host");
  EXPECT_THAT(to_string(report), HasSubstr("leaked: own handle"));
}

TEST_F(Stores, ClosingTwiceIsAnError) {
  EXPECT_THAT(store.close(), Succeeds());
  EXPECT_THAT(store.close(), Closed("closed"));
  EXPECT_THAT(store.hold(TrackedBucket(alive)), Closed("closed"));
  EXPECT_THAT(store.fuel(), Closed("closed"));
  EXPECT_THAT(store.set_fuel(1), Closed("closed"));
  EXPECT_THAT(linker.instantiate(store, compile(blobs())), Closed("closed"));
  store.clear_interrupt();
  store.interrupt_handle().interrupt();
}

TEST_F(Stores, AMovedStoreIsAnError) {
  Store other = std::move(store);
  EXPECT_THAT(store.close(), Closed("closed"));  // NOLINT(bugprone-use-after-move): that is the point
  EXPECT_THAT(store.hold(TrackedBucket(alive)), Closed("closed"));
  EXPECT_THAT(store.fuel(), Closed("closed"));
  EXPECT_THAT(linker.instantiate(store, compile(blobs())), Closed("moved"));
  EXPECT_THAT(linker.instantiate(other, compile(blobs())), Succeeds());
  store = std::move(other);
  EXPECT_THAT(linker.instantiate(store, compile(blobs())), Succeeds());
}

TEST_F(Stores, AssigningClosesTheOldStore) {
  define_keeper();
  static_cast<void>(start(keeper()));
  const Own<TrackedBucket> bucket = need(store.hold(TrackedBucket(alive)));
  Store& same = store;
  store = std::move(same);
  EXPECT_EQ(alive.use_count(), 2) << "assigning it to itself changes nothing";
  store = need(Store::create(engine()));
  EXPECT_EQ(alive.use_count(), 1);
}

TEST_F(Stores, CannotBeClosedWhileAGuestRuns) {
  std::optional<HostResult<StoreReport>> closed;
  api().func("f", [&] { closed = store.close(); });
  const Instance instance = start(running("call $f"));
  EXPECT_THAT(instance.call("run", {}), Succeeds());
  ASSERT_TRUE(closed);
  EXPECT_THAT(*closed, Misuse("while one of its guests runs"));
  EXPECT_THAT(store.close(), Succeeds());
}

TEST_F(Stores, AStoreThatIsDestroyedWhileAGuestRunsStopsTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  std::optional<Store> inner(need(Store::create(engine())));
  api().func("f", [&] { inner.reset(); });
  const Instance instance = need(linker.instantiate(*inner, compile(running("call $f"))));
  EXPECT_DEATH(static_cast<void>(instance.call("run", {})), "a store outlives the calls");
}

// --- holding ---

TEST_F(Stores, AHandleOfTheHostCanBePassedAsADynamicValue) {
  define_keeper();
  const Instance instance = start(keeper());
  const Val bucket = to_val(need(store.hold(TrackedBucket(alive))));
  EXPECT_THAT(instance.call("look", {bucket}), Succeeds());
  EXPECT_THAT(instance.call("keep", {bucket}), Succeeds());
  EXPECT_THAT(instance.call("look", {bucket}), Misuse("stale"));
  EXPECT_THAT(instance.call("look", {to_val(OwnedHandle())}), Misuse("the handle is empty"));
}

TEST_F(Stores, HoldResourcesForTheHost) {
  define_keeper();
  const Instance instance = start(keeper());
  const auto keep = need(instance.func<void(Own<TrackedBucket>)>("keep"));
  const auto look = need(instance.func<void(Borrow<TrackedBucket>)>("look"));
  Own<TrackedBucket> bucket = need(store.hold(TrackedBucket(alive)));
  EXPECT_THAT(look(bucket), Succeeds());
  EXPECT_THAT(keep(std::move(bucket)), Succeeds());
  EXPECT_EQ(alive.use_count(), 1);
  const Own<TrackedBucket> second = need(store.hold(TrackedBucket(alive)));
  const auto report = need(store.close());
  EXPECT_EQ(alive.use_count(), 1) << "released by the store";
  EXPECT_EQ(report.released, 1U);
  EXPECT_EQ(report.leaks.size(), 1U);
}

TEST_F(Stores, DoNotHoldAClassThatNobodyUses) {
  EXPECT_THAT(store.hold(Other()), Misuse("no instance in this store uses"));
  define_keeper();
  static_cast<void>(start(keeper()));
  EXPECT_THAT(store.hold(Other()), Misuse("no instance in this store uses"));
}

TEST_F(Stores, DoNotHoldAClassThatIsTwoResources) {
  api().resource<Other>("one").resource<Other>("two").func("f", [](Other) {}).func("g", [](Other) {});
  static_cast<void>(
      start(passing_on({{"f", R"((param "x" (own $one)))", "i32"}, {"g", R"((param "x" (own $two)))", "i32"}},
                       {{"one", "resource"}, {"two", "resource"}})));
  EXPECT_THAT(store.hold(Other()), Misuse("two resource types"));
}

// --- destructors that drop more resources ---

/// A host resource that owns another resource.
struct Node {
  std::shared_ptr<std::vector<int>> gone;
  int number = 0;
  std::unique_ptr<OwnedHandle> next;
  Node(std::shared_ptr<std::vector<int>> journal, int n, std::unique_ptr<OwnedHandle> following = nullptr)
      : gone(std::move(journal)), number(n), next(std::move(following)) {}
  Node(Node&&) = default;
  Node& operator=(Node&&) = default;
  ~Node() {
    if (gone != nullptr) gone->push_back(number);
  }
};

class Chains : public Stores {
 protected:
  Chains() {
    api().resource<Node>("node").func("f", [](Node) {});
    static_cast<void>(start(passing_on({{"f", R"((param "x" (own $node)))", "i32"}}, {{"node", "resource"}})));
  }
  Own<Node> chain(int length) {
    Own<Node> first = need(store.hold(Node(gone, 0)));
    for (int i = 1; i < length; ++i)
      first = need(store.hold(Node(gone, i, std::make_unique<OwnedHandle>(std::move(first)))));
    return first;
  }
  const std::shared_ptr<std::vector<int>> gone = std::make_shared<std::vector<int>>();
};

TEST_F(Chains, OfOwnedResourcesAreDestroyedInOrder) {
  {
    const Own<Node> first = chain(4);
  }
  EXPECT_THAT(*gone, ::testing::ElementsAre(3, 2, 1, 0));
}

TEST_F(Chains, OfAnyLengthNeedNoStack) {
  {
    const Own<Node> first = chain(9'000);
  }
  EXPECT_EQ(gone->size(), 9'000U);
  Own<Node> second = chain(9'000);
  EXPECT_THAT(second.close(), Succeeds());
  EXPECT_EQ(gone->size(), 18'000U);
}

TEST_F(Chains, AreDestroyedWhenTheStoreCloses) {
  const Own<Node> first = chain(9'000);
  const auto report = need(store.close());
  EXPECT_EQ(gone->size(), 9'000U);
  EXPECT_EQ(report.released, 9'000U);
}

TEST_F(Chains, MayMixResourcesOfHostAndGuest) {
  const Blobs guest(start(blobs()));
  {
    const Own<Node> node = need(store.hold(Node(gone, 1, std::make_unique<OwnedHandle>(need(guest.make(5))))));
  }
  EXPECT_THAT(guest.count(), Gives(0U));
  const Own<Node> left = need(store.hold(Node(gone, 2, std::make_unique<OwnedHandle>(need(guest.make(6))))));
  EXPECT_THAT(store.close(), Succeeds()) << "destroys the node, whose blob belongs to the store that closes";
  EXPECT_THAT(*gone, ::testing::ElementsAre(1, 2));
}

TEST_F(Chains, ThatNeverEndDoNotHangTheHost) {
  // The destructor of each guest makes the host create and drop a blob of the other guest.
  std::uint32_t drops = 0;
  std::optional<Blobs> first, second;
  Linker own(engine());
  own.instance("test:host/api").func("pong", [] { return 1U; }).func("gone", [&](std::uint32_t which) {
    ++drops;
    EXPECT_THAT((which == 1 ? *second : *first).make(which == 1 ? 2 : 1), Succeeds());
  });
  first.emplace(need(own.instantiate(store, compile(blobs(true)))));
  second.emplace(need(own.instantiate(store, compile(blobs(true)))));
  {
    const Own<Blob> blob = need(first->make(1));
  }
  EXPECT_GT(drops, 1'000U);
  const auto before = drops;
  EXPECT_THAT(store.close(), Succeeds());
  EXPECT_GT(drops, before) << "closing ran the drops that were left";
}

// --- limits ---

class Interrupted : public Stores {};

TEST_F(Interrupted, AnEndlessLoopStops) {
  std::atomic<bool> is_running = false;
  api().func("f", [&] { is_running = true; });
  const Instance looping = start(running("(call $f) " + std::string(endless)));
  const Blobs guest(start(blobs()));
  const InterruptHandle handle = store.interrupt_handle();
  std::thread watchdog([&] {
    while (!is_running) std::this_thread::yield();
    handle.interrupt();
  });
  EXPECT_THAT(looping.call("run", {}), Limit("interrupt"));
  watchdog.join();
  EXPECT_THAT(looping.call("run", {}), Traps("cannot enter"));
  store.clear_interrupt();
  EXPECT_THAT(guest.count(), Gives(0U)) << "other guests stay usable";
}

TEST_F(Interrupted, DestructorsWaitUntilTheInterruptionIsCleared) {
  // The looping guest holds a blob of another guest, which must stay usable.
  api().func("f", [&] { store.interrupt_handle().interrupt(); });
  const Blobs guest(start(blobs()));
  linker.instance(blobs_interface, guest.instance);
  const Instance looping = start(R"((component
    (import "test:host/api" (instance $api (export "f" (func))))
    (import "test:guest/blobs@1.2.0" (instance $blobs (export "blob" (type $blob (sub resource)))
      (export "[constructor]blob" (func (param "x" u32) (result (own $blob))))))
    (core func $f (canon lower (func $api "f")))
    (core func $make (canon lower (func $blobs "[constructor]blob")))
    (core module $M (import "" "f" (func $f)) (import "" "make" (func $make (param i32) (result i32)))
      (func (export "run") (drop (call $make (i32.const 7))) (call $f) (loop $again (br $again))))
    (core instance $m (instantiate $M (with "" (instance (export "f" (func $f)) (export "make" (func $make))))))
    (func (export "run") (canon lift (core func $m "run")))))");
  EXPECT_THAT(looping.call("run", {}), Limit("interrupt"));
  store.clear_interrupt();
  EXPECT_THAT(guest.count(), Gives(0U)) << "dropped before the call";
  EXPECT_THAT(need(store.close()).failed_drops, IsEmpty());
}

TEST(Fuel, RunsOutAndCanBeRefilled) {
  const Engine with_fuel = need(Engine::create({.fuel = true}));
  Store store = need(Store::create(with_fuel, {.limits = {.fuel = 10'000}}));
  Linker linker(with_fuel);
  linker.instance("test:host/api").func("f", [] {});
  const InstancePre looping = need(linker.link(need(Component::from_text(with_fuel, running(endless)))));
  const InstancePre short_run = need(linker.link(need(Component::from_text(with_fuel, running("call $f")))));
  EXPECT_THAT(need(looping.instantiate(store)).call("run", {}), Limit("fuel"));
  EXPECT_THAT(store.fuel(), Gives(0U));
  EXPECT_THAT(store.set_fuel(5'000), Succeeds());
  EXPECT_THAT(need(short_run.instantiate(store)).call("run", {}), Succeeds());
  EXPECT_LT(need(store.fuel()), 5'000U);
}

TEST_F(Stores, FuelNeedsAnEngineThatCountsIt) {
  EXPECT_THAT(Store::create(engine(), {.limits = {.fuel = 1}}), Misuse("fuel"));
  EXPECT_THAT(store.set_fuel(1), Misuse("fuel"));
  EXPECT_THAT(store.fuel(), Misuse("fuel"));
}

class SmallValues : public Stores {
 protected:
  SmallValues() : Stores({.limits = {.lifted_bytes_per_call = 1'000}}) {}
};

TEST_F(SmallValues, TypedValuesAreCountedToo) {
  api().func("f", [](std::vector<std::uint8_t> x) { return x; });
  const std::string text = passing_on({{"f", R"((param "x" (list u8)) (result (list u8)))", "i32 i32", "memory"}});
  using Bytes = std::vector<std::uint8_t>;
  EXPECT_THAT(need(start(text).func<Bytes(Bytes)>("f"))(Bytes(900)), Succeeds());
  EXPECT_THAT(need(start(text).func<Bytes(Bytes)>("f"))(Bytes(1'100)), Limit("host memory"));
  EXPECT_THAT(need(start(text).func<Bytes(Bytes)>("f"))(Bytes(900)), Succeeds()) << "the store stays usable";
}

TEST_F(SmallValues, ViewsCostNothing) {
  std::size_t seen = 0;
  api().func("f", [&](std::span<const std::uint8_t> x) { seen = x.size(); });
  const Instance instance = start(passing_on({{"f", R"((param "x" (list u8)))", "i32 i32"}}));
  EXPECT_THAT(need(instance.func<void(std::vector<std::uint8_t>)>("f"))(std::vector<std::uint8_t>(50'000)), Succeeds());
  EXPECT_EQ(seen, 50'000U);
}

}  // namespace
}  // namespace holdfast::embed_test
