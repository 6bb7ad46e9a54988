// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Codec<T>`: how values of the C++ type T are lifted and lowered, directly and with the same meaning as a `Val`. The
// codecs are in codec/, one file for each family of types; a program includes those that it needs, or codec/all.hpp.
// Further specialisations add resources and other types. A specialisation has these members:
//
//     /// Whether a value of `type` is passed as a T. Checked when linking; the other members rely on it.
//     static bool matches(const TypeView& types, component::InterfaceTypeId type);
//     /// As lift_flat and load of lift.hpp. If the result is a view, the scratch keeps what cannot be viewed in place.
//     static Result<T> lift_flat(Context&, LiftScratch&, component::InterfaceTypeId, FlatReader&);
//     static Result<T> load(Context&, LiftScratch&, component::InterfaceTypeId, std::uint32_t pointer);
//     /// As lower_flat and store of lower.hpp. `value` may be moved from if it is an rvalue. Codecs of aggregates pass
//     /// the value category on to their elements, so that resources inside can be given away.
//     static Result<void> lower_flat(Context&, component::InterfaceTypeId, auto&& value, FlatWriter&);
//     static Result<void> store(Context&, component::InterfaceTypeId, auto&& value, std::uint32_t pointer);
//
// A codec finds the resource type of a handle in `context.types[type].resource`, and the handle tables behind
// `context.guest`. Codecs have no state. A lifted value that owns its content is valid for its lifetime; a lifted view
// is valid until guest code runs again or the scratch is destroyed.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/flat.hpp"
#include "holdfast/abi/lift_scratch.hpp"
#include "holdfast/abi/type_view.hpp"

namespace holdfast::abi {

/// Only specialisations have members.
template <class T>
struct Codec;

/// A type with a codec, which can be passed to and from components.
template <class T>
concept Passable = requires(const TypeView& types, component::InterfaceTypeId type) {
  { Codec<T>::matches(types, type) } -> std::same_as<bool>;
};

/// `part` with the value category of the aggregate around it, which is a forwarding reference of type `Whole&&`.
template <class Whole, class Part>
constexpr decltype(auto) forward_part(Part& part) noexcept {
  if constexpr (std::is_lvalue_reference_v<Whole> || std::is_const_v<std::remove_reference_t<Whole>>) {
    return static_cast<Part&>(part);
  } else {
    return static_cast<Part&&>(part);
  }
}

}  // namespace holdfast::abi
