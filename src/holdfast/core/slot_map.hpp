// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `SlotMap<T, Storage>`: owns values of T and gives out handles that are never valid again once their value
// is gone. Value and generation share a slot: one cache miss a look-up. Addresses are stable.
// A slot can be pinned by its index (by whoever knows the value only as a 32-bit number): a removal by force
// then leaves a tombstone, and the slot serves nobody else until it is unpinned.
// T's constructor and destructor may call back into the map. Not thread-safe. Allocates only through Storage.
// Freestanding.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include "holdfast/core/assert.hpp"
#include "holdfast/core/result.hpp"
#include "holdfast/core/slot_handle.hpp"
#include "holdfast/core/storage.hpp"

namespace holdfast::core {

/// What to do with a pinned value that is to be removed.
enum class IfPinned : std::uint8_t {
  refuse,           ///< the error resource_lent
  leave_tombstone,  ///< the value goes, its slot answers removed_by_host until it is unpinned
};

template <class T, class Storage = Dynamic, class Layout = DefaultSlotHandleLayout>
class SlotMap {
  struct Slot;
  using Slots = typename Storage::template Slots<Slot>;

 public:
  using Handle = SlotHandle;

  /// An empty map; allocates nothing. Further arguments go to the storage (its allocator).
  template <class... StorageArguments>
  explicit SlotMap(TableTag tag, StorageArguments&&... arguments)
      : slots_(std::forward<StorageArguments>(arguments)...), tag_(Layout::fit(tag)) {}
  SlotMap() : SlotMap(next_table_tag()) {}

  /// Moves the map with its tag, so that handles stay valid; `other` is left empty, with a tag of its own.
  SlotMap(SlotMap&& other) noexcept
    requires Slots::is_movable
      : slots_(std::move(other.slots_)),
        length_(std::exchange(other.length_, 0)),
        free_(std::exchange(other.free_, no_slot)),
        size_(std::exchange(other.size_, 0)),
        retired_(std::exchange(other.retired_, 0)),
        tombstones_(std::exchange(other.tombstones_, 0)),
        tag_(std::exchange(other.tag_, Layout::fit(next_table_tag()))) {}
  SlotMap& operator=(SlotMap&&) = delete;

  /// Ends all values, pinned or not, the youngest slot first. While it runs, inserts fail with wrong_state.
  ~SlotMap() {
    closing_ = true;
    clear();
  }

  /// An empty map with room for `count` values. Errors as reserve.
  static Result<SlotMap> with_capacity(std::uint32_t count)
    requires Slots::is_movable
  {
    SlotMap map;
    HOLDFAST_TRY(map.reserve(count));
    return map;
  }

  /// Makes room for `count` values in all, so that inserts up to there do not allocate.
  /// Errors: out_of_memory, capacity_exhausted (also when slots are retired and no new ones may be made).
  Result<void> reserve(std::uint32_t count) {
    const std::uint64_t slots = std::uint64_t{count} + retired_ + tombstones_;
    if (slots > Layout::max_slots) return fail(ErrorCode::capacity_exhausted, Layout::max_slots);
    return slots_.grow(static_cast<std::uint32_t>(slots));
  }

  /// Makes sure that the next insert finds a slot. Errors: those of emplace.
  Result<void> ensure_room() {
    if (closing_) return fail(ErrorCode::wrong_state);
    if (free_ != no_slot) return {};
    if (length_ == Layout::max_slots) return fail(ErrorCode::capacity_exhausted, Layout::max_slots);
    if (length_ < slots_.capacity()) return {};
    return slots_.grow(length_ + 1);
  }

  /// Makes a value from `arguments`, which are not touched when there is no room.
  /// Errors: capacity_exhausted, out_of_memory, wrong_state (the map is being destroyed).
  template <class... Arguments>
  Result<Handle> emplace(Arguments&&... arguments) {
    HOLDFAST_TRY(ensure_room());
    Occupation occupation{*this, pop_free_slot()};
    Slot& slot = *slots_.at(occupation.index);
    std::construct_at(std::addressof(slot.value), std::forward<Arguments>(arguments)...);
    return occupation.complete(slot);
  }

  /// As emplace: a value that could not be inserted is still in the caller's hands.
  Result<Handle> insert(T&& value) { return emplace(std::move(value)); }
  Result<Handle> insert(const T& value)
    requires std::copy_constructible<T>
  {
    return emplace(value);
  }

