// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ManagerModel`: runs hostile sequences of operations on a resource manager and on a simple model of it (a list of all
// resources ever created, with the place of each), and compares the two after each operation. Clean-ups fail and call
// back into the manager. For tests and the fuzzer; uses no heap of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "holdfast/core/static_vector.hpp"
#include "holdfast/resource/manager/manager.hpp"

namespace holdfast::resource::testing {

/// `Choices` decides what happens: `below(n)` returns a number below n; `at_end()` tells whether to stop.
template <class Storage, class Choices>
class ManagerModel {
 public:
  /// `slots` is the number of slots of the manager, 0 if it grows.
  ManagerModel(Choices& choices, std::uint32_t slots) noexcept : choices_(choices), slots_(slots) {}

  /// Returns the line of the first check that failed; 0 if none did.
  int run() {
    {
      Manager manager({.budget = &budget_, .cleanup = {.max_attempts = 3, .max_dead_letters = 4}}, clock_);
      manager_ = &manager;
      while (failed_ == 0 && !choices_.at_end() && !items_.full()) {
        step();
        settle();
        compare();
      }
      is_closing_ = true;
      for (Item& item : items_)
        if (item.where == Where::table) item.where = Where::leaving;
    }
    for (const Item& item : items_) {
      require(item.cleaned <= 1, __LINE__);
      require(item.where != Where::table, __LINE__);
      require(item.cleaned == 1 || item.attempts > 0, __LINE__);
      require(item.attempts <= 4, __LINE__);  // three, and one in the destructor of the manager
    }
    require(budget_.usage(Dimension::resources) == 0 && budget_.usage(Dimension::host_bytes) == 0, __LINE__);
    return failed_;
  }

 private:
  using Manager = ResourceManager<Storage>;
  static constexpr std::uint32_t max_items = 400;
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  /// Where a resource is: in the table, reachable by its id; part of an aggregate; being removed; in the clean-up
  /// queue; a dead letter; destroyed.
  enum class Where : std::uint8_t { table, part, leaving, queued, dead, gone };

  struct Item {
    ResourceId id = {};
    Where where = Where::table;
    ResourceState state = ResourceState::allocated;
    bool is_aggregate = false;
    bool is_transformed = false;
    std::uint32_t references = 1;
    std::uint32_t lends = 0;
    std::uint32_t number_lent = 0;  // the number that components know it by
    std::uint32_t failures_left = 0;
    std::uint32_t attempts = 0;
    std::uint32_t cleaned = 0;
    std::uint32_t depth = 0;
    std::uint32_t aggregate = none;  // the aggregate that it is a part of
    std::uint32_t next_part = none;  // the next part of the same aggregate
    std::size_t memory = 0;
  };

  void require(bool condition, int line) noexcept {
    if (!condition && failed_ == 0) failed_ = line;
  }
  std::uint32_t index_of(const Item& item) const noexcept { return static_cast<std::uint32_t>(&item - items_.begin()); }
  Item& any() noexcept {
    // Choose from the younger half more often.
    const std::uint32_t from = choices_.below(3) == 0 ? 0 : items_.size() / 2;
    return items_[from + choices_.below(items_.size() - from)];
  }
  std::uint32_t count(Where where) const noexcept {
    std::uint32_t number = 0;
    for (const Item& item : items_) number += item.where == where ? 1 : 0;
    return number;
  }
  const ResourceType& type_of(const Item& item) const noexcept {
    return item.is_aggregate ? aggregate_type_ : item.is_transformed ? other_type_ : type_;
  }
  static bool may_go(const Item& item) noexcept {
    return item.where == Where::table && item.lends == 0 && item.references == 1 && item.state <= ResourceState::ready;
  }
  static ErrorCode why_not(const Item& item) noexcept {
    if (item.where != Where::table) return ErrorCode::stale_handle;
    return item.lends != 0 || item.references != 1 ? ErrorCode::resource_lent : ErrorCode::wrong_state;
  }

  void step() {
    const std::uint32_t operation = choices_.below(18);
    if (operation < 4 || items_.empty()) return create();
    Item& item = any();
    switch (operation) {
      case 4: return drop(item);
      case 5: return force(item);
      case 6: return schedule(item);
      case 7: return lend(item);
      case 8: return give_back(item);
      case 9: return retain(item);
      case 10: return release(item);
      case 11: return make_ready(item);
      case 12: return hold(item);
      case 13: return let_go(item);
      case 14: return form();
      case 15: return take_apart(item);
      case 16: return transform(item);
      default: break;
    }
    clock_.advance(choices_.below(4));
    manager_->run_cleanup();
  }

