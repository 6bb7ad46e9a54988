// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ResourceMonitor<T>`: an observer that records for every resource of a table when it was created and last used, how
// often it was used, and how large it is; and that finds unused resources and cleans them up. What a look-up records is
// stored next to the resource if the table supports it (see KeepsPerResource), so that no other memory is touched;
// otherwise in a side table, by slot index. The monitor never calls back into the table. As thread-safe as the table
// that it observes. Allocates only through Storage. Freestanding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "holdfast/core/slot_handle.hpp"
#include "holdfast/core/storage.hpp"
#include "holdfast/resource/tables/resource.hpp"
#include "holdfast/resource/watch/clock.hpp"
#include "holdfast/resource/watch/metrics.hpp"

namespace holdfast::resource {

/// The outcome of cleanup_stale_resources.
struct StaleCleanup {
  std::uint32_t removed = 0;
  std::uint32_t failed = 0;  ///< removed resources whose clean-up failed
  std::uint32_t lent = 0;    ///< stale resources that stay, because a component has pinned them
};

/// Observes one table of T; each table needs its own monitor. The clock must outlive the monitor. Use the monitor as
/// the Observer of a table, through ObserverRef, or attach it to an ObserverList with a LifecycleForwarder. A monitor
/// that is attached late tracks a resource from its next use on.
template <class T, Clock C = CoarseClock, class Storage = core::Dynamic>
class ResourceMonitor {
  using Layout = core::DefaultSlotHandleLayout;

 public:
  static constexpr bool calls_back = false;

  /// The part of the metrics that every look-up reads and writes.
  class PerResource {
    friend ResourceMonitor;
    std::uint32_t generation = 0;  // of the resource tracked here; 0 for none
    std::uint32_t accesses = 0;
    Ticks last_accessed = 0;
  };

  /// Further arguments are passed to the storage (its allocator).
  template <class... StorageArguments>
  explicit ResourceMonitor(const C& clock, const StorageArguments&... arguments)
      : clock_(&clock), origins_(arguments...), uses_(arguments...) {}
  /// `other` tracks nothing afterwards.
  ResourceMonitor(ResourceMonitor&& other) noexcept
    requires(Storage::template Slots<PerResource>::is_movable)
      : clock_(other.clock_),
        origins_(std::move(other.origins_)),
        length_(std::exchange(other.length_, 0)),
        uses_(std::move(other.uses_)),
        uses_length_(std::exchange(other.uses_length_, 0)),
        tag_(other.tag_),
        counts_(std::exchange(other.counts_, {})),
        collector_(std::exchange(other.collector_, {})) {}
  ResourceMonitor& operator=(ResourceMonitor&&) = delete;

  // --- observer callbacks ---

  void on_create(Handle<T> handle, const T& value, PerResource& use) noexcept {
    if (!begin(handle, value, use)) ++counts_.untracked;
  }
  void on_create(Handle<T> handle, const T& value) noexcept {
    PerResource* use = side_use(handle);
    if (use == nullptr || !begin(handle, value, *use)) ++counts_.untracked;
  }

  void on_access(Handle<T> handle, T& value, PerResource& use) noexcept {
    if (use.generation != generation_of(handle) && !begin(handle, value, use)) return;
    record_access(handle, value, use);
  }
  void on_access(Handle<T> handle, T& value) noexcept {
    PerResource* use = side_use(handle);
    if (use == nullptr) return;
    if (use->generation != generation_of(handle) && !begin(handle, value, *use)) return;
    record_access(handle, value, *use);
  }

  void on_renew(Handle<T> old_handle, Handle<T> handle, T&) noexcept {
    if (Origin* origin = find(old_handle)) origin->use->generation = generation_of(handle);
  }
  void on_take(Handle<T> handle, T& value) noexcept { counts_.taken += end(handle, value); }
  void on_cleanup(Handle<T> handle, T& value) noexcept { end(handle, value); }
  void on_cleanup_failed(Handle<T>, T&, const CleanupError<T>&) noexcept { ++counts_.failed_cleanups; }

  // --- metrics ---

  /// The metrics of one resource. Errors: null_handle; stale_handle if the resource is gone, in another table, or not
  /// tracked.
  Result<ResourceMetrics> metrics(Handle<T> handle) const noexcept {
    if (handle.is_null()) return fail(ErrorCode::null_handle);
    const Origin* origin = find(handle);
    if (origin == nullptr || Layout::tag({handle.to_bits()}) != tag_)
      return fail(ErrorCode::stale_handle, index_of(handle));
    return metrics_of(*origin);
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
    for_each_tracked([&](Handle<T>, const ResourceMetrics& metrics) {
      stats.accesses += metrics.accesses;
      ages += now - metrics.created;
      ++tracked;
    });
    if (tracked != 0) stats.average_age = static_cast<Ticks>(ages / tracked);
    return stats;
  }

  /// Metrics by category and in total. The user records what a table cannot know: failures, contention, pools, the
  /// heap.
  MetricsCollector& collector() noexcept { return collector_; }
  const MetricsCollector& collector() const noexcept { return collector_; }

  /// A human-readable report, see render in metrics.hpp.
  std::string_view report(std::span<char> buffer) const noexcept { return render(stats(), collector_, buffer); }

  // --- searches: they call `visit(handle, const ResourceMetrics&)` for each match, in slot order ---

  /// Finds resources that have not been used for longer than `max_idle`. `visit` must not change the table.
  template <class Visitor>
  void find_stale_resources(Ticks max_idle, Visitor&& visit) const {
    const Ticks now = clock_->now();
    for_each_tracked([&](Handle<T> handle, const ResourceMetrics& metrics) {
      if (now - metrics.last_accessed > max_idle) visit(handle, metrics);
    });
  }

