// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `SharedResourceTable<T, Storage, Concurrency, Observer>`: a resource table for several threads. `read` gives short
// read access to a resource; `get_shared` a reference that keeps it alive; `create_weak` a reference that notices its
// removal.
//
// Ownership: the table and its references (Shared, ReadGuard) share ownership of the resources. `remove` kills the
// handle at once. The resource is cleaned up exactly once: within `remove` if nothing else keeps it alive, otherwise
// when the last Shared is given back and the last reader has left, on that thread. A ReadGuard delays the clean-up of
// everything that is removed from the same table while it exists. Until then those resources count in the table's
// budget and capacity.
//
// Threads: every function except construction, moves and destruction may be called from any thread at any time. With
// Epochs, `read` takes no lock and writes to no memory that another reader writes. Callbacks run on the thread that
// causes them, possibly several at once, and may call back into the table; they must not throw.
//
// Allocates only through Storage, whose allocator is called from every thread that inserts. An entry takes 8 bytes
// besides the resource (and its alignment). Freestanding.
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

  /// An empty table. Every resource takes one of Dimension::resources from `budget` until it is cleaned up; the budget
  /// must outlive the resources; null means no limit. Further arguments are passed to the storage (its allocator).
  /// Allocates the table's head (unless Storage is Static); without memory for it, inserts fail with out_of_memory.
  template <class... StorageArguments>
  explicit SharedResourceTable(ResourceLimiter* budget = nullptr, Observer observer = {},
                               StorageArguments&&... arguments)
      : holder_(budget, std::move(observer), std::forward<StorageArguments>(arguments)...) {}

  /// Handles and references stay valid. `other` is left empty; inserting into it fails with out_of_memory.
  SharedResourceTable(SharedResourceTable&& other) noexcept
    requires std::move_constructible<Holder>
  = default;
  SharedResourceTable& operator=(SharedResourceTable&&) = delete;

  /// Removes everything, the youngest slot first. A resource that a Shared or a ReadGuard keeps alive outlives the
  /// table and is cleaned up when that is given back. While this runs, inserts fail with wrong_state. Contract: no
  /// other thread is inside a call of the table. With Static storage, no Shared, WeakHandle or ReadGuard may be left,
  /// because their memory would be gone; if one is, contract_violated stops the program.
  ~SharedResourceTable() = default;

  /// An empty table with room for `count` resources. Errors: those of reserve.
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

  /// As insert, but constructs the resource in place from `arguments`, which are untouched on error.
  template <class... Arguments>
  Result<Handle> emplace(Arguments&&... arguments) {
    if (core() == nullptr) return no_memory();
    HOLDFAST_TRY_ASSIGN(auto prepared, core()->prepare(std::forward<Arguments>(arguments)...));
    const Handle handle = core()->publish(std::move(prepared));
    core()->announce(handle);
    return handle;
  }

  /// The resource, for short use on this thread. Notifies the observer, and then looks the handle up again.
  /// Errors: null_handle, foreign_handle, stale_handle; out_of_memory if this is the thread's first read and there is
  /// no memory for its record.
  Result<ReadGuard> read(Handle handle) const {
    if (core() == nullptr) return no_resource(handle);
    return core()->read(handle);
  }

  /// The resource, for keeping. Notifies the observer, and then looks the handle up again. Errors: null_handle,
  /// foreign_handle, stale_handle; over_budget at 2^32 - 1 references.
  Result<Shared> get_shared(Handle handle) const {
    if (core() == nullptr) return no_resource(handle);
    return core()->get_shared(handle);
  }

  /// A reference that does not keep the resource alive. Does not notify the observer. Errors: those of get_shared.
  Result<WeakHandle> create_weak(Handle handle) const {
    if (core() == nullptr) return no_resource(handle);
    HOLDFAST_TRY_ASSIGN(const auto shared, core()->acquire(handle));
    return shared.weak();
  }

  bool contains(Handle handle) const noexcept { return core() != nullptr && core()->find(handle) != nullptr; }

  /// Moves the resource out, without clean-up. If several threads try, one gets it and the others get stale_handle.
  /// Waits for reads of other threads that are in progress in this table.
  /// Errors: null_handle, foreign_handle, stale_handle; resource_lent while there are other references to the resource,
  /// or while this thread holds a ReadGuard of the table. On error nothing changed.
  Result<T> take(Handle handle) {
    if (core() == nullptr) return no_resource(handle);
    if (core()->is_read_here()) return contains(handle) ? fail(ErrorCode::resource_lent, 1) : no_resource(handle);
    HOLDFAST_TRY_ASSIGN(const auto detached, core()->detach_alone(handle));
    return core()->extract(detached.index);
  }

  /// Kills the handle, and cleans the resource up as soon as nothing keeps it alive.
  /// Errors: null_handle, foreign_handle, stale_handle, then nothing changed; or the error of the clean-up, if it ran
  /// within this call. If it runs later, only the observer learns its error.
  RemoveResult remove(Handle handle) {
    if (core() == nullptr) return detail::refused<T>(no_resource(handle).error());
    return core()->remove(handle);
  }

  /// Removes all resources, the youngest slot first. Only the observer learns the errors of their clean-ups.
  void clear() {
    if (core() != nullptr) core()->remove_all();
  }

  // --- counts: while other threads change the table, these may be out of date by the time they are returned ---

  std::uint32_t size() const noexcept { return core() == nullptr ? 0 : core()->size(); }
  std::uint32_t len() const noexcept { return size(); }
  bool empty() const noexcept { return size() == 0; }
  bool is_empty() const noexcept { return size() == 0; }
  /// The number of slots that memory is allocated for.
  std::uint32_t capacity() const noexcept { return core() == nullptr ? 0 : core()->capacity(); }
  /// The number of removed resources that references or readers still keep alive. They hold their slots and their share
  /// of the budget. Scans every slot.
  std::uint32_t lingering() const noexcept { return core() == nullptr ? 0 : core()->lingering(); }
  /// Contract: the table has memory for its head and was not moved from.
  Observer& observer() const noexcept { return core()->observer(); }

  // --- iteration, in slot order; the observer is not notified ---

  struct Entry {
    Handle handle;
    T& value;

    static Entry of(typename Core::Slot& slot, Handle handle) noexcept { return {handle, slot.value}; }
  };
  using iterator = detail::SharedIterator<Core, Shared, Entry>;

  /// Visits every resource that is in the table from before `begin` until the iterator passes its slot. A resource that
  /// is inserted or removed meanwhile may be visited or not. An iterator keeps its current resource alive as a Shared
  /// does: an entry is valid until the iterator advances, and any resource may be removed.
  iterator begin() const { return iterator(core()); }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  Core* core() const noexcept { return holder_.get(); }
  static std::unexpected<Error> no_memory() noexcept { return fail(ErrorCode::out_of_memory, sizeof(Core)); }
  // The error for a handle that is not in the table.
  [[gnu::cold]] std::unexpected<Error> no_resource(Handle handle) const noexcept {
    if (core() != nullptr) return std::unexpected(core()->explain(handle));
    return fail(handle.is_null() ? ErrorCode::null_handle : ErrorCode::foreign_handle);
  }

  Holder holder_;
};

}  // namespace holdfast::resource
