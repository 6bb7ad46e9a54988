// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `SlotMap<T, Storage>`: owns values of T and returns handles to them. A handle is never valid again once its value is
// removed. Value and generation share a slot, so a look-up costs one cache miss. Addresses are stable.
// A slot can be pinned for a holder that knows the value only by the slot's 32-bit index. Removing a pinned value by
// force leaves a tombstone, and the slot is not reused until it is unpinned.
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

/// How to remove a value that is pinned.
enum class IfPinned : std::uint8_t {
  refuse,           ///< fail with resource_lent
  leave_tombstone,  ///< remove the value; look-ups by index fail with removed_by_host until the slot is unpinned
};

template <class T, class Storage = Dynamic, class Layout = DefaultSlotHandleLayout>
class SlotMap {
  struct Slot;
  using Slots = typename Storage::template Slots<Slot>;

 public:
  using Handle = SlotHandle;

  /// An empty map; allocates nothing. `arguments` are passed to the storage (its allocator).
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

  /// Destroys all values, pinned or not, newest slot first. While it runs, inserts fail with wrong_state.
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

  /// Makes room for `count` values in total, so that inserts up to that number do not allocate.
  /// Errors: out_of_memory; capacity_exhausted, also when too many slots are retired.
  Result<void> reserve(std::uint32_t count) {
    const std::uint64_t slots = std::uint64_t{count} + retired_ + tombstones_;
    if (slots > Layout::max_slots) return fail(ErrorCode::capacity_exhausted, Layout::max_slots);
    return slots_.grow(static_cast<std::uint32_t>(slots));
  }

  /// Makes sure that the next insert has a slot. Errors: those of emplace.
  Result<void> ensure_room() {
    if (closing_) return fail(ErrorCode::wrong_state);
    if (free_ != no_slot) return {};
    if (length_ == Layout::max_slots) return fail(ErrorCode::capacity_exhausted, Layout::max_slots);
    if (length_ < slots_.capacity()) return {};
    return slots_.grow(length_ + 1);
  }

  /// Constructs a value from `arguments`; on error they are not moved from.
  /// Errors: capacity_exhausted, out_of_memory, wrong_state (the map is being destroyed).
  template <class... Arguments>
  Result<Handle> emplace(Arguments&&... arguments) {
    HOLDFAST_TRY(ensure_room());
    Occupation occupation{*this, pop_free_slot()};
    Slot& slot = *slots_.at(occupation.index);
    std::construct_at(std::addressof(slot.value), std::forward<Arguments>(arguments)...);
    return occupation.complete(slot);
  }

  /// As emplace; on error the caller keeps `value`.
  Result<Handle> insert(T&& value) { return emplace(std::move(value)); }
  Result<Handle> insert(const T& value)
    requires std::copy_constructible<T>
  {
    return emplace(value);
  }

  /// The value, or null when `handle` is null, stale or belongs to another map. Valid until the value is removed.
  T* find(Handle handle) noexcept {
    Slot* slot = find_slot(handle);
    return slot == nullptr ? nullptr : std::addressof(slot->value);
  }
  const T* find(Handle handle) const noexcept { return const_cast<SlotMap*>(this)->find(handle); }
  bool contains(Handle handle) const noexcept { return find(handle) != nullptr; }

  /// As find, but returns the reason on failure. Errors: null_handle, foreign_handle, stale_handle.
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

  /// A value that is being removed: its handle is dead, but its slot is not free yet. The destructor destroys the value
  /// and frees the slot. For callers that use the value in between.
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

  /// Makes `handle` invalid and returns its value. Errors: those of get; resource_lent.
  Result<Detached> detach(Handle handle, IfPinned if_pinned = IfPinned::refuse) noexcept {
    Slot* slot = find_slot(handle);
    if (slot == nullptr) return std::unexpected(explain(handle));
    if (if_pinned == IfPinned::refuse && slot->link != 0) return fail(ErrorCode::resource_lent, slot->link);
    slot->set_state(State::leaving);
    --size_;
    return Detached(*this, Layout::index(handle));
  }

  /// Destroys the value. Errors: those of detach; then nothing changed.
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

  /// Makes `handle` invalid and returns a new handle for the same value, which does not move. Errors: those of
  /// check_renewable; then nothing changed.
  Result<Handle> renew(Handle handle) noexcept {
    HOLDFAST_TRY(check_renewable(handle));
    ++find_slot(handle)->word;
    return handle_of(Layout::index(handle));
  }
  /// Whether `renew` would succeed. Errors: those of get; resource_lent when the value is pinned; capacity_exhausted
  /// when its slot has no generation left.
  Result<void> check_renewable(Handle handle) const noexcept {
    const Slot* slot = const_cast<SlotMap*>(this)->find_slot(handle);
    if (slot == nullptr) return std::unexpected(explain(handle));
    if (slot->link != 0) return fail(ErrorCode::resource_lent, slot->link);
    if (slot->generation() == Layout::last_generation)
      return fail(ErrorCode::capacity_exhausted, Layout::last_generation);
    return {};
  }

  /// Destroys all values, newest slot first; pinned values leave tombstones. Keeps the capacity. Values that
  /// destructors insert while this runs may stay.
  void clear() {
    // NOLINTNEXTLINE(bugprone-unused-return-value): in templates, the check does not see the cast
    for_each_handle_reversed([this](Handle handle) { static_cast<void>(erase(handle, IfPinned::leave_tombstone)); });
  }

