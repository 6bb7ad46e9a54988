// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `LinearMemoryManager<Storage>`: regions of memory that grow like a component's linear memory. Each has a handle, its
// own protection and its own maximum size. One limit, accurate to the byte, applies to all of them together. Without a
// heap
// (`Static<N>`) there are N regions (usually 16) of at most RegionBytes (65,536), stored inside the manager.
// Not thread-safe. Allocates only through Storage. Freestanding.
//
//   LinearMemoryManager<> memories({.max_bytes = 1 << 20});
//   HOLDFAST_TRY_ASSIGN(const auto heap, memories.create(65'536));
//   HOLDFAST_TRY_ASSIGN(const std::size_t before, memories.grow(heap, 65'536));   // over_budget beyond 1 MiB in all
//   HOLDFAST_TRY_ASSIGN(MemoryRegion<>* const region, memories.get(heap));
//   HOLDFAST_TRY(region->write(before, bytes));
//   HOLDFAST_TRY(memories.remove(heap));
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

#include "holdfast/core/slot_map.hpp"
#include "holdfast/resource/budget/budget.hpp"
#include "holdfast/resource/memory/memory.hpp"
#include "holdfast/resource/tables/handle.hpp"

namespace holdfast::resource {

inline constexpr std::uint32_t static_region_count = 16;
inline constexpr std::size_t static_region_bytes = 65'536;

struct LinearMemoryOptions {
  std::uint32_t max_regions = std::numeric_limits<std::uint32_t>::max();
  std::size_t max_region_bytes = std::numeric_limits<std::uint32_t>::max();
  std::size_t max_bytes = std::numeric_limits<std::size_t>::max();  ///< of all regions together
  ResourceLimiter* budget =
      nullptr;  ///< charged one of Dimension::memories for each region, and memory_bytes for its size
};

struct LinearMemoryStats {
  std::uint32_t regions = 0;
  std::size_t bytes = 0;       ///< current size of all regions together
  std::size_t peak_bytes = 0;  ///< the highest `bytes` so far
  std::uint64_t created = 0;
  std::uint64_t removed = 0;
  std::uint64_t grown = 0;
  std::uint64_t refused = 0;  ///< failed calls of create and grow
};

template <core::ResourceStorage Storage, std::size_t RegionBytes>
class LinearMemoryManager;

/// A region of memory. Growing it invalidates views, but not handles.
template <core::ResourceStorage Storage = core::Dynamic, std::size_t RegionBytes = static_region_bytes>
class MemoryRegion : public ProtectedMemory {
 public:
  /// The maximum size in bytes.
  std::size_t max_size() const noexcept { return max_size_; }

  explicit MemoryRegion(Protection protection, std::size_t max_size) noexcept
      : ProtectedMemory({}, protection), max_size_(max_size) {}

 private:
  friend LinearMemoryManager<Storage, RegionBytes>;
  std::size_t max_size_;
  typename Storage::template Bytes<RegionBytes, 64> memory_;
};

template <core::ResourceStorage Storage = core::Dynamic, std::size_t RegionBytes = static_region_bytes>
class LinearMemoryManager {
  using A = typename Storage::AllocatorType;

 public:
  using Region = MemoryRegion<Storage, RegionBytes>;
  using RegionHandle = Handle<Region>;

  /// Allocates nothing yet.
  explicit LinearMemoryManager(const LinearMemoryOptions& options = {}, A allocator = A()) noexcept
      : options_(options), allocator_(allocator), regions_(core::next_table_tag(), allocator) {
    if constexpr (!Storage::has_heap) {
      options_.max_regions = std::min(options_.max_regions, Storage::slot_count);
      options_.max_region_bytes = std::min(options_.max_region_bytes, RegionBytes);
    }
  }
  LinearMemoryManager(const LinearMemoryManager&) = delete;
  LinearMemoryManager& operator=(const LinearMemoryManager&) = delete;
  /// Removes all regions.
  ~LinearMemoryManager() {
    regions_.for_each_handle_reversed([this](core::SlotHandle handle) { end(handle); });
  }

  /// Creates a region of `size` bytes, all zero, that may grow to `max_size` (but never beyond
  /// options.max_region_bytes). Errors: request_too_large; capacity_exhausted for the number of regions; over_budget;
  /// out_of_memory. On error only `refused` changed.
  Result<RegionHandle> create(std::size_t size, Protection protection = all_access,
                              std::size_t max_size = std::numeric_limits<std::size_t>::max()) {
    return counted(try_create(size, protection, std::min(max_size, options_.max_region_bytes)));
  }

