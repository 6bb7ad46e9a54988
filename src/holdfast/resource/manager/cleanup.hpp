// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `CleanupQueue<T, Storage>`: runs clean-ups later, and retries those that fail: after a delay that doubles, a bounded
// number of times. An item that fails that often becomes a dead letter, kept for inspection. A failing item does not
// delay the others. The queue owns its items; its destructor tries the waiting ones a last time. Clean-ups may call
// back into the queue and must not throw. Not thread-safe. Allocates only through Storage: `Static<N>` holds N items
// (usually static_cleanup_capacity), other storages grow. Freestanding.
//
//   CleanupQueue<Connection> queue({.max_attempts = 3}, clock);           // any Clock, see clock.hpp
//   HOLDFAST_TRY(queue.push(std::move(connection)));     // full: capacity_exhausted, and the error has the connection
//   queue.run_due();                                     // call regularly: tries each item that is due once
//   queue.for_each_dead([](auto id, const Connection& lost, const auto& error) { … });
//
// With `QueueFailedCleanups` as its observer, a table moves resources whose clean-up failed into a queue, even in its
// destructor.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <limits>
#include <optional>
#include <utility>

#include "holdfast/core/slot_map.hpp"
#include "holdfast/resource/tables/handle.hpp"
#include "holdfast/resource/tables/resource.hpp"
#include "holdfast/resource/watch/clock.hpp"

namespace holdfast::resource {

/// The usual capacity of a clean-up queue without a heap.
inline constexpr std::uint32_t static_cleanup_capacity = 256;

/// Times are durations of the queue's clock.
struct CleanupOptions {
  Ticks interval = 0;                    ///< run_due does nothing until this much time has passed since its last run
  std::uint32_t max_attempts = 5;        ///< number of failures after which an item is a dead letter; at least 1
  Ticks first_delay = 1;                 ///< from the first failure to the second attempt; doubles with each failure
  Ticks max_delay = 1024;                ///< the delay does not double beyond this
  std::uint32_t max_dead_letters = 256;  ///< beyond this the oldest is destroyed
};

/// What has happened since the queue was constructed.
struct CleanupStats {
  std::uint64_t queued = 0;        ///< items accepted
  std::uint64_t refused = 0;       ///< items returned because the queue was full
  std::uint64_t attempts = 0;      ///< clean-ups run by the queue
  std::uint64_t cleaned = 0;       ///< attempts that succeeded
  std::uint64_t failed = 0;        ///< attempts that failed
  std::uint64_t died = 0;          ///< items that became dead letters
  std::uint64_t given_up = 0;      ///< dead letters that were destroyed to make room
  std::uint64_t memory_freed = 0;  ///< bytes declared for the items that were cleaned up
};

/// What one run did.
struct CleanupRun {
  std::uint32_t attempted = 0;
  std::uint32_t cleaned = 0;
  std::uint32_t failed = 0;  ///< including those that became dead letters
};

/// A clean-up without an object: calls `function(context, argument)`.
struct CleanupTask {
  Result<void> (*function)(void* context, std::uint64_t argument) noexcept = nullptr;
  void* context = nullptr;
  std::uint64_t argument = 0;

  Result<void> cleanup() noexcept { return function(context, argument); }
};

/// If an item has a member `on_dead()`, it is called when the item becomes a dead letter; it must not change the queue.
template <Resource T = CleanupTask, core::ResourceStorage Storage = core::Dynamic>
  requires HasCleanup<T>
class CleanupQueue {
  using A = typename Storage::AllocatorType;

 public:
  using Id = Handle<T>;

  /// `clock` decides what is due; without one, only run_all retries failed items. Allocates nothing yet.
  explicit CleanupQueue(const CleanupOptions& options = {}, ClockRef clock = {}, A allocator = A()) noexcept
      : options_(options), clock_(clock), entries_(core::next_table_tag(), std::move(allocator)) {}
  CleanupQueue(const CleanupQueue&) = delete;
  CleanupQueue& operator=(const CleanupQueue&) = delete;

  /// Tries every waiting item a last time. While it runs, new items are refused with wrong_state.
  ~CleanupQueue() {
    is_closing_ = true;
    run_all();
    while (waiting_.size != 0) remove_first(waiting_);
    while (dead_.size != 0) remove_first(dead_);
  }

  /// Accepts `item`; the next run tries it. `memory` is the number of bytes that its clean-up frees, for the
  /// statistics. A full queue destroys its oldest dead letter to make room. Errors: capacity_exhausted, out_of_memory,
  /// wrong_state (the queue is being destroyed); then nothing changed and the error holds the item.
  std::expected<Id, Rejected<T>> push(T item, std::size_t memory = 0) { return add(std::move(item), memory, {}, 0); }

  /// As push, for an item whose clean-up has just failed with `error`. That counts as a failure of the item (but not in
  /// the statistics, which count only the queue's own attempts), so the item first waits for its delay.
  std::expected<Id, Rejected<T>> push_failed(T item, CleanupError<T> error, std::size_t memory = 0) {
    return add(std::move(item), memory, std::move(error), delay_after(1));
  }

