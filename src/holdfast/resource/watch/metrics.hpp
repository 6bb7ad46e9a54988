// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Metrics of resources: of one (`ResourceMetrics`), of all in a table (`ResourceStats`), by category and in total
// (`MetricsCollector`), and by interval (`ResourceMetricsCollector`). Plain values; not thread-safe; no allocation.
// Freestanding: no floating point, ratios are in thousandths.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "holdfast/resource/watch/clock.hpp"

namespace holdfast::resource {

/// Metrics of one resource.
struct ResourceMetrics {
  Ticks created = 0;
  Ticks last_accessed = 0;     ///< the same as `created` until the first look-up
  std::uint32_t accesses = 0;  ///< number of look-ups; saturates at the largest number
  std::size_t size = 0;        ///< bytes, see size_of_resource
};

/// Metrics of all resources of one table.
struct ResourceStats {
  std::uint64_t created = 0;
  std::uint64_t destroyed = 0;  ///< cleaned up
  std::uint64_t taken = 0;      ///< moved out of the table
  std::uint64_t active = 0;     ///< created - destroyed - taken
  std::uint64_t failed_cleanups = 0;
  std::uint64_t accesses = 0;
  std::uint64_t untracked = 0;  ///< resources without memory for their metrics: counted nowhere else
  std::size_t memory = 0;       ///< bytes of the active resources
  std::size_t peak_memory = 0;
  Ticks average_age = 0;  ///< of the active resources that are tracked
};

/// The size of a resource in bytes: what its `size_bytes()` returns, or else `sizeof(T)`.
template <class T>
constexpr std::size_t size_of_resource(const T& value) noexcept {
  if constexpr (requires {
                  { value.size_bytes() } -> std::convertible_to<std::size_t>;
                }) {
    return value.size_bytes();
  } else {
    return sizeof(T);
  }
}

/// The number of categories counted separately: the seven of ResourceManager and a spare one, or eight of the user's
/// own.
inline constexpr std::size_t max_metric_categories = 8;

/// The category of a resource: what its `category()` returns (a number or enumerator below max_metric_categories that
/// does not change while the resource lives), or else 0.
template <class T>
constexpr std::size_t category_of_resource(const T& value) noexcept {
  if constexpr (requires { value.category(); }) {
    return static_cast<std::size_t>(value.category());
  } else {
    return 0;
  }
}

/// Metrics of one category, or of all together.
struct CategoryMetrics {
  std::uint64_t allocations = 0;
  std::uint64_t releases = 0;
  std::uint64_t failures = 0;
  std::size_t memory = 0;  ///< current bytes
  std::size_t peak_memory = 0;

  std::uint64_t active() const noexcept { return allocations - releases; }
  /// The ratio of allocations that succeeded, in thousandths; 1000 if there were none.
  std::uint32_t success_permille() const noexcept;
};

/// How full a fixed pool is.
struct PoolUse {
  std::uint32_t used = 0;
  std::uint32_t capacity = 0;
  std::uint32_t utilisation_permille() const noexcept;
};

/// Adds up what is recorded. Categories beyond the last one are counted as the last.
class MetricsCollector {
 public:
  static constexpr std::size_t max_pools = 8;

  /// Records an allocation of `bytes` that took `duration`.
  void record_allocation(std::size_t category, std::size_t bytes, Ticks duration = 0) noexcept;
  void record_failure(std::size_t category) noexcept;
  /// Records the end of something with `bytes`. Contract: its allocation was recorded.
  void record_release(std::size_t category, std::size_t bytes) noexcept;
  /// Records a change of size. Same contract as record_release.
  void record_resize(std::size_t category, std::size_t old_bytes, std::size_t new_bytes) noexcept;
  /// Records that a thread had to wait for a lock.
  void record_contention() noexcept { ++contention_; }
  /// Records how full pool `index` is. Ignored unless `index` is below max_pools.
  void record_pool(std::size_t index, PoolUse use) noexcept;
  /// Records the free bytes of a heap, and the size of its largest free piece.
  void record_heap(std::size_t free_bytes, std::size_t largest_free) noexcept;

  const CategoryMetrics& category(std::size_t category) const noexcept { return categories_[index_of(category)]; }
  const CategoryMetrics& total() const noexcept { return total_; }
  std::uint64_t contention() const noexcept { return contention_; }
  std::span<const PoolUse, max_pools> pools() const noexcept { return pools_; }
  /// The mean duration of allocations; 0 if there were none.
  Ticks average_time() const noexcept;
  /// The ratio of free memory outside the largest free piece, in thousandths; nullopt if no heap was recorded.
  std::optional<std::uint32_t> fragmentation_permille() const noexcept;

 private:
  static constexpr std::size_t index_of(std::size_t category) noexcept {
    return category < max_metric_categories ? category : max_metric_categories - 1;
  }

  CategoryMetrics total_;
  std::array<CategoryMetrics, max_metric_categories> categories_{};
  std::array<PoolUse, max_pools> pools_{};
  std::uint64_t contention_ = 0;
  std::uint64_t duration_ = 0;
  std::optional<std::uint32_t> fragmentation_;
};

/// Samples a collector once per interval, and keeps the metrics of the last complete interval.
class ResourceMetricsCollector {
 public:
  /// The first interval begins at `now`.
  ResourceMetricsCollector(Ticks interval, Ticks now) noexcept : interval_(interval), begin_(now) {}

  /// Metrics of one interval.
  struct Interval {
    Ticks begin = 0;
    Ticks end = 0;  ///< later than requested if `collect` was called late
    std::uint64_t allocations = 0;
    std::uint64_t releases = 0;
    std::uint64_t failures = 0;
    std::size_t memory = 0;  ///< at its end
  };

  /// Ends the interval if its time has passed. Returns whether it did; then `last` has new metrics.
  bool collect(const MetricsCollector& collector, Ticks now) noexcept;
  /// Nullopt until the first interval has ended.
  const std::optional<Interval>& last() const noexcept { return last_; }

 private:
  Ticks interval_;
  Ticks begin_;
  CategoryMetrics at_begin_;
  std::optional<Interval> last_;
};

/// Writes a human-readable report into `buffer`, without a terminating NUL. Returns the part of `buffer` that was
/// written; text that does not fit is cut off.
std::string_view render(const ResourceStats& stats, const MetricsCollector& collector, std::span<char> buffer) noexcept;

}  // namespace holdfast::resource
