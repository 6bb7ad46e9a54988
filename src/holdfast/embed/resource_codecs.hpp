// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Codecs of resources: Own<R>, Borrow<R>, and host classes by value or in a unique_ptr. A host class is any class that
// no other codec or TypeTraits covers. A borrow of a host object is a reference as a parameter of a host function (see
// host_func.hpp), and a std::reference_wrapper inside lists and other aggregates.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "holdfast/abi/codec/all.hpp"
#include "holdfast/abi/type_view.hpp"
#include "holdfast/core/assert.hpp"
#include "holdfast/embed/host_table.hpp"
#include "holdfast/embed/own.hpp"
#include "holdfast/embed/shared_resource.hpp"
#include "holdfast/runtime/call/guest_side.hpp"

namespace holdfast::embed {

/// The runtime's side of the guest. Contract: `context` belongs to a runtime::GuestSide.
inline runtime::GuestSide& side_of(const abi::Context& context) noexcept {
  HOLDFAST_DEBUG_ASSERT(context.guest_side != nullptr, "handles of the host are passed in calls of the runtime only");
  return *context.guest_side;
}

/// The store's table of objects of the class T. Contract: T stands for `slot`, as `matches` has checked.
template <class T>
TypedHostTable<T>& table_of(runtime::GuestSide& side, component::ResourceSlot slot) noexcept {
  return static_cast<TypedHostTable<T>&>(*side.store().type(side.tag(slot)).table);
}

template <class R>
bool handle_matches(const abi::TypeView& types, component::InterfaceTypeId type, component::TypeKind kind) {
  if (types[type].kind != kind) return false;
  if constexpr (std::same_as<R, AnyResource>) {
    return true;
  } else {
    return types.stands_for(abi::cpp_type<R>(), types[type].resource);
  }
}

/// The codec of a handle, which is one i32 both flat and in memory. `Handles::lift` turns an index into a value,
/// `Handles::lower` a value into an index.
template <class Value, class Handles>
struct HandleCodec {
  static Result<Value> lift_flat(abi::Context& context, abi::LiftScratch&, component::InterfaceTypeId type,
                                 abi::FlatReader& values) {
    return Handles::lift(side_of(context), context.types[type].resource, values.next().i32());
  }
  static Result<Value> load(abi::Context& context, abi::LiftScratch&, component::InterfaceTypeId type,
                            std::uint32_t pointer) {
    return Handles::lift(side_of(context), context.types[type].resource,
                         abi::load_int<std::uint32_t>(context, pointer));
  }
  template <class Passed>
  static Result<void> lower_flat(abi::Context& context, component::InterfaceTypeId type, Passed&& value,
                                 abi::FlatWriter& values) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t index,
                        Handles::lower(side_of(context), context.types[type].resource, std::forward<Passed>(value)));
    values.put_i32(index);
    return {};
  }
  template <class Passed>
  static Result<void> store(abi::Context& context, component::InterfaceTypeId type, Passed&& value,
                            std::uint32_t pointer) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t index,
                        Handles::lower(side_of(context), context.types[type].resource, std::forward<Passed>(value)));
    abi::store_int(context, pointer, index);
    return {};
  }
};

template <class R>
struct OwnHandles {
  static Result<Own<R>> lift(runtime::GuestSide& side, component::ResourceSlot slot, std::uint32_t index) {
    HOLDFAST_TRY_ASSIGN(const abi::HandleToken token, side.lift_own(slot, index));
    side.adopt(token);
    return Own<R>(side.store().shared_from_this(), token);
  }
  static Result<std::uint32_t> lower(runtime::GuestSide& side, component::ResourceSlot slot, Own<R>&& value) {
    if (!value) return fail(ErrorCode::null_handle);
    if (!value.is_of(side.store())) return fail(ErrorCode::foreign_handle);
    HOLDFAST_TRY_ASSIGN(const std::uint32_t index, side.lower_own(slot, value.token()));
    value.release();
    return index;
  }
};

template <class R>
struct BorrowHandles {
  static Result<Borrow<R>> lift(runtime::GuestSide& side, component::ResourceSlot slot, std::uint32_t index) {
    HOLDFAST_TRY_ASSIGN(const abi::HandleToken token, side.lift_borrow(slot, index));
    return Borrow<R>(&side.store(), token);
  }
  static Result<std::uint32_t> lower(runtime::GuestSide& side, component::ResourceSlot slot, const Borrow<R>& value) {
    if (!value) return fail(ErrorCode::null_handle);
    if (!value.is_of(side.store())) return fail(ErrorCode::foreign_handle);
    return side.lower_borrow(slot, value.token());
  }
};

