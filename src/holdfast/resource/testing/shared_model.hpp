// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `SharedModel`: runs hostile sequences of operations on a shared table or a registry and on a simple model of it (a
// list of all resources ever created, with their references), and compares the two after each operation. Clean-ups fail
// and remove other resources, observers remove the resource being looked up, references and readers are kept for a
// while. One thread. For tests and the fuzzer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "holdfast/resource/budget/budget.hpp"
#include "holdfast/resource/tables/registry.hpp"
#include "holdfast/resource/tables/shared_table.hpp"

namespace holdfast::resource::testing {

/// How the model uses a table; keys are handles.
struct SharedTableKind {
  template <class T, class Concurrency, class Observer>
  using Container = SharedResourceTable<T, core::Dynamic, Concurrency, Observer>;
  template <class T>
  using Key = Handle<T>;
  static constexpr ErrorCode gone = ErrorCode::stale_handle;
  static constexpr bool has_ids = false;

  static auto add(auto& table, auto value) { return table.insert(std::move(value)); }
  static auto share(auto& table, auto key) { return table.get_shared(key); }
};

/// How the model uses a registry; keys are ids.
struct RegistryKind {
  template <class T, class Concurrency, class Observer>
  using Container = ResourceRegistry<T, std::uint32_t, core::Dynamic, Concurrency, Observer>;
  template <class>
  using Key = std::uint32_t;
  static constexpr ErrorCode gone = ErrorCode::unknown_id;
  static constexpr bool has_ids = true;

  static auto add(auto& registry, auto value) { return registry.register_(std::move(value)); }
  static auto share(auto& registry, auto key) { return registry.get(key); }
};

/// `Choices` decides what happens: `below(n)` returns a number below n; `at_end()` tells whether to stop.
template <class Kind, class Concurrency, class Choices>
class SharedModel {
 public:
  explicit SharedModel(Choices& choices) : choices_(choices) {
    items_.reserve(max_items);
    weakened_.fill(max_items);
  }

  /// Returns the line of the first check that failed; 0 if none did.
  int run() {
    container_.emplace(&budget_, Watcher{this});
    while (failed_ == 0 && !choices_.at_end() && items_.size() < max_items) {
      step();
      compare();
    }
    const bool container_first = choices_.below(2) == 0;
    if (container_first) end_container();
    for (std::size_t place = 0; place < places; ++place) let_go(place);
    if (!container_first) end_container();
    for (const auto& weak : weak_) require(!weak.upgrade(), __LINE__);
    for (const Item& item : items_) {
      require(item.destroyed == 1 && item.cleaned == (item.was_taken ? 0 : 1), __LINE__);
      require(item.notified == item.cleaned && item.created == 1, __LINE__);
    }
    require(budget_.usage(Dimension::resources) == 0, __LINE__);
    return failed_;
  }

 private:
  /// A resource. Some clean-ups fail, some first remove another resource.
  class Value {
   public:
    Value(SharedModel& model, std::size_t number) noexcept : model_(&model), number_(number) {}
    Value(Value&& other) noexcept : model_(std::exchange(other.model_, nullptr)), number_(other.number_) {}
    Value& operator=(Value&&) = delete;
    ~Value() {
      if (model_ != nullptr) ++model_->items_[number_].destroyed;
    }
    Result<void> cleanup() noexcept {
      ++model_->items_[number_].cleaned;
      if (number_ % 7 == 6) model_->remove(model_->items_[number_ / 2].key);
      if (number_ % 5 == 4) return fail(ErrorCode::cleanup_failed);
      return {};
    }
    std::size_t number() const noexcept { return number_; }

   private:
    SharedModel* model_;  // null when moved from
    std::size_t number_;
  };

  /// An observer that removes some resources when they are looked up.
  struct Watcher {
    SharedModel* model = nullptr;

    void on_create(Handle<Value>, const Value& value) { ++model->items_[value.number()].created; }
    void on_access(Handle<Value>, Value& value) {
      if (value.number() % 11 == 10) model->remove(model->items_[value.number()].key);
    }
    void on_cleanup(Handle<Value>, Value& value) {
      Item& item = model->items_[value.number()];
      model->require(item.cleaned == 0, __LINE__);
      ++item.notified;
    }
    void on_cleanup_failed(Handle<Value>, Value& value, const Error&) {
      model->require(value.number() % 5 == 4, __LINE__);
    }
  };

