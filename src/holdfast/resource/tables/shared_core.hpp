// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `SharedCore`: the common implementation of shared tables and registries: slots with counted values, the free list,
// the budget, the observer, and how a value ends. It lives until its container, every reference into it and every
// reader that it waits for are gone. Users include shared_table.hpp and registry.hpp. Freestanding.
//
// The life of a slot:   free -> making -> live -> removed -> free (or retired, when its generations are used up)
// A removed value ends when no reference counts it and no reader that may have found it is left. If readers are left,
// the value joins the waiting list (`arriving_`), and the last reader to leave ends it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include "holdfast/core/concurrency.hpp"
#include "holdfast/core/shared_slots.hpp"
#include "holdfast/core/slot_handle.hpp"
#include "holdfast/resource/budget/budget.hpp"
#include "holdfast/resource/tables/read_guard.hpp"
#include "holdfast/resource/tables/removal.hpp"
#include "holdfast/resource/tables/resource.hpp"
#include "holdfast/resource/tables/shared.hpp"

namespace holdfast::resource::detail {

/// The default header: a slot holds nothing besides the value, and the slots share nothing.
struct NoHeader {
  static constexpr bool has_lock = false;
  struct Common {};
};

template <Resource T, class Storage, class Concurrency, class Observer, class Header = NoHeader,
          class Layout = core::DefaultSlotHandleLayout>
class SharedCore final : public SharedOwner<T, Concurrency> {
  static_assert(ObserverOf<Observer, T>, "the observer has the four callbacks of ObserverOf");
  using Counted = CountedValue<T, Concurrency>;
  using Word = core::SharedWord<Concurrency>;
  using State = typename Word::State;
  using Outcome = typename Word::Outcome;
  template <class U>
  using Atomic = typename Concurrency::template Atomic<U>;

 public:
  static constexpr bool is_watched = !std::is_same_v<Observer, NoObserver>;
  static constexpr bool has_readers = Concurrency::has_readers;

  struct Slot : Header, Counted {
    bool is_live() const noexcept { return this->word.load().state() == State::live; }
  };

  /// `storage_arguments` are passed to the storage (its allocator).
  template <class... StorageArguments>
  SharedCore(ResourceLimiter* budget, Observer observer, StorageArguments&&... storage_arguments)
      : slots_(std::forward<StorageArguments>(storage_arguments)...),
        tag_(Layout::fit(core::next_table_tag())),
        budget_(budget),
        observer_(std::move(observer)) {}

  // --- inserting ---

  /// A value that is constructed but not reachable yet. Unless it is published, the destructor destroys it, without
  /// clean-up because it never was in the table.
  class Prepared {
   public:
    Prepared(Prepared&& other) noexcept : core_(std::exchange(other.core_, nullptr)), index_(other.index_) {}
    Prepared& operator=(Prepared&&) = delete;
    ~Prepared() {
      if (core_ != nullptr) core_->end_slot(index_);
    }
    Slot& slot() const noexcept { return core_->slots_.at(index_); }
    std::uint32_t index() const noexcept { return index_; }

   private:
    friend SharedCore;
    Prepared(SharedCore& core, std::uint32_t index) noexcept : core_(&core), index_(index) {}
    SharedCore* core_;
    std::uint32_t index_;
  };

  /// Constructs a value from `arguments`, which are untouched on error. Errors: over_budget, capacity_exhausted,
  /// out_of_memory, wrong_state (the container is being destroyed).
  template <class... Arguments>
  Result<Prepared> prepare(Arguments&&... arguments) {
    if (is_closing_.load(std::memory_order_relaxed)) return fail(ErrorCode::wrong_state);
    Reservation reservation;
    if (budget_ != nullptr) {
      HOLDFAST_TRY_ASSIGN(reservation, budget_->reserve(Dimension::resources, 1));
    }
    HOLDFAST_TRY_ASSIGN(const std::uint32_t index, claim_slot());
    Claimed claimed{*this, index};
    std::construct_at(std::addressof(slots_.at(index).value), std::forward<Arguments>(arguments)...);
    claimed.is_constructed = true;
    reservation.keep();
    this->retain();
    return Prepared(*this, index);
  }