  ResourceDescriptor descriptor(std::size_t memory) const noexcept {
    ResourceDescriptor numbered{.size_hint = memory};
    const std::uint32_t number = items_.size();
    const char digits[] = {static_cast<char>(number % 256), static_cast<char>(number / 256)};
    static_cast<void>(numbered.metadata.insert(*core::BoundedString<15>::from("number"),
                                               *core::BoundedString<31>::from({digits, sizeof digits})));
    return numbered;
  }
  Item& item_of(const ManagedResource& resource) noexcept {
    const std::string_view digits = *resource.metadata().find("number");
    return items_[static_cast<std::uint32_t>(static_cast<unsigned char>(digits[0]) +
                                             256 * static_cast<unsigned char>(digits[1]))];
  }

  void create() {
    if (items_.full()) return;
    const std::size_t memory = choices_.below(3) * 24;
    const std::uint32_t failures = choices_.below(3) == 0 ? choices_.below(6) : 0;
    const std::uint32_t used = manager_->size() + tombstones();
    const AllocationStats before = manager_->stats();
    const auto id = manager_->create(type_, Handle64{items_.size()}, descriptor(memory));
    if (!id) {
      const ErrorCode code = id.error().code;
      require(is_closing_ ? code == ErrorCode::wrong_state : is_full(code), __LINE__);
      require(code != ErrorCode::capacity_exhausted || depth_ != 0 || used == slots_, __LINE__);
      const AllocationStats& after = manager_->stats();
      require(after.live == before.live && after.memory == before.memory && after.failures == before.failures + 1,
              __LINE__);
      return;
    }
    Item item;
    item.id = *id;
    item.memory = memory;
    item.failures_left = failures;
    require(items_.push_back(item).has_value(), __LINE__);
  }

  /// Whether `code` is a way for this manager to be full.
  bool is_full(ErrorCode code) const noexcept {
    if (slots_ == 0) return code == ErrorCode::out_of_memory;
    return code == ErrorCode::capacity_exhausted || code == ErrorCode::pool_exhausted;
  }
  std::uint32_t tombstones() const noexcept {
    std::uint32_t number = 0;
    for (const Item& item : items_) number += item.where != Where::table && item.lends != 0 ? 1 : 0;
    return number;
  }

  template <class Operation>
  void end(Item& item, bool may, ErrorCode reason, Operation&& operation) {
    if (may) item.where = Where::leaving;
    const std::uint32_t attempts = item.attempts;
    const auto done = operation();
    if (!may) {
      require(!done && done.error().code == reason && item.attempts == attempts, __LINE__);
    } else {
      require(done.has_value() == (item.cleaned == 1), __LINE__);
      require(done || done.error().code == ErrorCode::cleanup_failed, __LINE__);
    }
  }
  void drop(Item& item) {
    end(item, may_go(item), why_not(item), [&] { return manager_->drop(item.id, type_of(item)); });
  }
  void force(Item& item) {
    end(item, item.where == Where::table, ErrorCode::stale_handle, [&] { return manager_->force_deallocate(item.id); });
  }
  void release(Item& item) {
    if (item.where == Where::table && item.references > 1) {
      require(manager_->release(item.id).has_value(), __LINE__);
      --item.references;
      return;
    }
    end(item, may_go(item), why_not(item), [&] { return manager_->release(item.id); });
  }
  void schedule(Item& item) {
    const bool may = may_go(item);
    const auto done = manager_->schedule_cleanup(item.id);
    if (done) item.where = Where::leaving;
    require(done ? may : !may ? done.error().code == why_not(item) : is_full(done.error().code), __LINE__);
  }

  void lend(Item& item) {
    const auto number = manager_->lend(item.id);
    const bool may =
        item.where == Where::table && (item.state == ResourceState::ready || item.state == ResourceState::active);
    require(number.has_value() == may, __LINE__);
    if (!number) return;
    require(item.lends == 0 || item.number_lent == *number, __LINE__);
    item.number_lent = *number;
    ++item.lends;
  }
  void give_back(Item& item) {
    if (item.lends == 0) return;
    const auto id = manager_->lent(item.number_lent);
    require(item.where == Where::table ? id && *id == item.id : !id && id.error().code == ErrorCode::removed_by_host,
            __LINE__);
    require(manager_->give_back(item.number_lent).has_value(), __LINE__);
    --item.lends;
  }
  void retain(Item& item) {
    const bool done = manager_->retain(item.id).has_value();
    require(done == (item.where == Where::table), __LINE__);
    if (done) ++item.references;
  }

