// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ResourceTable<T, Storage, Observer>`: owns resources and issues handles to them: a slot map with clean-up, a budget
// and an observer. Clean-up runs exactly once per resource, whatever callbacks and destructors do to the table
// meanwhile. A resource that components hold as a 32-bit rep is pinned, see pin. Not thread-safe. Allocates only
// through Storage. Freestanding.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

#include "holdfast/core/slot_map.hpp"
#include "holdfast/resource/budget/budget.hpp"
#include "holdfast/resource/tables/removal.hpp"
#include "holdfast/resource/tables/resource.hpp"

namespace holdfast::resource {

using core::Allocated;
using core::Dynamic;
using core::IfPinned;
using core::SemiDynamic;
using core::Static;

template <Resource T, class Storage = Dynamic, class Observer = NoObserver>
class ResourceTable {
  static_assert(ObserverOf<Observer, T>, "the observer has the four callbacks of ObserverOf");
  static constexpr bool is_watched = !std::is_same_v<Observer, NoObserver>;
  static constexpr bool keeps_per_resource = KeepsPerResource<Observer>;
  using Stored = typename std::conditional_t<keeps_per_resource, std::type_identity<detail::Observed<T, Observer>>,
                                             std::type_identity<T>>::type;
  using Map = core::SlotMap<Stored, Storage>;

 public:
  using Handle = resource::Handle<T>;
  using RemoveResult = RemovalResult<T>;

  /// An empty table; allocates nothing. Every resource in it takes one of Dimension::resources from `budget`, which
  /// must outlive the table; null means no limit. Further arguments are passed to the storage (its allocator).
  template <class... StorageArguments>
  explicit ResourceTable(ResourceLimiter* budget = nullptr, Observer observer = {}, StorageArguments&&... arguments)
      : budget_(budget),
        observer_(std::move(observer)),
        map_(core::next_table_tag(), std::forward<StorageArguments>(arguments)...) {}

  /// Handles stay valid in the new table; `other` is left empty.
  ResourceTable(ResourceTable&& other) noexcept
    requires std::move_constructible<Map>
  = default;
  ResourceTable& operator=(ResourceTable&&) = delete;

  /// Cleans up every resource, pinned or not, like clear. While it runs, inserts fail with wrong_state.
  ~ResourceTable() {
    is_closing_ = true;
    clear();
  }

  /// An empty table with room for `count` resources. Errors: those of reserve.
  static Result<ResourceTable> with_capacity(std::uint32_t count, ResourceLimiter* budget = nullptr,
                                             Observer observer = {})
    requires std::move_constructible<Map>
  {
    ResourceTable table(budget, std::move(observer));
    HOLDFAST_TRY(table.reserve(count));
    return table;
  }

  /// Makes room for `count` resources in all. Errors: out_of_memory, capacity_exhausted.
  Result<void> reserve(std::uint32_t count) { return map_.reserve(count); }

  /// Moves `value` in. Errors: over_budget, capacity_exhausted, out_of_memory, wrong_state (the table is being
  /// destroyed); then nothing changed and the error holds the value.
  std::expected<Handle, Rejected<T>> insert(T value) {
    auto handle = emplace(std::move(value));
    // NOLINTNEXTLINE(bugprone-use-after-move): when emplace fails, it has not touched its arguments
    if (!handle) return std::unexpected(Rejected<T>{handle.error(), std::move(value)});
    return *handle;
  }

  /// As insert, but constructs the resource in place from `arguments`, which are untouched on error.
  template <class... Arguments>
  Result<Handle> emplace(Arguments&&... arguments) {
    if (is_closing_) return fail(ErrorCode::wrong_state);
    HOLDFAST_TRY(map_.ensure_room());
    Reservation reservation;
    if (budget_ != nullptr) {
      HOLDFAST_TRY_ASSIGN(reservation, budget_->reserve(Dimension::resources, 1));
    }
    const auto slot = map_.emplace(std::forward<Arguments>(arguments)...);
    if (!slot) return std::unexpected(slot.error());
    reservation.keep();
    const Handle handle = Handle::from_bits(slot->bits);
    if constexpr (keeps_per_resource) {
      Stored& stored = *map_.find(*slot);
      observer_.on_create(handle, std::as_const(stored.value), stored.kept);
    } else if constexpr (is_watched) {
      observer_.on_create(handle, std::as_const(*map_.find(*slot)));
    }
    return handle;
  }

