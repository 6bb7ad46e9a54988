// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `BorrowScopes`: counts the borrow handles that each task (call) still holds (rules 10, 16, 24). Each task that
// receives borrows has a scope, named by a ScopeId, because a handle table's entry has no room for more than a number.
// One BorrowScopes serves all tables of a store. So one instance can have two scopes, for example when a child calls
// back into its parent. Not thread-safe. Freestanding; only `AllocatedBorrowScopes` allocates.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "holdfast/core/assert.hpp"
#include "holdfast/core/result.hpp"
#include "holdfast/core/storage.hpp"
#include "holdfast/handles/handle_entry.hpp"

namespace holdfast::handles {

/// One scope; plain bytes.
struct BorrowScope {
  std::uint32_t num_borrows = 0;  ///< borrow handles that the task still holds
  std::uint32_t next_free = 0;    ///< `is_open`, or the index of the next closed scope
  static constexpr std::uint32_t is_open = 0xffff'ffff;
};

class BorrowScopes {
 public:
  BorrowScopes(const BorrowScopes&) = delete;
  BorrowScopes& operator=(const BorrowScopes&) = delete;

  /// Opens a scope for a new task. Errors: out_of_memory, capacity_exhausted; then nothing changed.
  Result<ScopeId> open() noexcept;

  /// Rule 10: counts a borrow handle that the task received. Contract: the scope is open.
  /// The count cannot wrap: every borrow has an entry in a table, and memory has no room for 2^32 entries.
  void add_borrow(ScopeId id) noexcept { ++scope(id).num_borrows; }

  /// Rule 24: counts a borrow handle that the task dropped. Contract: the scope is open and has borrows.
  void return_borrow(ScopeId id) noexcept {
    BorrowScope& borrow_scope = scope(id);
    HOLDFAST_ASSERT(borrow_scope.num_borrows != 0, "a borrow must be added before it is returned");
    --borrow_scope.num_borrows;
  }

  std::uint32_t num_borrows(ScopeId id) const noexcept { return scope(id).num_borrows; }

  /// Rule 16: whether the task may return. Errors: borrows_remain, with the number of borrows.
  Result<void> check_returned(ScopeId id) const noexcept {
    if (const std::uint32_t remaining = num_borrows(id); remaining != 0) [[unlikely]]
      return fail(ErrorCode::borrows_remain, remaining);
    return {};
  }

  /// Closes the scope when its task has ended. Borrows may remain after a trap: the instance that holds them is closed
  /// and never drops them, so the id may be reused. Contract: the scope is open.
  void close(ScopeId id) noexcept;

  /// The number of open scopes.
  std::uint32_t size() const noexcept { return open_; }

 protected:
  BorrowScopes() = default;
  ~BorrowScopes() = default;

  /// Makes room for one more scope: sets scopes_ and capacity_, and keeps the first length_ scopes.
  virtual Result<void> grow() noexcept = 0;

  BorrowScope* scopes_ = nullptr;
  std::uint32_t capacity_ = 0;
  std::uint32_t length_ = 0;

 private:
  static constexpr std::uint32_t none = BorrowScope::is_open - 1;

  BorrowScope& scope(ScopeId id) const noexcept {
    HOLDFAST_ASSERT(id.index() < length_ && scopes_[id.index()].next_free == BorrowScope::is_open,
                    "the borrow scope must be open");
    return scopes_[id.index()];
  }

  std::uint32_t free_ = none;
  std::uint32_t open_ = 0;
};

/// Scopes in memory from a user's allocator; the capacity doubles when it is exhausted.
template <core::Allocator A>
class AllocatedBorrowScopes final : public BorrowScopes {
 public:
  explicit AllocatedBorrowScopes(A allocator = A()) noexcept : allocator_(std::move(allocator)) {}
  ~AllocatedBorrowScopes() { release(); }

 private:
  static constexpr std::uint32_t first_capacity = 16;
  static constexpr std::uint32_t max_capacity = std::uint32_t{1} << 28;
  static_assert(std::size_t{max_capacity} * sizeof(BorrowScope) / sizeof(BorrowScope) == max_capacity);

  Result<void> grow() noexcept override {
    if (capacity_ == max_capacity) return fail(ErrorCode::capacity_exhausted, max_capacity);
    const std::uint32_t capacity = capacity_ == 0 ? first_capacity : capacity_ * 2;
    const std::size_t size = capacity * sizeof(BorrowScope);
    void* memory = allocator_.allocate(size, alignof(BorrowScope));
    if (memory == nullptr) return fail(ErrorCode::out_of_memory, size);
    auto* scopes = static_cast<BorrowScope*>(memory);
    std::uninitialized_copy_n(scopes_, length_, scopes);
    release();
    scopes_ = scopes;
    capacity_ = capacity;
    return {};
  }

  void release() noexcept {
    if (scopes_ != nullptr) allocator_.deallocate(scopes_, capacity_ * sizeof(BorrowScope), alignof(BorrowScope));
  }

  [[no_unique_address]] A allocator_;
};

/// Scopes on the heap.
using HeapBorrowScopes = AllocatedBorrowScopes<core::HeapAllocator>;

/// Room for N scopes inside the object. N is the greatest depth of nested calls that receive borrows.
template <std::uint32_t N>
class StaticBorrowScopes final : public BorrowScopes {
 public:
  StaticBorrowScopes() noexcept {
    scopes_ = memory_.data();
    capacity_ = N;
  }

 private:
  Result<void> grow() noexcept override { return fail(ErrorCode::capacity_exhausted, N); }

  std::array<BorrowScope, N> memory_{};
};

}  // namespace holdfast::handles
