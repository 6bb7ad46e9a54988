// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ResourceMonitor<T>`: an observer that knows of every resource of a table when it was made and last used, how often,
// and how large it is; finds those that nobody uses and cleans them up. What it notes stands in a side table under the
// resource's slot index: one more store a look-up, no search. It never calls back into the table.
// As thread-safe as the table it watches. Allocates only through Storage. Freestanding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "holdfast/core/slot_handle.hpp"
#include "holdfast/core/storage.hpp"
#include "holdfast/resource/clock.hpp"
#include "holdfast/resource/metrics.hpp"
#include "holdfast/resource/resource.hpp"

namespace holdfast::resource {

/// What cleanup_stale_resources did.
struct StaleCleanup {
  std::uint32_t removed = 0;
  std::uint32_t failed = 0;  ///< of the removed, those whose clean-up failed
  std::uint32_t lent = 0;    ///< stale, but pinned by a component: they stay
};

/// Watches one table of T (one monitor for each table). `C` tells the time; the clock must outlive the monitor.
/// Give it to a table as its Observer, by ObserverRef, or to an ObserverList by a LifecycleForwarder; attached late,
/// it knows of a resource from its first use on.
template <class T, Clock C = CoarseClock, class Storage = core::Dynamic>
class ResourceMonitor {
  using Layout = core::DefaultSlotHandleLayout;

  // By slot index, in two tables: what every look-up writes is kept small.
  struct Use {
    std::uint32_t generation = 0;  // of the resource that is known in this slot; 0: none
    std::uint32_t accesses = 0;
    Ticks last_accessed = 0;
  };
  struct Origin {
    Ticks created = 0;
    std::size_t size = 0;
  };
  using Uses = typename Storage::template Slots<Use>;
  using Origins = typename Storage::template Slots<Origin>;
  static constexpr bool has_changing_size = requires(const T& value) { value.size_bytes(); };

 public:
  static constexpr bool calls_back = false;

  /// Further arguments go to the storage (its allocator).
  template <class... StorageArguments>
  explicit ResourceMonitor(const C& clock, const StorageArguments&... arguments)
      : clock_(&clock), uses_(arguments...), origins_(arguments...) {}
  /// `other` knows of nothing afterwards.
  ResourceMonitor(ResourceMonitor&& other) noexcept
    requires Uses::is_movable
      : clock_(other.clock_),
        uses_(std::move(other.uses_)),
        origins_(std::move(other.origins_)),
        length_(std::exchange(other.length_, 0)),
        tag_(other.tag_),
        counts_(std::exchange(other.counts_, {})),
        collector_(std::exchange(other.collector_, {})) {}
  ResourceMonitor& operator=(ResourceMonitor&&) = delete;

  // --- the observer ---

  void on_create(Handle<T> handle, const T& value) noexcept {
    if (begin(handle, value) == nullptr) ++counts_.untracked;
  }

  void on_access(Handle<T> handle, T& value) noexcept {
    Use* use = find(handle);
    if (use == nullptr) [[unlikely]] {
      use = begin(handle, value);
      if (use == nullptr) return;
    }
    use->last_accessed = clock_->now();
    use->accesses += use->accesses != max_accesses;
    if constexpr (has_changing_size) update_size(handle, value);
  }

  void on_take(Handle<T> handle, T& value) noexcept { counts_.taken += end(handle, value); }
  void on_cleanup(Handle<T> handle, T& value) noexcept { end(handle, value); }
  void on_cleanup_failed(Handle<T>, T&, const CleanupError<T>&) noexcept { ++counts_.failed_cleanups; }

  // --- what it knows ---

  /// Errors: null_handle; stale_handle when the resource is gone, of another table, or not tracked.
  Result<ResourceMetrics> metrics(Handle<T> handle) const noexcept {
    if (handle.is_null()) return fail(ErrorCode::null_handle);
    if (find(handle) == nullptr || Layout::tag({handle.to_bits()}) != tag_)
      return fail(ErrorCode::stale_handle, index_of(handle));
    return metrics_at(index_of(handle));
  }

  ResourceStats stats() const noexcept {
    const CategoryMetrics& total = collector_.total();
    ResourceStats stats{.created = total.allocations,
                        .destroyed = total.releases - counts_.taken,
                        .taken = counts_.taken,
                        .active = total.active(),
                        .failed_cleanups = counts_.failed_cleanups,
                        .accesses = counts_.ended_accesses,
                        .untracked = counts_.untracked,
                        .memory = total.memory,
                        .peak_memory = total.peak_memory};
    const Ticks now = clock_->now();
    std::uint64_t ages = 0;
    std::uint64_t tracked = 0;
    for_each_known([&](Handle<T>, const ResourceMetrics& metrics) {
      stats.accesses += metrics.accesses;
      ages += now - metrics.created;
      ++tracked;
    });
    if (tracked != 0) stats.average_age = static_cast<Ticks>(ages / tracked);
    return stats;
  }

  /// By category and in total; the user adds what a table cannot know (failures, contention, pools, the heap).
  MetricsCollector& collector() noexcept { return collector_; }
  const MetricsCollector& collector() const noexcept { return collector_; }

