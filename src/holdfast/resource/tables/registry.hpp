// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ResourceRegistry<T>`: a shared table whose resources are looked up by plain ids, for code that has only a number: a
// static function that consumes a handle, an index from a guest, a name on the wire. In a host it serves any number of
// threads; in a guest (or with `Unsynchronized`) it works the same without atomics.
//
// Ids are numbers. `register_` issues ids that were never used before; `insert` takes ids from elsewhere, which may be
// reused. An id that is reused refers to the new resource; where that is not acceptable, use SharedResourceTable and
// its handles. For values that several threads write, use `Locked<T>`.
//
// Ownership, threads, clean-up and allocation are those of SharedResourceTable. With Epochs, look-ups take no lock,
// unless they find nothing while the registry is being changed. Changes hold one lock for a few instructions, and never
// while they call code of T or of the observer. An entry takes 8 bytes besides the resource (16 with alignment), the
// id, 4 bytes for a link and 4 to 8 for buckets. Freestanding.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "holdfast/resource/tables/id_index.hpp"
#include "holdfast/resource/tables/shared_core.hpp"
#include "holdfast/resource/tables/shared_core_holder.hpp"
#include "holdfast/resource/tables/shared_iterator.hpp"

namespace holdfast::resource {

/// What to do if a live resource already has the id.
enum class IfLive : std::uint8_t {
  refuse,   ///< the error id_in_use
  replace,  ///< remove that resource
};

template <Resource T, std::unsigned_integral IdType = std::uint64_t, class Storage = core::Dynamic,
          class Concurrency = DefaultConcurrency, class Observer = NoObserver>
class ResourceRegistry {
  using Link = detail::IdLink<IdType, Storage, Concurrency>;
  using Core = detail::SharedCore<T, Storage, Concurrency, Observer, Link>;
  using Holder = detail::SharedCoreHolder<Core, Storage>;
  using Index = typename Link::Common;
  using Slot = typename Core::Slot;
  using Detached = typename Core::Detached;
  using DetachStep = Result<Detached> (Core::*)(Handle<T>) noexcept;
  using Exclusive = typename Concurrency::Exclusive;

 public:
  using Id = IdType;
  using Shared = resource::Shared<T, Concurrency>;
  using WeakHandle = resource::WeakHandle<T, Concurrency>;
  using ReadGuard = resource::ReadGuard<T, Concurrency>;
  using RemoveResult = RemovalResult<T>;

  /// An empty registry; same contract as the constructor of SharedResourceTable.
  template <class... StorageArguments>
  explicit ResourceRegistry(ResourceLimiter* budget = nullptr, Observer observer = {}, StorageArguments&&... arguments)
      : holder_(budget, std::move(observer), std::forward<StorageArguments>(arguments)...) {}

  /// `other` is left empty; inserting into it fails with out_of_memory.
  ResourceRegistry(ResourceRegistry&& other) noexcept
    requires std::move_constructible<Holder>
  = default;
  ResourceRegistry& operator=(ResourceRegistry&&) = delete;

  /// Removes everything; same contract as the destructor of SharedResourceTable.
  ~ResourceRegistry() = default;

  /// An empty registry with room for `count` resources. Errors: those of reserve.
  static Result<ResourceRegistry> with_capacity(std::uint32_t count, ResourceLimiter* budget = nullptr,
                                                Observer observer = {})
    requires std::move_constructible<Holder>
  {
    ResourceRegistry registry(budget, std::move(observer));
    HOLDFAST_TRY(registry.reserve(count));
    return registry;
  }

  /// Makes room for `count` resources in all. Errors: out_of_memory, capacity_exhausted.
  Result<void> reserve(std::uint32_t count) {
    if (core() == nullptr) return no_memory();
    return core()->reserve(count);
  }

  /// Moves `value` in and issues an id for it (`register` is a keyword of C++). Ids start at 1, and each is larger than
  /// every id that this registry has issued or received, so none is ever issued twice.
  /// Errors: over_budget, capacity_exhausted (also when there are no ids left), out_of_memory, wrong_state (the
  /// registry is being destroyed); then nothing changed and the error holds the value.
  std::expected<Id, Rejected<T>> register_(T value) {
    auto prepared = prepare(value);
    if (!prepared) return rejected(prepared.error(), value);
    Id id = 0;
    Handle<T> handle;
    {
      const Exclusive exclusive(index().lock);
      if (last_id() != std::numeric_limits<Id>::max()) {
        id = ++last_id();
        prepared->slot().id.store(id);
        handle = link(*std::move(prepared));
      }
    }
    if (id == 0) return rejected(make_error(ErrorCode::capacity_exhausted, last_id()), prepared->slot().value);
    core()->announce(handle);
    return id;
  }

