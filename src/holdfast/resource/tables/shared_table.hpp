// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `SharedResourceTable<T, Storage, Concurrency, Observer>`: a resource table for several threads. `read` looks at a
// resource for a moment; `get_shared` gives a reference to keep; `create_weak` one that notices the removal.
//
// Ownership: the table owns its resources together with the references that were given out. `remove` kills the
// handle at once; the resource is cleaned up exactly once, when nobody keeps it any more: within `remove` itself if
// nobody does then, else when the last Shared is given back and the last reader has left, on that thread.
// A ReadGuard that is kept delays the clean-up of everything that is removed from the same table meanwhile (as
// many resources as the table's budget or capacity allows: their share is given back with their clean-up).
//
// Threads: every function may be called from any thread at any time, but construction, moves and destruction.
// `read` takes no lock and writes nothing that another reader writes (with Epochs). Callbacks run on the thread
// that causes them, several at a time, and may call back into the table; they must not throw.
//
// Allocates only through Storage, whose allocator is called from all threads that insert. Entries take 8 bytes besides
// the resource (and its alignment). Freestanding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <iterator>
#include <utility>

#include "holdfast/resource/tables/shared_core.hpp"
#include "holdfast/resource/tables/shared_core_holder.hpp"
#include "holdfast/resource/tables/shared_iterator.hpp"

namespace holdfast::resource {

using core::Allocated;
using core::Dynamic;
using core::Guarded;
using core::SemiDynamic;
using core::Static;
using core::Unsynchronized;
#if __STDC_HOSTED__
using core::Epochs;
#endif

template <Resource T, class Storage = core::Dynamic, class Concurrency = DefaultConcurrency,
          class Observer = NoObserver>
class SharedResourceTable {
  using Core = detail::SharedCore<T, Storage, Concurrency, Observer>;
  using Holder = detail::SharedCoreHolder<Core, Storage>;

 public:
  using Handle = resource::Handle<T>;
  using Shared = resource::Shared<T, Concurrency>;
  using WeakHandle = resource::WeakHandle<T, Concurrency>;
  using ReadGuard = resource::ReadGuard<T, Concurrency>;
  using RemoveResult = RemovalResult<T>;

  /// An empty table. Every resource takes one of Dimension::resources from `budget` until it is cleaned up; the
  /// budget must outlive them; null is no limit. Further arguments go to the storage (its allocator). Allocates the
  /// table's head (unless Storage is Static); when there is no memory for it, inserts fail with out_of_memory.
  template <class... StorageArguments>
  explicit SharedResourceTable(ResourceLimiter* budget = nullptr, Observer observer = {},
                               StorageArguments&&... arguments)
      : holder_(budget, std::move(observer), std::forward<StorageArguments>(arguments)...) {}

  /// Handles and references stay valid; `other` is left empty, and inserting there fails with out_of_memory.
  SharedResourceTable(SharedResourceTable&& other) noexcept
    requires std::move_constructible<Holder>
  = default;
  SharedResourceTable& operator=(SharedResourceTable&&) = delete;

  /// Removes everything, the youngest slot first. What is kept by a Shared or a ReadGuard outlives the table and is
  /// cleaned up when it is given back. While this runs, inserts fail with wrong_state. Contract: no other thread is
  /// in a call of the table; where Storage is Static, no Shared, WeakHandle or ReadGuard is left (the program is
  /// stopped by contract_violated otherwise: their memory would be gone).
  ~SharedResourceTable() = default;

  /// An empty table with room for `count` resources. Errors as reserve.
  static Result<SharedResourceTable> with_capacity(std::uint32_t count, ResourceLimiter* budget = nullptr,
                                                   Observer observer = {})
    requires std::move_constructible<Holder>
  {
    SharedResourceTable table(budget, std::move(observer));
    HOLDFAST_TRY(table.reserve(count));
    return table;
  }

  /// Makes room for `count` resources in all. Errors: out_of_memory, capacity_exhausted.
  Result<void> reserve(std::uint32_t count) {
    if (core() == nullptr) return no_memory();
    return core()->reserve(count);
  }

  /// Moves `value` in. Errors: over_budget, capacity_exhausted, out_of_memory, wrong_state (the table is being
  /// destroyed); then nothing changed and the error holds the value.
  std::expected<Handle, Rejected<T>> insert(T value) {
    auto handle = emplace(std::move(value));
    if (!handle) return std::unexpected(Rejected<T>{handle.error(), std::move(value)});
    return *handle;
  }

