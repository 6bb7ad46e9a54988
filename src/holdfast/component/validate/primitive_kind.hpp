// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Maps the primitive types of the binary format to those of the type engine. Pure function; any thread.
#pragma once

#include "holdfast/component/binary/syntax.hpp"
#include "holdfast/component/types/type_kind.hpp"

namespace holdfast::component {

constexpr TypeKind kind_of(syntax::PrimitiveType type) noexcept {
  switch (type) {
    case syntax::PrimitiveType::boolean: return TypeKind::boolean;
    case syntax::PrimitiveType::s8: return TypeKind::s8;
    case syntax::PrimitiveType::u8: return TypeKind::u8;
    case syntax::PrimitiveType::s16: return TypeKind::s16;
    case syntax::PrimitiveType::u16: return TypeKind::u16;
    case syntax::PrimitiveType::s32: return TypeKind::s32;
    case syntax::PrimitiveType::u32: return TypeKind::u32;
    case syntax::PrimitiveType::s64: return TypeKind::s64;
    case syntax::PrimitiveType::u64: return TypeKind::u64;
    case syntax::PrimitiveType::f32: return TypeKind::f32;
    case syntax::PrimitiveType::f64: return TypeKind::f64;
    case syntax::PrimitiveType::character: return TypeKind::character;
    case syntax::PrimitiveType::string: return TypeKind::string;
    case syntax::PrimitiveType::error_context: return TypeKind::error_context;
  }
  return TypeKind::boolean;
}

}  // namespace holdfast::component
