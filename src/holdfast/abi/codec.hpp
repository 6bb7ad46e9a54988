// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Codec<T>`: how values of the C++ type T are lifted and lowered, without a detour through `Val` and with the same
// meaning. The families are in codec/: a program includes those it needs, or codec/all.hpp. Resources and other types
// are added by further specialisations, which have these members:
//
//     /// Whether `type` is passed as a T. Called when linking; the others rely on it.
//     static bool matches(const TypeView& types, component::InterfaceTypeId type);
//     /// As lift_flat and load of lift.hpp. `scratch` keeps what the result views, if it views anything.
//     static Result<T> lift_flat(Context&, LiftScratch&, component::InterfaceTypeId, FlatReader&);
//     static Result<T> load(Context&, LiftScratch&, component::InterfaceTypeId, std::uint32_t pointer);
//     /// As lower_flat and store of lower.hpp. `value` may be moved from when it is an rvalue; codecs of aggregates
//     /// hand the value category on to their elements, so that resources inside can be given away.
//     static Result<void> lower_flat(Context&, component::InterfaceTypeId, auto&& value, FlatWriter&);
//     static Result<void> store(Context&, component::InterfaceTypeId, auto&& value, std::uint32_t pointer);
//
// A codec reaches the resource that a handle type means with `context.types[type].resource`, and the handle tables
// with `context.guest`. Codecs hold nothing; what they lift is as long valid as its type says: values that own, as
// long as they live, views until guest code runs again or the scratch is destroyed.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/flat.hpp"
#include "holdfast/abi/lift_scratch.hpp"
#include "holdfast/abi/type_view.hpp"

namespace holdfast::abi {

/// Has no members unless it is specialised.
template <class T>
struct Codec;

/// A type with a codec: it can be passed to and from components.
template <class T>
concept Passable = requires(const TypeView& types, component::InterfaceTypeId type) {
  { Codec<T>::matches(types, type) } -> std::same_as<bool>;
};

/// `part`, with the value category of the whole that is a forwarding reference of type `Whole&&`.
template <class Whole, class Part>
constexpr decltype(auto) forward_part(Part& part) noexcept {
  if constexpr (std::is_lvalue_reference_v<Whole> || std::is_const_v<std::remove_reference_t<Whole>>) {
    return static_cast<Part&>(part);
  } else {
    return static_cast<Part&&>(part);
  }
}

}  // namespace holdfast::abi
