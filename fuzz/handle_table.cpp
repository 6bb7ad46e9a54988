// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fuzzes handle tables: compares them under random operations with a slow, simple model that follows the text of the
// rules.
#include "holdfast/handles/handle_table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "operations.hpp"

namespace {

using namespace holdfast;
using namespace holdfast::handles;
using fuzz::require;

constexpr std::uint32_t type_count = 3;
constexpr std::uint32_t handle_limit = 40;
constexpr std::size_t max_scopes = 8;

struct ModelHandle {
  HandleKind kind;
  std::uint32_t type;
  std::uint32_t rep;
  std::size_t scope;  // of a borrow: position in `scopes_`
  std::uint32_t lends = 0;
};

struct ModelScope {
  ScopeId id;
  std::uint32_t borrows = 0;
};

class Model {
 public:
  explicit Model(std::span<const std::uint8_t> bytes) : operations_(bytes), slots_(1) {}

  void run() {
    while (!operations_.at_end()) {
      step();
      require(table_.live() == live() && table_.peak() >= live() && table_.limit() == limit_);
    }
    check_everything();
  }

 private:
  void step() {
    switch (operations_.below(12)) {
      case 0:
      case 1: return add_own();
      case 2: return add_borrow();
      case 3: return add_other();
      case 4: return lift_own();
      case 5: return lift_borrow();
      case 6: return return_lend();
      case 7: return drop();
      case 8: return look();
      case 9: return remove();
      case 10: return open_or_close_scope();
      default: limit_ = operations_.below(handle_limit); return table_.set_limit(limit_);
    }
  }

  std::uint32_t live() const {
    return static_cast<std::uint32_t>(std::ranges::count_if(slots_, [](const auto& slot) { return slot.has_value(); }));
  }

  // Usually an index that was issued, sometimes one that never was.
  std::uint32_t any_index() { return operations_.below(static_cast<std::uint32_t>(slots_.size()) + 2); }
  std::optional<ModelHandle>& at(std::uint32_t index) {
    static std::optional<ModelHandle> nothing;
    nothing.reset();
    return index < slots_.size() ? slots_[index] : nothing;
  }
  std::uint32_t any_type() { return operations_.below(type_count); }

  // Checks the result of adding `handle`. Rule 2: a new handle takes the index that was freed last, or else the next
  // one.
  void added(const Result<std::uint32_t>& index, const ModelHandle& handle) {
    if (live() >= limit_) return require(!index && index.error().code == ErrorCode::handle_limit);
    require(index.has_value());
    if (free_.empty()) {
      require(*index == slots_.size());
      slots_.emplace_back(handle);
      return;
    }
    require(*index == free_.back());
    free_.pop_back();
    slots_[*index] = handle;
  }

  void add_own() {
    const std::uint32_t type = any_type();
    const std::uint32_t rep = operations_.byte();
    added(table_.add_own(TypeTag(type), rep), {HandleKind::own, type, rep, 0});
  }

  void add_borrow() {
    if (scopes_.empty()) return;
    const std::size_t scope = operations_.below(static_cast<std::uint32_t>(scopes_.size()));
    const std::uint32_t type = any_type();
    const std::uint32_t rep = operations_.byte();
    const bool fits = live() < limit_;
    added(table_.add_borrow(TypeTag(type), rep, scopes_[scope].id), {HandleKind::borrow, type, rep, scope});
    if (fits) ++scopes_[scope].borrows;
    require(borrow_scopes_.num_borrows(scopes_[scope].id) == scopes_[scope].borrows);
  }

  void add_other() {
    const std::uint32_t payload = operations_.byte();
    added(table_.add_other(HandleKind::waitable, payload), {HandleKind::waitable, 0, payload, 0});
  }

  // Rule 6 and others: the error of using `handle` as a resource of `type`, or none.
  static ErrorCode wrong_use(const std::optional<ModelHandle>& handle, std::uint32_t type) {
    if (!handle) return ErrorCode::unknown_handle;
    if (handle->kind != HandleKind::own && handle->kind != HandleKind::borrow) return ErrorCode::handle_not_resource;
    return handle->type == type ? ErrorCode::none : ErrorCode::handle_wrong_type;
  }

  template <class T>
  static bool agrees(const Result<T>& result, ErrorCode expected) {
    return result ? expected == ErrorCode::none : result.error().code == expected;
  }

  void free(std::uint32_t index) {
    slots_[index].reset();
    free_.push_back(index);
  }

