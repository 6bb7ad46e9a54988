// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The storages on the heap. In a file of their own, so that a program which does not use them links no operator new.
#include <algorithm>
#include <cstdint>
#include <new>

#include "holdfast/handles/borrow_scope.hpp"
#include "holdfast/handles/table_storage.hpp"

namespace holdfast::handles {

HeapTableStorage::~HeapTableStorage() { delete[] entries_; }

Result<void> HeapTableStorage::grow(std::uint32_t count) noexcept {
  constexpr std::uint32_t first_capacity = 16;
  constexpr std::uint32_t max_capacity = max_handle_index + 1;
  if (count <= header_.capacity) return {};
  if (count > max_capacity) return fail(ErrorCode::table_full, count - 1);

  const std::uint32_t capacity = std::min(std::max({count, header_.capacity * 2, first_capacity}), max_capacity);
  auto* entries = new (std::nothrow) HandleEntry[capacity];
  if (entries == nullptr) return fail(ErrorCode::out_of_memory, std::uint64_t{capacity} * sizeof(HandleEntry));
  std::copy_n(entries_, header_.length, entries);
  delete[] entries_;
  entries_ = entries;
  header_.capacity = capacity;
  return {};
}

HeapBorrowScopes::~HeapBorrowScopes() { delete[] scopes_; }

Result<void> HeapBorrowScopes::grow() noexcept {
  constexpr std::uint32_t first_capacity = 16;
  constexpr std::uint32_t max_capacity = std::uint32_t{1} << 28;
  if (capacity_ == max_capacity) return fail(ErrorCode::capacity_exhausted, max_capacity);
  const std::uint32_t capacity = std::max(capacity_ * 2, first_capacity);
  auto* scopes = new (std::nothrow) BorrowScope[capacity];
  if (scopes == nullptr) return fail(ErrorCode::out_of_memory, std::uint64_t{capacity} * sizeof(BorrowScope));
  std::copy_n(scopes_, length_, scopes);
  delete[] scopes_;
  scopes_ = scopes;
  capacity_ = capacity;
  return {};
}

}  // namespace holdfast::handles