  /// As insert, made in place from `arguments`, which are not touched on error.
  template <class... Arguments>
  Result<Handle> emplace(Arguments&&... arguments) {
    if (core() == nullptr) return no_memory();
    HOLDFAST_TRY_ASSIGN(auto prepared, core()->prepare(std::forward<Arguments>(arguments)...));
    const Handle handle = core()->publish(std::move(prepared));
    core()->announce(handle);
    return handle;
  }

  /// The resource, for short use on this thread. Tells the observer, and looks again afterwards.
  /// Errors: null_handle, foreign_handle, stale_handle; out_of_memory when this is a thread's first read and there
  /// is none for its record.
  Result<ReadGuard> read(Handle handle) const {
    if (core() == nullptr) return nothing_here(handle);
    return core()->read(handle);
  }

  /// The resource, to keep. Tells the observer, and looks again afterwards. Errors: null_handle, foreign_handle,
  /// stale_handle; over_budget when 2^32 - 1 references are out.
  Result<Shared> get_shared(Handle handle) const {
    if (core() == nullptr) return nothing_here(handle);
    return core()->get_shared(handle);
  }

  /// A reference that does not keep the resource, unobserved. Errors: those of get_shared.
  Result<WeakHandle> create_weak(Handle handle) const {
    if (core() == nullptr) return nothing_here(handle);
    HOLDFAST_TRY_ASSIGN(const auto shared, core()->acquire(handle));
    return shared.weak();
  }

  bool contains(Handle handle) const noexcept { return core() != nullptr && core()->find(handle) != nullptr; }

  /// Moves the resource out; it is not cleaned up. Of several threads one gets it, the others stale_handle. Waits
  /// for the reads of other threads that are under way in this table.
  /// Errors: null_handle, foreign_handle, stale_handle; resource_lent while there are other references to it, or
  /// this thread itself holds a ReadGuard of the table. On error nothing changed.
  Result<T> take(Handle handle) {
    if (core() == nullptr) return nothing_here(handle);
    if (core()->is_read_here()) return contains(handle) ? fail(ErrorCode::resource_lent, 1) : nothing_here(handle);
    HOLDFAST_TRY_ASSIGN(const auto detached, core()->detach_alone(handle));
    return core()->extract(detached.index);
  }

  /// Kills the handle, and cleans the resource up as soon as nobody keeps it.
  /// Errors: null_handle, foreign_handle, stale_handle, then nothing changed; or what the clean-up returned, if it
  /// ran within this call. Where it runs later, what it returns goes to the observer only.
  RemoveResult remove(Handle handle) {
    if (core() == nullptr) return detail::refused<T>(nothing_here(handle).error());
    return core()->remove(handle);
  }

  /// Removes everything that is there, the youngest slot first. What clean-ups return goes to the observer only.
  void clear() {
    if (core() != nullptr) core()->remove_all();
  }

  // --- numbers: out of date when they are returned, if other threads are at work ---

  std::uint32_t size() const noexcept { return core() == nullptr ? 0 : core()->size(); }
  std::uint32_t len() const noexcept { return size(); }
  bool empty() const noexcept { return size() == 0; }
  bool is_empty() const noexcept { return size() == 0; }
  /// Slots that there is memory for.
  std::uint32_t capacity() const noexcept { return core() == nullptr ? 0 : core()->capacity(); }
  /// Resources that were removed and are kept by references or readers still: they hold their slots and their share
  /// of the budget. Looks at every slot.
  std::uint32_t lingering() const noexcept { return core() == nullptr ? 0 : core()->lingering(); }
  /// Contract: not for a table without memory or that was moved from.
  Observer& observer() const noexcept { return core()->observer(); }

  // --- iteration, in the order of slots, unobserved ---

  struct Entry {
    Handle handle;
    T& value;

    static Entry of(typename Core::Slot& slot, Handle handle) noexcept { return {handle, slot.value}; }
  };
  using iterator = detail::SharedIterator<Core, Shared, Entry>;

  /// Meets every resource that is there from before `begin` until it is passed; what comes or goes meanwhile may be
  /// met or not. An iterator keeps the resource it stands on as a Shared does, so an entry is valid until the next
  /// one, and any may be removed.
  iterator begin() const { return iterator(core()); }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  Core* core() const noexcept { return holder_.get(); }
  static std::unexpected<Error> no_memory() noexcept { return fail(ErrorCode::out_of_memory, sizeof(Core)); }
  // What a table without any resource says.
  [[gnu::cold]] std::unexpected<Error> nothing_here(Handle handle) const noexcept {
    if (core() != nullptr) return std::unexpected(core()->explain(handle));
    return fail(handle.is_null() ? ErrorCode::null_handle : ErrorCode::foreign_handle);
  }

  Holder holder_;
};

}  // namespace holdfast::resource