/// An own of a host object, as the object itself.
template <class T>
struct HostObjects {
  static Result<T> lift(runtime::GuestSide& side, component::ResourceSlot slot, std::uint32_t index) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t rep, side.lift_own_rep(slot, index));
    return table_of<T>(side, slot).take(rep);
  }
  static Result<std::uint32_t> lower(runtime::GuestSide& side, component::ResourceSlot slot, T&& value) {
    TypedHostTable<T>& table = table_of<T>(side, slot);
    HOLDFAST_TRY(side.store().charge(side.instance(), side.tag(slot), resource::Operation::create));
    HOLDFAST_TRY_ASSIGN(const std::uint32_t rep, table.insert(std::move(value)));
    auto index = side.lower_own_rep(slot, rep);
    if (!index) static_cast<void>(table.drop(rep));
    return index;
  }
};

/// A borrow of a host object, as a host function receives it: valid until the function returns, because the object is
/// lent until then. If the resource type is Shared<T>, the reference is to the shared object.
template <class T>
struct HostReferences {
  static Result<std::reference_wrapper<T>> lift(runtime::GuestSide& side, component::ResourceSlot slot,
                                                std::uint32_t index) {
    using Class = std::remove_const_t<T>;
    HOLDFAST_TRY_ASSIGN(const std::uint32_t rep, side.lift_borrow_rep(slot, index));
    if constexpr (!is_shared<Class>) {
      if (side.store().type(side.tag(slot)).host->type() == abi::cpp_type<Shared<Class>>()) {
        HOLDFAST_TRY_ASSIGN(Shared<Class>* const share, table_of<Shared<Class>>(side, slot).find(rep));
        return std::ref(**share);
      }
    }
    HOLDFAST_TRY_ASSIGN(T* const object, table_of<Class>(side, slot).find(rep));
    return std::ref(*object);
  }
};

/// An own of a host object, in a unique_ptr.
template <class T>
struct HostPointers {
  static Result<std::unique_ptr<T>> lift(runtime::GuestSide& side, component::ResourceSlot slot, std::uint32_t index) {
    HOLDFAST_TRY_ASSIGN(T value, HostObjects<T>::lift(side, slot, index));
    return std::make_unique<T>(std::move(value));
  }
  static Result<std::uint32_t> lower(runtime::GuestSide& side, component::ResourceSlot slot,
                                     std::unique_ptr<T>&& value) {
    if (value == nullptr) return fail(ErrorCode::null_handle);
    return HostObjects<T>::lower(side, slot, std::move(*value));
  }
};

}  // namespace holdfast::embed

namespace holdfast::abi {

template <class R>
struct Codec<Own<R>> : embed::HandleCodec<Own<R>, embed::OwnHandles<R>> {
  static bool matches(const TypeView& types, component::InterfaceTypeId type) {
    return embed::handle_matches<R>(types, type, component::TypeKind::own);
  }
};

template <class R>
struct Codec<Borrow<R>> : embed::HandleCodec<Borrow<R>, embed::BorrowHandles<R>> {
  static bool matches(const TypeView& types, component::InterfaceTypeId type) {
    return embed::handle_matches<R>(types, type, component::TypeKind::borrow);
  }
};

/// A class that stands for a host resource: TypeTraits does not describe it, and it has no other codec.
template <class T>
concept HostClass = std::is_class_v<T> && std::move_constructible<T> && !DescribedRecord<T> && !DescribedVariant<T> &&
                    !DescribedFlags<T>;

template <HostClass T>
struct Codec<T> : embed::HandleCodec<T, embed::HostObjects<T>> {
  using HostClassTag = T;
  static bool matches(const TypeView& types, component::InterfaceTypeId type) {
    return embed::handle_matches<T>(types, type, component::TypeKind::own);
  }
};

template <class T>
struct Codec<std::reference_wrapper<T>> : embed::HandleCodec<std::reference_wrapper<T>, embed::HostReferences<T>> {
  static bool matches(const TypeView& types, component::InterfaceTypeId type) {
    using Class = std::remove_const_t<T>;
    constexpr auto borrow = component::TypeKind::borrow;
    if constexpr (!embed::is_shared<Class>) {
      if (embed::handle_matches<Shared<Class>>(types, type, borrow)) return true;
    }
    return embed::handle_matches<Class>(types, type, borrow);
  }
};

template <class T>
struct Codec<std::unique_ptr<T>> : embed::HandleCodec<std::unique_ptr<T>, embed::HostPointers<T>> {
  static bool matches(const TypeView& types, component::InterfaceTypeId type) {
    return embed::handle_matches<T>(types, type, component::TypeKind::own);
  }
};

}  // namespace holdfast::abi

namespace holdfast::embed {

/// T is passed as a host resource and not as a value of another WIT type.
template <class T>
concept IsHostClass = requires { typename abi::Codec<T>::HostClassTag; };

}  // namespace holdfast::embed