  /// Finds resources that were looked up at least `accesses` times. `visit` must not change the table.
  template <class Visitor>
  void find_heavily_used(std::uint64_t accesses, Visitor&& visit) const {
    for_each_tracked([&](Handle<T> handle, const ResourceMetrics& metrics) {
      if (metrics.accesses >= accesses) visit(handle, metrics);
    });
  }

  /// Removes from `table`, which this monitor observes, the resources that find_stale_resources finds.
  template <class Table>
  StaleCleanup cleanup_stale_resources(Table& table, Ticks max_idle) {
    StaleCleanup outcome;
    const Ticks now = clock_->now();
    for (std::uint32_t index = 0, end = length_; index < end; ++index) {
      const PerResource* use = origins_.at(index)->use;
      if (use == nullptr || now - use->last_accessed <= max_idle) continue;
      const Handle<T> handle = handle_of(index, use->generation);
      if (auto removed = table.remove(handle)) {
        ++outcome.removed;
      } else if (table.contains(handle)) {
        ++outcome.lent;
      } else {
        ++outcome.removed;
        ++outcome.failed;
      }
    }
    return outcome;
  }

 private:
  static constexpr std::uint32_t max_accesses = 0xffff'ffff;
  static constexpr bool has_changing_size = requires(const T& value) { value.size_bytes(); };

  // The other metrics of the resource in a slot.
  struct Origin {
    PerResource* use = nullptr;  // null if no resource is tracked
    Ticks created = 0;
    std::size_t size = 0;
  };

  static std::uint32_t index_of(Handle<T> handle) noexcept { return Layout::index({handle.to_bits()}); }
  static std::uint32_t generation_of(Handle<T> handle) noexcept { return Layout::generation({handle.to_bits()}); }
  Handle<T> handle_of(std::uint32_t index, std::uint32_t generation) const noexcept {
    return Handle<T>::from_bits(Layout::make(index, generation, tag_).bits);
  }

  // Null if the resource is not tracked. Contract: the handle belongs to the table.
  Origin* find(Handle<T> handle) const noexcept {
    const std::uint32_t index = index_of(handle);
    if (index >= length_) return nullptr;
    Origin* origin = origins_.at(index);
    return origin->use != nullptr && origin->use->generation == generation_of(handle) ? origin : nullptr;
  }

  static ResourceMetrics metrics_of(const Origin& origin) noexcept {
    return {.created = origin.created,
            .last_accessed = origin.use->last_accessed,
            .accesses = origin.use->accesses,
            .size = origin.size};
  }

  template <class Visitor>
  void for_each_tracked(Visitor&& visit) const {
    for (std::uint32_t index = 0; index < length_; ++index)
      if (const Origin& origin = *origins_.at(index); origin.use != nullptr)
        visit(handle_of(index, origin.use->generation), metrics_of(origin));
  }

  template <class Slots>
  static auto* grown(Slots& slots, std::uint32_t& length, std::uint32_t index) noexcept {
    if (!slots.grow(index + 1)) return decltype(slots.at(index))(nullptr);
    for (; length <= index; ++length) std::construct_at(slots.at(length));
    return slots.at(index);
  }

  // The entry in the side table; null if there is no memory for it.
  PerResource* side_use(Handle<T> handle) noexcept {
    const std::uint32_t index = index_of(handle);
    return index < uses_length_ ? uses_.at(index) : grown(uses_, uses_length_, index);
  }

  void record_access(Handle<T> handle, const T& value, PerResource& use) noexcept {
    use.last_accessed = clock_->now();
    use.accesses += use.accesses != max_accesses;
    if constexpr (has_changing_size) update_size(handle, value);
  }

  // Starts to track a resource. False if there is no memory for its metrics.
  [[gnu::noinline]] bool begin(Handle<T> handle, const T& value, PerResource& use) noexcept {
    Origin* origin = grown(origins_, length_, index_of(handle));
    if (origin == nullptr) return false;
    tag_ = static_cast<std::uint32_t>(Layout::tag({handle.to_bits()}));
    const Ticks now = clock_->now();
    *origin = {.use = &use, .created = now, .size = size_of_resource(value)};
    use.generation = generation_of(handle);
    use.accesses = 0;
    use.last_accessed = now;
    collector_.record_allocation(category_of_resource(value), origin->size);
    return true;
  }

  // Stops tracking a resource. Returns whether it was tracked.
  bool end(Handle<T> handle, const T& value) noexcept {
    Origin* origin = find(handle);
    if (origin == nullptr) return false;
    if constexpr (has_changing_size) update_size(handle, value);
    counts_.ended_accesses += origin->use->accesses;
    collector_.record_release(category_of_resource(value), origin->size);
    origin->use->generation = 0;
    origin->use = nullptr;
    return true;
  }

  void update_size(Handle<T> handle, const T& value) noexcept {
    std::size_t& recorded = origins_.at(index_of(handle))->size;
    const std::size_t size = size_of_resource(value);
    if (size == recorded) return;
    collector_.record_resize(category_of_resource(value), recorded, size);
    recorded = size;
  }

  // Counts that the collector does not keep.
  struct Counts {
    std::uint64_t taken = 0;
    std::uint64_t failed_cleanups = 0;
    std::uint64_t untracked = 0;
    std::uint64_t ended_accesses = 0;  // of resources no longer tracked
  };

  const C* clock_;
  typename Storage::template Slots<Origin> origins_;
  std::uint32_t length_ = 0;  // constructed entries of origins_
  typename Storage::template Slots<PerResource> uses_;
  std::uint32_t uses_length_ = 0;
  std::uint32_t tag_ = 0;  // of the table
  Counts counts_;
  MetricsCollector collector_;
};

}  // namespace holdfast::resource
