// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kinds of value types, one word each in the specification's spelling. Plain enumeration; shared by the type
// engine and by the types of a program.
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
  error_context,
  stream,
  future,  // known, never lifted or lowered yet
};

/// As WIT and the specification write it: "bool", "u8", "char", "enum", "fixed-length list", …
std::string_view name_of(TypeKind kind) noexcept;

/// A kind without members, labels or resources.
bool is_primitive(TypeKind kind) noexcept;

}  // namespace holdfast::component
