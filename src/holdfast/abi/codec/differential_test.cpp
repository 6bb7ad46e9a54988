// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Typed and dynamic values have one meaning: random values of many C++ types are lowered both ways, with the same
// memory, the same flat values and the same calls of realloc, and what one way lowers the other lifts.
#include <gtest/gtest.h>

#include "holdfast/abi/codec/all.hpp"
#include "holdfast/abi/lift.hpp"
#include "holdfast/abi/lower.hpp"
#include "holdfast/abi/testing/mock_guest.hpp"
#include "holdfast/abi/testing/random_value.hpp"

namespace differential_test {

enum class Level : std::uint8_t { low, middle, high };
enum class Mask : std::uint16_t {};
struct Leaf {
  std::uint8_t small = 0;
  double large = 0;
  std::string text;
};
struct Tree {
  std::vector<Leaf> leaves;
  std::optional<Leaf> best;
  Level level = Level::low;
  Mask mask = {};
};
struct Choice {
  std::variant<std::monostate, float, std::int64_t, Leaf, std::string, std::vector<std::uint16_t>> value;
};

}  // namespace differential_test

template <>
struct holdfast::TypeTraits<differential_test::Level> {
  static constexpr std::array cases{"low", "middle", "high"};
};
template <>
struct holdfast::TypeTraits<differential_test::Mask> {
  static constexpr std::array flags{"a", "b", "c", "d", "e", "f", "g", "h", "i"};
};
template <>
struct holdfast::TypeTraits<differential_test::Leaf> {
  using Leaf = differential_test::Leaf;
  static constexpr auto fields =
      std::tuple{field("small", &Leaf::small), field("large", &Leaf::large), field("text", &Leaf::text)};
};
template <>
struct holdfast::TypeTraits<differential_test::Tree> {
  using Tree = differential_test::Tree;
  static constexpr auto fields = std::tuple{field("leaves", &Tree::leaves), field("best", &Tree::best),
                                            field("level", &Tree::level), field("mask", &Tree::mask)};
};
template <>
struct holdfast::TypeTraits<differential_test::Choice> {
  static constexpr std::array cases{"none", "float", "number", "leaf", "text", "list"};
  static constexpr auto storage = &differential_test::Choice::value;
};

