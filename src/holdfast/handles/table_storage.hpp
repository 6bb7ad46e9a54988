// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a handle table's bytes are. `TableStorage` is what a table works on; only `grow` is virtual, so that
// operations on entries are plain loads and stores. Not thread-safe. Freestanding; `HeapTableStorage` alone
// allocates.
#pragma once

#include <array>
#include <cstdint>

#include "holdfast/core/result.hpp"
#include "holdfast/handles/handle_entry.hpp"

namespace holdfast::handles {

/// Handles that an instance may have unless somebody says otherwise.
inline constexpr std::uint32_t default_handle_limit = 65'536;

class TableStorage {
 public:
  TableStorage(const TableStorage&) = delete;
  TableStorage& operator=(const TableStorage&) = delete;

  TableHeader& header() noexcept { return header_; }
  const TableHeader& header() const noexcept { return header_; }

  /// header().capacity entries, all zero until they are used. Invalidated by grow.
  HandleEntry* entries() noexcept { return entries_; }
  const HandleEntry* entries() const noexcept { return entries_; }

  /// Makes room for at least `count` entries (index 0 included), keeps what is there, and sets
  /// header().capacity. Errors: out_of_memory, capacity_exhausted; then nothing changed.
  virtual Result<void> grow(std::uint32_t count) noexcept = 0;

 protected:
  explicit TableStorage(std::uint32_t limit) noexcept { header_.limit = limit; }
  ~TableStorage() = default;

  TableHeader header_;
  HandleEntry* entries_ = nullptr;
};

/// Entries on the heap, doubled as they are needed; an unused table allocates nothing.
class HeapTableStorage final : public TableStorage {
 public:
  /// `limit`: live handles that are allowed.
  explicit HeapTableStorage(std::uint32_t limit = default_handle_limit) noexcept : TableStorage(limit) {}
  ~HeapTableStorage();
  Result<void> grow(std::uint32_t count) noexcept override;
};

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