  void become(Item& item, bool may, ResourceState to, Result<void> done) {
    require(done.has_value() == may, __LINE__);
    if (done) item.state = to;
  }
  void make_ready(Item& item) {
    const bool may = item.where == Where::table && item.state == ResourceState::allocated;
    become(item, may, ResourceState::ready, manager_->make_ready(item.id));
  }
  void hold(Item& item) {
    const bool may = item.where == Where::table && item.state == ResourceState::ready;
    if (choices_.below(2) == 0) {
      become(item, may, ResourceState::active, manager_->activate(item.id, OwnerId(1)));
    } else {
      become(item, may, ResourceState::locked, manager_->lock(item.id, OwnerId(1)));
    }
  }
  void let_go(Item& item) {
    const bool is_active = item.where == Where::table && item.state == ResourceState::active;
    const bool is_locked = item.where == Where::table && item.state == ResourceState::locked;
    require(!manager_->deactivate(item.id, OwnerId(2)), __LINE__);
    become(item, is_active, ResourceState::ready, manager_->deactivate(item.id, OwnerId(1)));
    if (!is_active) become(item, is_locked, ResourceState::ready, manager_->unlock(item.id, OwnerId(1)));
  }

  void form() {
    if (items_.full()) return;
    core::StaticVector<ResourceId, 4> ids;
    core::StaticVector<std::uint32_t, 4> parts;
    bool may = true;
    std::uint32_t depth = 1;
    for (std::uint32_t left = choices_.below(4); left != 0; --left) {
      const Item& part = any();
      may = may && may_go(part) && part.depth < max_aggregate_depth;
      for (const std::uint32_t other : parts) may = may && other != index_of(part);
      depth = depth > part.depth + 1 ? depth : part.depth + 1;
      require(ids.push_back(part.id) && parts.push_back(index_of(part)), __LINE__);
    }
    if (parts.empty()) depth = 0;
    const auto id = manager_->form(aggregate_type_, ids, descriptor(0));
    require(may || !id, __LINE__);
    require(id || !may || is_full(id.error().code), __LINE__);
    if (!id) return;
    Item item;
    item.id = *id;
    item.is_aggregate = true;
    item.depth = depth;
    require(items_.push_back(item).has_value(), __LINE__);
    std::uint32_t next = none;
    for (std::uint32_t i = parts.size(); i > 0; --i) {
      Item& part = items_[parts[i - 1]];
      part.where = Where::part;
      part.aggregate = items_.size() - 1;
      part.next_part = next;
      next = parts[i - 1];
    }
  }

  void take_apart(Item& item) {
    ResourceId ids[4];
    const bool may = may_go(item) && item.is_aggregate;
    std::uint32_t count = 0;
    for (Item& part : items_) {
      if (!may || part.where != Where::part || part.aggregate != index_of(item)) continue;
      ++count;
      part.where = Where::leaving;  // its old id is stale, and its new id not known yet
    }
    if (may) item.where = Where::leaving;
    const auto taken = manager_->take_apart(item.id, type_of(item), ids);
    require(taken.has_value() == may, __LINE__);
    if (!may) return;
    require(taken && *taken == count, __LINE__);
    // The new ids are in the order in which the aggregate was formed.
    for (Item& part : items_) {
      if (part.aggregate != index_of(item)) continue;
      std::uint32_t position = count - 1;
      for (std::uint32_t after = part.next_part; after != none; after = items_[after].next_part) --position;
      require(!manager_->contains(part.id), __LINE__);
      part.id = ids[position];
      part.where = Where::table;
      part.aggregate = none;
    }
    for (Item& part : items_)
      if (part.aggregate == none) part.next_part = none;
  }

  void transform(Item& item) {
    const bool may = may_go(item) && !item.is_aggregate;
    const ResourceType& to = item.is_transformed ? type_ : other_type_;
    const Representation representation =
        item.is_transformed ? Representation(Handle64{index_of(item)}) : Representation(Handle32{index_of(item)});
    const auto renewed = manager_->transform(item.id, type_of(item), to, representation);
    require(renewed.has_value() == may, __LINE__);
    if (!renewed) return;
    require(*renewed != item.id && !manager_->contains(item.id), __LINE__);
    item.id = *renewed;
    item.is_transformed = !item.is_transformed;
  }

