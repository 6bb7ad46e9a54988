// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bytes of a component's handle table: one entry and the table's header. Plain, of fixed layout: C++ and
// generated code operate the same bytes. Freestanding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "holdfast/core/id.hpp"

namespace holdfast::handles {

/// Tells resource types apart (rule 5): whoever instantiates a component gives each of its types a fresh tag.
using TypeTag = Id<struct ResourceTypeTag>;

/// The task to which a borrow belongs (rule 24): an index into BorrowScopes.
using ScopeId = Id<struct BorrowScopeTag>;

/// What an entry is. One table serves resources, waitables and the rest of the specification's handles.
enum class HandleKind : std::uint32_t {
  empty = 0,
  own,
  borrow,
  waitable,
  waitable_set,
  error_context,
};

/// One entry of a handle table.
struct HandleEntry {
  std::uint32_t rep = 0;    ///< the resource's representation; another kind's payload
  std::uint32_t type = 0;   ///< index of a TypeTag
  std::uint32_t state = 0;  ///< kind in the low 4 bits, lends above
  std::uint32_t link = 0;   ///< borrow: index of the ScopeId; empty: the next free index, 0 at the end

  static constexpr unsigned kind_bits = 4;
  static constexpr std::uint32_t one_lend = std::uint32_t{1} << kind_bits;
  static constexpr std::uint32_t max_lends = (std::uint32_t{1} << (32 - kind_bits)) - 1;

  constexpr HandleKind kind() const noexcept { return static_cast<HandleKind>(state & (one_lend - 1)); }
  constexpr std::uint32_t lends() const noexcept { return state >> kind_bits; }
  constexpr bool is_empty() const noexcept { return kind() == HandleKind::empty; }
  constexpr bool is_own() const noexcept { return kind() == HandleKind::own; }
  constexpr bool is_borrow() const noexcept { return kind() == HandleKind::borrow; }
  constexpr bool is_resource() const noexcept { return is_own() || is_borrow(); }
  constexpr TypeTag type_tag() const noexcept { return TypeTag(type); }
  /// Of a borrow.
  constexpr ScopeId scope() const noexcept { return ScopeId(link); }

  friend constexpr bool operator==(const HandleEntry&, const HandleEntry&) = default;
};
static_assert(sizeof(HandleEntry) == 16 && alignof(HandleEntry) == 4);
static_assert(offsetof(HandleEntry, state) == 8 && offsetof(HandleEntry, link) == 12);
static_assert(std::is_trivially_copyable_v<HandleEntry> && std::is_standard_layout_v<HandleEntry>);

/// What a table knows about itself; all zero but `limit` is an empty table.
struct TableHeader {
  std::uint32_t length = 0;     ///< entries in use or free, entry 0 included; 0 before the first add
  std::uint32_t free_head = 0;  ///< the free index that was freed last, 0 when none is free
  std::uint32_t capacity = 0;   ///< entries that there is memory for
  std::uint32_t limit = 0;      ///< live handles that are allowed
  std::uint32_t live = 0;       ///< handles now
  std::uint32_t peak = 0;       ///< the most there have been
  std::uint64_t created = 0;    ///< handles ever made
};
static_assert(sizeof(TableHeader) == 32);
static_assert(std::is_trivially_copyable_v<TableHeader> && std::is_standard_layout_v<TableHeader>);

/// The largest index of a handle (rule 2).
inline constexpr std::uint32_t max_handle_index = (std::uint32_t{1} << 28) - 1;

}  // namespace holdfast::handles