  void lift_own() {
    const std::uint32_t index = any_index();
    const std::uint32_t type = any_type();
    auto& handle = at(index);
    ErrorCode expected = wrong_use(handle, type);
    if (expected == ErrorCode::none && handle->lends != 0) expected = ErrorCode::handle_lent;
    if (expected == ErrorCode::none && handle->kind != HandleKind::own) expected = ErrorCode::handle_not_own;
    const auto rep = table_.lift_own(TypeTag(type), index);
    require(agrees(rep, expected));
    if (!rep) return;
    require(*rep == handle->rep);
    free(index);
  }

  void lift_borrow() {
    const std::uint32_t index = any_index();
    const std::uint32_t type = any_type();
    auto& handle = at(index);
    const auto rep = table_.lift_borrow(TypeTag(type), index);
    require(agrees(rep, wrong_use(handle, type)));
    if (!rep) return;
    require(*rep == handle->rep);
    ++handle->lends;
  }

  void return_lend() {
    const std::uint32_t index = any_index();
    auto& handle = at(index);
    if (!handle || handle->lends == 0) return;
    table_.return_lend(index);
    --handle->lends;
  }

  void drop() {
    const std::uint32_t index = any_index();
    const std::uint32_t type = any_type();
    auto& handle = at(index);
    ErrorCode expected = wrong_use(handle, type);
    if (expected == ErrorCode::none && handle->lends != 0) expected = ErrorCode::handle_lent;
    const auto dropped = table_.drop(TypeTag(type), index);
    require(agrees(dropped, expected));
    if (!dropped) return;
    require(dropped->rep == handle->rep && dropped->is_own == (handle->kind == HandleKind::own));
    if (handle->kind == HandleKind::borrow) --scopes_[handle->scope].borrows;
    free(index);
  }

  void look() {
    const std::uint32_t index = any_index();
    const std::uint32_t type = any_type();
    const auto& handle = at(index);
    const auto rep = table_.rep(TypeTag(type), index);
    require(agrees(rep, wrong_use(handle, type)));
    require(!rep || *rep == handle->rep);
    check(index);
  }

  // Removes only handles that are not resources: lent and borrowed handles are not removed like this.
  void remove() {
    const std::uint32_t index = any_index();
    const auto& handle = at(index);
    if (handle && handle->kind != HandleKind::waitable) return;
    const auto removed = table_.remove(index);
    require(removed.has_value() == handle.has_value());
    if (removed) free(index);
  }

  void open_or_close_scope() {
    if (operations_.below(2) == 0 && scopes_.size() < max_scopes) {
      const auto id = borrow_scopes_.open();
      require(id.has_value());
      scopes_.push_back({*id});
    } else if (!scopes_.empty() && scopes_.back().borrows == 0) {
      require(borrow_scopes_.check_returned(scopes_.back().id).has_value());
      borrow_scopes_.close(scopes_.back().id);
      scopes_.pop_back();
    } else if (!scopes_.empty()) {
      require(!borrow_scopes_.check_returned(scopes_.back().id));
    }
    require(borrow_scopes_.size() == scopes_.size());
  }

  void check(std::uint32_t index) {
    const auto& handle = at(index);
    const auto entry = table_.get(index);
    require(entry.has_value() == handle.has_value());
    if (!entry) return require(entry.error().code == ErrorCode::unknown_handle);
    require(entry->kind() == handle->kind && entry->rep == handle->rep && entry->lends() == handle->lends);
    if (handle->kind == HandleKind::borrow) require(entry->scope() == scopes_[handle->scope].id);
  }

  void check_everything() {
    for (std::uint32_t index = 0; index < slots_.size() + 2; ++index) check(index);
    std::uint32_t visited = 0;
    table_.for_each_live([&](std::uint32_t index, const HandleEntry&) {
      require(at(index).has_value());
      ++visited;
    });
    require(visited == live());
  }

  fuzz::Operations operations_;
  HeapTableStorage storage_{handle_limit};
  HeapBorrowScopes borrow_scopes_;
  HandleTable table_{storage_, borrow_scopes_};

  std::vector<std::optional<ModelHandle>> slots_;  // slot 0 is never used (rule 1)
  std::vector<std::uint32_t> free_;
  std::vector<ModelScope> scopes_;
  std::uint32_t limit_ = handle_limit;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Model(std::span(data, size)).run();
  return 0;
}
