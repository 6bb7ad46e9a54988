// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handles inside typed C++ values: parameters and results of host functions and of typed calls.
#include <expected>
#include <memory>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <variant>

#include "holdfast/abi/type_traits.hpp"
#include "rules_fixture.hpp"
#include "standard_guests.hpp"

namespace holdfast::rules {

/// A record and a variant with handles, described for the typed calls.
struct Parcel {
  Own<Thing> content;
  std::uint64_t weight = 0;
  std::unique_ptr<Thing> label;
};
struct Crate {
  std::variant<std::monostate, Own<Thing>, std::uint64_t> value;
};
struct Blob;  // a tag type for the provider's `r`

}  // namespace holdfast::rules

template <>
struct holdfast::TypeTraits<holdfast::rules::Parcel> {
  static constexpr auto fields =
      std::tuple{field("content", &rules::Parcel::content), field("weight", &rules::Parcel::weight),
                 field("label", &rules::Parcel::label)};
};
template <>
struct holdfast::TypeTraits<holdfast::rules::Crate> {
  static constexpr std::array cases{"empty", "one", "count"};
  static constexpr auto storage = &rules::Crate::value;
};

namespace holdfast::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TypedAggregates : public Rules {
 protected:
  /// Sends the list to a guest that passes it to the host function `echo`, and returns the list that comes back. Both
  /// directions use the C++ type T.
  template <class T>
  std::vector<T> send(const std::string& shape, std::vector<T> values) {
    host().func("echo", [this](std::vector<T> received) {
      echoed = received.size();
      return received;
    });
    const std::string type = "(param \"x\" (list $shape)) (result (list $shape))";
    const Instance instance = start(component({.host_types = {{"shape", shape}},
                                               .host = {{"echo", type, "(param i32 i32 i32)"}},
                                               .exports = {{"through", type}},
                                               .core = R"((func (export "through") (param i32 i32) (result i32)
      (call $echo (local.get 0) (local.get 1) (i32.const 16)) (i32.const 16)))"}));
    auto function = need(instance.func<std::vector<T>(std::vector<T>)>("through"));
    std::vector<T> back = need(function(std::move(values)));
    EXPECT_EQ(echoed, back.size());
    EXPECT_EQ(store.handles().live, 0U);
    EXPECT_THAT(journal, IsEmpty()) << "none was destroyed";
    return back;
  }

  std::size_t echoed = 0;
};

TEST_F(TypedAggregates, HostClassesByValue) {
  std::vector<Thing> things;
  things.emplace_back(1, journal);
  things.emplace_back(2, journal);
  const auto back = send("(own $thing)", std::move(things));
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back[0].id(), 1U);
  EXPECT_EQ(back[1].id(), 2U);
}

TEST_F(TypedAggregates, UniquePointers) {
  std::vector<std::unique_ptr<Thing>> things;
  things.push_back(std::make_unique<Thing>(1, journal));
  const auto back = send("(own $thing)", std::move(things));
  ASSERT_EQ(back.size(), 1U);
  EXPECT_EQ(back[0]->id(), 1U);
}

TEST_F(TypedAggregates, Options) {
  std::vector<std::optional<Thing>> things;
  things.emplace_back(Thing(1, journal));
  things.emplace_back(std::nullopt);
  const auto back = send("(option (own $thing))", std::move(things));
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back[0]->id(), 1U);
  EXPECT_FALSE(back[1]);
}

TEST_F(TypedAggregates, Results) {
  std::vector<std::expected<Thing, std::string>> things;
  things.emplace_back(Thing(1, journal));
  things.emplace_back(std::unexpected(std::string("none left")));
  const auto back = send("(result (own $thing) (error string))", std::move(things));
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back[0]->id(), 1U);
  EXPECT_EQ(back[1].error(), "none left");
}

TEST_F(TypedAggregates, Tuples) {
  std::vector<std::tuple<std::uint8_t, Thing>> things;
  things.emplace_back(std::uint8_t{200}, Thing(1, journal));
  const auto back = send("(tuple u8 (own $thing))", std::move(things));
  ASSERT_EQ(back.size(), 1U);
  EXPECT_EQ(std::get<0>(back[0]), 200);
  EXPECT_EQ(std::get<1>(back[0]).id(), 1U);
}

