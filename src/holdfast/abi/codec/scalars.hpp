// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Codecs of bool, the integers, float, double and char32_t. An integer type stands for the WIT integer of the same
// width and signedness. char, wchar_t, char8_t and char16_t have no codec.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>

#include "holdfast/abi/codec.hpp"
#include "holdfast/abi/memory.hpp"
#include "holdfast/abi/scalar_abi.hpp"

namespace holdfast::abi {

template <class T>
concept CharacterType = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
                        std::same_as<T, char16_t> || std::same_as<T, char32_t>;
template <class T>
concept IntegerScalar =
    std::integral<T> && !std::same_as<T, bool> && !CharacterType<T> && std::same_as<T, std::remove_cv_t<T>>;
template <class T>
concept FloatScalar = std::same_as<T, float> || std::same_as<T, double>;
/// Scalars whose bytes in memory are the value (except NaNs of floats), so that lists of them are copied in one piece.
template <class T>
concept BulkScalar = IntegerScalar<T> || FloatScalar<T>;
template <class T>
concept Scalar = BulkScalar<T> || std::same_as<T, bool> || std::same_as<T, char32_t>;

/// The unsigned integer with the width that the scalar has in memory.
template <Scalar T>
using BitsOf = std::conditional_t<sizeof(T) == 1, std::uint8_t,
                                  std::conditional_t<sizeof(T) == 2, std::uint16_t,
                                                     std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>>;

template <Scalar T>
constexpr component::TypeKind scalar_kind() noexcept {
  using component::TypeKind;
  if constexpr (std::same_as<T, bool>) {
    return TypeKind::boolean;
  } else if constexpr (std::same_as<T, char32_t>) {
    return TypeKind::character;
  } else if constexpr (FloatScalar<T>) {
    return sizeof(T) == 4 ? TypeKind::f32 : TypeKind::f64;
  } else if constexpr (std::is_signed_v<T>) {
    constexpr TypeKind kinds[] = {TypeKind::s8, TypeKind::s16, TypeKind::s32, TypeKind::s64};
    return kinds[std::countr_zero(sizeof(T))];
  } else {
    constexpr TypeKind kinds[] = {TypeKind::u8, TypeKind::u16, TypeKind::u32, TypeKind::u64};
    return kinds[std::countr_zero(sizeof(T))];
  }
}

/// The bits of a value as they are lowered. A NaN becomes the canonical NaN.
template <Scalar T>
constexpr BitsOf<T> scalar_to_bits(T value) noexcept {
  if constexpr (std::same_as<T, float>) {
    return canonical_nan32(std::bit_cast<std::uint32_t>(value));
  } else if constexpr (std::same_as<T, double>) {
    return canonical_nan64(std::bit_cast<std::uint64_t>(value));
  } else {
    return static_cast<BitsOf<T>>(value);
  }
}

template <BulkScalar T>
constexpr T scalar_from_bits(BitsOf<T> bits) noexcept {
  if constexpr (std::same_as<T, float>) {
    return std::bit_cast<float>(canonical_nan32(bits));
  } else if constexpr (std::same_as<T, double>) {
    return std::bit_cast<double>(canonical_nan64(bits));
  } else {
    return static_cast<T>(bits);
  }
}

template <Scalar T>
struct Codec<T> {
  static bool matches(const TypeView& types, component::InterfaceTypeId type) noexcept {
    return types[type].kind == scalar_kind<T>();
  }

  static Result<T> lift_flat(Context&, LiftScratch&, component::InterfaceTypeId, FlatReader& values) {
    if constexpr (std::same_as<T, bool>) {
      return values.next().i32() != 0;
    } else if constexpr (std::same_as<T, char32_t>) {
      return to_char(values.next().i32());
    } else {
      return scalar_from_bits<T>(static_cast<BitsOf<T>>(values.next().i64()));
    }
  }

  static Result<T> load(Context& context, LiftScratch&, component::InterfaceTypeId, std::uint32_t pointer) {
    const BitsOf<T> bits = load_int<BitsOf<T>>(context, pointer);
    if constexpr (std::same_as<T, bool>) {
      return bits != 0;
    } else if constexpr (std::same_as<T, char32_t>) {
      return to_char(bits);
    } else {
      return scalar_from_bits<T>(bits);
    }
  }

  static Result<void> lower_flat(Context&, component::InterfaceTypeId, const T& value, FlatWriter& values) {
    if constexpr (std::same_as<T, char32_t>) HOLDFAST_TRY(to_char(value));
    if constexpr (sizeof(T) == 8) {
      values.put(engine::RawValue::from_i64(scalar_to_bits(value)));
    } else if constexpr (IntegerScalar<T> && std::is_signed_v<T>) {
      values.put_i32(static_cast<std::uint32_t>(std::int32_t{value}));
    } else {
      values.put_i32(scalar_to_bits(value));
    }
    return {};
  }

  static Result<void> store(Context& context, component::InterfaceTypeId, const T& value, std::uint32_t pointer) {
    if constexpr (std::same_as<T, char32_t>) HOLDFAST_TRY(to_char(value));
    store_int(context, pointer, scalar_to_bits(value));
    return {};
  }
};

}  // namespace holdfast::abi