  /// The value, or null when `handle` is null, stale or another map's. Valid until the value is removed.
  T* find(Handle handle) noexcept {
    Slot* slot = find_slot(handle);
    return slot == nullptr ? nullptr : std::addressof(slot->value);
  }
  const T* find(Handle handle) const noexcept { return const_cast<SlotMap*>(this)->find(handle); }
  bool contains(Handle handle) const noexcept { return find(handle) != nullptr; }

  /// As find, with the reason. Errors: null_handle, foreign_handle, stale_handle.
  Result<T*> get(Handle handle) noexcept {
    if (T* value = find(handle)) [[likely]]
      return value;
    return std::unexpected(explain(handle));
  }
  Result<const T*> get(Handle handle) const noexcept {
    if (const T* value = find(handle)) [[likely]]
      return value;
    return std::unexpected(explain(handle));
  }

  /// A value on its way out: its handle is dead, its slot is not free yet. Ends the value when destroyed.
  /// For those who do something with the value between the two.
  class Detached {
   public:
    Detached(Detached&& other) noexcept : map_(std::exchange(other.map_, nullptr)), index_(other.index_) {}
    Detached& operator=(Detached&&) = delete;
    ~Detached() {
      if (map_ != nullptr) map_->finish_removal(index_);
    }
    T& value() const noexcept { return map_->slots_.at(index_)->value; }

   private:
    friend SlotMap;
    Detached(SlotMap& map, std::uint32_t index) noexcept : map_(&map), index_(index) {}
    SlotMap* map_;
    std::uint32_t index_;
  };

  /// Makes `handle` invalid and hands its value over. Errors: those of get; resource_lent.
  Result<Detached> detach(Handle handle, IfPinned if_pinned = IfPinned::refuse) noexcept {
    Slot* slot = find_slot(handle);
    if (slot == nullptr) return std::unexpected(explain(handle));
    if (if_pinned == IfPinned::refuse && slot->link != 0) return fail(ErrorCode::resource_lent, slot->link);
    slot->set_state(State::leaving);
    --size_;
    return Detached(*this, Layout::index(handle));
  }

  /// Ends the value. Errors: those of detach; then nothing changed.
  Result<void> erase(Handle handle, IfPinned if_pinned = IfPinned::refuse) {
    HOLDFAST_TRY(detach(handle, if_pinned));
    return {};
  }

  /// Moves the value out. Errors: those of detach; then nothing changed.
  Result<T> take(Handle handle, IfPinned if_pinned = IfPinned::refuse) {
    auto detached = detach(handle, if_pinned);
    if (!detached) return std::unexpected(detached.error());
    return std::move(detached->value());
  }

  /// Makes `handle` invalid and returns a new one for the same value, which stays where it is. Errors: those of
  /// check_renewable; then nothing changed.
  Result<Handle> renew(Handle handle) noexcept {
    HOLDFAST_TRY(check_renewable(handle));
    ++find_slot(handle)->word;
    return handle_of(Layout::index(handle));
  }
  /// Errors: those of get; resource_lent when it is pinned; capacity_exhausted when its slot has no generation left.
  Result<void> check_renewable(Handle handle) const noexcept {
    const Slot* slot = const_cast<SlotMap*>(this)->find_slot(handle);
    if (slot == nullptr) return std::unexpected(explain(handle));
    if (slot->link != 0) return fail(ErrorCode::resource_lent, slot->link);
    if (slot->generation() == Layout::last_generation)
      return fail(ErrorCode::capacity_exhausted, Layout::last_generation);
    return {};
  }

  /// Ends all values, the youngest slot first; pinned ones leave tombstones. Capacity stays. Values that are
  /// inserted meanwhile by destructors may stay.
  void clear() {
    for_each_handle_reversed([this](Handle handle) { static_cast<void>(erase(handle, IfPinned::leave_tombstone)); });
  }

  /// Calls `visit(handle)` for every value, the youngest slot first. `visit` may insert and remove.
  template <class Visitor>
  void for_each_handle_reversed(Visitor&& visit) {
    for (std::uint32_t index = length_; index-- > 0;)
      if (slots_.at(index)->is(State::live)) visit(handle_of(index));
  }

  // --- by index, for holders who know a value only as a 32-bit number ---

  /// Pins the value's slot (once more) and returns its index. Errors: those of get; over_budget when pinned
  /// 2^32 - 1 times.
  Result<std::uint32_t> pin(Handle handle) noexcept {
    Slot* slot = find_slot(handle);
    if (slot == nullptr) return std::unexpected(explain(handle));
    HOLDFAST_TRY(add_pin(*slot));
    return Layout::index(handle);
  }