TEST_F(TypedAggregates, NestedLists) {
  std::vector<std::vector<Thing>> things(3);
  things[0].emplace_back(1, journal);
  things[2].emplace_back(2, journal);
  things[2].emplace_back(3, journal);
  const auto back = send("(list (own $thing))", std::move(things));
  ASSERT_EQ(back.size(), 3U);
  EXPECT_EQ(back[0][0].id(), 1U);
  EXPECT_TRUE(back[1].empty());
  EXPECT_EQ(back[2][1].id(), 3U);
}

TEST_F(TypedAggregates, Records) {
  static_cast<void>(start(component({})));
  std::vector<Parcel> parcels(1);
  parcels[0] = {need(store.hold(Thing(1, journal))), 42, std::make_unique<Thing>(2, journal)};
  auto back = send("(record (field \"content\" (own $thing)) (field \"weight\" u64) (field \"label\" (own $thing)))",
                   std::move(parcels));
  ASSERT_EQ(back.size(), 1U);
  EXPECT_TRUE(back[0].content);
  EXPECT_EQ(back[0].weight, 42U);
  EXPECT_EQ(back[0].label->id(), 2U);
  EXPECT_THAT(back[0].content.close(), Succeeds());
  EXPECT_THAT(journal, ElementsAre("~thing 1"));
}

TEST_F(TypedAggregates, Variants) {
  static_cast<void>(start(component({})));
  std::vector<Crate> crates(3);
  crates[1].value = need(store.hold(Thing(1, journal)));
  crates[2].value = std::uint64_t{7};
  auto back = send("(variant (case \"empty\") (case \"one\" (own $thing)) (case \"count\" u64))", std::move(crates));
  ASSERT_EQ(back.size(), 3U);
  EXPECT_EQ(back[0].value.index(), 0U);
  EXPECT_TRUE(std::get<1>(back[1].value));
  EXPECT_EQ(std::get<2>(back[2].value), 7U);
}

TEST_F(TypedAggregates, BorrowsOfGuestResources) {
  const Instance instance = start(component(provider()));
  ASSERT_THAT(instance.resource_type<Blob>({}, "r"), Succeeds());
  auto make = need(instance.func<Own<Blob>(std::uint32_t)>("make"));
  auto look = need(instance.func<std::uint32_t(Borrow<Blob>)>("look"));
  auto look_two = need(instance.func<std::uint32_t(Borrow<Blob>, Borrow<Blob>)>("look-two"));
  auto take_two = need(instance.func<void(Own<Blob>, Own<Blob>)>("take-two"));
  auto first = need(make(7));
  auto second = need(make(8));
  EXPECT_EQ(need(look(first)), 7U);
  EXPECT_EQ(need(look_two(first, second)), 15U);
  EXPECT_EQ(need(look_two(first, first)), 14U);
  EXPECT_THAT(take_two(std::move(first), std::move(second)), Succeeds());
  EXPECT_THAT(journal, ElementsAre("log 7", "log 8"));
}

TEST_F(TypedAggregates, BorrowsInListsAndOptions) {
  const Function use{"use", "(param \"x\" (list (option (borrow $thing)))) (param \"n\" u32)"};
  const Instance instance = start(component({.exports = {use}, .core = R"(
    (func (export "use") (param i32 i32) (param $n i32)
      (loop $next
        (call $drop-thing (local.get $n))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br_if $next (local.get $n)))))"}));
  const Own<Thing> first = need(store.hold(Thing(1, journal)));
  const Own<Thing> second = need(store.hold(Thing(2, journal)));
  auto function = need(instance.func<void(std::vector<std::optional<Borrow<Thing>>>, std::uint32_t)>("use"));
  EXPECT_THAT(function({Borrow(first), std::nullopt, Borrow(second), Borrow(first)}, 3), Succeeds());
  EXPECT_THAT(function({Borrow(first), Borrow(second)}, 1), Traps(Rule::no_borrows_remain, borrows_remain));
}

}  // namespace
}  // namespace holdfast::rules
