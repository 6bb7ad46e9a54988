// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kinds of value types, in the specification's spelling. A plain enumeration, shared by the type engine and the
// types of a program.
#pragma once

#include <cstdint>
#include <string_view>

namespace holdfast::component {

enum class TypeKind : std::uint8_t {
  boolean,
  s8,
  u8,
  s16,
  u16,
  s32,
  u32,
  s64,
  u64,
  f32,
  f64,
  character,
  string,
  list,
  fixed_list,
  map,
  record,
  tuple,
  variant,
  enumeration,
  option,
  result,
  flags,
  own,
  borrow,
  // Known, but not lifted or lowered yet:
  error_context,
  stream,
  future,
};

/// The name in WIT and in the specification: "bool", "u8", "char", "enum", "fixed-length list", ...
std::string_view name_of(TypeKind kind) noexcept;

/// Whether the kind has no members, labels or resources.
bool is_primitive(TypeKind kind) noexcept;

}  // namespace holdfast::component