  /// Makes sure that the next push finds room; if there is none, destroys the oldest dead letter. Errors: those of
  /// push.
  Result<void> ensure_room() {
    if (is_closing_) return fail(ErrorCode::wrong_state);
    auto room = entries_.ensure_room();
    if (!room && dead_.size != 0) {
      give_up_oldest();
      room = entries_.ensure_room();
    }
    return room;
  }

  /// Tries each item that is due once; items added meanwhile wait for the next run. Does nothing before the interval
  /// has passed, or when called by a clean-up that it runs.
  CleanupRun run_due() {
    const Ticks now = clock_.now();
    if (has_run_ && now - last_run_ < options_.interval) return {};
    return run(now, false);
  }

  /// As run_due, but ignores the interval and the delays.
  CleanupRun run_all() { return run(clock_.now(), true); }

  /// Moves an item out, waiting or dead, without clean-up. Errors: null_handle, foreign_handle, stale_handle;
  /// wrong_state while its clean-up runs.
  Result<T> take(Id id) {
    HOLDFAST_TRY_ASSIGN(Entry* const entry, entries_.get(slot(id)));
    if (entry->is_running) return fail(ErrorCode::wrong_state);
    list_of(*entry).remove(entries_, slot(id));
    T item = std::move(entry->item);
    static_cast<void>(entries_.erase(slot(id)));
    return item;
  }

  /// pending_cleanup or dead. Errors: those of take, except wrong_state; stale_handle if the item was cleaned up or
  /// taken.
  Result<ResourceState> state(Id id) const noexcept {
    HOLDFAST_TRY_ASSIGN(const Entry* const entry, entries_.get(slot(id)));
    return entry->is_dead ? ResourceState::dead : ResourceState::pending_cleanup;
  }

  /// Calls `visit(id, const item&, const error&)` for each dead letter, the oldest first; `error` is that of its last
  /// clean-up. `visit` must not change the queue.
  template <class Visitor>
  void for_each_dead(Visitor&& visit) const {
    dead_.for_each(entries_, [&](core::SlotHandle handle, const Entry& entry) {
      visit(Id::from_bits(handle.bits), entry.item, *entry.error);
    });
  }

  /// Calls `visit(id, const item&)` for each waiting item, in queue order. `visit` must not change the queue.
  template <class Visitor>
  void for_each_waiting(Visitor&& visit) const {
    waiting_.for_each(
        entries_, [&](core::SlotHandle handle, const Entry& entry) { visit(Id::from_bits(handle.bits), entry.item); });
  }

  /// The number of waiting items, without the one whose clean-up is running.
  std::uint32_t pending() const noexcept { return waiting_.size; }
  std::uint32_t dead_letters() const noexcept { return dead_.size; }
  const CleanupStats& stats() const noexcept { return stats_; }
  const CleanupOptions& options() const noexcept { return options_; }

 private:
  struct Entry {
    T item;
    std::size_t memory;
    std::optional<CleanupError<T>> error;  // of its last failure
    std::uint32_t failures;
    Ticks since;             // when it started to wait
    Ticks delay;             // how long it waits
    std::uint64_t last_run;  // the run that added it or last tried it
    bool is_running = false;
    bool is_dead = false;
    core::SlotHandle previous = {};
    core::SlotHandle next = {};
  };
  using Entries = core::SlotMap<Entry, Storage>;

  // A linked list of entries, in the order in which they were appended.
  struct List {
    core::SlotHandle first = {};
    core::SlotHandle last = {};
    std::uint32_t size = 0;

    void append(Entries& entries, core::SlotHandle handle) noexcept {
      Entry& entry = *entries.find(handle);
      entry.previous = last;
      entry.next = {};
      (last.is_null() ? first : entries.find(last)->next) = handle;
      last = handle;
      ++size;
    }
    void remove(Entries& entries, core::SlotHandle handle) noexcept {
      const Entry& entry = *entries.find(handle);
      (entry.previous.is_null() ? first : entries.find(entry.previous)->next) = entry.next;
      (entry.next.is_null() ? last : entries.find(entry.next)->previous) = entry.previous;
      --size;
    }
    template <class Visitor>
    void for_each(const Entries& entries, Visitor&& visit) const {
      for (core::SlotHandle handle = first; !handle.is_null(); handle = entries.find(handle)->next)
        visit(handle, *entries.find(handle));
    }
  };

  static core::SlotHandle slot(Id id) noexcept { return {id.to_bits()}; }
  List& list_of(const Entry& entry) noexcept { return entry.is_dead ? dead_ : waiting_; }

  std::expected<Id, Rejected<T>> add(T item, std::size_t memory, std::optional<CleanupError<T>> error, Ticks delay) {
    if (const auto room = ensure_room(); !room) {
      ++stats_.refused;
      return std::unexpected(Rejected<T>{room.error(), std::move(item)});
    }
    const std::uint32_t failures = error ? 1 : 0;
    const auto entry = entries_.emplace(std::move(item), memory, std::move(error), failures, clock_.now(), delay, run_);
    ++stats_.queued;
    if (failures >= options_.max_attempts) {
      bury(*entry);
    } else {
      waiting_.append(entries_, *entry);
    }
    return Id::from_bits(entry->bits);
  }