  /// Moves `value` in under an id from elsewhere. An id may be reused after its resource was removed or taken. With
  /// `replace` the resource that has the id is removed: the id always refers to one of the two, and only the observer
  /// learns the error of the old resource's clean-up.
  /// Errors: id_in_use; those of register_. Then nothing changed and the error holds the value.
  std::expected<void, Rejected<T>> insert(Id id, T value, IfLive if_live = IfLive::refuse) {
    if (if_live == IfLive::refuse && contains(id)) return rejected(make_error(ErrorCode::id_in_use, id), value);
    auto prepared = prepare(value);
    if (!prepared) return rejected(prepared.error(), value);
    prepared->slot().id.store(id);
    Handle<T> handle;
    std::optional<Detached> replaced;
    {
      const Exclusive exclusive(index().lock);
      const std::uint32_t old = find_slot(id);
      if (old == Index::none || if_live == IfLive::replace) {
        handle = link(*std::move(prepared));
        if (old != Index::none) replaced = *detach_slot(old, &Core::detach);
        if (id > last_id()) last_id() = id;
      }
    }
    if (handle.is_null()) return rejected(make_error(ErrorCode::id_in_use, id), prepared->slot().value);
    core()->announce(handle);
    if (replaced && replaced->references == 0) static_cast<void>(core()->retire(replaced->index));
    return {};
  }

  /// The resource, for keeping. Notifies the observer, and then looks the id up again. Errors: unknown_id; over_budget
  /// at 2^32 - 1 references; out_of_memory as in SharedResourceTable::read.
  Result<Shared> get(Id id) const {
    for (;;) {
      std::uint32_t slot = Index::none;
      auto shared = acquire(id, slot);
      if constexpr (!Core::is_watched) return shared;
      if (!shared) return shared;
      shared = core()->notify_access(core()->handle_of(slot), std::move(shared));
      if (!is_stale(shared)) return shared;
    }
  }

  /// The resource, for short use on this thread. Errors: those of get.
  Result<ReadGuard> read(Id id) const {
    if constexpr (!Concurrency::has_readers) {
      HOLDFAST_TRY_ASSIGN(auto shared, get(id));
      return ReadGuard(std::move(shared));
    } else {
      if (core() == nullptr) return unknown(id);
      HOLDFAST_TRY_ASSIGN(auto pin, core()->enter());
      while (const auto* slot = find_live(id)) {
        if constexpr (Core::is_watched)
          slot = core()->find_and_notify(core()->handle_of(core()->slots().index_of(*slot)));
        if (slot != nullptr) [[likely]]
          return ReadGuard(std::move(pin), slot->value);
      }
      return unknown(id);
    }
  }

  /// A reference that does not keep the resource alive. Does not notify the observer. Errors: those of get.
  Result<WeakHandle> create_weak(Id id) const {
    HOLDFAST_TRY_ASSIGN(const auto shared, acquire(id));
    return shared.weak();
  }

  bool contains(Id id) const noexcept { return acquire(id).has_value(); }

  /// Moves the resource out, without clean-up. If several threads try, one gets it and the others get unknown_id.
  /// Waits for reads of other threads that are in progress in this registry.
  /// Errors: unknown_id; resource_lent while there are other references to the resource, or while this thread holds a
  /// ReadGuard of the registry. On error nothing changed.
  Result<T> take(Id id) {
    if (core() == nullptr) return unknown(id);
    if (core()->is_read_here()) return contains(id) ? fail(ErrorCode::resource_lent, 1) : unknown(id);
    HOLDFAST_TRY_ASSIGN(const auto detached, detach(id, &Core::detach_alone));
    return core()->extract(detached.index);
  }

  /// Frees the id, and cleans the resource up as soon as nothing keeps it alive. Errors: unknown_id, then nothing
  /// changed; or the error of the clean-up, if it ran within this call.
  RemoveResult remove(Id id) {
    if (core() == nullptr) return detail::refused<T>(unknown(id).error());
    const auto detached = detach(id, &Core::detach);
    if (!detached) return detail::refused<T>(detached.error());
    if (detached->references != 0) return {};
    return core()->retire(detached->index);
  }

  /// Removes all resources, the youngest slot first. Only the observer learns the errors of their clean-ups.
  void clear() {
    if (core() == nullptr) return;
    for (std::uint32_t slot = core()->length(); slot-- > 0;) {
      if (auto kept = core()->acquire(core()->live_handle(slot)))
        static_cast<void>(remove(core()->slots().at(slot).id.load()));
    }
  }

  // --- counts: while other threads change the registry, these may be out of date by the time they are returned ---