  /// Makes the value reachable. The caller must call `announce` next, outside any lock.
  Handle<T> publish(Prepared prepared) noexcept {
    prepared.slot().word.set(State::live, is_watched ? 2 : 1);  // one reference is for `announce`
    prepared.core_ = nullptr;
    change_size(1);
    return handle_of(prepared.index_);
  }

  /// Notifies the observer of a published value.
  void announce(Handle<T> handle) {
    if constexpr (is_watched) {
      Slot& slot = slots_.at(index_of(handle));
      const Shared<T, Concurrency> kept(slot, *this);  // another thread may already remove the value
      observer_.on_create(handle, std::as_const(slot.value));
    }
  }

  // --- looking up ---

  /// The slot of a live value; null if there is none. Valid while the caller holds a reference or reads.
  Slot* find(Handle<T> handle) noexcept {
    Slot* slot = slots_.find(index_of(handle));
    return slot != nullptr && is_ours(handle) && slot->word.load().is_live(generation_of(handle)) ? slot : nullptr;
  }

  /// Why `find` returned null.
  [[gnu::cold]] Error explain(Handle<T> handle) const noexcept {
    if (handle.is_null()) return make_error(ErrorCode::null_handle);
    if (!is_ours(handle)) return make_error(ErrorCode::foreign_handle);
    return make_error(ErrorCode::stale_handle, index_of(handle));
  }

  /// A counted reference, unobserved. Errors: null_handle, foreign_handle, stale_handle, over_budget (2^32 - 1
  /// references).
  Result<Shared<T, Concurrency>> acquire(Handle<T> handle) noexcept {
    Slot* slot = slots_.find(index_of(handle));
    if (slot == nullptr || !is_ours(handle)) return std::unexpected(explain(handle));
    switch (slot->word.acquire(generation_of(handle))) {
      case Outcome::not_live: return std::unexpected(explain(handle));
      case Outcome::refused: return fail(ErrorCode::over_budget, slot->word.load().count());
      case Outcome::done: break;
    }
    return Shared<T, Concurrency>(*slot, *this);
  }

  /// A counted reference to the live value in slot `index`, if `matches(slot)` is true while the value is live.
  /// Errors: stale_handle, over_budget.
  template <class Matches>
  Result<Shared<T, Concurrency>> acquire_if(std::uint32_t index, Matches matches) noexcept {
    Slot& slot = slots_.at(index);
    switch (slot.word.acquire_if([&] { return matches(std::as_const(slot)); })) {
      case Outcome::not_live: return fail(ErrorCode::stale_handle, index);
      case Outcome::refused: return fail(ErrorCode::over_budget, slot.word.load().count());
      case Outcome::done: break;
    }
    return Shared<T, Concurrency>(slot, *this);
  }

  /// As acquire; also notifies the observer, and then looks the handle up again.
  Result<Shared<T, Concurrency>> get_shared(Handle<T> handle) { return notify_access(handle, acquire(handle)); }

  /// The second half of get_shared.
  Result<Shared<T, Concurrency>> notify_access(Handle<T> handle, Result<Shared<T, Concurrency>> shared) {
    if constexpr (is_watched) {
      if (!shared) return shared;
      observer_.on_access(handle, **shared);
      if (may_call_back<Observer> && find(handle) == nullptr) return std::unexpected(explain(handle));
    }
    return shared;
  }

  /// As get_shared, but a guard for short use. Errors: those of get_shared; out_of_memory for a thread's first read.
  Result<ReadGuard<T, Concurrency>> read(Handle<T> handle) {
    if constexpr (!has_readers) {
      HOLDFAST_TRY_ASSIGN(auto shared, get_shared(handle));
      return ReadGuard<T, Concurrency>(std::move(shared));
    } else {
      HOLDFAST_TRY_ASSIGN(auto pin, this->enter());
      const Slot* slot = find_and_notify(handle);
      if (slot == nullptr) [[unlikely]]
        return std::unexpected(explain(handle));
      return ReadGuard<T, Concurrency>(std::move(pin), slot->value);
    }
  }