  /// The resource; valid until it is removed or taken. Notifies the observer, and then looks the handle up again.
  /// Errors: null_handle, foreign_handle, stale_handle.
  Result<T*> get(Handle handle) {
    if constexpr (is_watched) {
      if (Stored* stored = map_.find(slot_handle(handle))) {
        notify_access(handle, *stored);
        if constexpr (!may_call_back<Observer>) return std::addressof(value_of(*stored));
      }
    }
    return value_in(map_.get(slot_handle(handle)));
  }

  /// As get, without notifying the observer.
  Result<const T*> peek(Handle handle) const noexcept { return value_in(map_.get(slot_handle(handle))); }
  bool contains(Handle handle) const noexcept { return map_.contains(slot_handle(handle)); }

  /// Moves the resource out, without clean-up. Errors: those of get; resource_lent if it is pinned and `if_pinned` is
  /// refuse. On error nothing changed.
  Result<T> take(Handle handle, IfPinned if_pinned = IfPinned::refuse) {
    auto detached = map_.detach(slot_handle(handle), if_pinned);
    if (!detached) return std::unexpected(detached.error());
    if constexpr (ObservesTaking<Observer, T>) observer_.on_take(handle, value_of(detached->value()));
    if (budget_ != nullptr) budget_->give_back(Dimension::resources, 1);
    return std::move(value_of(detached->value()));
  }

  /// Cleans up and destroys the resource. Errors: those of take, then nothing changed; or the error of its clean-up,
  /// and then the resource is gone all the same: clean-up never runs twice.
  RemoveResult remove(Handle handle, IfPinned if_pinned = IfPinned::refuse) {
    Reservation share;  // declared first: given back after the resource is destroyed
    auto detached = map_.detach(slot_handle(handle), if_pinned);
    if (!detached) return detail::refused<T>(detached.error());
    if (budget_ != nullptr) share = budget_->adopt(Dimension::resources, 1);
    return detail::clean_up(handle, value_of(detached->value()), observer_);
  }

  /// Invalidates `handle` and returns a new one for the same resource, which does not move. Errors: those of
  /// check_renewable; then nothing changed.
  Result<Handle> renew(Handle handle) noexcept(!ObservesRenewal<Observer, T>) {
    const Result<Handle> renewed = typed(map_.renew(slot_handle(handle)));
    if constexpr (ObservesRenewal<Observer, T>) {
      if (renewed) observer_.on_renew(handle, *renewed, value_of(*map_.find(slot_handle(*renewed))));
    }
    return renewed;
  }
  /// Checks whether renew would succeed. Errors: those of get; resource_lent if the resource is pinned;
  /// capacity_exhausted if its slot has no generation left.
  Result<void> check_renewable(Handle handle) const noexcept { return map_.check_renewable(slot_handle(handle)); }

  /// Cleans up every resource, the youngest slot first. Pinned resources leave tombstones. Only the observer learns the
  /// errors of the clean-ups.
  void clear() {
    // NOLINTNEXTLINE(bugprone-unused-return-value): in templates, the check does not see the cast
    for_each_handle_reversed([this](Handle handle) { static_cast<void>(remove(handle, IfPinned::leave_tombstone)); });
  }

  /// Calls `visit(handle)` for every resource, the youngest slot first. `visit` may insert and remove.
  template <class Visitor>
  void for_each_handle_reversed(Visitor&& visit) {
    map_.for_each_handle_reversed([&](core::SlotHandle handle) { visit(Handle::from_bits(handle.bits)); });
  }

  // --- reps: to a component, a resource of the host is the index of its slot ---

  /// Pins the resource for one more component handle and returns its rep. While a resource is pinned, its slot is not
  /// reused. Errors: those of get; over_budget.
  Result<std::uint32_t> pin(Handle handle) noexcept { return map_.pin(slot_handle(handle)); }