  CleanupRun run(Ticks now, bool everything) {
    if (is_running_) return {};
    is_running_ = true;
    has_run_ = true;
    last_run_ = now;
    ++run_;
    CleanupRun result;
    // An item that was tried or is not due moves to the end, so that the first item is always the next to look at,
    // whatever clean-ups do to the list.
    for (std::uint32_t left = waiting_.size; left != 0 && waiting_.size != 0; --left) {
      const core::SlotHandle handle = waiting_.first;
      Entry& entry = *entries_.find(handle);
      waiting_.remove(entries_, handle);
      if (entry.last_run != run_ && (everything || now - entry.since >= entry.delay)) {
        attempt(handle, entry, result);
      } else {
        waiting_.append(entries_, handle);
      }
    }
    is_running_ = false;
    return result;
  }

  void attempt(core::SlotHandle handle, Entry& entry, CleanupRun& result) {
    entry.last_run = run_;
    entry.is_running = true;
    ++stats_.attempts;
    ++result.attempted;
    auto cleaned = entry.item.cleanup();
    entry.is_running = false;
    if (cleaned) {
      ++stats_.cleaned;
      ++result.cleaned;
      stats_.memory_freed += entry.memory;
      static_cast<void>(entries_.erase(handle));
      return;
    }
    ++stats_.failed;
    ++result.failed;
    entry.error = std::move(cleaned).error();
    if (++entry.failures >= options_.max_attempts) return bury(handle);
    entry.since = last_run_;
    entry.delay = delay_after(entry.failures);
    waiting_.append(entries_, handle);
  }

  void bury(core::SlotHandle handle) {
    Entry& entry = *entries_.find(handle);
    entry.is_dead = true;
    if constexpr (requires { entry.item.on_dead(); }) entry.item.on_dead();
    dead_.append(entries_, handle);
    ++stats_.died;
    while (dead_.size > options_.max_dead_letters) give_up_oldest();
  }

  void give_up_oldest() {
    ++stats_.given_up;
    remove_first(dead_);
  }

  void remove_first(List& list) {
    const core::SlotHandle first = list.first;
    list.remove(entries_, first);
    static_cast<void>(entries_.erase(first));
  }

  // first_delay * 2^(failures - 1), at most max_delay.
  Ticks delay_after(std::uint32_t failures) const noexcept {
    Ticks delay = options_.first_delay;
    for (std::uint32_t i = 1; i < failures && delay < options_.max_delay; ++i)
      delay = delay > options_.max_delay - delay ? options_.max_delay : delay + delay;
    return std::min(delay, options_.max_delay);
  }

  CleanupOptions options_;
  ClockRef clock_;
  CleanupStats stats_;
  List waiting_;
  List dead_;
  std::uint64_t run_ = 0;
  Ticks last_run_ = 0;
  bool has_run_ = false;
  bool is_running_ = false;
  bool is_closing_ = false;
  Entries entries_;  // last, to be destroyed first: its items can still call back
};

/// The name that requirement ENV-8 uses for `CleanupQueue`.
template <Resource T = CleanupTask, core::ResourceStorage Storage = core::Dynamic>
using ResourceCleanupManager = CleanupQueue<T, Storage>;

/// An observer for tables of T: moves a resource whose clean-up failed into a queue of T. If the queue is full, the
/// resource is destroyed and the queue's `refused` counts it. `Next` is notified of every event first.
template <class Queue, class Next = NoObserver>
class QueueFailedCleanups {
 public:
  /// `queue` must outlive the table.
  explicit QueueFailedCleanups(Queue& queue, Next next = {}) noexcept : queue_(&queue), next_(std::move(next)) {}

  template <class T>
  void on_create(Handle<T> handle, const T& value) {
    next_.on_create(handle, value);
  }
  template <class T>
  void on_access(Handle<T> handle, T& value) {
    next_.on_access(handle, value);
  }
  template <class T>
    requires ObservesTaking<Next, T>
  void on_take(Handle<T> handle, T& value) {
    next_.on_take(handle, value);
  }
  template <class T>
    requires ObservesRenewal<Next, T>
  void on_renew(Handle<T> old_handle, Handle<T> handle, T& value) {
    next_.on_renew(old_handle, handle, value);
  }
  template <class T>
  void on_cleanup(Handle<T> handle, T& value) {
    next_.on_cleanup(handle, value);
  }
  template <class T>
  void on_cleanup_failed(Handle<T> handle, T& value, const CleanupError<T>& error) {
    next_.on_cleanup_failed(handle, value, error);
    static_cast<void>(queue_->push_failed(std::move(value), error));
  }

  Next& next() noexcept { return next_; }

 private:
  Queue* queue_;
  [[no_unique_address]] Next next_;
};

}  // namespace holdfast::resource