  /// Pins a slot once more that is pinned already, also a tombstone. Errors: stale_handle when it is not
  /// pinned; over_budget.
  Result<void> pin_again(std::uint32_t index) noexcept {
    Slot* slot = pinned_slot(index);
    if (slot == nullptr) return fail(ErrorCode::stale_handle, index);
    return add_pin(*slot);
  }

  /// Takes one pin away and returns the handle of the value, null for a tombstone. The last unpin frees a
  /// tombstone. Errors: stale_handle when the slot is not pinned; then nothing changed.
  Result<Handle> unpin(std::uint32_t index) noexcept {
    Slot* slot = pinned_slot(index);
    if (slot == nullptr) return fail(ErrorCode::stale_handle, index);
    --slot->link;
    if (slot->is(State::live)) return handle_of(index);
    if (slot->is(State::tombstone) && slot->link == 0) {
      --tombstones_;
      free_slot(index);
    }
    return Handle{};
  }

  /// The handle of the value in a pinned slot. Errors: removed_by_host for a tombstone; stale_handle when the
  /// slot is not pinned, for then it may hold any value.
  Result<Handle> by_index(std::uint32_t index) const noexcept {
    const Slot* slot = pinned_slot(index);
    if (slot == nullptr) return fail(ErrorCode::stale_handle, index);
    if (!slot->is(State::live)) return fail(ErrorCode::removed_by_host, index);
    return handle_of(index);
  }

  /// As by_index, the value itself.
  Result<T*> get_by_index(std::uint32_t index) noexcept {
    Slot* slot = pinned_slot(index);
    if (slot != nullptr && slot->is(State::live)) [[likely]]
      return std::addressof(slot->value);
    return fail(slot == nullptr ? ErrorCode::stale_handle : ErrorCode::removed_by_host, index);
  }

  /// How often the value's slot is pinned. Errors: those of get.
  Result<std::uint32_t> pins(Handle handle) const noexcept {
    const Slot* slot = const_cast<SlotMap*>(this)->find_slot(handle);
    if (slot == nullptr) return std::unexpected(explain(handle));
    return slot->link;
  }

  // --- numbers ---

  std::uint32_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  /// Slots that there is memory for, retired ones and tombstones included.
  std::uint32_t capacity() const noexcept { return slots_.capacity(); }
  /// Slots that are given up because their generations are used up.
  std::uint32_t retired() const noexcept { return retired_; }
  std::uint32_t tombstones() const noexcept { return tombstones_; }
  TableTag tag() const noexcept { return tag_; }

  // --- iteration, in the order of slots ---

  template <class Value>
  struct Entry {
    Handle handle;
    Value& value;
  };

  /// Stays usable when values are inserted or removed meanwhile, also the one it stands on (which then must
  /// not be read). Values in slots that are new since begin() are not met.
  template <class Map, class Value>
  class Iterator {
   public:
    using value_type = Entry<Value>;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    explicit Iterator(Map& map) noexcept : map_(&map), end_(map.length_) {
      enter_run();
      skip_holes();
    }
    value_type operator*() const noexcept { return {map_->handle_of(index_), slot_->value}; }
    Iterator& operator++() noexcept {
      step();
      skip_holes();
      return *this;
    }
    Iterator operator++(int) noexcept {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;
    friend bool operator==(const Iterator& it, std::default_sentinel_t) noexcept { return it.is_at_end(); }

   private:
    bool is_at_end() const noexcept { return index_ == end_; }
    void skip_holes() noexcept {
      while (!is_at_end() && !slot_->is(State::live)) step();
    }
    void step() noexcept {
      ++slot_;
      if (++index_ == run_end_) enter_run();
    }
    // Finding a slot costs more than going to its neighbour, so runs of neighbours are walked by pointer.
    void enter_run() noexcept {
      if (is_at_end()) return;
      slot_ = map_->slots_.at(index_);
      run_end_ = map_->slots_.run_end(index_);
    }

    Map* map_ = nullptr;
    Slot* slot_ = nullptr;
    std::uint32_t index_ = 0;
    std::uint32_t run_end_ = 0;
    std::uint32_t end_ = 0;
  };