  /// As find, for a reader; also notifies the observer, and then looks the handle up again.
  Slot* find_and_notify(Handle<T> handle) {
    Slot* slot = find(handle);
    if constexpr (is_watched) {
      if (slot == nullptr) return nullptr;
      observer_.on_access(handle, slot->value);
      if constexpr (may_call_back<Observer>) slot = find(handle);
    }
    return slot;
  }

  // --- removing ---

  /// What `detach` and `detach_alone` leave behind.
  struct Detached {
    std::uint32_t index;
    std::uint32_t references;  ///< that keep the value alive; if 0, the caller must call `retire` or `extract`
  };

  /// Kills the handle. Errors: null_handle, foreign_handle, stale_handle; then nothing changed.
  Result<Detached> detach(Handle<T> handle) noexcept { return detach(handle, &Word::remove); }

  /// As detach, for a value without other references. Errors also: resource_lent with the number of references.
  Result<Detached> detach_alone(Handle<T> handle) noexcept { return detach(handle, &Word::take); }

  /// Cleans up and destroys the value: now if there are no readers, otherwise when the last reader leaves (then only
  /// the observer learns what the clean-up returned).
  RemovalResult<T> retire(std::uint32_t index) {
    if constexpr (has_readers) {
      if (this->has_reader_before(Concurrency::Domain::every_epoch)) {
        wait_for_readers_to_leave(index);
        return {};
      }
    }
    return finish(index);
  }

  /// Waits until no reader on another thread can have found the value, then moves it out.
  /// Contract: the calling thread does not read here.
  T extract(std::uint32_t index) {
    if constexpr (has_readers) {
      const std::uint64_t epoch = this->begin_epoch();
      for (;;) {
        const std::uint32_t seen = departures_.load(std::memory_order_seq_cst);
        if (!this->flag_reader_before(epoch)) break;
        departures_.wait(seen);
      }
    }
    const Ending ending{*this, index};
    if constexpr (ObservesTaking<Observer, T>) observer_.on_take(handle_of(index), slots_.at(index).value);
    return std::move(slots_.at(index).value);
  }

  /// Whether the calling thread holds a ReadGuard.
  bool is_read_here() const noexcept {
    if constexpr (has_readers) return this->is_entered_here();
    return false;
  }

  /// Removes everything, the youngest slot first, and refuses inserts from now on.
  void close() {
    is_closing_.store(true, std::memory_order_relaxed);
    remove_all();
  }

  /// Removes everything, the youngest slot first. Only the observer learns what the clean-ups return.
  void remove_all() {
    for (std::uint32_t index = length(); index-- > 0;)
      if (const Handle<T> handle = live_handle(index)) static_cast<void>(remove(handle));
  }

  /// Detaches the value, and retires it if no reference keeps it alive.
  RemovalResult<T> remove(Handle<T> handle) {
    const auto detached = detach(handle);
    if (!detached) return refused<T>(detached.error());
    if (detached->references != 0) return {};
    return retire(detached->index);
  }

  // --- slots and counts ---

  Result<void> reserve(std::uint32_t count) noexcept {
    if (count > Layout::max_slots) return fail(ErrorCode::capacity_exhausted, Layout::max_slots);
    return slots_.grow(count);
  }
  /// Slots ever used: all values have smaller indices.
  std::uint32_t length() const noexcept { return length_.load(std::memory_order_acquire); }
  std::uint32_t size() const noexcept { return size_.load(std::memory_order_relaxed); }
  std::uint32_t capacity() const noexcept { return slots_.capacity(); }
  auto& slots() noexcept { return slots_; }
  typename Header::Common& common() noexcept { return common_; }
  Observer& observer() noexcept { return observer_; }

  /// The handle of the value in a slot; the caller keeps the value alive.
  Handle<T> handle_of(std::uint32_t index) const noexcept {
    return make_handle(index, slots_.at(index).word.load().generation());
  }

  /// The handle of the live value in a slot; null if there is none.
  Handle<T> live_handle(std::uint32_t index) const noexcept {
    const auto seen = slots_.at(index).word.load();
    return seen.state() == State::live ? make_handle(index, seen.generation()) : Handle<T>();
  }

