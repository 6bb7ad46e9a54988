// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fuzzes resource tables and their slot maps: compares three storages with a list of all handles ever issued, under
// random operations. Every resource is cleaned up once, and no stale handle becomes valid again.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "holdfast/resource/budget/budget.hpp"
#include "holdfast/resource/tables/table.hpp"
#include "operations.hpp"

namespace {

using namespace holdfast;
using fuzz::require;
using resource::IfPinned;

struct Counts {
  std::uint32_t cleaned = 0;
  std::uint32_t destroyed = 0;
};

/// Counts its clean-ups and its destruction; some clean-ups fail.
class Probe {
 public:
  Probe(Counts& counts, std::uint32_t number) noexcept : counts_(&counts), number_(number) {}
  Probe(Probe&& other) noexcept : counts_(std::exchange(other.counts_, nullptr)), number_(other.number_) {}
  Probe& operator=(Probe&&) = delete;
  ~Probe() {
    if (counts_ != nullptr) ++counts_->destroyed;
  }
  Result<void> cleanup() noexcept {
    ++counts_->cleaned;
    if (number_ % 5 == 0) return fail(ErrorCode::cleanup_failed);
    return {};
  }
  std::uint32_t number() const noexcept { return number_; }

 private:
  Counts* counts_;
  std::uint32_t number_;
};

constexpr std::uint32_t capacity = 24;

template <class Storage>
class Model {
  using Table = resource::ResourceTable<Probe, Storage>;
  using Handle = typename Table::Handle;

 public:
  explicit Model(fuzz::Operations operations) : operations_(operations) { items_.reserve(max_items); }

  void run() {
    {
      Table table(&budget_);
      while (!operations_.at_end() && items_.size() < max_items) {
        step(table);
        require(table.size() == live() && budget_.usage(resource::Dimension::resources) == live());
      }
      for (const Item& item : items_) check(table, item);
      std::uint32_t visited = 0;
      for (const auto entry : table) {
        require(table.contains(entry.handle));
        ++visited;
      }
      require(visited == live());
    }
    for (const Item& item : items_)
      require(item.counts.destroyed == 1 && item.counts.cleaned == (item.was_taken ? 0 : 1));
    require(budget_.usage(resource::Dimension::resources) == 0);
  }

 private:
  static constexpr std::size_t max_items = 512;

  struct Item {
    Handle handle;
    Counts counts;
    bool is_live = true;
    bool was_taken = false;
    std::uint32_t pins = 0;
    std::uint32_t rep = 0;
  };

  std::uint32_t live() const {
    std::uint32_t count = 0;
    for (const Item& item : items_) count += item.is_live ? 1 : 0;
    return count;
  }
  bool is_tombstone(const Item& item) const { return !item.is_live && item.pins != 0; }

  void step(Table& table) {
    const std::uint32_t operation = operations_.below(10);
    if (operation <= 2 || items_.empty()) return insert(table);
    // Choose from the younger half more often.
    const std::size_t from = operations_.below(2) == 0 ? 0 : items_.size() / 2;
    Item& item = items_[from + operations_.byte() % (items_.size() - from)];
    switch (operation) {
      case 3: return remove(table, item, IfPinned::refuse);
      case 4: return remove(table, item, IfPinned::leave_tombstone);
      case 5: return take(table, item);
      case 6: return pin(table, item);
      case 7: return unpin(table, item);
      case 8: return check(table, item);
      default: break;
    }
    if (operations_.below(8) != 0) return;
    table.clear();
    for (Item& cleared : items_) cleared.is_live = false;
  }

  void insert(Table& table) {
    items_.emplace_back();
    Item& item = items_.back();
    const auto number = static_cast<std::uint32_t>(items_.size() - 1);
    const auto handle = table.emplace(item.counts, number);
    if (!handle) {
      require(handle.error().code == ErrorCode::over_budget || handle.error().code == ErrorCode::capacity_exhausted);
      items_.pop_back();
      return;
    }
    item.handle = *handle;
    for (const Item& other : items_) require(&other == &item || other.handle != item.handle);
  }

  void remove(Table& table, Item& item, IfPinned if_pinned) {
    const auto removed = table.remove(item.handle, if_pinned);
    if (!item.is_live) return require(!removed && removed.error().code == ErrorCode::stale_handle);
    if (item.pins != 0 && if_pinned == IfPinned::refuse) {
      return require(!removed && removed.error().code == ErrorCode::resource_lent && item.counts.cleaned == 0);
    }
    item.is_live = false;
    require(item.counts.cleaned == 1 && item.counts.destroyed == 1);
    require(removed || removed.error().code == ErrorCode::cleanup_failed);
  }

  void take(Table& table, Item& item) {
    const bool may = item.is_live && item.pins == 0;
    const auto taken = table.take(item.handle);
    require(taken.has_value() == may);
    if (!may) return;
    require(taken->number() == static_cast<std::uint32_t>(&item - items_.data()));
    item.is_live = false;
    item.was_taken = true;
  }

  void pin(Table& table, Item& item) {
    if (is_tombstone(item)) {
      require(table.pin_again(item.rep).has_value());
      ++item.pins;
      return;
    }
    const auto rep = table.pin(item.handle);
    require(rep.has_value() == item.is_live);
    if (!rep) return;
    require(item.pins == 0 || item.rep == *rep);
    item.rep = *rep;
    ++item.pins;
  }

  void unpin(Table& table, Item& item) {
    if (item.pins == 0) return;
    const auto handle = table.unpin(item.rep);
    require(handle.has_value());
    require(item.is_live ? *handle == item.handle : handle->is_null());
    --item.pins;
  }

  void check(Table& table, const Item& item) {
    const auto probe = table.get(item.handle);
    require(probe.has_value() == item.is_live && table.contains(item.handle) == item.is_live);
    if (probe) require(&items_[(*probe)->number()] == &item);
    if (item.pins == 0) return;
    const auto handle = table.handle_of(item.rep);
    require(item.is_live ? handle && *handle == item.handle
                         : !handle && handle.error().code == ErrorCode::removed_by_host);
  }

  fuzz::Operations operations_;
  resource::Budget budget_{resource::ResourceLimits().set(resource::Dimension::resources, capacity)};
  std::vector<Item> items_;  // does not reallocate: resources point to their counts
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Operations operations(std::span(data, size));
  switch (operations.below(3)) {
    case 0: Model<resource::Dynamic>(operations).run(); break;
    case 1: Model<resource::Static<capacity>>(operations).run(); break;
    default: Model<resource::Static<7>>(operations).run(); break;
  }
  return 0;
}
