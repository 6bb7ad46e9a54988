// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `HandleTable`: the operations on one component instance's handles, exactly as the rules (cited by number) and the
// specification's CanonicalABI.md define them. It does not know about calls: the caller checks may_leave, runs
// destructors and remembers lenders. An operation that fails changes nothing.
// Owns nothing: it works on a TableStorage and the store's BorrowScopes, which must outlive it.
// Not thread-safe. Allocates only through the storage. Freestanding.
#pragma once

#include <cstdint>

#include "holdfast/core/assert.hpp"
#include "holdfast/core/result.hpp"
#include "holdfast/handles/borrow_scope.hpp"
#include "holdfast/handles/handle_entry.hpp"
#include "holdfast/handles/table_storage.hpp"

namespace holdfast::handles {

/// The handle that `HandleTable::drop` removed. For an own, the caller runs the destructor (rule 22).
struct Dropped {
  std::uint32_t rep;
  bool is_own;
};

class HandleTable {
 public:
  HandleTable(TableStorage& storage, BorrowScopes& scopes) noexcept : storage_(storage), scopes_(scopes) {}

  /// Rules 2, 9, 19: adds an own handle and returns its index. Reuses the index that was freed last.
  /// Errors: handle_limit, table_full, out_of_memory, capacity_exhausted.
  Result<std::uint32_t> add_own(TypeTag type, std::uint32_t rep) noexcept {
    return add({.rep = rep, .type = type.index(), .state = state_of(HandleKind::own), .link = 0});
  }

  /// Rule 10: adds a borrow handle, counts it in the task's `scope`, and returns its index. The caller decides whether
  /// a handle is needed: an instance that defines the type receives the rep instead.
  /// Errors: as add_own. Contract: the scope is open.
  Result<std::uint32_t> add_borrow(TypeTag type, std::uint32_t rep, ScopeId scope) noexcept {
    auto index = add({.rep = rep, .type = type.index(), .state = state_of(HandleKind::borrow), .link = scope.index()});
    if (index) [[likely]]
      scopes_.add_borrow(scope);
    return index;
  }

  /// Adds a handle that does not refer to a resource. It shares the index space, and operations on resources refuse it.
  /// Errors: as add_own. Contract: `kind` is neither empty nor own nor borrow.
  Result<std::uint32_t> add_other(HandleKind kind, std::uint32_t payload) noexcept {
    const HandleEntry entry{.rep = payload, .type = 0, .state = state_of(kind), .link = 0};
    HOLDFAST_ASSERT(!entry.is_empty() && !entry.is_resource(), "add_other must not add a resource or an empty entry");
    return add(entry);
  }

  /// Rule 3: the entry of `index`. Errors: unknown_handle.
  Result<HandleEntry> get(std::uint32_t index) const noexcept {
    if (const HandleEntry* entry = find(index)) [[likely]]
      return *entry;
    return fail(ErrorCode::unknown_handle, index);
  }

  /// Rule 4: removes a handle without the checks of rules 6 and 21. For handles that do not refer to resources, and for
  /// the host when it releases the handles of a closed instance. Does not change the borrow count of a scope.
  /// Errors: unknown_handle.
  Result<HandleEntry> remove(std::uint32_t index) noexcept {
    HandleEntry* entry = find(index);
    if (entry == nullptr) [[unlikely]]
      return fail(ErrorCode::unknown_handle, index);
    const HandleEntry removed = *entry;
    clear(*entry, index);
    return removed;
  }

  /// Rule 20: the rep of a handle of `type`, own or borrow.
  /// Errors, in this order: unknown_handle, handle_not_resource, handle_wrong_type.
  Result<std::uint32_t> rep(TypeTag type, std::uint32_t index) const noexcept {
    if (const HandleEntry* entry = find_resource(type, index)) [[likely]]
      return entry->rep;
    return std::unexpected(explain(index));
  }

  /// Rule 6: removes an own handle from the table and returns its rep.
  /// Errors, in this order: unknown_handle, handle_not_resource, handle_wrong_type, handle_lent, handle_not_own.
  Result<std::uint32_t> lift_own(TypeTag type, std::uint32_t index) noexcept {
    HandleEntry* entry = find_resource(type, index);
    // One comparison checks both "own" and "not lent".
    if (entry == nullptr || entry->state != state_of(HandleKind::own)) [[unlikely]]
      return std::unexpected(explain_lift_own(type, index));
    const std::uint32_t rep = entry->rep;
    clear(*entry, index);
    return rep;
  }

