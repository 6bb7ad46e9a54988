// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Codecs of std::optional (option), std::expected (result; void or std::monostate for a side without payload), and of
// types that `TypeTraits` describes as variants or enums.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "holdfast/abi/codec.hpp"
#include "holdfast/abi/memory.hpp"
#include "holdfast/abi/type_traits.hpp"
#include "holdfast/abi/variant_abi.hpp"

namespace holdfast::abi {

template <class T>
concept DescribedEnum = std::is_enum_v<T> && requires { TypeTraits<T>::cases.size(); };
template <class T>
concept DescribedVariant = std::is_class_v<T> && requires { TypeTraits<T>::cases.size(); };

// Sources and targets of a variant: flat values or memory. Each has the same three steps (the discriminant, the
// payload, and the values that the case does not use), so the codecs below work with all of them.

struct FlatCaseSource {
  Context& context;
  LiftScratch& scratch;
  const component::InterfaceType& type;
  FlatReader& values;
  std::size_t end = values.position() + type.flat.size();

  std::uint32_t discriminant() { return values.next().i32(); }
  template <class T>
  Result<T> payload(component::InterfaceTypeId payload_type) {
    return Codec<T>::lift_flat(context, scratch, payload_type, values);
  }
  void finish() { values.skip_to(end); }
};
struct MemoryCaseSource {
  Context& context;
  LiftScratch& scratch;
  const component::InterfaceType& type;
  std::uint32_t pointer;

  std::uint32_t discriminant() { return load_sized(context, pointer, type.discriminant_size); }
  template <class T>
  Result<T> payload(component::InterfaceTypeId payload_type) {
    return Codec<T>::load(context, scratch, payload_type, pointer + type.payload_offset);
  }
  void finish() {}
};
struct FlatCaseTarget {
  Context& context;
  const component::InterfaceType& type;
  FlatWriter& values;
  std::size_t end = values.position() + type.flat.size();

  void discriminant(std::uint32_t index) { values.put_i32(index); }
  template <class T, class Value>
  Result<void> payload(component::InterfaceTypeId payload_type, Value&& value) {
    return Codec<T>::lower_flat(context, payload_type, std::forward<Value>(value), values);
  }
  void finish() { values.fill_to(end); }
};
struct MemoryCaseTarget {
  Context& context;
  const component::InterfaceType& type;
  std::uint32_t pointer;

  void discriminant(std::uint32_t index) { store_sized(context, pointer, type.discriminant_size, index); }
  template <class T, class Value>
  Result<void> payload(component::InterfaceTypeId payload_type, Value&& value) {
    return Codec<T>::store(context, payload_type, std::forward<Value>(value), pointer + type.payload_offset);
  }
  void finish() {}
};

/// Turns `Cases::lift(source, index)` and `Cases::lower(target, value)` into the members of a codec.
template <class T, class Cases>
struct CaseCodec {
  static Result<T> lift_flat(Context& context, LiftScratch& scratch, component::InterfaceTypeId type,
                             FlatReader& values) {
    return lift(FlatCaseSource{context, scratch, context.types[type], values});
  }
  static Result<T> load(Context& context, LiftScratch& scratch, component::InterfaceTypeId type,
                        std::uint32_t pointer) {
    return lift(MemoryCaseSource{context, scratch, context.types[type], pointer});
  }
  template <class Value>
  static Result<void> lower_flat(Context& context, component::InterfaceTypeId type, Value&& value, FlatWriter& values) {
    return lower(FlatCaseTarget{context, context.types[type], values}, std::forward<Value>(value));
  }
  template <class Value>
  static Result<void> store(Context& context, component::InterfaceTypeId type, Value&& value, std::uint32_t pointer) {
    return lower(MemoryCaseTarget{context, context.types[type], pointer}, std::forward<Value>(value));
  }

