// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests: C++ types with their WIT types, and a check that typed and dynamic values have the same meaning. A random
// value is lowered both ways; memory, flat values and calls of realloc must be the same, and each way must lift what
// the other has lowered.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "holdfast/abi/codec/all.hpp"
#include "holdfast/abi/lift.hpp"
#include "holdfast/abi/lower.hpp"
#include "holdfast/abi/testing/mock_guest.hpp"
#include "holdfast/abi/testing/random_value.hpp"

namespace holdfast::abi::testing {

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

}  // namespace holdfast::abi::testing

template <>
struct holdfast::TypeTraits<holdfast::abi::testing::Level> {
  static constexpr std::array cases{"low", "middle", "high"};
};
template <>
struct holdfast::TypeTraits<holdfast::abi::testing::Mask> {
  static constexpr std::array flags{"a", "b", "c", "d", "e", "f", "g", "h", "i"};
};
template <>
struct holdfast::TypeTraits<holdfast::abi::testing::Leaf> {
  using Leaf = abi::testing::Leaf;
  static constexpr auto fields =
      std::tuple{field("small", &Leaf::small), field("large", &Leaf::large), field("text", &Leaf::text)};
};
template <>
struct holdfast::TypeTraits<holdfast::abi::testing::Tree> {
  using Tree = abi::testing::Tree;
  static constexpr auto fields = std::tuple{field("leaves", &Tree::leaves), field("best", &Tree::best),
                                            field("level", &Tree::level), field("mask", &Tree::mask)};
};
template <>
struct holdfast::TypeTraits<holdfast::abi::testing::Choice> {
  static constexpr std::array cases{"none", "float", "number", "leaf", "text", "list"};
  static constexpr auto storage = &abi::testing::Choice::value;
};

namespace holdfast::abi::testing {

using component::InterfaceTypeId;
using component::TypeKind;

/// A C++ type and its WIT type.
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

/// All pairings, as List<Pairing<...>...>.
template <template <class...> class List>
using TypedPairs = List<
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

/// The visible state of a guest after a value was lowered into it.
struct Observation {
  std::vector<std::uint64_t> flat;
  std::vector<ReallocCall> calls;
  std::vector<std::uint8_t> memory;
  friend bool operator==(const Observation&, const Observation&) = default;
};

inline Observation observe(const MockGuest& guest, const std::vector<engine::RawValue>& slots,
                           std::size_t memory_size) {
  Observation seen{{}, guest.calls, guest.bytes(0, memory_size)};
  for (const engine::RawValue& slot : slots) seen.flat.push_back(slot.low);
  return seen;
}

/// Lowers `value` of `type` as a dynamic value and as a P::Type into guests of `encoding`, and lifts both again.
/// Returns the first difference; empty if there is none.
template <class P>
std::string_view typed_difference(const TypeBuilder& builder, InterfaceTypeId type, const Val& value,
                                  component::StringEncoding encoding) {
  using T = typename P::Type;
  constexpr std::uint32_t address = 64;
  const component::InterfaceTypes& types = builder.types();
  MockGuest dynamic(types, 256, encoding);
  std::vector<engine::RawValue> dynamic_slots(types[type].flat.size());
  FlatWriter dynamic_writer(dynamic_slots);
  if (!store(dynamic.context(), type, value, address)) return "storing the dynamic value failed";
  if (!lower_flat(dynamic.context(), type, value, dynamic_writer)) return "lowering the dynamic value failed";

  LiftScratch scratch;
  Result<T> from_memory = Codec<T>::load(dynamic.context(), scratch, type, address);
  if (!from_memory) return "loading the typed value failed";
  FlatReader dynamic_reader(dynamic_slots);
  Result<T> from_flat = Codec<T>::lift_flat(dynamic.context(), scratch, type, dynamic_reader);
  if (!from_flat) return "lifting the typed value failed";
  if (dynamic_reader.position() != dynamic_slots.size()) return "lifting the typed value left some flat values";

  // Stores a const value, and lowers an rvalue.
  MockGuest typed(types, 256, encoding);
  std::vector<engine::RawValue> typed_slots(types[type].flat.size());
  FlatWriter typed_writer(typed_slots);
  if (!Codec<T>::store(typed.context(), type, std::as_const(*from_memory), address))
    return "storing the typed value failed";
  if (!Codec<T>::lower_flat(typed.context(), type, *std::move(from_flat), typed_writer))
    return "lowering the typed value failed";
  // A lifted Val remembers the encoding of its text, so it allocates like a typed value only if that is UTF-8.
  const bool is_comparable = !std::same_as<T, Val> || encoding == component::StringEncoding::utf8;
  const std::size_t size = std::min(dynamic.context().memory.size, typed.context().memory.size);
  if (is_comparable && observe(typed, typed_slots, size) != observe(dynamic, dynamic_slots, size))
    return "the guest can tell them apart";

  if (load(typed.context(), type, address) != value) return "the dynamic value in memory differs";
  FlatReader typed_reader(typed_slots);
  if (lift_flat(typed.context(), type, typed_reader) != value) return "the flat dynamic value differs";
  return {};
}

}  // namespace holdfast::abi::testing