  using Container = typename Kind::template Container<Value, Concurrency, Watcher>;
  using Key = typename Kind::template Key<Value>;

  struct Item {
    Key key{};
    bool is_live = true;
    bool was_taken = false;
    int references = 0;  // in shared_ and guards_
    int created = 0;
    int notified = 0;
    int cleaned = 0;
    int destroyed = 0;
  };

  static constexpr std::uint32_t most_resources = 24;
  static constexpr std::size_t max_items = 128;
  static constexpr std::size_t places = 8;  // slots for references that are kept

  void require(bool condition, int line) noexcept {
    if (!condition && failed_ == 0) failed_ = line;
  }

  // The live resource with this key; null if there is none. Ids are reused, handles are not.
  Item* live(Key key) noexcept {
    for (Item& item : items_)
      if (item.is_live && item.key == key) return &item;
    return nullptr;
  }
  bool reads() const noexcept {
    for (const auto& guard : guards_)
      if (guard) return true;
    return false;
  }
  std::size_t number_of(const Item& item) const noexcept { return static_cast<std::size_t>(&item - items_.data()); }

  void compare() {
    std::uint32_t live = 0;
    std::uint32_t alive = 0;
    for (const Item& item : items_) {
      live += item.is_live ? 1 : 0;
      alive += item.destroyed == 0 ? 1 : 0;
      require(item.is_live || item.was_taken || item.cleaned == 1 || item.references != 0 || reads(), __LINE__);
      require(item.cleaned <= 1 && (item.cleaned == 0 || (!item.is_live && item.references == 0)), __LINE__);
    }
    require(container_->len() == live, __LINE__);
    require(container_->lingering() == alive - live, __LINE__);
    require(budget_.usage(Dimension::resources) == alive, __LINE__);
  }

  // --- what happens ---

  void step() {
    const std::uint32_t operation = choices_.below(16);
    if (operation <= 3 || items_.empty()) return add();
    const std::size_t from = choices_.below(2) == 0 ? 0 : items_.size() / 2;  // choose from the younger half more often
    const auto left = static_cast<std::uint32_t>(items_.size() - from);
    const Key key = items_[from + choices_.below(left)].key;
    const std::size_t place = choices_.below(places);
    switch (operation) {
      case 4: return insert();
      case 5: return remove(key);
      case 6: return take(key);
      case 7:
      case 8: return share(key, place);
      case 9: return read(key, place);
      case 10:
      case 11: return let_go(place);
      case 12: return weaken(key, place);
      case 13: return upgrade(place);
      case 14: return look_at_all();
      default:
        return choices_.below(16) == 0 ? clear()
                                       : require(container_->contains(key) == (live(key) != nullptr), __LINE__);
    }
  }

  void add() {
    Item& item = items_.emplace_back();
    item.is_live = false;  // not findable until its key is known
    if (const auto key = Kind::add(*container_, Value(*this, number_of(item)))) {
      for (const Item& other : items_) require(other.key != *key, __LINE__);
      item.key = *key;
      item.is_live = true;
      return;
    } else {
      check_rejected(key.error(), ErrorCode::over_budget);
    }
    items_.pop_back();
  }

  // Inserts under an id from elsewhere.
  void insert() {
    if constexpr (Kind::has_ids) {
      const std::uint32_t id = 1 + choices_.below(12);
      const IfLive if_live = choices_.below(2) == 0 ? IfLive::refuse : IfLive::replace;
      Item* const old = live(id);
      Item& item = items_.emplace_back();
      item.key = id;
      const bool is_in_use = old != nullptr && if_live == IfLive::refuse;
      const bool is_full = budget_.usage(Dimension::resources) == most_resources;
      // If the clean-up of the old resource runs, it already finds the new one.
      item.is_live = !is_in_use && !is_full;
      if (old != nullptr && item.is_live) old->is_live = false;
      if (const auto inserted = container_->insert(id, Value(*this, number_of(item)), if_live)) {
        return require(!is_in_use && !is_full, __LINE__);
      } else {
        check_rejected(inserted.error(), is_in_use ? ErrorCode::id_in_use : ErrorCode::over_budget);
        require(is_in_use || is_full, __LINE__);
      }
      items_.pop_back();
    }
  }

