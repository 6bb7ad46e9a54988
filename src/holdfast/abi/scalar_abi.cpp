// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/scalar_abi.hpp"

#include <bit>

#include "holdfast/abi/memory.hpp"
#include "holdfast/abi/val_payload.hpp"

namespace holdfast::abi {
namespace {

using component::TypeKind;

/// The value of a type, from its bits. Bits beyond the width of the type are ignored.
Result<Val> from_bits(TypeKind kind, std::uint64_t bits) {
  switch (kind) {
    case TypeKind::boolean: return Val::boolean(static_cast<std::uint32_t>(bits) != 0);
    case TypeKind::s8: return Val::s8(static_cast<std::int8_t>(bits));
    case TypeKind::u8: return Val::u8(static_cast<std::uint8_t>(bits));
    case TypeKind::s16: return Val::s16(static_cast<std::int16_t>(bits));
    case TypeKind::u16: return Val::u16(static_cast<std::uint16_t>(bits));
    case TypeKind::s32: return Val::s32(static_cast<std::int32_t>(bits));
    case TypeKind::u32: return Val::u32(static_cast<std::uint32_t>(bits));
    case TypeKind::s64: return Val::s64(static_cast<std::int64_t>(bits));
    case TypeKind::u64: return Val::u64(bits);
    case TypeKind::f32: return ValAccess::make(ValKind::f32, canonical_nan32(static_cast<std::uint32_t>(bits)));
    case TypeKind::f64: return ValAccess::make(ValKind::f64, canonical_nan64(bits));
    case TypeKind::character: {
      HOLDFAST_TRY_ASSIGN(const char32_t character, to_char(static_cast<std::uint32_t>(bits)));
      return Val::character(character);
    }
    default: return fail(ErrorCode::unsupported_value);
  }
}

/// The bits of `value`, sign-extended for signed types; its core and memory representations are their low bits.
Result<std::uint64_t> to_bits(TypeKind kind, const Val& value) {
  if (value.kind() != val_kind(kind)) return fail(ErrorCode::value_type_mismatch);
  const std::uint64_t bits = ValAccess::bits(value);
  if (kind == TypeKind::character) HOLDFAST_TRY(to_char(static_cast<std::uint32_t>(bits)));
  return bits;
}

}  // namespace

ValKind val_kind(TypeKind scalar) noexcept {
  switch (scalar) {
    case TypeKind::boolean: return ValKind::boolean;
    case TypeKind::s8: return ValKind::s8;
    case TypeKind::u8: return ValKind::u8;
    case TypeKind::s16: return ValKind::s16;
    case TypeKind::u16: return ValKind::u16;
    case TypeKind::s32: return ValKind::s32;
    case TypeKind::u32: return ValKind::u32;
    case TypeKind::s64: return ValKind::s64;
    case TypeKind::u64: return ValKind::u64;
    case TypeKind::f32: return ValKind::f32;
    case TypeKind::f64: return ValKind::f64;
    default: return ValKind::character;
  }
}

Result<Val> lift_flat_scalar(TypeKind kind, FlatReader& values) { return from_bits(kind, values.next().i64()); }

Result<Val> load_scalar(const Context& context, TypeKind kind, std::uint32_t pointer) {
  switch (kind) {
    case TypeKind::boolean:
    case TypeKind::s8:
    case TypeKind::u8: return from_bits(kind, load_int<std::uint8_t>(context, pointer));
    case TypeKind::s16:
    case TypeKind::u16: return from_bits(kind, load_int<std::uint16_t>(context, pointer));
    case TypeKind::s64:
    case TypeKind::u64:
    case TypeKind::f64: return from_bits(kind, load_int<std::uint64_t>(context, pointer));
    default: return from_bits(kind, load_int<std::uint32_t>(context, pointer));
  }
}

Result<void> lower_flat_scalar(TypeKind kind, const Val& value, FlatWriter& values) {
  HOLDFAST_TRY_ASSIGN(const std::uint64_t bits, to_bits(kind, value));
  const bool is_wide = kind == TypeKind::s64 || kind == TypeKind::u64 || kind == TypeKind::f64;
  values.put(is_wide ? engine::RawValue::from_i64(bits) : engine::RawValue::from_i32(static_cast<std::uint32_t>(bits)));
  return {};
}

Result<void> store_scalar(const Context& context, TypeKind kind, const Val& value, std::uint32_t pointer) {
  HOLDFAST_TRY_ASSIGN(const std::uint64_t bits, to_bits(kind, value));
  switch (kind) {
    case TypeKind::boolean:
    case TypeKind::s8:
    case TypeKind::u8: store_int(context, pointer, static_cast<std::uint8_t>(bits)); break;
    case TypeKind::s16:
    case TypeKind::u16: store_int(context, pointer, static_cast<std::uint16_t>(bits)); break;
    case TypeKind::s64:
    case TypeKind::u64:
    case TypeKind::f64: store_int(context, pointer, bits); break;
    default: store_int(context, pointer, static_cast<std::uint32_t>(bits)); break;
  }
  return {};
}

}  // namespace holdfast::abi