  std::uint32_t size() const noexcept { return core() == nullptr ? 0 : core()->size(); }
  std::uint32_t len() const noexcept { return size(); }
  bool empty() const noexcept { return size() == 0; }
  bool is_empty() const noexcept { return size() == 0; }
  /// The number of slots that memory is allocated for.
  std::uint32_t capacity() const noexcept { return core() == nullptr ? 0 : core()->capacity(); }
  /// The number of removed resources that are still kept alive, see SharedResourceTable.
  std::uint32_t lingering() const noexcept { return core() == nullptr ? 0 : core()->lingering(); }
  /// Contract: the registry has memory for its head and was not moved from.
  Observer& observer() const noexcept { return core()->observer(); }

  // --- iteration, in slot order; the observer is not notified. Same guarantees as SharedResourceTable ---

  struct Entry {
    Id id;
    T& value;

    static Entry of(typename Core::Slot& slot, Handle<T>) noexcept { return {slot.id.load(), slot.value}; }
  };
  using iterator = detail::SharedIterator<Core, Shared, Entry>;
  iterator begin() const { return iterator(core()); }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  Core* core() const noexcept { return holder_.get(); }
  Index& index() const noexcept { return core()->common(); }
  // The largest id that was issued or received; guarded by the lock.
  Id& last_id() const noexcept { return index().last_id; }

  static std::unexpected<Error> no_memory() noexcept { return fail(ErrorCode::out_of_memory, sizeof(Core)); }
  static std::unexpected<Error> unknown(Id id) noexcept { return fail(ErrorCode::unknown_id, id); }
  static std::unexpected<Rejected<T>> rejected(Error error, T& value) {
    return std::unexpected(Rejected<T>{error, std::move(value)});
  }

  Result<typename Core::Prepared> prepare(T& value) {
    if (core() == nullptr) return no_memory();
    return core()->prepare(std::move(value));
  }

  // --- under the lock ---

  std::uint32_t find_slot(Id id) const noexcept { return index().find(core()->slots(), id); }

  Handle<T> link(typename Core::Prepared prepared) noexcept {
    // Into the index first: otherwise a look-up that still follows an old link to the slot could find the value before
    // a look-up that starts now can.
    index().insert(core()->slots(), prepared.index(), core()->size() + 1);
    return core()->publish(std::move(prepared));
  }

  Result<Detached> detach_slot(std::uint32_t slot, DetachStep step) noexcept {
    const auto detached = (core()->*step)(core()->handle_of(slot));
    if (detached) index().erase(core()->slots(), slot);
    return detached;
  }

  // --- look-ups ---

  static bool is_stale(const Result<Shared>& shared) noexcept {
    return !shared && shared.error().code == ErrorCode::stale_handle;
  }

  // The slot of the live value that has `id`; null if there is none. The caller is a reader.
  const Slot* find_live(Id id) const noexcept {
    const std::uint32_t first = index().find_unlocked(core()->slots(), id);
    if (first == Index::none) return nullptr;
    const Slot& slot = core()->slots().at(first);
    if (slot.is_live()) [[likely]]
      return &slot;
    // The value was removed meanwhile, or replaced; then another slot has the id.
    const Exclusive exclusive(index().lock);
    const std::uint32_t second = find_slot(id);
    return second != Index::none && core()->slots().at(second).is_live() ? &core()->slots().at(second) : nullptr;
  }

  // A reference, without notifying the observer. It counts the value before it checks that the slot has the id, so it
  // need not register as a reader.
  Result<Shared> acquire(Id id) const noexcept {
    std::uint32_t slot = Index::none;
    return acquire(id, slot);
  }
  Result<Shared> acquire(Id id, std::uint32_t& slot) const noexcept {
    if (core() == nullptr) return unknown(id);
    const auto has_id = [id](const Slot& at) { return at.id.load(std::memory_order_acquire) == id; };
    if constexpr (Concurrency::has_readers) {
      slot = index().find_unlocked(core()->slots(), id);
      if (slot == Index::none) return unknown(id);
      auto shared = core()->acquire_if(slot, has_id);
      if (!is_stale(shared)) [[likely]]
        return shared;
    }
    const Exclusive exclusive(index().lock);
    slot = find_slot(id);
    if (slot == Index::none) return unknown(id);
    auto shared = core()->acquire_if(slot, has_id);
    if (is_stale(shared)) return unknown(id);  // the registry's destructor removed it first
    return shared;
  }

  Result<Detached> detach(Id id, DetachStep step) noexcept {
    const Exclusive exclusive(index().lock);
    const std::uint32_t slot = find_slot(id);
    if (slot == Index::none) return unknown(id);
    const auto detached = detach_slot(slot, step);
    // The registry's destructor may have removed it first.
    if (!detached && detached.error().code == ErrorCode::stale_handle) return unknown(id);
    return detached;
  }

  Holder holder_;
};

}  // namespace holdfast::resource