  /// Adds `more` bytes at the end, all zero, and returns the previous size. Invalidates views of the region. While the
  /// bytes move, a storage with a heap holds them twice. Errors: those of create and of get; then only `refused`
  /// changed.
  Result<std::size_t> grow(RegionHandle handle, std::size_t more) { return counted(try_grow(handle, more)); }

  /// The region, valid until it is removed. Errors: null_handle, foreign_handle, stale_handle.
  Result<Region*> get(RegionHandle handle) noexcept { return regions_.get(slot(handle)); }

  /// Removes the region. Errors: those of get; then nothing changed.
  Result<void> remove(RegionHandle handle) {
    HOLDFAST_TRY(regions_.get(slot(handle)));
    end(slot(handle));
    return {};
  }

  LinearMemoryStats stats() const noexcept {
    LinearMemoryStats stats = stats_;
    stats.regions = regions_.size();
    return stats;
  }
  /// The options in force: with `Static<N>`, reduced to what the storage provides.
  const LinearMemoryOptions& options() const noexcept { return options_; }

 private:
  static core::SlotHandle slot(RegionHandle handle) noexcept { return {handle.to_bits()}; }

  template <class R>
  R counted(R result) noexcept {
    if (!result) ++stats_.refused;
    return result;
  }

  Result<RegionHandle> try_create(std::size_t size, Protection protection, std::size_t max_size) {
    if (regions_.size() >= options_.max_regions) return fail(ErrorCode::capacity_exhausted, options_.max_regions);
    Reservation memory;
    if (options_.budget != nullptr) {
      HOLDFAST_TRY_ASSIGN(memory, options_.budget->reserve(Dimension::memories, 1));
    }
    HOLDFAST_TRY_ASSIGN(auto bytes, charge(size, 0, max_size));
    HOLDFAST_TRY_ASSIGN(const auto region, regions_.emplace(protection, max_size));
    if (auto resized = resize(*regions_.find(region), size); !resized) {
      static_cast<void>(regions_.erase(region));
      return std::unexpected(resized.error());
    }
    memory.keep();
    bytes.keep();
    ++stats_.created;
    return RegionHandle::from_bits(region.bits);
  }

  Result<std::size_t> try_grow(RegionHandle handle, std::size_t more) {
    HOLDFAST_TRY_ASSIGN(Region* const region, get(handle));
    const std::size_t before = region->size();
    HOLDFAST_TRY_ASSIGN(auto bytes, charge(more, before, region->max_size()));
    HOLDFAST_TRY(resize(*region, before + more));
    bytes.keep();
    ++stats_.grown;
    return before;
  }

  // Checks all limits for adding `more` bytes to a region of `before` bytes, and charges the budget.
  Result<Reservation> charge(std::size_t more, std::size_t before, std::size_t max_size) noexcept {
    if (more > max_size || before > max_size - more) {
      constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
      return fail(ErrorCode::request_too_large, later_size(before, more),
                  static_cast<std::uint32_t>(std::min(max_size, most)));
    }
    if (more > options_.max_bytes - stats_.bytes) return fail(ErrorCode::over_budget, options_.max_bytes);
    if (options_.budget == nullptr) return Reservation();
    return options_.budget->reserve(Dimension::memory_bytes, more);
  }
  static std::size_t later_size(std::size_t before, std::size_t more) noexcept {
    const std::size_t most = std::numeric_limits<std::size_t>::max();
    return more > most - before ? most : before + more;
  }

  Result<void> resize(Region& region, std::size_t size) noexcept {
    const std::size_t before = region.size();
    HOLDFAST_TRY(region.memory_.resize(allocator_, size));
    if (size != before) std::memset(region.memory_.data() + before, 0, size - before);
    region.show({region.memory_.data(), size});
    stats_.bytes += size - before;
    stats_.peak_bytes = std::max(stats_.peak_bytes, stats_.bytes);
    return {};
  }

  void end(core::SlotHandle handle) {
    Region& region = *regions_.find(handle);
    const std::size_t size = region.size();
    region.memory_.free(allocator_);
    static_cast<void>(regions_.erase(handle));
    stats_.bytes -= size;
    ++stats_.removed;
    if (options_.budget == nullptr) return;
    options_.budget->give_back(Dimension::memory_bytes, size);
    options_.budget->give_back(Dimension::memories, 1);
  }

  LinearMemoryOptions options_;
  LinearMemoryStats stats_;
  [[no_unique_address]] A allocator_;
  core::SlotMap<Region, Storage> regions_;
};

}  // namespace holdfast::resource