  Iterator<SlotMap, T> begin() noexcept { return Iterator<SlotMap, T>(*this); }
  Iterator<const SlotMap, const T> begin() const noexcept { return Iterator<const SlotMap, const T>(*this); }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  // Kept in the highest 4 bits of Slot::word; live is 0, so that one comparison with a handle's generation
  // tells generation and state at once.
  enum class State : std::uint32_t { live, free, leaving, tombstone, retired };

  struct Slot {
    Slot() noexcept {}
    ~Slot() {}
    bool is(State state) const noexcept { return word >> 28 == static_cast<std::uint32_t>(state); }
    std::uint32_t generation() const noexcept { return word & ((std::uint32_t{1} << 28) - 1); }
    void set_state(State state) noexcept { word = generation() | static_cast<std::uint32_t>(state) << 28; }

    std::uint32_t word = 0;  // state, generation
    std::uint32_t link = 0;  // free: the next free slot; else: how often it is pinned
    union {
      T value;
    };
  };

  static constexpr std::uint32_t no_slot = std::numeric_limits<std::uint32_t>::max();

  // Gives the slot back when T's constructor leaves by an exception.
  struct Occupation {
    SlotMap& map;
    std::uint32_t index;
    bool is_complete = false;

    Handle complete(Slot& slot) noexcept {
      is_complete = true;
      slot.set_state(State::live);
      ++map.size_;
      return map.handle_of(index);
    }
    ~Occupation() {
      if (!is_complete) map.free_slot(index);
    }
  };

  Slot* find_slot(Handle handle) noexcept {
    const std::uint32_t index = Layout::index(handle);
    if (index >= length_) return nullptr;
    Slot* slot = slots_.at(index);
    return slot->word == Layout::generation(handle) && Layout::tag(handle) == tag_.value ? slot : nullptr;
  }

  // The slot when somebody pins it: live, leaving or a tombstone.
  Slot* pinned_slot(std::uint32_t index) const noexcept {
    if (index >= length_) return nullptr;
    Slot* slot = slots_.at(index);
    const bool has_pins = (slot->is(State::live) || slot->is(State::leaving) || slot->is(State::tombstone));
    return has_pins && slot->link != 0 ? slot : nullptr;
  }

  Handle handle_of(std::uint32_t index) const noexcept {
    return Layout::make(index, slots_.at(index)->generation(), tag_.value);
  }

  // Which misuse it is that find_slot refused.
  [[gnu::cold]] Error explain(Handle handle) const noexcept {
    if (handle.is_null()) return make_error(ErrorCode::null_handle);
    if (Layout::tag(handle) != tag_.value) return make_error(ErrorCode::foreign_handle);
    return make_error(ErrorCode::stale_handle, Layout::index(handle));
  }

  static Result<void> add_pin(Slot& slot) noexcept {
    if (slot.link == std::numeric_limits<std::uint32_t>::max()) return fail(ErrorCode::over_budget, slot.link);
    ++slot.link;
    return {};
  }

  // Takes a slot that ensure_room promised; it belongs to nobody until its state is set.
  std::uint32_t pop_free_slot() noexcept {
    if (free_ == no_slot) {
      Slot* slot = std::construct_at(slots_.at(length_));
      slot->word = tag_.first_generation;
      slot->set_state(State::leaving);
      return length_++;
    }
    const std::uint32_t index = free_;
    Slot& slot = *slots_.at(index);
    free_ = slot.link;
    slot.link = 0;
    slot.set_state(State::leaving);
    return index;
  }

  // No value is in the slot any more and nobody pins it.
  void free_slot(std::uint32_t index) noexcept {
    Slot& slot = *slots_.at(index);
    if (slot.generation() == Layout::last_generation) {
      slot.set_state(State::retired);
      ++retired_;
      return;
    }
    slot.word = slot.generation() + 1;
    slot.set_state(State::free);
    slot.link = free_;
    free_ = index;
  }

  void finish_removal(std::uint32_t index) {
    Slot& slot = *slots_.at(index);
    std::destroy_at(std::addressof(slot.value));
    if (slot.link == 0) {
      free_slot(index);
    } else {
      slot.set_state(State::tombstone);
      ++tombstones_;
    }
  }

  Slots slots_;
  std::uint32_t length_ = 0;  // slots that were ever used: all below are constructed
  std::uint32_t free_ = no_slot;
  std::uint32_t size_ = 0;
  std::uint32_t retired_ = 0;
  std::uint32_t tombstones_ = 0;
  TableTag tag_;
  bool closing_ = false;
};

}  // namespace holdfast::core
