// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Size, alignment and flattened core types of value types, for 32-bit and 64-bit memories. Pure functions over the
// layouts of the parts. Sizes saturate, so that no type makes them overflow.
// Source: CanonicalABI.md, "Alignment", "Element Size", "Flattening".
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "holdfast/component/types/flat_types.hpp"
#include "holdfast/component/types/type_kind.hpp"

namespace holdfast::component::types {

/// Layout for one pointer width. Sizes, alignments and offsets are in bytes.
struct PointerLayout {
  std::uint64_t size = 0;
  std::uint32_t alignment = 1;
  std::uint64_t payload_offset = 0;  ///< for kinds with cases
  FlatTypes flat;
};

struct Layout {
  PointerLayout narrow;                 ///< 32-bit memories
  PointerLayout wide;                   ///< 64-bit memories
  std::uint32_t discriminant_size = 0;  ///< 1, 2 or 4 bytes, for kinds with cases; else 0
  bool contains_pointer = false;        ///< contains a string, list or map at any depth
};

/// Sizes saturate at this many bytes, far above the size of any valid type.
inline constexpr std::uint64_t size_ceiling = std::uint64_t{1} << 40;

/// The smallest multiple of `alignment` (a power of two) that is at least `value`.
constexpr std::uint64_t align_to(std::uint64_t value, std::uint32_t alignment) noexcept {
  return (value + alignment - 1) & ~(std::uint64_t{alignment} - 1);
}

/// Size of the discriminant of a type with `cases` cases: 1, 2 or 4 bytes. CanonicalABI.md, discriminant_type.
std::uint32_t discriminant_size(std::size_t cases) noexcept;

Layout layout_of_primitive(TypeKind kind);
/// list, map.
Layout layout_of_sequence();
Layout layout_of_fixed_list(const Layout& element, std::uint32_t length);
/// record, tuple, parameters of a function.
Layout layout_of_record(std::span<const Layout* const> fields);
/// variant, enumeration, option, result. An element of `cases` is null for a case without payload.
Layout layout_of_variant(std::span<const Layout* const> cases);
Layout layout_of_flags(std::size_t labels);
/// own, borrow, stream, future, error-context.
Layout layout_of_handle();

}  // namespace holdfast::component::types
