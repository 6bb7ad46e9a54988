// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The storage of a handle table. A table works on a `TableStorage`, whose only virtual function is `grow`, so that
// operations on entries are plain loads and stores. Not thread-safe. Freestanding; only `AllocatedTableStorage`
// allocates.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

#include "holdfast/core/result.hpp"
#include "holdfast/core/storage.hpp"
#include "holdfast/handles/handle_entry.hpp"

namespace holdfast::handles {

/// The default for the most handles that an instance may have.
inline constexpr std::uint32_t default_handle_limit = 65'536;

class TableStorage {
 public:
  TableStorage(const TableStorage&) = delete;
  TableStorage& operator=(const TableStorage&) = delete;

  TableHeader& header() noexcept { return header_; }
  const TableHeader& header() const noexcept { return header_; }

  /// An array of header().capacity entries, all zero until used. Invalidated by `grow`.
  HandleEntry* entries() noexcept { return entries_; }
  const HandleEntry* entries() const noexcept { return entries_; }

  /// Makes room for at least `count` entries (index 0 included), keeps the existing entries, and sets
  /// header().capacity. Errors: out_of_memory, capacity_exhausted; then nothing changed.
  virtual Result<void> grow(std::uint32_t count) noexcept = 0;

 protected:
  explicit TableStorage(std::uint32_t limit) noexcept { header_.limit = limit; }
  ~TableStorage() = default;

  TableHeader header_;
  HandleEntry* entries_ = nullptr;
};

/// Entries in memory from a user's allocator; the capacity doubles when it is exhausted. An unused table allocates
/// nothing.
template <core::Allocator A>
class AllocatedTableStorage final : public TableStorage {
 public:
  /// `limit`: most live handles allowed.
  explicit AllocatedTableStorage(std::uint32_t limit = default_handle_limit, A allocator = A()) noexcept
      : TableStorage(limit), allocator_(std::move(allocator)) {}
  ~AllocatedTableStorage() { release(); }

  /// Errors: out_of_memory; table_full when `count` exceeds the number of valid indices.
  Result<void> grow(std::uint32_t count) noexcept override {
    constexpr std::uint32_t first_capacity = 16;
    constexpr std::uint32_t max_capacity = max_handle_index + 1;
    if (count <= header_.capacity) return {};
    if (count > max_capacity) return fail(ErrorCode::table_full, count - 1);

    std::uint32_t capacity = header_.capacity == 0 ? first_capacity : header_.capacity * 2;
    if (capacity < count) capacity = count;
    if (capacity > max_capacity) capacity = max_capacity;
    const std::uint64_t size = std::uint64_t{capacity} * sizeof(HandleEntry);
    void* memory = size > std::numeric_limits<std::size_t>::max()
                       ? nullptr
                       : allocator_.allocate(static_cast<std::size_t>(size), alignof(HandleEntry));
    if (memory == nullptr) return fail(ErrorCode::out_of_memory, size);
    auto* entries = static_cast<HandleEntry*>(memory);
    std::uninitialized_copy_n(entries_, header_.length, entries);
    std::uninitialized_value_construct_n(entries + header_.length, capacity - header_.length);
    release();
    entries_ = entries;
    header_.capacity = capacity;
    return {};
  }

 private:
  void release() noexcept {
    if (entries_ != nullptr)
      allocator_.deallocate(entries_, header_.capacity * sizeof(HandleEntry), alignof(HandleEntry));
  }

  [[no_unique_address]] A allocator_;
};

/// Entries on the heap.
using HeapTableStorage = AllocatedTableStorage<core::HeapAllocator>;

/// Room for N handles inside the storage.
template <std::uint32_t N>
class StaticTableStorage final : public TableStorage {
 public:
  static_assert(N >= 1 && N <= max_handle_index);

  explicit StaticTableStorage(std::uint32_t limit = N) noexcept : TableStorage(limit) {
    header_.capacity = N + 1;
    entries_ = memory_.data();
  }

  /// Errors: capacity_exhausted when `count` is more than N + 1.
  Result<void> grow(std::uint32_t count) noexcept override {
    if (count > N + 1) return fail(ErrorCode::capacity_exhausted, N);
    return {};
  }

 private:
  std::array<HandleEntry, N + 1> memory_{};
};

}  // namespace holdfast::handles