  /// Pins a pinned resource once more, even if it was removed meanwhile.
  /// Errors: stale_handle if `rep` is not pinned; over_budget.
  Result<void> pin_again(std::uint32_t rep) noexcept { return map_.pin_again(rep); }

  /// Removes the pin of one component handle. Returns the resource's handle, so that the caller can remove or take it;
  /// null if it was removed by force meanwhile. Errors: stale_handle if `rep` is not pinned.
  Result<Handle> unpin(std::uint32_t rep) noexcept { return typed(map_.unpin(rep)); }

  /// The handle behind a rep. Errors: removed_by_host; stale_handle if `rep` is not pinned.
  Result<Handle> handle_of(std::uint32_t rep) const noexcept { return typed(map_.by_index(rep)); }

  /// The resource behind a rep, as get. Errors: those of handle_of.
  Result<T*> by_index(std::uint32_t rep) {
    if constexpr (is_watched) {
      if (const auto handle = handle_of(rep)) notify_access(*handle, *map_.find(slot_handle(*handle)));
    }
    return value_in(map_.get_by_index(rep));
  }

  /// How many pins a resource has. Errors: those of get.
  Result<std::uint32_t> pins(Handle handle) const noexcept { return map_.pins(slot_handle(handle)); }

  // --- counts ---

  std::uint32_t size() const noexcept { return map_.size(); }
  std::uint32_t len() const noexcept { return map_.size(); }
  bool empty() const noexcept { return map_.empty(); }
  std::uint32_t capacity() const noexcept { return map_.capacity(); }
  std::uint32_t tombstones() const noexcept { return map_.tombstones(); }
  Observer& observer() noexcept { return observer_; }
  const Observer& observer() const noexcept { return observer_; }

  // --- iteration, in slot order, without notifying the observer; same guarantees as SlotMap::Iterator ---

  template <class Value>
  struct Entry {
    Handle handle;
    Value& value;
  };

  template <class MapIterator, class Value>
  class Iterator {
   public:
    using value_type = Entry<Value>;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    explicit Iterator(MapIterator position) noexcept : position_(position) {}
    value_type operator*() const noexcept {
      const auto entry = *position_;
      return {Handle::from_bits(entry.handle.bits), value_of(entry.value)};
    }
    Iterator& operator++() noexcept {
      ++position_;
      return *this;
    }
    Iterator operator++(int) noexcept { return Iterator(position_++); }
    friend bool operator==(const Iterator&, const Iterator&) = default;
    friend bool operator==(const Iterator& it, std::default_sentinel_t end) noexcept { return it.position_ == end; }

   private:
    MapIterator position_;
  };

  using iterator = Iterator<typename Map::template Iterator<Map, Stored>, T>;
  using const_iterator = Iterator<typename Map::template Iterator<const Map, const Stored>, const T>;
  iterator begin() noexcept { return iterator(map_.begin()); }
  const_iterator begin() const noexcept { return const_iterator(map_.begin()); }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  static core::SlotHandle slot_handle(Handle handle) noexcept { return {handle.to_bits()}; }
  static Result<Handle> typed(Result<core::SlotHandle> handle) noexcept {
    if (!handle) return std::unexpected(handle.error());
    return Handle::from_bits(handle->bits);
  }

  // The resource in `stored`, the content of a slot of the map.
  template <class Content>
  static auto& value_of(Content& stored) noexcept {
    if constexpr (keeps_per_resource) {
      return stored.value;
    } else {
      return stored;
    }
  }
  template <class Content>
  static auto value_in(Result<Content*> stored) noexcept {
    if constexpr (keeps_per_resource) {
      using Value = Result<decltype(std::addressof(value_of(**stored)))>;
      return stored ? Value(std::addressof(value_of(**stored))) : Value(std::unexpected(stored.error()));
    } else {
      return stored;
    }
  }

  void notify_access(Handle handle, Stored& stored) {
    if constexpr (keeps_per_resource) {
      observer_.on_access(handle, stored.value, stored.kept);
    } else {
      observer_.on_access(handle, stored);
    }
  }

  ResourceLimiter* budget_;
  bool is_closing_ = false;
  [[no_unique_address]] Observer observer_;
  Map map_;
};

}  // namespace holdfast::resource