  /// A report for people, see render in metrics.hpp.
  std::string_view report(std::span<char> buffer) const noexcept { return render(stats(), collector_, buffer); }

  // --- searches: `visit(handle, const ResourceMetrics&)` for each match, in the order of slots ---

  /// Resources that nobody has used for longer than `max_idle`. `visit` may not change the table.
  template <class Visitor>
  void find_stale_resources(Ticks max_idle, Visitor&& visit) const {
    const Ticks now = clock_->now();
    for_each_known([&](Handle<T> handle, const ResourceMetrics& metrics) {
      if (now - metrics.last_accessed > max_idle) visit(handle, metrics);
    });
  }

  /// Resources that were looked up at least `accesses` times. `visit` may not change the table.
  template <class Visitor>
  void find_heavily_used(std::uint64_t accesses, Visitor&& visit) const {
    for_each_known([&](Handle<T> handle, const ResourceMetrics& metrics) {
      if (metrics.accesses >= accesses) visit(handle, metrics);
    });
  }

  /// Removes from `table`, which this monitor watches, what find_stale_resources finds.
  template <class Table>
  StaleCleanup cleanup_stale_resources(Table& table, Ticks max_idle) {
    StaleCleanup done;
    const Ticks now = clock_->now();
    for (std::uint32_t index = 0, end = length_; index < end; ++index) {
      const Use use = *uses_.at(index);
      if (use.generation == 0 || now - use.last_accessed <= max_idle) continue;
      const Handle<T> handle = handle_of(index, use.generation);
      if (auto removed = table.remove(handle)) {
        ++done.removed;
      } else if (table.contains(handle)) {
        ++done.lent;
      } else {
        ++done.removed;
        ++done.failed;
      }
    }
    return done;
  }

 private:
  static constexpr std::uint32_t max_accesses = 0xffff'ffff;

  static std::uint32_t index_of(Handle<T> handle) noexcept { return Layout::index({handle.to_bits()}); }
  Handle<T> handle_of(std::uint32_t index, std::uint32_t generation) const noexcept {
    return Handle<T>::from_bits(Layout::make(index, generation, tag_).bits);
  }

  // Null when the resource is not known. Contract: the handle is one of the table's.
  Use* find(Handle<T> handle) const noexcept {
    const std::uint32_t index = index_of(handle);
    if (index >= length_) [[unlikely]]
      return nullptr;
    Use* use = uses_.at(index);
    return use->generation == Layout::generation({handle.to_bits()}) ? use : nullptr;
  }

  ResourceMetrics metrics_at(std::uint32_t index) const noexcept {
    const Use& use = *uses_.at(index);
    const Origin& origin = *origins_.at(index);
    return {
        .created = origin.created, .last_accessed = use.last_accessed, .accesses = use.accesses, .size = origin.size};
  }

  template <class Visitor>
  void for_each_known(Visitor&& visit) const {
    for (std::uint32_t index = 0; index < length_; ++index)
      if (const std::uint32_t generation = uses_.at(index)->generation; generation != 0)
        visit(handle_of(index, generation), metrics_at(index));
  }

  // Null when there is no memory to note anything.
  [[gnu::noinline]] Use* begin(Handle<T> handle, const T& value) noexcept {
    const std::uint32_t index = index_of(handle);
    if (!uses_.grow(index + 1) || !origins_.grow(index + 1)) return nullptr;
    for (; length_ <= index; ++length_) {
      std::construct_at(uses_.at(length_));
      std::construct_at(origins_.at(length_));
    }
    const core::SlotHandle slot{handle.to_bits()};
    tag_ = static_cast<std::uint32_t>(Layout::tag(slot));
    const Ticks now = clock_->now();
    const std::size_t size = size_of_resource(value);
    *origins_.at(index) = {.created = now, .size = size};
    *uses_.at(index) = {.generation = Layout::generation(slot), .accesses = 0, .last_accessed = now};
    collector_.record_allocation(category_of_resource(value), size);
    return uses_.at(index);
  }

  // Whether the resource was known.
  bool end(Handle<T> handle, const T& value) noexcept {
    Use* use = find(handle);
    if (use == nullptr) return false;
    if constexpr (has_changing_size) update_size(handle, value);
    counts_.ended_accesses += use->accesses;
    collector_.record_release(category_of_resource(value), origins_.at(index_of(handle))->size);
    use->generation = 0;
    return true;
  }

  void update_size(Handle<T> handle, const T& value) noexcept {
    std::size_t& known = origins_.at(index_of(handle))->size;
    const std::size_t size = size_of_resource(value);
    if (size == known) return;
    collector_.record_resize(category_of_resource(value), known, size);
    known = size;
  }

  // What the collector does not count.
  struct Counts {
    std::uint64_t taken = 0;
    std::uint64_t failed_cleanups = 0;
    std::uint64_t untracked = 0;
    std::uint64_t ended_accesses = 0;  // of resources that are gone
  };

  const C* clock_;
  Uses uses_;
  Origins origins_;
  std::uint32_t length_ = 0;  // slots of both that are constructed
  std::uint32_t tag_ = 0;     // of the table
  Counts counts_;
  MetricsCollector collector_;
};

}  // namespace holdfast::resource
