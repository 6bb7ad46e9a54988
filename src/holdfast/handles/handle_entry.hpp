// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The memory layout of a component's handle table: its entries and its header. Plain data of fixed layout, because C++
// and generated code work on the same bytes. Freestanding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "holdfast/core/id.hpp"

namespace holdfast::handles {

/// Identifies a resource type (rule 5). Each instantiation of a component assigns a new tag to each of its types.
using TypeTag = Id<struct ResourceTypeTag>;

/// The task to which a borrow belongs (rule 24): an index into BorrowScopes.
using ScopeId = Id<struct BorrowScopeTag>;

/// The kind of an entry. One table holds resources, waitables and all other handles of the specification.
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
  std::uint32_t rep = 0;    ///< the resource's representation, or the payload of another kind
  std::uint32_t type = 0;   ///< index of the TypeTag
  std::uint32_t state = 0;  ///< kind in the low 4 bits, number of lends above
  std::uint32_t link = 0;   ///< of a borrow: index of the ScopeId; of an empty entry: the next free index, or 0

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
  /// The scope of a borrow.
  constexpr ScopeId scope() const noexcept { return ScopeId(link); }

  friend constexpr bool operator==(const HandleEntry&, const HandleEntry&) = default;
};
static_assert(sizeof(HandleEntry) == 16 && alignof(HandleEntry) == 4);
static_assert(offsetof(HandleEntry, state) == 8 && offsetof(HandleEntry, link) == 12);
static_assert(std::is_trivially_copyable_v<HandleEntry> && std::is_standard_layout_v<HandleEntry>);

/// The header of a table. A table is empty when all members except `limit` are zero.
struct TableHeader {
  std::uint32_t length = 0;     ///< entries in use or free, entry 0 included; 0 before the first add
  std::uint32_t free_head = 0;  ///< the index that was freed last, 0 when none is free
  std::uint32_t capacity = 0;   ///< entries that have memory
  std::uint32_t limit = 0;      ///< most live handles allowed
  std::uint32_t live = 0;       ///< handles in the table now
  std::uint32_t peak = 0;       ///< most handles at one time so far
  std::uint64_t created = 0;    ///< handles added so far
};
static_assert(sizeof(TableHeader) == 32);
static_assert(std::is_trivially_copyable_v<TableHeader> && std::is_standard_layout_v<TableHeader>);

/// The largest index of a handle (rule 2).
inline constexpr std::uint32_t max_handle_index = (std::uint32_t{1} << 28) - 1;

}  // namespace holdfast::handles
