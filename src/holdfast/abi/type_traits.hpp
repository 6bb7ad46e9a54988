// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `TypeTraits<T>`: describes a C++ type as a WIT record, variant, enum or flags. Embedders or the bindings generator
// specialise it; every member of a specialisation is constexpr. The names are those of the WIT type, in the same order.
//
// A record names its members; T must be default-constructible:
//
//     struct Point { float x = 0; float y = 0; };
//     template <> struct holdfast::TypeTraits<Point> {
//       static constexpr auto fields = std::tuple{field("x", &Point::x), field("y", &Point::y)};
//     };
//
// An enum names its enumerators, whose values are 0, 1, 2, ...:
//
//     enum class Colour : std::uint8_t { red, green };
//     template <> struct holdfast::TypeTraits<Colour> { static constexpr std::array cases{"red", "green"}; };
//
// Flags name their bits, the lowest first. T is an enum that is used as a bit mask, or a class with an explicit
// constructor from std::uint32_t and an explicit conversion to it:
//
//     enum class Access : std::uint32_t { none = 0, read = 1, write = 2 };
//     template <> struct holdfast::TypeTraits<Access> { static constexpr std::array flags{"read", "write"}; };
//
// A variant names the alternatives of a std::variant; a case without payload is a std::monostate. T derives from the
// std::variant, or has it as the member that `storage` names. T must be default-constructible:
//
//     struct Shape { std::variant<std::monostate, double, Point> value; };
//     template <> struct holdfast::TypeTraits<Shape> {
//       static constexpr std::array cases{"empty", "circle", "dot"};
//       static constexpr auto storage = &Shape::value;
//     };
#pragma once

#include <string_view>

namespace holdfast {

/// Only specialisations have members.
template <class T>
struct TypeTraits;

/// A member of a record and its name in WIT; `field` makes it.
template <class Class, class Member>
struct RecordField {
  using member_type = Member;
  std::string_view name;
  Member Class::* member;
};

/// Describes the member `member` as the field `name`.
template <class Class, class Member>
constexpr RecordField<Class, Member> field(std::string_view name, Member Class::* member) noexcept {
  return {name, member};
}

}  // namespace holdfast