  /// The number of removed values that are still kept alive. Scans every slot.
  std::uint32_t lingering() const noexcept {
    std::uint32_t count = 0;
    for (std::uint32_t index = 0, end = length(); index < end; ++index)
      if (slots_.at(index).word.load().state() == State::removed) ++count;
    return count;
  }

 private:
  friend Prepared;

  static constexpr std::uint32_t no_slot = std::numeric_limits<std::uint32_t>::max();

  static core::SlotHandle bits(Handle<T> handle) noexcept { return {handle.to_bits()}; }
  static std::uint32_t index_of(Handle<T> handle) noexcept { return Layout::index(bits(handle)); }
  static std::uint32_t generation_of(Handle<T> handle) noexcept { return Layout::generation(bits(handle)); }
  bool is_ours(Handle<T> handle) const noexcept { return Layout::tag(bits(handle)) == tag_.value; }
  Handle<T> make_handle(std::uint32_t index, std::uint32_t generation) const noexcept {
    return Handle<T>::from_bits(Layout::make(index, generation, tag_.value).bits);
  }
  Result<Detached> detach(Handle<T> handle, Outcome (Word::*step)(std::uint32_t, std::uint32_t&)) noexcept {
    Detached detached{index_of(handle), 0};
    Slot* slot = slots_.find(detached.index);
    if (slot == nullptr || !is_ours(handle)) return std::unexpected(explain(handle));
    switch ((slot->word.*step)(generation_of(handle), detached.references)) {
      case Outcome::not_live: return std::unexpected(explain(handle));
      case Outcome::refused: return fail(ErrorCode::resource_lent, detached.references);
      case Outcome::done: break;
    }
    change_size(-1);
    return detached;
  }

  void change_size(int by) noexcept {
    const auto more = static_cast<std::uint32_t>(by);
    if constexpr (Header::has_lock) {  // and the caller holds the lock
      size_.store(size() + more, std::memory_order_relaxed);
    } else {
      size_.fetch_add(more, std::memory_order_relaxed);
    }
  }

  // --- how a value ends ---

  // Its destructor destroys the value and frees its slot: after a clean-up or a move, even if that threw.
  struct Ending {
    SharedCore& core;
    std::uint32_t index;
    ~Ending() { core.end_slot(index); }
  };

  void end_slot(std::uint32_t index) noexcept {
    std::destroy_at(std::addressof(slots_.at(index).value));
    free_slot(index);
    if (budget_ != nullptr) budget_->give_back(Dimension::resources, 1);
    this->release();
  }

  RemovalResult<T> finish(std::uint32_t index) {
    const Ending ending{*this, index};
    return clean_up(handle_of(index), slots_.at(index).value, observer_);
  }

  // Overrides SharedOwner: the last reference to a removed value was given back.
  void end_value(Counted& counted) noexcept override {
    static_cast<void>(retire(slots_.index_of(static_cast<Slot&>(counted))));
  }

  // Overrides Lifetime.
  void end() noexcept override {
    if constexpr (requires { slots_.allocator(); }) {
      if constexpr (requires { common_.free_memory(slots_.allocator()); }) common_.free_memory(slots_.allocator());
      auto allocator = std::move(slots_.allocator());
      std::destroy_at(this);
      allocator.deallocate(this, sizeof(SharedCore), alignof(SharedCore));
    }
  }

  // --- values that wait for readers ---

  void wait_for_readers_to_leave(std::uint32_t index) noexcept {
    this->retain();  // the value may end before this function does
    std::uint32_t first = arriving_.load(std::memory_order_relaxed);
    do {
      slots_.at(index).word.set(State::removed, first);
    } while (!arriving_.compare_exchange_weak(first, index, std::memory_order_seq_cst));
    drain();
    this->release();
  }

  // Overrides EpochDomain.
  void reader_left() noexcept override {
    if constexpr (has_readers) {
      drain();
      departures_.fetch_add(1, std::memory_order_seq_cst);
      departures_.notify_all();
    }
    this->release();
  }

