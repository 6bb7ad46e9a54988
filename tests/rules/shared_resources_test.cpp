// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One host object that instances in several stores own together, through shares that are counted, limited by a budget,
// and expire.
#include <chrono>

#include "holdfast/embed/shared_resource.hpp"
#include "holdfast/resource/tables/shared_table.hpp"
#include "rules_fixture.hpp"
#include "standard_guests.hpp"

namespace holdfast::rules {
namespace {

using resource::Dimension;
using resource::ResourceLimits;

struct Connection {
  std::uint32_t number = 0;
  std::uint32_t queries = 0;
  std::uint32_t query() { return number + ++queries; }
};
using Connections = resource::SharedResourceTable<Connection>;

/// A pool with one connection, and components whose `thing` is a share of it. `open` takes a share and keeps it,
/// `query` uses it, `shut` drops it, and `back` gives it back to the host.
class SharedConnection : public ::testing::Test {
 protected:
  SharedConnection() {
    linker.instance("host")
        .resource<Shared<Connection>>("thing", ShareOptions{.lifetime = std::chrono::seconds(10)})
        .func("log", [](std::uint32_t) {})
        .func("make-thing", [this](std::uint32_t) { return *pool.get_shared(handle); })
        .func("id-of", [](Connection& connection) { return connection.query(); })
        .func("take-thing", [this](Shared<Connection> share) { returned = std::move(share); });
  }

  HostResult<Store> make_store(const StoreLimits& limits = {}) {
    return Store::create(timed, {.limits = limits, .budget = &process});
  }
  Instance start(Store& store) {
    const auto loaded = Component::from_text(
        timed, component({.host = {make_thing, id_of, take_thing},
                          .exports = {{"open", ""}, {"query", "(result u32)"}, {"shut", ""}, {"back", ""}},
                          .core = R"(
      (global $h (mut i32) (i32.const 0))
      (func (export "open") (global.set $h (call $make-thing (i32.const 0))))
      (func (export "query") (result i32) (call $id-of (global.get $h)))
      (func (export "shut") (call $drop-thing (global.get $h)))
      (func (export "back") (call $take-thing (global.get $h))))"}));
    EXPECT_THAT(loaded, Succeeds());
    auto instance = linker.instantiate(store, *loaded);
    EXPECT_THAT(instance, Succeeds());
    return *std::move(instance);
  }

  std::chrono::steady_clock::time_point now{std::chrono::hours(1)};
  Engine timed = *Engine::create({.clock = [this] { return now; }});
  resource::Budget process{ResourceLimits().set(Dimension::shares, 3)};
  Connections pool;
  Connections::Handle handle = *pool.insert({.number = 100});
  Shared<Connection> returned;
  Linker linker{timed};
};

TEST_F(SharedConnection, InstancesOfSeveralStoresOwnOneObject) {
  auto first = make_store();
  auto second = make_store();
  ASSERT_TRUE(first && second);
  const Instance a = start(*first);
  const Instance b = start(*second);
  const auto watch = pool.create_weak(handle);
  ASSERT_TRUE(watch);
  EXPECT_THAT(call(a, "open"), Succeeds());
  EXPECT_THAT(call(b, "open"), Succeeds());
  EXPECT_THAT(call(a, "query"), Returns(101));
  EXPECT_THAT(call(b, "query"), Returns(102)) << "the same object";
  EXPECT_EQ(process.usage(Dimension::shares), 2U);
  EXPECT_TRUE(watch->upgrade());

  ASSERT_TRUE(pool.remove(handle));
  EXPECT_FALSE(watch->upgrade()) << "a weak reference sees the removal";
  EXPECT_THAT(call(a, "query"), Returns(103)) << "an owner of a share can still use the object";
  EXPECT_THAT(call(a, "shut"), Succeeds());
  ASSERT_TRUE(second->close());
  EXPECT_EQ(process.usage(Dimension::shares), 0U) << "closing the store gave the last share back";
}

TEST_F(SharedConnection, AShareThatIsGivenBackBelongsToTheHost) {
  auto store = make_store();
  ASSERT_TRUE(store);
  const Instance instance = start(*store);
  EXPECT_THAT(call(instance, "open"), Succeeds());
  EXPECT_THAT(call(instance, "back"), Succeeds());
  EXPECT_EQ(process.usage(Dimension::shares), 0U);
  ASSERT_TRUE(returned);
  EXPECT_EQ(returned->number, 100U);
}

TEST_F(SharedConnection, ABudgetLimitsTheShares) {
  auto store = make_store();
  ASSERT_TRUE(store);
  const Instance instances[] = {start(*store), start(*store), start(*store), start(*store)};
  for (int i = 0; i < 3; ++i) EXPECT_THAT(call(instances[i], "open"), Succeeds());
  EXPECT_THAT(call(instances[3], "open"), Fails(ErrorKind::limit, Rule::none, "limit of 3"));
  EXPECT_THAT(call(instances[0], "shut"), Succeeds());
  const Instance another = start(*store);
  EXPECT_THAT(call(another, "open"), Succeeds());
  EXPECT_THAT(call(another, "query"), Returns(101));
}

TEST_F(SharedConnection, ALimitOnTheTypeLimitsTheShares) {
  auto store = make_store({.types = {{"host/thing", ResourceLimits().set(Dimension::shares, 1)}}});
  ASSERT_TRUE(store);
  EXPECT_THAT(call(start(*store), "open"), Succeeds());
  EXPECT_THAT(call(start(*store), "open"), Fails(ErrorKind::limit, Rule::none, "limit of 1"));
}

TEST_F(SharedConnection, AShareExpires) {
  auto store = make_store();
  ASSERT_TRUE(store);
  const Instance used = start(*store);
  const Instance idle = start(*store);
  EXPECT_THAT(call(used, "open"), Succeeds());
  EXPECT_THAT(call(idle, "open"), Succeeds());
  now += std::chrono::milliseconds(9'999);
  EXPECT_EQ(store->expire_shares(), 0U);
  EXPECT_THAT(call(used, "query"), Returns(101));
  now += std::chrono::milliseconds(1);
  EXPECT_THAT(call(used, "query"), Fails(ErrorKind::trap, Rule::none, "removed by the host"));
  EXPECT_EQ(process.usage(Dimension::shares), 1U);
  EXPECT_EQ(store->expire_shares(), 1U);
  EXPECT_EQ(process.usage(Dimension::shares), 0U);
  EXPECT_THAT(call(idle, "shut"), Succeeds()) << "dropping an expired share is allowed";
  EXPECT_TRUE(pool.contains(handle)) << "the object has not expired";
}

}  // namespace
}  // namespace holdfast::rules