  static Result<void> clean(void* context, const ManagedResource& resource) noexcept {
    return static_cast<ManagerModel*>(context)->clean_up(resource);
  }
  Result<void> clean_up(const ManagedResource& resource) {
    Item& item = item_of(resource);
    require(resource.state() == ResourceState::pending_cleanup, __LINE__);
    require(item.cleaned == 0, __LINE__);
    require(!manager_->contains(item.id), __LINE__);
    ++item.attempts;
    if (item.where == Where::part) {
      require(item.next_part == none || items_[item.next_part].where != Where::part, __LINE__);  // the last one first
      item.where = Where::leaving;
    }
    if (depth_ < 2 && choices_.below(4) == 0) {
      ++depth_;
      step_inside();
      --depth_;
    }
    if (item.failures_left != 0) {
      --item.failures_left;
      return fail(ErrorCode::cleanup_failed);
    }
    ++item.cleaned;
    return {};
  }
  /// Performs an operation on another resource from inside a clean-up.
  void step_inside() {
    if (is_closing_) return create();  // the other resources go too, and it is unknown which are already gone
    Item& other = any();
    switch (choices_.below(5)) {
      case 0: return create();
      case 1: return drop(other);
      case 2: return make_ready(other);
      case 3: return transform(other);
      default: return lend(other);
    }
  }

  /// Finds out what became of the resources that were removed.
  void settle() {
    for (Item& item : items_)
      if (item.where == Where::leaving || item.where == Where::queued || item.where == Where::dead)
        item.where = Where::gone;
    const auto set = [this](Where where, ResourceState state) {
      return [this, where, state](auto, const PendingResource& pending, auto&&...) {
        Item& item = item_of(pending.resource);
        require(item.where == Where::gone && item.cleaned == 0, __LINE__);
        require(pending.resource.state() == state, __LINE__);
        item.where = where;
      };
    };
    manager_->cleanup_queue().for_each_waiting(set(Where::queued, ResourceState::pending_cleanup));
    manager_->cleanup_queue().for_each_dead(set(Where::dead, ResourceState::dead));
  }

  void compare() {
    const std::uint32_t in_table = count(Where::table) + count(Where::part);
    const std::uint32_t live = in_table + count(Where::queued) + count(Where::dead);
    std::uint32_t cleaned = 0;
    std::uint32_t lost = 0;
    std::size_t memory = 0;
    for (const Item& item : items_) {
      cleaned += item.cleaned;
      if (item.where != Where::gone) memory += item.memory;
      if (item.where == Where::gone && item.cleaned == 0) ++lost;
      require(item.where != Where::part || items_[item.aggregate].where != Where::gone, __LINE__);
      const auto resource = manager_->peek(item.id);
      require(resource.has_value() == (item.where == Where::table), __LINE__);
      if (!resource) continue;
      require(&item_of(**resource) == &item && (*resource)->state() == item.state, __LINE__);
      require((*resource)->references() == item.references && *manager_->lends(item.id) == item.lends, __LINE__);
    }
    const AllocationStats& stats = manager_->stats();
    const CleanupStats& queue = manager_->cleanup_queue().stats();
    require(manager_->size() == in_table, __LINE__);
    require(stats.live == live && stats.allocations == items_.size(), __LINE__);
    require(stats.deallocations == cleaned && stats.memory == memory, __LINE__);
    require(queue.refused + queue.given_up == lost, __LINE__);
    require(budget_.usage(Dimension::resources) == in_table, __LINE__);
    require(budget_.usage(Dimension::host_bytes) == memory, __LINE__);
  }

  Choices& choices_;
  std::uint32_t slots_;
  int failed_ = 0;
  int depth_ = 0;  // of nested clean-ups
  bool is_closing_ = false;
  const ResourceType type_{
      .name = "thing", .representation = RepresentationKind::handle64, .cleanup = clean, .context = this};
  const ResourceType other_type_{.name = "other thing", .cleanup = clean, .context = this};
  const ResourceType aggregate_type_{
      .name = "group", .representation = RepresentationKind::aggregate, .cleanup = clean, .context = this};
  Budget budget_;
  CoarseClock clock_;
  Manager* manager_ = nullptr;
  core::StaticVector<Item, max_items> items_;  // does not reallocate: references stay valid while clean-ups add items
};

}  // namespace holdfast::resource::testing