  // Ends the values that no reader can have any more. One thread at a time does it; a call from another thread makes
  // that thread check again.
  void drain() noexcept {
    if (drains_asked_.fetch_add(1, std::memory_order_seq_cst) != 0) return;
    std::uint32_t seen;
    do {
      seen = drains_asked_.load(std::memory_order_seq_cst);
      while (end_waiting()) {
      }
    } while (!drains_asked_.compare_exchange_strong(seen, 0, std::memory_order_seq_cst));
  }

  // Ends one batch of waiting values: those that arrived before an epoch. False if there are none, or if a reader is
  // left; that reader is flagged and will drain again.
  bool end_waiting() noexcept {
    if (waiting_ == no_slot) {
      waiting_ = arriving_.exchange(no_slot, std::memory_order_seq_cst);
      if (waiting_ == no_slot) return false;
      waiting_epoch_ = this->begin_epoch();
    }
    if (this->flag_reader_before(waiting_epoch_)) return false;
    for (std::uint32_t index = std::exchange(waiting_, no_slot); index != no_slot;) {
      const std::uint32_t next = slots_.at(index).word.load().count();
      static_cast<void>(finish(index));
      index = next;
    }
    return true;
  }

  // --- slots ---

  // Gives the slot back if T's constructor throws.
  struct Claimed {
    SharedCore& core;
    std::uint32_t index;
    bool is_constructed = false;
    ~Claimed() {
      if (!is_constructed) core.free_slot(index);
    }
  };

  // The slot that was freed last, or else a new one; its state becomes `making`.
  Result<std::uint32_t> claim_slot() noexcept {
    for (std::uint64_t first = free_.load(std::memory_order_acquire); static_cast<std::uint32_t>(first) != no_slot;) {
      const auto index = static_cast<std::uint32_t>(first);
      // The upper half changes with every slot taken, so that a list with the same head is not mistaken for the same
      // list.
      const std::uint64_t next = ((first >> 32) + 1) << 32 | slots_.at(index).word.load().count();
      if (!free_.compare_exchange_weak(first, next, std::memory_order_acq_rel)) continue;
      slots_.at(index).word.set(State::making, 0);
      return index;
    }
    std::uint32_t index = length_.load(std::memory_order_acquire);
    do {
      if (index == Layout::max_slots) return fail(ErrorCode::capacity_exhausted, Layout::max_slots);
      if (slots_.find(index) == nullptr) HOLDFAST_TRY(slots_.grow(index + 1));
    } while (!length_.compare_exchange_weak(index, index + 1, std::memory_order_acq_rel));
    slots_.at(index).word.set(tag_.first_generation, State::making, 0);
    return index;
  }

  void free_slot(std::uint32_t index) noexcept {
    Word& word = slots_.at(index).word;
    const std::uint32_t generation = word.load().generation();
    if (generation == Layout::last_generation) return word.set(State::retired, 0);
    std::uint64_t first = free_.load(std::memory_order_relaxed);
    do {
      word.set(generation + 1, State::free, static_cast<std::uint32_t>(first));
    } while (!free_.compare_exchange_weak(first, (first >> 32) << 32 | index, std::memory_order_acq_rel));
  }

  // These change rarely.
  core::SharedSlots<Storage, Slot, Concurrency> slots_;
  core::TableTag tag_;
  ResourceLimiter* budget_;
  [[no_unique_address]] Observer observer_;
  Atomic<bool> is_closing_{false};
  [[no_unique_address]] typename Header::Common common_;

  // These change whenever a value is inserted or removed.
  alignas(Concurrency::line_size) Atomic<std::uint64_t> free_{no_slot};  // count of uses, and the first free slot
  Atomic<std::uint32_t> length_{0};
  Atomic<std::uint32_t> size_{0};

  // For values that wait for readers.
  Atomic<std::uint32_t> arriving_{no_slot};
  Atomic<std::uint32_t> drains_asked_{0};
  Atomic<std::uint32_t> departures_{0};
  std::uint32_t waiting_ = no_slot;  // used only by the thread that drains, as is waiting_epoch_
  std::uint64_t waiting_epoch_ = 0;
};

}  // namespace holdfast::resource::detail
