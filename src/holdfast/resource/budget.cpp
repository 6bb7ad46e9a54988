// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/resource/budget.hpp"

#include <utility>

#include "holdfast/core/assert.hpp"

namespace holdfast::resource {

std::string_view name_of(Dimension dimension) noexcept {
  switch (dimension) {
    case Dimension::handles: return "handles";
    case Dimension::resources: return "resources";
    case Dimension::instances: return "instances";
    case Dimension::core_instances: return "core instances";
    case Dimension::memories: return "memories";
    case Dimension::memory_bytes: return "bytes of linear memory";
    case Dimension::tables: return "tables";
    case Dimension::table_elements: return "table elements";
    case Dimension::host_bytes: return "bytes of host memory";
    case Dimension::call_depth: return "nested calls";
  }
  return "unknown";
}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this == &other) return *this;
  release();
  budget_ = std::exchange(other.budget_, nullptr);
  amount_ = std::exchange(other.amount_, 0);
  dimension_ = other.dimension_;
  return *this;
}

Result<void> Reservation::grow(Amount more) noexcept {
  if (budget_ == nullptr) return fail(ErrorCode::wrong_state);
  HOLDFAST_TRY(budget_->try_take(dimension_, more));
  amount_ += more;  // cannot wrap: all of it is in the node's usage, which did not
  return {};
}

void Reservation::release() noexcept {
  if (Budget* budget = std::exchange(budget_, nullptr)) budget->give_back(dimension_, std::exchange(amount_, 0));
}

bool Budget::Account::has_room(Amount amount, Amount used_now) const noexcept {
  const Amount most = limit.load(std::memory_order_relaxed);
  return used_now <= most && amount <= most - used_now;
}

bool Budget::Account::take(Amount amount) noexcept {
  Amount now = used.load(std::memory_order_relaxed);
  do {
    if (!has_room(amount, now)) return false;
  } while (!used.compare_exchange_weak(now, now + amount, std::memory_order_relaxed));
  return true;
}

void Budget::Account::give_back(Amount amount) noexcept {
  const Amount before = used.fetch_sub(amount, std::memory_order_relaxed);
  HOLDFAST_ASSERT(amount <= before, "no more is given back than was taken");
}

void Budget::Account::raise_peak() noexcept {
  const Amount now = used.load(std::memory_order_relaxed);
  Amount highest = peak.load(std::memory_order_relaxed);
  while (now > highest && !peak.compare_exchange_weak(highest, now, std::memory_order_relaxed)) {
  }
}

Budget::Budget(Budget* parent, const ResourceLimits& limits) noexcept : parent_(parent) {
  for (std::size_t i = 0; i < dimension_count; ++i)
    set_limit(static_cast<Dimension>(i), limits.get(static_cast<Dimension>(i)));
  if (parent_ != nullptr) parent_->children_.fetch_add(1, std::memory_order_relaxed);
}

Budget::~Budget() {
  HOLDFAST_ASSERT(children_.load(std::memory_order_relaxed) == 0, "a budget outlives its children");
  if (parent_ == nullptr) return;
  for (std::size_t i = 0; i < dimension_count; ++i)
    if (const Amount left = usage(static_cast<Dimension>(i)); left != 0)
      parent_->give_back(static_cast<Dimension>(i), left);
  parent_->children_.fetch_sub(1, std::memory_order_relaxed);
}

Result<void> Budget::try_take(Dimension dimension, Amount amount) noexcept {
  for (Budget* node = this; node != nullptr; node = node->parent_) {
    if (node->account(dimension).take(amount)) [[likely]]
      continue;
    for (Budget* taken = this; taken != node; taken = taken->parent_) taken->account(dimension).give_back(amount);
    return fail(ErrorCode::over_budget, node->limit(dimension));
  }
  for (Budget* node = this; node != nullptr; node = node->parent_) node->account(dimension).raise_peak();
  return {};
}

Result<Reservation> Budget::reserve(Dimension dimension, Amount amount) noexcept {
  HOLDFAST_TRY(try_take(dimension, amount));
  return Reservation(*this, dimension, amount);
}

void Budget::give_back(Dimension dimension, Amount amount) noexcept {
  for (Budget* node = this; node != nullptr; node = node->parent_) node->account(dimension).give_back(amount);
}

Result<void> Budget::check_allocation_allowed(Dimension dimension, Amount amount) const noexcept {
  for (const Budget* node = this; node != nullptr; node = node->parent_)
    if (!node->account(dimension).has_room(amount, node->usage(dimension)))
      return fail(ErrorCode::over_budget, node->limit(dimension));
  return {};
}

}  // namespace holdfast::resource