  /// Calls `visit(handle)` for every value, newest slot first. `visit` may insert and remove.
  template <class Visitor>
  void for_each_handle_reversed(Visitor&& visit) {
    for (std::uint32_t index = length_; index-- > 0;)
      if (slots_.at(index)->is(State::live)) visit(handle_of(index));
  }

  // --- by index, for holders that know a value only as a 32-bit number ---

  /// Adds a pin to the value's slot and returns the slot's index. Errors: those of get; over_budget past 2^32 - 1 pins.
  Result<std::uint32_t> pin(Handle handle) noexcept {
    Slot* slot = find_slot(handle);
    if (slot == nullptr) return std::unexpected(explain(handle));
    HOLDFAST_TRY(add_pin(*slot));
    return Layout::index(handle);
  }

  /// Adds a pin to a slot that is already pinned, even if it is a tombstone. Errors: stale_handle when the slot is not
  /// pinned; over_budget past 2^32 - 1 pins.
  Result<void> pin_again(std::uint32_t index) noexcept {
    Slot* slot = pinned_slot(index);
    if (slot == nullptr) return fail(ErrorCode::stale_handle, index);
    return add_pin(*slot);
  }

  /// Removes one pin and returns the handle of the value, or the null handle for a tombstone. The last unpin frees a
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

  /// The handle of the value in a pinned slot. Errors: removed_by_host for a tombstone; stale_handle when the slot is
  /// not pinned, because it may hold any value then.
  Result<Handle> by_index(std::uint32_t index) const noexcept {
    const Slot* slot = pinned_slot(index);
    if (slot == nullptr) return fail(ErrorCode::stale_handle, index);
    if (!slot->is(State::live)) return fail(ErrorCode::removed_by_host, index);
    return handle_of(index);
  }

  /// As by_index, but returns the value itself.
  Result<T*> get_by_index(std::uint32_t index) noexcept {
    Slot* slot = pinned_slot(index);
    if (slot != nullptr && slot->is(State::live)) [[likely]]
      return std::addressof(slot->value);
    return fail(slot == nullptr ? ErrorCode::stale_handle : ErrorCode::removed_by_host, index);
  }

  /// The number of pins on the value's slot. Errors: those of get.
  Result<std::uint32_t> pins(Handle handle) const noexcept {
    const Slot* slot = const_cast<SlotMap*>(this)->find_slot(handle);
    if (slot == nullptr) return std::unexpected(explain(handle));
    return slot->link;
  }

  // --- numbers ---

  std::uint32_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  /// The number of slots that have memory, including retired slots and tombstones.
  std::uint32_t capacity() const noexcept { return slots_.capacity(); }
  /// The number of slots that are never used again because no generations are left.
  std::uint32_t retired() const noexcept { return retired_; }
  std::uint32_t tombstones() const noexcept { return tombstones_; }
  TableTag tag() const noexcept { return tag_; }

  // --- iteration, in the order of slots ---

  template <class Value>
  struct Entry {
    Handle handle;
    Value& value;
  };

  /// Stays usable when values are inserted or removed during the iteration. Even the current value may be removed, but
  /// must not be read afterwards. Skips values in slots that were added after begin().
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
    // Looking up a slot costs more than stepping to its neighbour, so a run of neighbours is walked by pointer.
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
  // Stored in the highest 4 bits of Slot::word. `live` is 0, so that one comparison with a handle's generation checks
  // both generation and state.
  enum class State : std::uint32_t { live, free, leaving, tombstone, retired };

  struct Slot {
    Slot() noexcept {}
    ~Slot() {}
    bool is(State state) const noexcept { return word >> 28 == static_cast<std::uint32_t>(state); }
    std::uint32_t generation() const noexcept { return word & ((std::uint32_t{1} << 28) - 1); }
    void set_state(State state) noexcept { word = generation() | static_cast<std::uint32_t>(state) << 28; }

    std::uint32_t word = 0;  // state, generation
    std::uint32_t link = 0;  // of a free slot: the next free slot; else: the number of pins
    union {
      T value;
    };
  };

  static constexpr std::uint32_t no_slot = std::numeric_limits<std::uint32_t>::max();

  // Frees the slot if T's constructor throws.
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

  // The slot if it is pinned (live, leaving or a tombstone), else null.
  Slot* pinned_slot(std::uint32_t index) const noexcept {
    if (index >= length_) return nullptr;
    Slot* slot = slots_.at(index);
    const bool has_pins = (slot->is(State::live) || slot->is(State::leaving) || slot->is(State::tombstone));
    return has_pins && slot->link != 0 ? slot : nullptr;
  }

  Handle handle_of(std::uint32_t index) const noexcept {
    return Layout::make(index, slots_.at(index)->generation(), tag_.value);
  }

  // Why find_slot refused `handle`.
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

  // Takes a slot that ensure_room made available, and leaves it in the state `leaving` until the caller sets another.
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

  // Frees a slot that holds no value and has no pins, or retires it when no generations are left.
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
  std::uint32_t length_ = 0;  // slots that were ever used; all below this index are constructed
  std::uint32_t free_ = no_slot;
  std::uint32_t size_ = 0;
  std::uint32_t retired_ = 0;
  std::uint32_t tombstones_ = 0;
  TableTag tag_;
  bool closing_ = false;
};

}  // namespace holdfast::core
