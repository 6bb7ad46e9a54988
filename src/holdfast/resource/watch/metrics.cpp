// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/resource/watch/metrics.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace holdfast::resource {
namespace {

std::uint32_t permille(std::uint64_t part, std::uint64_t whole) noexcept {
  // For very large parts, divides first so that the product does not wrap.
  constexpr std::uint64_t exact = std::numeric_limits<std::uint64_t>::max() / 1000;
  return static_cast<std::uint32_t>(part <= exact ? part * 1000 / whole : part / (whole / 1000));
}

void allocate(CategoryMetrics& metrics, std::size_t bytes) noexcept {
  ++metrics.allocations;
  metrics.memory += bytes;
  metrics.peak_memory = std::max(metrics.peak_memory, metrics.memory);
}

void release(CategoryMetrics& metrics, std::size_t bytes) noexcept {
  ++metrics.releases;
  metrics.memory -= bytes;
}

void resize(CategoryMetrics& metrics, std::size_t old_bytes, std::size_t new_bytes) noexcept {
  metrics.memory = metrics.memory - old_bytes + new_bytes;
  metrics.peak_memory = std::max(metrics.peak_memory, metrics.memory);
}

/// Appends text to a buffer while there is room.
class Writer {
 public:
  explicit Writer(std::span<char> buffer) noexcept : buffer_(buffer) {}
  Writer& operator<<(std::string_view text) noexcept {
    length_ += text.copy(buffer_.data() + length_, buffer_.size() - length_);
    return *this;
  }
  Writer& operator<<(std::uint64_t number) noexcept {
    char digits[20];
    const auto written = std::to_chars(digits, digits + sizeof digits, number);
    return *this << std::string_view(digits, static_cast<std::size_t>(written.ptr - digits));
  }
  std::string_view text() const noexcept { return {buffer_.data(), length_}; }

 private:
  std::span<char> buffer_;
  std::size_t length_ = 0;
};

}  // namespace

std::uint32_t CategoryMetrics::success_permille() const noexcept {
  const std::uint64_t tried = allocations + failures;
  return tried == 0 ? 1000 : permille(allocations, tried);
}

std::uint32_t PoolUse::utilisation_permille() const noexcept { return capacity == 0 ? 0 : permille(used, capacity); }

void MetricsCollector::record_allocation(std::size_t category, std::size_t bytes, Ticks duration) noexcept {
  allocate(total_, bytes);
  allocate(categories_[index_of(category)], bytes);
  duration_ += duration;
}

void MetricsCollector::record_failure(std::size_t category) noexcept {
  ++total_.failures;
  ++categories_[index_of(category)].failures;
}

void MetricsCollector::record_release(std::size_t category, std::size_t bytes) noexcept {
  release(total_, bytes);
  release(categories_[index_of(category)], bytes);
}

void MetricsCollector::record_resize(std::size_t category, std::size_t old_bytes, std::size_t new_bytes) noexcept {
  resize(total_, old_bytes, new_bytes);
  resize(categories_[index_of(category)], old_bytes, new_bytes);
}

void MetricsCollector::record_pool(std::size_t index, PoolUse use) noexcept {
  if (index < max_pools) pools_[index] = use;
}

void MetricsCollector::record_heap(std::size_t free_bytes, std::size_t largest_free) noexcept {
  fragmentation_ = free_bytes == 0 ? 0 : permille(free_bytes - std::min(largest_free, free_bytes), free_bytes);
}

Ticks MetricsCollector::average_time() const noexcept {
  return total_.allocations == 0 ? 0 : static_cast<Ticks>(duration_ / total_.allocations);
}

std::optional<std::uint32_t> MetricsCollector::fragmentation_permille() const noexcept { return fragmentation_; }

bool ResourceMetricsCollector::collect(const MetricsCollector& collector, Ticks now) noexcept {
  if (now - begin_ < interval_) return false;
  const CategoryMetrics& total = collector.total();
  last_ = Interval{.begin = begin_,
                   .end = now,
                   .allocations = total.allocations - at_begin_.allocations,
                   .releases = total.releases - at_begin_.releases,
                   .failures = total.failures - at_begin_.failures,
                   .memory = total.memory};
  at_begin_ = total;
  begin_ = now;
  return true;
}

std::string_view render(const ResourceStats& stats, const MetricsCollector& collector,
                        std::span<char> buffer) noexcept {
  Writer out(buffer);
  out << "resources: " << stats.active << " active, " << stats.created << " created, " << stats.destroyed
      << " destroyed, " << stats.taken << " taken, " << stats.failed_cleanups << " failed clean-ups\n";
  out << "memory: " << stats.memory << " bytes, peak " << stats.peak_memory << "\n";
  out << "use: " << stats.accesses << " accesses, average age " << stats.average_age << "\n";
  for (std::size_t i = 0; i < max_metric_categories; ++i) {
    const CategoryMetrics& category = collector.category(i);
    if (category.allocations + category.failures == 0) continue;
    out << "category " << i << ": " << category.active() << " active, " << category.memory << " bytes, "
        << category.success_permille() << " of 1000 succeeded\n";
  }
  for (std::size_t i = 0; i < MetricsCollector::max_pools; ++i) {
    const PoolUse& pool = collector.pools()[i];
    if (pool.capacity != 0) out << "pool " << i << ": " << pool.used << " of " << pool.capacity << " used\n";
  }
  if (const auto fragmentation = collector.fragmentation_permille())
    out << "heap: " << *fragmentation << " of 1000 free bytes are fragments\n";
  return out.text();
}

}  // namespace holdfast::resource