  // Checks that the insert of the youngest item failed with `code` and returned its value unchanged.
  void check_rejected(const Rejected<Value>& rejected, ErrorCode code) {
    const Item& item = items_.back();
    require(rejected.error.code == code && rejected.value.number() == number_of(item), __LINE__);
    require(item.created == 0 && item.cleaned == 0 && item.destroyed == 0, __LINE__);
  }

  void remove(Key key) {
    if (is_closing_) return;
    Item* const item = live(key);
    if (item != nullptr) item->is_live = false;
    const auto removed = container_->remove(key);
    if (is_clearing_) return;  // it is unknown which resources are already gone
    if (removed) return require(item != nullptr, __LINE__);
    require(removed.error().code == (item != nullptr ? ErrorCode::cleanup_failed : Kind::gone), __LINE__);
  }

  void take(Key key) {
    Item* const item = live(key);
    const bool may = item != nullptr && item->references == 0 && !(Concurrency::has_readers && reads());
    const auto taken = container_->take(key);
    require(taken.has_value() == may, __LINE__);
    if (!taken)
      return require(taken.error().code == (item != nullptr ? ErrorCode::resource_lent : Kind::gone), __LINE__);
    if (!may) return;
    require(taken->number() == number_of(*item), __LINE__);
    item->is_live = false;
    item->was_taken = true;
  }

  void share(Key key, std::size_t place) {
    let_go(place);
    auto shared = Kind::share(*container_, key);
    Item* const item = live(key);  // the observer may have removed it
    require(shared.has_value() == (item != nullptr), __LINE__);
    if (!shared || item == nullptr) return;
    require((*shared)->number() == number_of(*item), __LINE__);
    ++item->references;
    shared_[place] = *std::move(shared);
  }

  void read(Key key, std::size_t place) {
    let_go(place);
    auto guard = container_->read(key);
    Item* const item = live(key);
    require(guard.has_value() == (item != nullptr), __LINE__);
    if (!guard || item == nullptr) return;
    require((*guard)->number() == number_of(*item), __LINE__);
    ++item->references;
    guards_[place].emplace(*std::move(guard));
  }

  // Updates the counts first: giving back the last reference cleans up, and that may remove other resources.
  void let_go(std::size_t place) {
    if (shared_[place]) --items_[shared_[place]->number()].references;
    shared_[place].reset();
    if (guards_[place]) --items_[(*guards_[place])->number()].references;
    guards_[place].reset();
  }

  void weaken(Key key, std::size_t place) {
    Item* const item = live(key);
    auto weak = container_->create_weak(key);
    require(weak.has_value() == (item != nullptr), __LINE__);
    if (!weak || item == nullptr) return;
    weak_[place] = *std::move(weak);
    weakened_[place] = number_of(*item);
  }

  void upgrade(std::size_t place) {
    const std::size_t number = weakened_[place];
    const bool may = number < items_.size() && items_[number].is_live;
    const auto strong = weak_[place].upgrade();
    require(strong.has_value() == may && weak_[place].is_expired() == !may, __LINE__);
    if (strong) require((*strong)->number() == number, __LINE__);
  }

  void look_at_all() {
    std::uint32_t seen = 0;
    for (const auto entry : *container_) {
      require(items_[entry.value.number()].is_live, __LINE__);
      ++seen;
    }
    require(seen == container_->len(), __LINE__);
  }

  void clear() {
    is_clearing_ = true;
    container_->clear();
    is_clearing_ = false;
    for (Item& item : items_) item.is_live = false;
    require(container_->is_empty(), __LINE__);
  }

  void end_container() {
    is_closing_ = true;
    for (Item& item : items_) item.is_live = false;
    container_.reset();
  }

  Choices& choices_;
  int failed_ = 0;
  Budget budget_{ResourceLimits().set(Dimension::resources, most_resources)};
  std::vector<Item> items_;  // does not reallocate
  std::optional<Container> container_;
  bool is_clearing_ = false;
  bool is_closing_ = false;
  std::array<typename Container::Shared, places> shared_;
  std::array<std::optional<typename Container::ReadGuard>, places> guards_;
  std::array<typename Container::WeakHandle, places> weak_;
  std::array<std::size_t, places> weakened_{};
};

}  // namespace holdfast::resource::testing
