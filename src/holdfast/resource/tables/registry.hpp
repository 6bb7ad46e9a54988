// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ResourceRegistry<T>`: a shared table whose resources are found by plain ids, for code that has nothing else: a
// static function that consumes a handle, an index that came from a guest, a name on the wire. In a host it serves any
// number of threads; in a guest (or with `Unsynchronized`) it is the same without atomics.
//
// Ids are numbers: `register_` gives ones that were never given before, `insert` takes those from elsewhere, where
// numbers are used again. Whoever holds an id that is used again means the new resource; where that is not wanted,
// use SharedResourceTable and its handles. Values that several threads write are `Locked<T>`.
//
// Ownership, threads, clean-up and allocation are those of SharedResourceTable. Look-ups take no lock (with Epochs),
// but for those that find nothing while the registry is being changed. Changes hold one lock for some instructions,
// never while they call anything of T's or the observer's. Entries take 8 bytes besides the resource (16 with
// alignment), the id, 4 for a link and 4 to 8 for buckets. Freestanding.
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

/// What to do with the resource that has an id already.
enum class IfLive : std::uint8_t {
  refuse,   ///< the error id_in_use
  replace,  ///< it is removed
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

  /// An empty registry; as the constructor of SharedResourceTable.
  template <class... StorageArguments>
  explicit ResourceRegistry(ResourceLimiter* budget = nullptr, Observer observer = {}, StorageArguments&&... arguments)
      : holder_(budget, std::move(observer), std::forward<StorageArguments>(arguments)...) {}

  /// `other` is left empty, and inserting there fails with out_of_memory.
  ResourceRegistry(ResourceRegistry&& other) noexcept
    requires std::move_constructible<Holder>
  = default;
  ResourceRegistry& operator=(ResourceRegistry&&) = delete;

  /// Removes everything; as the destructor of SharedResourceTable.
  ~ResourceRegistry() = default;

  /// An empty registry with room for `count` resources. Errors as reserve.
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

  /// Moves `value` in and gives it an id (`register` is a keyword of C++). Ids count from 1 and are larger than any
  /// that this registry was given or gave, so none ever comes back.
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

  /// Moves `value` in under an id from elsewhere. One that was used before may be used again after its resource was
  /// removed or taken. With `replace` the resource that has the id is removed; there is no time at which nobody has
  /// it, and what the clean-up of the old one returns goes to the observer only.
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

  /// The resource, to keep. Tells the observer, and looks again afterwards. Errors: unknown_id; over_budget when
  /// 2^32 - 1 references are out; out_of_memory as SharedResourceTable::read.
  Result<Shared> get(Id id) const {
    for (;;) {
      std::uint32_t slot = Index::none;
      auto shared = acquire(id, slot);
      if constexpr (!Core::is_watched) return shared;
      if (!shared) return shared;
      shared = core()->told(core()->handle_of(slot), std::move(shared));
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
          slot = core()->find_and_tell(core()->handle_of(core()->slots().index_of(*slot)));
        if (slot != nullptr) [[likely]]
          return ReadGuard(std::move(pin), slot->value);
      }
      return unknown(id);
    }
  }

  /// A reference that does not keep the resource, unobserved. Errors: those of get.
  Result<WeakHandle> create_weak(Id id) const {
    HOLDFAST_TRY_ASSIGN(const auto shared, acquire(id));
    return shared.weak();
  }

  bool contains(Id id) const noexcept { return acquire(id).has_value(); }

  /// Moves the resource out; it is not cleaned up. Of several threads one gets it, the others unknown_id.
  /// Waits for the reads of other threads that are under way in this registry.
  /// Errors: unknown_id; resource_lent while there are other references to it, or this thread itself holds a ReadGuard
  /// of the registry. On error nothing changed.
  Result<T> take(Id id) {
    if (core() == nullptr) return unknown(id);
    if (core()->is_read_here()) return contains(id) ? fail(ErrorCode::resource_lent, 1) : unknown(id);
    HOLDFAST_TRY_ASSIGN(const auto detached, detach(id, &Core::detach_alone));
    return core()->extract(detached.index);
  }

  /// The id is free, and the resource is cleaned up as soon as nobody keeps it. Errors: unknown_id, then nothing
  /// changed; or what the clean-up returned, if it ran within this call.
  RemoveResult remove(Id id) {
    if (core() == nullptr) return detail::refused<T>(unknown(id).error());
    const auto detached = detach(id, &Core::detach);
    if (!detached) return detail::refused<T>(detached.error());
    if (detached->references != 0) return {};
    return core()->retire(detached->index);
  }

  /// Removes everything that is there, the youngest slot first. What clean-ups return goes to the observer only.
  void clear() {
    if (core() == nullptr) return;
    for (std::uint32_t slot = core()->length(); slot-- > 0;) {
      if (auto kept = core()->acquire(core()->live_handle(slot)))
        static_cast<void>(remove(core()->slots().at(slot).id.load()));
    }
  }

  // --- numbers: out of date when they are returned, if other threads are at work ---

  std::uint32_t size() const noexcept { return core() == nullptr ? 0 : core()->size(); }
  std::uint32_t len() const noexcept { return size(); }
  bool empty() const noexcept { return size() == 0; }
  bool is_empty() const noexcept { return size() == 0; }
  /// Slots that there is memory for.
  std::uint32_t capacity() const noexcept { return core() == nullptr ? 0 : core()->capacity(); }
  /// Resources that were removed and are kept still: see SharedResourceTable.
  std::uint32_t lingering() const noexcept { return core() == nullptr ? 0 : core()->lingering(); }
  /// Contract: not for a registry without memory or that was moved from.
  Observer& observer() const noexcept { return core()->observer(); }

  // --- iteration, in the order of slots, unobserved; as that of SharedResourceTable ---

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
  // The largest id that was given or came from elsewhere; under the lock.
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
    // In the index first: who comes to the slot by a way that led there before may not find the value earlier than
    // those who start now.
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

  // The slot of the live value that has `id`, null when there is none. The caller reads.
  const Slot* find_live(Id id) const noexcept {
    const std::uint32_t found = index().find_unlocked(core()->slots(), id);
    if (found == Index::none) return nullptr;
    const Slot& slot = core()->slots().at(found);
    if (slot.is_live()) [[likely]]
      return &slot;
    // Removed meanwhile, or replaced: then another slot has the id.
    const Exclusive exclusive(index().lock);
    const std::uint32_t last = find_slot(id);
    return last != Index::none && core()->slots().at(last).is_live() ? &core()->slots().at(last) : nullptr;
  }

  // A reference, unobserved. The value is counted before the slot is believed to have the id, so readers need not be
  // known here.
  Result<Shared> acquire(Id id) const noexcept {
    std::uint32_t slot = Index::none;
    return acquire(id, slot);
  }
  Result<Shared> acquire(Id id, std::uint32_t& slot) const noexcept {
    if (core() == nullptr) return unknown(id);
    const auto has_id = [id](const Slot& in) { return in.id.load(std::memory_order_acquire) == id; };
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
    if (is_stale(shared)) return unknown(id);  // the destructor was first
    return shared;
  }

  Result<Detached> detach(Id id, DetachStep step) noexcept {
    const Exclusive exclusive(index().lock);
    const std::uint32_t slot = find_slot(id);
    if (slot == Index::none) return unknown(id);
    const auto detached = detach_slot(slot, step);
    if (!detached && detached.error().code == ErrorCode::stale_handle) return unknown(id);  // the destructor was first
    return detached;
  }

  Holder holder_;
};

}  // namespace holdfast::resource