  /// Rule 7: lends a handle, own or borrow, for one call and returns its rep. The caller remembers `index` and calls
  /// return_lend when the callee has returned.
  /// Errors, in this order: unknown_handle, handle_not_resource, handle_wrong_type, too_many_lends (2^28 - 1).
  Result<std::uint32_t> lift_borrow(TypeTag type, std::uint32_t index) noexcept {
    HandleEntry* entry = find_resource(type, index);
    if (entry == nullptr) [[unlikely]]
      return std::unexpected(explain(index));
    if (entry->lends() == HandleEntry::max_lends) [[unlikely]]
      return fail(ErrorCode::too_many_lends, index);
    entry->state += HandleEntry::one_lend;
    return entry->rep;
  }

  /// Rule 18: ends one lend of a handle. Contract: the handle is lent (and so still in the table, by rules 6 and 21).
  void return_lend(std::uint32_t index) noexcept {
    HandleEntry* entry = find(index);
    HOLDFAST_ASSERT(entry != nullptr && entry->lends() != 0, "a handle must be lent before its lend is returned");
    entry->state -= HandleEntry::one_lend;
  }

  /// Rules 21, 23, 24: removes a resource handle. The index is free when this returns, before any destructor runs.
  /// A borrow no longer counts in its scope.
  /// Errors, in this order: unknown_handle, handle_not_resource, handle_wrong_type, handle_lent.
  Result<Dropped> drop(TypeTag type, std::uint32_t index) noexcept {
    HandleEntry* entry = find_resource(type, index);
    if (entry == nullptr) [[unlikely]]
      return std::unexpected(explain(index));
    if (entry->lends() != 0) [[unlikely]]
      return fail(ErrorCode::handle_lent, index);
    if (entry->is_borrow()) scopes_.return_borrow(entry->scope());
    const Dropped dropped{.rep = entry->rep, .is_own = entry->is_own()};
    clear(*entry, index);
    return dropped;
  }

  /// Calls `visit(index, const HandleEntry&)` for every handle, lowest index first. `visit` may remove handles, but
  /// must not add any.
  template <class Visitor>
  void for_each_live(Visitor&& visit) const {
    for (std::uint32_t index = 1; index < storage_.header().length; ++index)
      if (const HandleEntry& entry = storage_.entries()[index]; !entry.is_empty()) visit(index, entry);
  }

  /// Handles in the table now, handles added so far, most handles at one time so far, and most handles allowed.
  std::uint32_t live() const noexcept { return storage_.header().live; }
  std::uint64_t created() const noexcept { return storage_.header().created; }
  std::uint32_t peak() const noexcept { return storage_.header().peak; }
  std::uint32_t limit() const noexcept { return storage_.header().limit; }

  /// Sets the most handles allowed. A limit below live() removes no handles; adding fails until there is room again.
  void set_limit(std::uint32_t limit) noexcept { storage_.header().limit = limit; }

 private:
  static constexpr std::uint32_t state_of(HandleKind kind) noexcept { return static_cast<std::uint32_t>(kind); }

  const HandleEntry* find(std::uint32_t index) const noexcept {
    if (index >= storage_.header().length) return nullptr;
    const HandleEntry* entry = storage_.entries() + index;
    return entry->is_empty() ? nullptr : entry;
  }
  HandleEntry* find(std::uint32_t index) noexcept {
    return const_cast<HandleEntry*>(static_cast<const HandleTable*>(this)->find(index));
  }

  const HandleEntry* find_resource(TypeTag type, std::uint32_t index) const noexcept {
    if (index >= storage_.header().length) return nullptr;
    const HandleEntry* entry = storage_.entries() + index;
    return entry->is_resource() && entry->type == type.index() ? entry : nullptr;
  }
  HandleEntry* find_resource(TypeTag type, std::uint32_t index) noexcept {
    return const_cast<HandleEntry*>(static_cast<const HandleTable*>(this)->find_resource(type, index));
  }

  Result<std::uint32_t> add(const HandleEntry& entry) noexcept {
    TableHeader& header = storage_.header();
    if (header.live >= header.limit) [[unlikely]]
      return fail(ErrorCode::handle_limit, header.limit);
    std::uint32_t index = header.free_head;
    if (index != 0) {
      header.free_head = storage_.entries()[index].link;
    } else {
      HOLDFAST_TRY_ASSIGN(index, append());
    }
    storage_.entries()[index] = entry;
    ++header.created;
    if (++header.live > header.peak) header.peak = header.live;
    return index;
  }

  void clear(HandleEntry& entry, std::uint32_t index) noexcept {
    TableHeader& header = storage_.header();
    entry = {.rep = 0, .type = 0, .state = 0, .link = header.free_head};
    header.free_head = index;
    --header.live;
  }

  Result<std::uint32_t> append() noexcept;
  Error explain(std::uint32_t index) const noexcept;
  Error explain_lift_own(TypeTag type, std::uint32_t index) const noexcept;

  TableStorage& storage_;
  BorrowScopes& scopes_;
};

}  // namespace holdfast::handles