namespace holdfast::abi {
namespace {

using namespace differential_test;
using component::InterfaceTypeId;
using component::StringEncoding;
using component::TypeKind;
using engine::RawValue;
using testing::MockGuest;
using testing::RandomValues;
using testing::TypeBuilder;

/// A C++ type and the WIT type that it is made for.
template <class T, class MakeType>
struct Pairing {
  using Type = T;
  static InterfaceTypeId make(TypeBuilder& builder) { return MakeType()(builder); }
};
template <TypeKind kind>
struct Simple {
  InterfaceTypeId operator()(TypeBuilder& builder) const { return builder.simple(kind); }
};
template <class Element>
struct ListOf {
  InterfaceTypeId operator()(TypeBuilder& builder) const { return builder.list(Element()(builder)); }
};
template <class Element>
struct OptionOf {
  InterfaceTypeId operator()(TypeBuilder& builder) const { return builder.option(Element()(builder)); }
};
template <class Element, std::uint32_t length>
struct FixedListOf {
  InterfaceTypeId operator()(TypeBuilder& builder) const { return builder.fixed_list(Element()(builder), length); }
};
template <class... Elements>
struct TupleOf {
  InterfaceTypeId operator()(TypeBuilder& builder) const { return builder.tuple({Elements()(builder)...}); }
};
struct Nothing {};
template <class Ok, class Error>
struct ResultOf {
  template <class Side>
  static TypeBuilder::OptionalId side(TypeBuilder& builder) {
    if constexpr (std::same_as<Side, Nothing>) {
      return std::nullopt;
    } else {
      return Side()(builder);
    }
  }
  InterfaceTypeId operator()(TypeBuilder& builder) const {
    return builder.result(side<Ok>(builder), side<Error>(builder));
  }
};
struct LeafType {
  InterfaceTypeId operator()(TypeBuilder& builder) const {
    return builder.record({{"small", builder.simple(TypeKind::u8)},
                           {"large", builder.simple(TypeKind::f64)},
                           {"text", builder.simple(TypeKind::string)}});
  }
};
struct TreeType {
  InterfaceTypeId operator()(TypeBuilder& builder) const {
    return builder.record({{"leaves", builder.list(LeafType()(builder))},
                           {"best", builder.option(LeafType()(builder))},
                           {"level", builder.enumeration({"low", "middle", "high"})},
                           {"mask", builder.flags({"a", "b", "c", "d", "e", "f", "g", "h", "i"})}});
  }
};
struct ChoiceType {
  InterfaceTypeId operator()(TypeBuilder& builder) const {
    return builder.variant({{"none", {}},
                            {"float", builder.simple(TypeKind::f32)},
                            {"number", builder.simple(TypeKind::s64)},
                            {"leaf", LeafType()(builder)},
                            {"text", builder.simple(TypeKind::string)},
                            {"list", builder.list(builder.simple(TypeKind::u16))}});
  }
};
using Text = Simple<TypeKind::string>;
using Word = Simple<TypeKind::u32>;

template <class P>
class Differential : public ::testing::Test {};

using Pairings = ::testing::Types<
    Pairing<bool, Simple<TypeKind::boolean>>, Pairing<std::int8_t, Simple<TypeKind::s8>>,
    Pairing<std::uint8_t, Simple<TypeKind::u8>>, Pairing<std::int16_t, Simple<TypeKind::s16>>,
    Pairing<std::uint16_t, Simple<TypeKind::u16>>, Pairing<std::int32_t, Simple<TypeKind::s32>>,
    Pairing<std::uint32_t, Word>, Pairing<std::int64_t, Simple<TypeKind::s64>>,
    Pairing<std::uint64_t, Simple<TypeKind::u64>>, Pairing<float, Simple<TypeKind::f32>>,
    Pairing<double, Simple<TypeKind::f64>>, Pairing<char32_t, Simple<TypeKind::character>>, Pairing<std::string, Text>,
    Pairing<std::string_view, Text>, Pairing<Val, TreeType>,
    Pairing<std::vector<std::uint8_t>, ListOf<Simple<TypeKind::u8>>>,
    Pairing<std::span<const std::uint64_t>, ListOf<Simple<TypeKind::u64>>>,
    Pairing<std::span<const float>, ListOf<Simple<TypeKind::f32>>>,
    Pairing<std::span<const bool>, ListOf<Simple<TypeKind::boolean>>>,
    Pairing<std::span<const char32_t>, ListOf<Simple<TypeKind::character>>>,
    Pairing<std::vector<double>, ListOf<Simple<TypeKind::f64>>>,
    Pairing<std::vector<bool>, ListOf<Simple<TypeKind::boolean>>>,
    Pairing<std::vector<char32_t>, ListOf<Simple<TypeKind::character>>>,
    Pairing<std::vector<std::string>, ListOf<Text>>,
    Pairing<std::vector<std::vector<std::string_view>>, ListOf<ListOf<Text>>>,
    Pairing<std::array<std::string, 3>, FixedListOf<Text, 3>>,
    Pairing<std::array<std::int16_t, 2>, FixedListOf<Simple<TypeKind::s16>, 2>>,
    Pairing<std::optional<std::optional<std::uint64_t>>, OptionOf<OptionOf<Simple<TypeKind::u64>>>>,
    Pairing<std::expected<std::string, std::uint32_t>, ResultOf<Text, Word>>,
    Pairing<std::expected<void, float>, ResultOf<Nothing, Simple<TypeKind::f32>>>,
    Pairing<std::expected<double, std::monostate>, ResultOf<Simple<TypeKind::f64>, Nothing>>,
    Pairing<std::expected<void, std::monostate>, ResultOf<Nothing, Nothing>>,
    Pairing<std::tuple<std::uint8_t, std::string, double>, TupleOf<Simple<TypeKind::u8>, Text, Simple<TypeKind::f64>>>,
    Pairing<Leaf, LeafType>, Pairing<Tree, TreeType>, Pairing<Choice, ChoiceType>,
    Pairing<std::vector<Choice>, ListOf<ChoiceType>>>;
TYPED_TEST_SUITE(Differential, Pairings);

constexpr std::uint32_t address = 64;

/// What can be seen of a guest after a value was lowered into it.
struct Observation {
  std::vector<std::uint64_t> flat;
  std::vector<testing::ReallocCall> calls;
  std::vector<std::uint8_t> memory;
  friend bool operator==(const Observation&, const Observation&) = default;
};
Observation observe(const MockGuest& guest, const std::vector<RawValue>& slots, std::size_t memory_size) {
  Observation seen{{}, guest.calls, guest.bytes(0, memory_size)};
  for (const RawValue& slot : slots) seen.flat.push_back(slot.low);
  return seen;
}

TYPED_TEST(Differential, TypedAndDynamicAreTheSame) {
  using T = typename TypeParam::Type;
  TypeBuilder builder;
  const InterfaceTypeId type = TypeParam::make(builder);
  const component::InterfaceTypes& types = builder.types();
  ASSERT_TRUE(Codec<T>::matches(types, type));
  RandomValues random(7);
  for (int round = 0; round < 200; ++round) {
    const Val value = random.value(types, type);
    for (const StringEncoding encoding : {StringEncoding::utf8, StringEncoding::utf16, StringEncoding::latin1_utf16}) {
      // Dynamic, into memory and flat.
      MockGuest dynamic(types, 256, encoding);
      std::vector<RawValue> dynamic_slots(types[type].flat.size());
      FlatWriter dynamic_writer(dynamic_slots);
      ASSERT_TRUE(store(dynamic.context(), type, value, address));
      ASSERT_TRUE(lower_flat(dynamic.context(), type, value, dynamic_writer));

      // What it lowered, lifted as T.
      LiftScratch scratch;
      Result<T> from_memory = Codec<T>::load(dynamic.context(), scratch, type, address);
      ASSERT_TRUE(from_memory);
      FlatReader dynamic_reader(dynamic_slots);
      Result<T> from_flat = Codec<T>::lift_flat(dynamic.context(), scratch, type, dynamic_reader);
      ASSERT_TRUE(from_flat);
      ASSERT_EQ(dynamic_reader.position(), dynamic_slots.size());

      // Typed, into another guest: the same, from const values and from those that are given away.
      MockGuest typed(types, 256, encoding);
      std::vector<RawValue> typed_slots(types[type].flat.size());
      FlatWriter typed_writer(typed_slots);
      ASSERT_TRUE(Codec<T>::store(typed.context(), type, std::as_const(*from_memory), address));
      ASSERT_TRUE(Codec<T>::lower_flat(typed.context(), type, *std::move(from_flat), typed_writer));
      const std::size_t size = std::min(dynamic.context().memory.size, typed.context().memory.size);
      // A Val remembers how its text was encoded, so only a value of the host allocates as typed values do.
      if constexpr (std::same_as<T, Val>) {
        if (encoding != StringEncoding::utf8) continue;
      }
      ASSERT_EQ(observe(typed, typed_slots, size), observe(dynamic, dynamic_slots, size)) << value.to_wave();

      // And back.
      ASSERT_EQ(load(typed.context(), type, address), value);
      FlatReader typed_reader(typed_slots);
      ASSERT_EQ(lift_flat(typed.context(), type, typed_reader), value);
    }
  }
}

TEST(DifferentialMap, TypedAndDynamicMapsHoldTheSame) {
  TypeBuilder builder;
  const InterfaceTypeId type = builder.map(builder.simple(TypeKind::string), builder.simple(TypeKind::u64));
  MockGuest guest(builder.types());
  const std::map<std::string, std::uint64_t> map = {{"a", 1}, {"bc", 2}, {"é", 3}};
  ASSERT_TRUE((Codec<std::map<std::string, std::uint64_t>>::store(guest.context(), type, map, address)));
  const Val expected =
      Val::list({Val::tuple({Val::string("a"), Val::u64(1)}), Val::tuple({Val::string("bc"), Val::u64(2)}),
                 Val::tuple({Val::string("é"), Val::u64(3)})});
  EXPECT_EQ(load(guest.context(), type, address), expected);
  LiftScratch scratch;
  using Unordered = std::unordered_map<std::string, std::uint64_t>;
  ASSERT_TRUE(store(guest.context(), type, expected, address));
  const auto lifted = Codec<Unordered>::load(guest.context(), scratch, type, address);
  ASSERT_TRUE(lifted);
  EXPECT_EQ(*lifted, Unordered(map.begin(), map.end()));
}

}  // namespace
}  // namespace holdfast::abi
