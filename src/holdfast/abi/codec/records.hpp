// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Codecs of std::tuple and of classes that `TypeTraits` describes as records.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

#include "holdfast/abi/codec.hpp"
#include "holdfast/abi/type_traits.hpp"

namespace holdfast::abi {

template <class T>
concept DescribedRecord = requires { std::tuple_size<std::remove_cvref_t<decltype(TypeTraits<T>::fields)>>::value; };

/// Lifts parts one after the other, and stops after the first that fails.
class PartLifter {
 public:
  /// Calls `lift()`, which returns a Result<T>; after an error, returns that error instead.
  template <class T, class Lift>
  Result<T> next(const Lift& lift) {
    if (error_) return std::unexpected(*error_);
    Result<T> part = lift();
    if (!part) error_ = part.error();
    return part;
  }
  const std::optional<Error>& error() const noexcept { return error_; }

 private:
  std::optional<Error> error_;
};

template <class... T>
struct Codec<std::tuple<T...>> {
  using Tuple = std::tuple<T...>;

  static bool matches(const TypeView& types, component::InterfaceTypeId type) {
    const component::InterfaceType& tuple = types[type];
    if (tuple.kind != component::TypeKind::tuple || tuple.fields.size() != sizeof...(T)) return false;
    return with_indices([&]<std::size_t... I>(std::index_sequence<I...>) {
      return (Codec<T>::matches(types, tuple.fields[I].type) && ...);
    });
  }
  static Result<Tuple> lift_flat(Context& context, LiftScratch& scratch, component::InterfaceTypeId type,
                                 FlatReader& values) {
    const auto& fields = context.types[type].fields;
    return lift(
        [&]<class Part>(std::size_t i) { return Codec<Part>::lift_flat(context, scratch, fields[i].type, values); });
  }
  static Result<Tuple> load(Context& context, LiftScratch& scratch, component::InterfaceTypeId type,
                            std::uint32_t pointer) {
    const auto& fields = context.types[type].fields;
    return lift([&]<class Part>(std::size_t i) {
      return Codec<Part>::load(context, scratch, fields[i].type, pointer + fields[i].offset);
    });
  }
  template <class Value>
  static Result<void> lower_flat(Context& context, component::InterfaceTypeId type, Value&& value, FlatWriter& values) {
    const auto& fields = context.types[type].fields;
    return with_indices([&]<std::size_t... I>(std::index_sequence<I...>) {
      Result<void> done;
      static_cast<void>(
          ((done = Codec<T>::lower_flat(context, fields[I].type, part<I, Value>(value), values)).has_value() && ...));
      return done;
    });
  }
  template <class Value>
  static Result<void> store(Context& context, component::InterfaceTypeId type, Value&& value, std::uint32_t pointer) {
    const auto& fields = context.types[type].fields;
    return with_indices([&]<std::size_t... I>(std::index_sequence<I...>) {
      Result<void> done;
      static_cast<void>(
          ((done = Codec<T>::store(context, fields[I].type, part<I, Value>(value), pointer + fields[I].offset))
               .has_value() &&
           ...));
      return done;
    });
  }

 private:
  static auto with_indices(const auto& use) { return use(std::index_sequence_for<T...>()); }
  /// One element of `value`; an rvalue if Value is an rvalue.
  template <std::size_t I, class Value>
  static decltype(auto) part(std::remove_reference_t<Value>& value) {
    return std::get<I>(std::forward<Value>(value));
  }

  template <class LiftPart>
  static Result<Tuple> lift(const LiftPart& lift_part) {
    return with_indices([&]<std::size_t... I>(std::index_sequence<I...>) -> Result<Tuple> {
      PartLifter lifter;
      // Braces: the parts are lifted from left to right.
      std::tuple<Result<T>...> parts{lifter.next<T>([&] { return lift_part.template operator()<T>(I); })...};
      if (lifter.error()) return std::unexpected(*lifter.error());
      return Tuple(std::move(*std::get<I>(parts))...);
    });
  }
};

template <DescribedRecord T>
struct Codec<T> {
  static bool matches(const TypeView& types, component::InterfaceTypeId type) {
    const component::InterfaceType& record = types[type];
    if (record.kind != component::TypeKind::record || record.fields.size() != count) return false;
    return with_indices([&]<std::size_t... I>(std::index_sequence<I...>) {
      return (... && (record.fields[I].name == std::get<I>(TypeTraits<T>::fields).name &&
                      Codec<MemberAt<I>>::matches(types, record.fields[I].type)));
    });
  }
  static Result<T> lift_flat(Context& context, LiftScratch& scratch, component::InterfaceTypeId type,
                             FlatReader& values) {
    return lift([&]<class Member>(std::size_t i) {
      return Codec<Member>::lift_flat(context, scratch, context.types[type].fields[i].type, values);
    });
  }
  static Result<T> load(Context& context, LiftScratch& scratch, component::InterfaceTypeId type,
                        std::uint32_t pointer) {
    return lift([&]<class Member>(std::size_t i) {
      const component::InterfaceField& field = context.types[type].fields[i];
      return Codec<Member>::load(context, scratch, field.type, pointer + field.offset);
    });
  }
  template <class Value>
  static Result<void> lower_flat(Context& context, component::InterfaceTypeId type, Value&& value, FlatWriter& values) {
    return for_each_member([&]<class Member>(std::size_t i, auto member) {
      return Codec<Member>::lower_flat(context, context.types[type].fields[i].type, forward_part<Value>(value.*member),
                                       values);
    });
  }
  template <class Value>
  static Result<void> store(Context& context, component::InterfaceTypeId type, Value&& value, std::uint32_t pointer) {
    return for_each_member([&]<class Member>(std::size_t i, auto member) {
      const component::InterfaceField& field = context.types[type].fields[i];
      return Codec<Member>::store(context, field.type, forward_part<Value>(value.*member), pointer + field.offset);
    });
  }

 private:
  using Fields = std::remove_cvref_t<decltype(TypeTraits<T>::fields)>;
  static constexpr std::size_t count = std::tuple_size_v<Fields>;
  template <std::size_t I>
  using MemberAt = typename std::tuple_element_t<I, Fields>::member_type;

  static auto with_indices(const auto& use) { return use(std::make_index_sequence<count>()); }

  template <class LiftMember>
  static Result<T> lift(const LiftMember& lift_member) {
    T value{};
    HOLDFAST_TRY(for_each_member([&]<class Member>(std::size_t i, auto member) -> Result<void> {
      HOLDFAST_TRY_ASSIGN(value.*member, lift_member.template operator()<Member>(i));
      return {};
    }));
    return value;
  }

  /// Calls `use(index, pointer to member)` for each member in order, until one fails.
  template <class Use>
  static Result<void> for_each_member(const Use& use) {
    return with_indices([&]<std::size_t... I>(std::index_sequence<I...>) {
      Result<void> done;
      static_cast<void>(
          ((done = use.template operator()<MemberAt<I>>(I, std::get<I>(TypeTraits<T>::fields).member)).has_value() &&
           ...));
      return done;
    });
  }
};

}  // namespace holdfast::abi
