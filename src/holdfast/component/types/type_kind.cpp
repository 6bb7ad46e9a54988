// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/types/type_kind.hpp"

namespace holdfast::component {

std::string_view name_of(TypeKind kind) noexcept {
  switch (kind) {
    case TypeKind::boolean: return "bool";
    case TypeKind::s8: return "s8";
    case TypeKind::u8: return "u8";
    case TypeKind::s16: return "s16";
    case TypeKind::u16: return "u16";
    case TypeKind::s32: return "s32";
    case TypeKind::u32: return "u32";
    case TypeKind::s64: return "s64";
    case TypeKind::u64: return "u64";
    case TypeKind::f32: return "f32";
    case TypeKind::f64: return "f64";
    case TypeKind::character: return "char";
    case TypeKind::string: return "string";
    case TypeKind::list: return "list";
    case TypeKind::fixed_list: return "fixed-length list";
    case TypeKind::map: return "map";
    case TypeKind::record: return "record";
    case TypeKind::tuple: return "tuple";
    case TypeKind::variant: return "variant";
    case TypeKind::enumeration: return "enum";
    case TypeKind::option: return "option";
    case TypeKind::result: return "result";
    case TypeKind::flags: return "flags";
    case TypeKind::own: return "own";
    case TypeKind::borrow: return "borrow";
    case TypeKind::error_context: return "error-context";
    case TypeKind::stream: return "stream";
    case TypeKind::future: return "future";
  }
  return "unknown";
}

bool is_primitive(TypeKind kind) noexcept { return kind <= TypeKind::string || kind == TypeKind::error_context; }

}  // namespace holdfast::component
