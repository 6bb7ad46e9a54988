// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/types/layout.hpp"

#include <algorithm>

namespace holdfast::component::types {
namespace {

using engine::ValueType;

Layout same_in_both(std::uint32_t size, ValueType flat) {
  PointerLayout part{size, size, 0, {flat}};
  return {part, part, 0, false};
}

/// CanonicalABI.md, `join`.
ValueType join(ValueType a, ValueType b) {
  if (a == b) return a;
  const auto is_32_bit = [](ValueType type) { return type == ValueType::i32 || type == ValueType::f32; };
  return is_32_bit(a) && is_32_bit(b) ? ValueType::i32 : ValueType::i64;
}

using PartOf = const PointerLayout& (*)(const Layout&);
const PointerLayout& narrow_of(const Layout& layout) { return layout.narrow; }
const PointerLayout& wide_of(const Layout& layout) { return layout.wide; }

PointerLayout record_part(std::span<const Layout* const> fields, PartOf part_of) {
  PointerLayout result;
  for (const Layout* field : fields) {
    const PointerLayout& part = part_of(*field);
    result.size = std::min(size_ceiling, align_to(result.size, part.alignment) + part.size);
    result.alignment = std::max(result.alignment, part.alignment);
    result.flat.append(part.flat);
  }
  result.size = align_to(result.size, result.alignment);
  return result;
}

PointerLayout variant_part(std::span<const Layout* const> cases, std::uint32_t discriminant, PartOf part_of) {
  PointerLayout result;
  result.alignment = discriminant;
  result.flat.push_back(ValueType::i32);
  std::uint64_t payload_size = 0;
  std::uint32_t payload_alignment = 1;
  for (const Layout* payload : cases) {
    if (payload == nullptr) continue;
    const PointerLayout& part = part_of(*payload);
    payload_size = std::max(payload_size, part.size);
    payload_alignment = std::max(payload_alignment, part.alignment);
    for (std::size_t i = 0; i < part.flat.size() && i + 1 < flat_cut; ++i) {
      if (i + 1 < result.flat.size())
        result.flat[i + 1] = join(result.flat[i + 1], part.flat[i]);
      else
        result.flat.push_back(part.flat[i]);
    }
  }
  result.alignment = std::max(result.alignment, payload_alignment);
  result.payload_offset = align_to(discriminant, payload_alignment);
  result.size = std::min(size_ceiling, align_to(result.payload_offset + payload_size, result.alignment));
  return result;
}

PointerLayout fixed_list_part(const PointerLayout& element, std::uint32_t length) {
  PointerLayout result;
  result.alignment = element.alignment;
  result.size = element.size == 0 || length <= size_ceiling / element.size ? element.size * length : size_ceiling;
  for (std::uint32_t i = 0; i < length && result.flat.size() < flat_cut && !element.flat.empty(); ++i)
    result.flat.append(element.flat);
  return result;
}

bool any_pointer(std::span<const Layout* const> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [](const Layout* part) { return part != nullptr && part->contains_pointer; });
}

}  // namespace

std::uint32_t discriminant_size(std::size_t cases) noexcept {
  if (cases <= 0x100) return 1;
  return cases <= 0x10000 ? 2 : 4;
}

Layout layout_of_primitive(TypeKind kind) {
  switch (kind) {
    case TypeKind::boolean:
    case TypeKind::s8:
    case TypeKind::u8: return same_in_both(1, ValueType::i32);
    case TypeKind::s16:
    case TypeKind::u16: return same_in_both(2, ValueType::i32);
    case TypeKind::s64:
    case TypeKind::u64: return same_in_both(8, ValueType::i64);
    case TypeKind::f32: return same_in_both(4, ValueType::f32);
    case TypeKind::f64: return same_in_both(8, ValueType::f64);
    case TypeKind::string: return layout_of_sequence();
    default: return same_in_both(4, ValueType::i32);  // s32, u32, char, error-context
  }
}

Layout layout_of_sequence() {
  return {{8, 4, 0, {ValueType::i32, ValueType::i32}}, {16, 8, 0, {ValueType::i64, ValueType::i64}}, 0, true};
}

Layout layout_of_fixed_list(const Layout& element, std::uint32_t length) {
  return {fixed_list_part(element.narrow, length), fixed_list_part(element.wide, length), 0, element.contains_pointer};
}

Layout layout_of_record(std::span<const Layout* const> fields) {
  return {record_part(fields, narrow_of), record_part(fields, wide_of), 0, any_pointer(fields)};
}

Layout layout_of_variant(std::span<const Layout* const> cases) {
  const std::uint32_t discriminant = discriminant_size(cases.size());
  return {variant_part(cases, discriminant, narrow_of), variant_part(cases, discriminant, wide_of), discriminant,
          any_pointer(cases)};
}

Layout layout_of_flags(std::size_t labels) {
  return same_in_both(labels <= 8 ? 1 : labels <= 16 ? 2 : 4, ValueType::i32);
}

Layout layout_of_handle() { return same_in_both(4, ValueType::i32); }

}  // namespace holdfast::component::types
