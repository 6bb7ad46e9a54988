// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numbers about resources: of one (`ResourceMetrics`), of all in a table (`ResourceStats`), by category and in total
// (`MetricsCollector`), and how they moved from one interval to the next (`ResourceMetricsCollector`). Plain values;
// not thread-safe; no allocation. Freestanding: shares are in thousandths, no floating point.
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

/// Of one resource.
struct ResourceMetrics {
  Ticks created = 0;
  Ticks last_accessed = 0;     ///< created, as long as nobody has looked it up
  std::uint32_t accesses = 0;  ///< look-ups; stays at the highest number
  std::size_t size = 0;        ///< bytes, see size_of_resource
};

/// Of all resources of one table.
struct ResourceStats {
  std::uint64_t created = 0;
  std::uint64_t destroyed = 0;  ///< cleaned up
  std::uint64_t taken = 0;      ///< moved out of the table
  std::uint64_t active = 0;     ///< created - destroyed - taken
  std::uint64_t failed_cleanups = 0;
  std::uint64_t accesses = 0;
  std::uint64_t untracked = 0;  ///< there was no memory to note anything about them: counted nowhere else
  std::size_t memory = 0;       ///< bytes of the active ones
  std::size_t peak_memory = 0;
  Ticks average_age = 0;  ///< of the active ones that are tracked
};

/// The bytes of a resource: what its `size_bytes()` says, else the size of its class.
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

/// Categories that are counted apart: the seven of ResourceManager and one to spare, or eight of the user's own.
inline constexpr std::size_t max_metric_categories = 8;

/// The category of a resource: what its `category()` says (a number or enumerator below max_metric_categories, the
/// same as long as the resource lives), else 0.
template <class T>
constexpr std::size_t category_of_resource(const T& value) noexcept {
  if constexpr (requires { value.category(); }) {
    return static_cast<std::size_t>(value.category());
  } else {
    return 0;
  }
}

/// Of one category, or of all together.
struct CategoryMetrics {
  std::uint64_t allocations = 0;
  std::uint64_t releases = 0;
  std::uint64_t failures = 0;
  std::size_t memory = 0;  ///< bytes now
  std::size_t peak_memory = 0;

  std::uint64_t active() const noexcept { return allocations - releases; }
  /// Allocations that did not fail, in thousandths; 1000 when there were none.
  std::uint32_t success_permille() const noexcept;
};

/// How full a fixed pool is.
struct PoolUse {
  std::uint32_t used = 0;
  std::uint32_t capacity = 0;
  std::uint32_t utilisation_permille() const noexcept;
};

/// Adds up what it is told. Categories past the last are counted as the last.
class MetricsCollector {
 public:
  static constexpr std::size_t max_pools = 8;

  /// Something of `bytes` was allocated; it took `duration`.
  void record_allocation(std::size_t category, std::size_t bytes, Ticks duration = 0) noexcept;
  void record_failure(std::size_t category) noexcept;
  /// Something of `bytes` is gone. Contract: its allocation was recorded.
  void record_release(std::size_t category, std::size_t bytes) noexcept;
  /// Something changed its size. Contract as record_release.
  void record_resize(std::size_t category, std::size_t old_bytes, std::size_t new_bytes) noexcept;
  /// Somebody had to wait for a lock.
  void record_contention() noexcept { ++contention_; }
  /// How full pool `index` (less than max_pools) is.
  void record_pool(std::size_t index, PoolUse use) noexcept;
  /// A heap: bytes that are free, and the largest piece of them.
  void record_heap(std::size_t free_bytes, std::size_t largest_free) noexcept;

  const CategoryMetrics& category(std::size_t category) const noexcept { return categories_[index_of(category)]; }
  const CategoryMetrics& total() const noexcept { return total_; }
  std::uint64_t contention() const noexcept { return contention_; }
  std::span<const PoolUse, max_pools> pools() const noexcept { return pools_; }
  /// Mean of the durations of allocations; 0 when there were none.
  Ticks average_time() const noexcept;
  /// Free memory that is not in the largest free piece, in thousandths; nullopt when no heap was recorded.
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

/// Looks at a collector once an interval, and tells what the last complete interval brought.
class ResourceMetricsCollector {
 public:
  /// The first interval begins at `now`.
  ResourceMetricsCollector(Ticks interval, Ticks now) noexcept : interval_(interval), begin_(now) {}

  /// What happened in one interval.
  struct Interval {
    Ticks begin = 0;
    Ticks end = 0;  ///< a late call makes it longer than asked for
    std::uint64_t allocations = 0;
    std::uint64_t releases = 0;
    std::uint64_t failures = 0;
    std::size_t memory = 0;  ///< at its end
  };

  /// Ends the interval when it is over. Returns whether it did: then `last` is new.
  bool collect(const MetricsCollector& collector, Ticks now) noexcept;
  /// Nullopt before the first interval is over.
  const std::optional<Interval>& last() const noexcept { return last_; }

 private:
  Ticks interval_;
  Ticks begin_;
  CategoryMetrics at_begin_;
  std::optional<Interval> last_;
};

/// Writes a few lines for people into `buffer` (not terminated by NUL). Returns the part that was written; what does
/// not fit is cut.
std::string_view render(const ResourceStats& stats, const MetricsCollector& collector, std::span<char> buffer) noexcept;

}  // namespace holdfast::resource
