// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The codec of types that `TypeTraits` describes as flags. Lifting ignores bits past the last label. Lowering rejects a
// value with such bits (value_type_mismatch), as it rejects unknown labels of a dynamic value.
#pragma once

#include <cstdint>
#include <string_view>

#include "holdfast/abi/codec.hpp"
#include "holdfast/abi/flags_abi.hpp"
#include "holdfast/abi/memory.hpp"
#include "holdfast/abi/type_traits.hpp"

namespace holdfast::abi {

template <class T>
concept DescribedFlags = requires(T value, std::uint32_t bits) {
  TypeTraits<T>::flags.size();
  static_cast<std::uint32_t>(value);
  static_cast<T>(bits);
};

template <DescribedFlags T>
struct Codec<T> {
  static constexpr std::uint32_t mask = flags_mask(TypeTraits<T>::flags.size());

  static bool matches(const TypeView& types, component::InterfaceTypeId type) {
    const component::InterfaceType& flags = types[type];
    if (flags.kind != component::TypeKind::flags || flags.labels.size() != TypeTraits<T>::flags.size()) return false;
    for (std::size_t i = 0; i < flags.labels.size(); ++i) {
      if (flags.labels[i] != std::string_view(TypeTraits<T>::flags[i])) return false;
    }
    return true;
  }
  static Result<T> lift_flat(Context&, LiftScratch&, component::InterfaceTypeId, FlatReader& values) {
    return static_cast<T>(values.next().i32() & mask);
  }
  static Result<T> load(Context& context, LiftScratch&, component::InterfaceTypeId type, std::uint32_t pointer) {
    return static_cast<T>(load_sized(context, pointer, context.types[type].size) & mask);
  }
  static Result<void> lower_flat(Context&, component::InterfaceTypeId, const T& value, FlatWriter& values) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t bits, checked_bits(value));
    values.put_i32(bits);
    return {};
  }
  static Result<void> store(Context& context, component::InterfaceTypeId type, const T& value, std::uint32_t pointer) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t bits, checked_bits(value));
    store_sized(context, pointer, context.types[type].size, bits);
    return {};
  }

 private:
  static Result<std::uint32_t> checked_bits(const T& value) {
    const auto bits = static_cast<std::uint32_t>(value);
    if ((bits & ~mask) != 0) return fail(ErrorCode::value_type_mismatch);
    return bits;
  }
};

}  // namespace holdfast::abi
