// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bool, integers, floats and char: the conversions that typed and dynamic values share, and lifting and lowering of
// dynamic values. Floats follow the deterministic profile: every NaN becomes the canonical NaN.
// Source: CanonicalABI.md, "Loading", "Storing", "Flat Lifting", "Flat Lowering".
#pragma once

#include <cstdint>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/flat.hpp"

namespace holdfast {
class Val;
enum class ValKind : std::uint8_t;
}  // namespace holdfast

namespace holdfast::abi {

constexpr std::uint32_t canonical_nan32(std::uint32_t bits) noexcept {
  return (bits & 0x7fff'ffff) > 0x7f80'0000 ? 0x7fc0'0000 : bits;
}
constexpr std::uint64_t canonical_nan64(std::uint64_t bits) noexcept {
  return (bits & 0x7fff'ffff'ffff'ffff) > 0x7ff0'0000'0000'0000 ? 0x7ff8'0000'0000'0000 : bits;
}

/// Whether `code_point` is a Unicode scalar value, as a `char` must be.
constexpr bool is_scalar_value(std::uint32_t code_point) noexcept {
  return code_point < 0xd800 || (code_point > 0xdfff && code_point < 0x11'0000);
}

/// Errors: invalid_char.
inline Result<char32_t> to_char(std::uint32_t bits) noexcept {
  if (!is_scalar_value(bits)) return fail(ErrorCode::invalid_char, bits);
  return static_cast<char32_t>(bits);
}

/// The kind of value that a scalar type takes. `scalar` is one of boolean to character.
ValKind val_kind(component::TypeKind scalar) noexcept;

/// `kind` is one of boolean to character. Errors: invalid_char.
Result<Val> lift_flat_scalar(component::TypeKind kind, FlatReader& values);
Result<Val> load_scalar(const Context& context, component::TypeKind kind, std::uint32_t pointer);

/// Errors: value_type_mismatch, invalid_char.
Result<void> lower_flat_scalar(component::TypeKind kind, const Val& value, FlatWriter& values);
Result<void> store_scalar(const Context& context, component::TypeKind kind, const Val& value, std::uint32_t pointer);

}  // namespace holdfast::abi