 private:
  template <class Source>
  static Result<T> lift(Source source) {
    const std::uint32_t index = source.discriminant();
    HOLDFAST_TRY(check_discriminant(source.type, index));
    Result<T> value = Cases::lift(source, index);
    source.finish();
    return value;
  }
  template <class Target, class Value>
  static Result<void> lower(Target target, Value&& value) {
    HOLDFAST_TRY(Cases::lower(target, std::forward<Value>(value)));
    target.finish();
    return {};
  }
};

template <class T>
struct OptionCases {
  template <class Source>
  static Result<std::optional<T>> lift(Source& source, std::uint32_t index) {
    if (index == 0) return std::optional<T>();
    HOLDFAST_TRY_ASSIGN(auto&& payload, source.template payload<T>(*source.type.cases[1].type));
    return std::optional<T>(std::move(payload));
  }
  template <class Target, class Value>
  static Result<void> lower(Target& target, Value&& value) {
    target.discriminant(value ? 1 : 0);
    if (!value) return {};
    return target.template payload<T>(*target.type.cases[1].type, *std::forward<Value>(value));
  }
};

template <class T>
struct Codec<std::optional<T>> : CaseCodec<std::optional<T>, OptionCases<T>> {
  static bool matches(const TypeView& types, component::InterfaceTypeId type) {
    const component::InterfaceType& option = types[type];
    return option.kind == component::TypeKind::option && Codec<T>::matches(types, *option.cases[1].type);
  }
};

/// Whether the C++ payload T (void or std::monostate for none) fits the case.
template <class T>
bool payload_matches(const TypeView& types, const component::InterfaceCase& item) {
  if constexpr (std::is_void_v<T> || std::same_as<T, std::monostate>) {
    return !item.type;
  } else {
    return item.type && Codec<T>::matches(types, *item.type);
  }
}

template <class T, class E>
struct ResultCases {
  using Expected = std::expected<T, E>;

  template <class Source>
  static Result<Expected> lift(Source& source, std::uint32_t index) {
    if (index == 0) {
      if constexpr (std::is_void_v<T>) {
        return Expected();
      } else {
        HOLDFAST_TRY_ASSIGN(auto&& payload, source.template payload<T>(*source.type.cases[0].type));
        return Result<Expected>(std::in_place, std::in_place, std::move(payload));
      }
    }
    HOLDFAST_TRY_ASSIGN(auto&& payload, source.template payload<E>(*source.type.cases[1].type));
    return Result<Expected>(std::in_place, std::unexpect, std::move(payload));
  }
  template <class Target, class Value>
  static Result<void> lower(Target& target, Value&& value) {
    target.discriminant(value.has_value() ? 0 : 1);
    if (!value.has_value()) {
      return target.template payload<E>(*target.type.cases[1].type, std::forward<Value>(value).error());
    }
    if constexpr (std::is_void_v<T>) {
      return {};
    } else {
      return target.template payload<T>(*target.type.cases[0].type, *std::forward<Value>(value));
    }
  }
};

/// A `result` without an error payload has the error type std::monostate, as there is no std::expected<T, void>.
template <class T>
struct ResultCases<T, std::monostate> {
  using Expected = std::expected<T, std::monostate>;

