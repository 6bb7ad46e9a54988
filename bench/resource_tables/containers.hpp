// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Holdfast's resource table and the usual alternatives, with one interface: 64-bit keys, `insert`, `find` (null for
// invalid keys), `erase`, and `for_each` over the values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "holdfast/core/slot_map.hpp"
#include "holdfast/resource/tables/table.hpp"
#include "holdfast/resource/watch/monitor.hpp"
#include "resource_tables/item.hpp"

namespace holdfast::bench {

class HoldfastTable {
 public:
  static constexpr const char* name = "holdfast";
  using Key = resource::Handle<Item>;

  Key insert(Item item) { return *table_.insert(item); }
  Item* find(Key key) { return table_.get(key).value_or(nullptr); }
  void erase(Key key) { static_cast<void>(table_.remove(key)); }
  void for_each(auto&& visit) {
    for (auto entry : table_) visit(entry.value);
  }
  static std::uint64_t to_bits(Key key) { return key.to_bits(); }
  static Key from_bits(std::uint64_t bits) { return Key::from_bits(bits); }

 private:
  resource::ResourceTable<Item> table_;
};

/// The resource table, observed by a monitor with a coarse clock.
class MonitoredTable {
 public:
  static constexpr const char* name = "holdfast";
  using Key = resource::Handle<Item>;

  Key insert(Item item) { return *table_.insert(item); }
  Item* find(Key key) { return table_.get(key).value_or(nullptr); }
  static std::uint64_t to_bits(Key key) { return key.to_bits(); }

 private:
  using Monitor = resource::ResourceMonitor<Item>;
  resource::CoarseClock clock_;
  resource::ResourceTable<Item, resource::Dynamic, Monitor> table_{nullptr, Monitor(clock_)};
};

/// The slot map that the resource table is built on: no clean-up, no budget, no observer.
class SlotMapAlone {
 public:
  static constexpr const char* name = "slot map alone";
  using Key = core::SlotHandle;

  Key insert(Item item) { return *map_.insert(item); }
  Item* find(Key key) { return map_.get(key).value_or(nullptr); }
  static std::uint64_t to_bits(Key key) { return key.bits; }

 private:
  core::SlotMap<Item> map_;
};

/// The minimum that detects stale keys: an array with a generation for each value, and a free list.
class GenerationVector {
 public:
  static constexpr const char* name = "vector with generation check";
  struct Key {
    std::uint32_t index;
    std::uint32_t generation;
  };

  Key insert(Item item) {
    if (free_ == none) {
      slots_.push_back({item, 1, none});
      return {static_cast<std::uint32_t>(slots_.size() - 1), 1};
    }
    const std::uint32_t index = free_;
    Slot& slot = slots_[index];
    free_ = slot.next_free;
    slot.item = item;
    return {index, ++slot.generation};
  }
  Item* find(Key key) {
    if (key.index >= slots_.size()) return nullptr;
    Slot& slot = slots_[key.index];
    return slot.generation == key.generation ? &slot.item : nullptr;
  }
  void erase(Key key) {
    if (find(key) == nullptr) return;
    Slot& slot = slots_[key.index];
    ++slot.generation;  // even when free
    slot.next_free = free_;
    free_ = key.index;
  }
  void for_each(auto&& visit) {
    for (Slot& slot : slots_) {
      if (slot.generation % 2 == 1) visit(slot.item);
    }
  }
  static std::uint64_t to_bits(Key key) { return std::uint64_t{key.generation} << 32 | key.index; }
  static Key from_bits(std::uint64_t bits) {
    return {static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32)};
  }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  struct Slot {
    Item item;
    std::uint32_t generation;
    std::uint32_t next_free;
  };
  std::vector<Slot> slots_;
  std::uint32_t free_ = none;
};

/// A map whose keys are numbers that are never reused.
class UniquePtrMap {
 public:
  static constexpr const char* name = "unordered_map of unique_ptr";
  using Key = std::uint64_t;

  Key insert(Item item) {
    map_.emplace(++last_, std::make_unique<Item>(item));
    return last_;
  }
  Item* find(Key key) {
    const auto match = map_.find(key);
    return match == map_.end() ? nullptr : match->second.get();
  }
  void erase(Key key) { map_.erase(key); }
  void for_each(auto&& visit) {
    for (auto& [key, item] : map_) visit(*item);
  }
  static std::uint64_t to_bits(Key key) { return key; }
  static Key from_bits(std::uint64_t bits) { return bits; }

 private:
  std::unordered_map<Key, std::unique_ptr<Item>> map_;
  Key last_ = 0;
};

}  // namespace holdfast::bench