  template <class Source>
  static Result<Expected> lift(Source& source, std::uint32_t index) {
    if (index == 1) return Result<Expected>(std::in_place, std::unexpect);
    if constexpr (std::is_void_v<T>) {
      return Expected();
    } else {
      HOLDFAST_TRY_ASSIGN(auto&& payload, source.template payload<T>(*source.type.cases[0].type));
      return Result<Expected>(std::in_place, std::in_place, std::move(payload));
    }
  }
  template <class Target, class Value>
  static Result<void> lower(Target& target, Value&& value) {
    target.discriminant(value.has_value() ? 0 : 1);
    if constexpr (!std::is_void_v<T>) {
      if (value.has_value()) {
        return target.template payload<T>(*target.type.cases[0].type, *std::forward<Value>(value));
      }
    }
    return {};
  }
};

template <class T, class E>
struct Codec<std::expected<T, E>> : CaseCodec<std::expected<T, E>, ResultCases<T, E>> {
  static bool matches(const TypeView& types, component::InterfaceTypeId type) {
    const component::InterfaceType& result = types[type];
    return result.kind == component::TypeKind::result && payload_matches<T>(types, result.cases[0]) &&
           payload_matches<E>(types, result.cases[1]);
  }
};

template <class T, class Traits>
bool case_names_match(const component::InterfaceType& type) {
  if (type.cases.size() != Traits::cases.size()) return false;
  for (std::size_t i = 0; i < type.cases.size(); ++i) {
    if (type.cases[i].name != std::string_view(Traits::cases[i])) return false;
  }
  return true;
}

template <DescribedEnum T>
struct EnumCases {
  template <class Source>
  static Result<T> lift(Source&, std::uint32_t index) {
    return static_cast<T>(index);
  }
  template <class Target>
  static Result<void> lower(Target& target, T value) {
    const auto number = static_cast<std::uint64_t>(static_cast<std::underlying_type_t<T>>(value));
    if (number >= TypeTraits<T>::cases.size()) {
      return fail(ErrorCode::invalid_discriminant, number, static_cast<std::uint32_t>(TypeTraits<T>::cases.size()));
    }
    target.discriminant(static_cast<std::uint32_t>(number));
    return {};
  }
};

template <DescribedEnum T>
struct Codec<T> : CaseCodec<T, EnumCases<T>> {
  static bool matches(const TypeView& types, component::InterfaceTypeId type) {
    return types[type].kind == component::TypeKind::enumeration && case_names_match<T, TypeTraits<T>>(types[type]);
  }
};

template <DescribedVariant T>
struct VariantCases {
  /// The std::variant in `value`: a member of it, or its base.
  template <class... Alternatives>
  static std::variant<Alternatives...>* as_variant(std::variant<Alternatives...>* value) {
    return value;
  }
  template <class... Alternatives>
  static const std::variant<Alternatives...>* as_variant(const std::variant<Alternatives...>* value) {
    return value;
  }
  template <class Value>
  static auto& storage(Value& value) {
    if constexpr (requires { value.*TypeTraits<T>::storage; }) {
      return value.*TypeTraits<T>::storage;
    } else {
      return *as_variant(std::addressof(value));
    }
  }
  using Storage = std::remove_cvref_t<decltype(storage(std::declval<T&>()))>;
  static constexpr std::size_t count = std::variant_size_v<Storage>;
  static_assert(count == TypeTraits<T>::cases.size(), "TypeTraits: a variant has one case name for each alternative");
  template <std::size_t I>
  using Alternative = std::variant_alternative_t<I, Storage>;
  template <std::size_t I>
  static constexpr bool has_payload = !std::same_as<Alternative<I>, std::monostate>;

  template <class Source, std::size_t I = 0>
  static Result<T> lift(Source& source, std::uint32_t index) {
    if constexpr (I < count) {
      if (index != I) return lift<Source, I + 1>(source, index);
      T value{};
      if constexpr (has_payload<I>) {
        HOLDFAST_TRY_ASSIGN(auto&& payload, source.template payload<Alternative<I>>(*source.type.cases[I].type));
        storage(value).template emplace<I>(std::move(payload));
      } else {
        storage(value).template emplace<I>();
      }
      return value;
    } else {
      return fail(ErrorCode::invalid_discriminant, index, count);
    }
  }

  template <std::size_t I = 0, class Target, class Value>
  static Result<void> lower(Target& target, Value&& value) {
    if constexpr (I < count) {
      auto& alternatives = storage(value);
      if (alternatives.index() != I) return lower<I + 1>(target, std::forward<Value>(value));
      target.discriminant(I);
      if constexpr (has_payload<I>) {
        return target.template payload<Alternative<I>>(*target.type.cases[I].type,
                                                       forward_part<Value>(*std::get_if<I>(&alternatives)));
      }
      return {};
    } else {
      return fail(ErrorCode::value_type_mismatch);  // valueless by exception
    }
  }

  static bool payloads_match(const TypeView& types, const component::InterfaceType& type) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return (payload_matches<Alternative<I>>(types, type.cases[I]) && ...);
    }(std::make_index_sequence<count>());
  }
};

template <DescribedVariant T>
struct Codec<T> : CaseCodec<T, VariantCases<T>> {
  static bool matches(const TypeView& types, component::InterfaceTypeId type) {
    const component::InterfaceType& variant = types[type];
    return variant.kind == component::TypeKind::variant && case_names_match<T, TypeTraits<T>>(variant) &&
           VariantCases<T>::payloads_match(types, variant);
  }
};

}  // namespace holdfast::abi
