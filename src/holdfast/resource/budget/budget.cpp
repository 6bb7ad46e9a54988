// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/resource/budget/budget.hpp"

#include <utility>

#include "holdfast/core/assert.hpp"
#include "holdfast/resource/budget/lease.hpp"

namespace holdfast::resource {

std::string_view name_of(Dimension dimension) noexcept {
  switch (dimension) {
#define HOLDFAST_DIMENSION(name, exhaustion, text) \
  case Dimension::name: return text;
#include "holdfast/resource/budget/dimensions.def"
#undef HOLDFAST_DIMENSION
  }
  return "unknown";
}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this == &other) return *this;
  release();
  limiter_ = std::exchange(other.limiter_, nullptr);
  amount_ = std::exchange(other.amount_, 0);
  dimension_ = other.dimension_;
  return *this;
}

Result<void> Reservation::grow(Amount more) noexcept {
  if (limiter_ == nullptr) return fail(ErrorCode::wrong_state);
  HOLDFAST_TRY(limiter_->try_take(dimension_, more));
  amount_ += more;  // cannot wrap: the limiter's usage includes all of it, and did not wrap
  return {};
}

void Reservation::release() noexcept {
  if (ResourceLimiter* limiter = std::exchange(limiter_, nullptr))
    limiter->give_back(dimension_, std::exchange(amount_, 0));
}

Budget::Budget(Budget* parent, const ResourceLimits& limits) noexcept : parent_(parent) {
  for (std::size_t i = 0; i < dimension_count; ++i) {
    const auto dimension = static_cast<Dimension>(i);
    set_limit(dimension, limits.limit(dimension));
    set_exhaustion(dimension, limits.exhaustion(dimension));
  }
  if (parent_ != nullptr) parent_->children_.fetch_add(1, std::memory_order_relaxed);
}

Budget::~Budget() {
  HOLDFAST_ASSERT(children_.load(std::memory_order_relaxed) == 0, "a budget outlives its children");
  HOLDFAST_ASSERT(holders_ == nullptr, "a budget outlives its lease holders");
  if (parent_ == nullptr) return;
  for (std::size_t i = 0; i < dimension_count; ++i)
    if (const Amount left = usage(static_cast<Dimension>(i)); left != 0)
      parent_->give_back(static_cast<Dimension>(i), left);
  parent_->children_.fetch_sub(1, std::memory_order_relaxed);
}

void Budget::set_limit(Dimension dimension, const Limit& limit) noexcept {
  BasicAccount<>& changed = account(dimension);
  changed.lowest.store(limit.lowest, std::memory_order_relaxed);
  changed.highest.store(limit.highest, std::memory_order_relaxed);
  changed.kind.store(limit.kind, std::memory_order_relaxed);
  changed.limit.store(limit.amount, std::memory_order_relaxed);
}

// --- taking ---

Result<void> Budget::try_take(Dimension dimension, Amount amount) noexcept {
  Budget* refused = take_in_tree(*this, dimension, amount, Stretch::yes);
  if (refused != nullptr) [[unlikely]]
    HOLDFAST_TRY(take_when_refused(refused, dimension, amount));
  report_soft_limits(dimension, amount);
  return {};
}

[[gnu::cold]] Result<void> Budget::take_when_refused(Budget* refused, Dimension dimension, Amount amount) noexcept {
  if (LeaseHolder::recall(root(), dimension, nearest_holder())) {
    refused = take_in_tree(*this, dimension, amount, Stretch::yes);
    if (refused == nullptr) return {};
  }
  if (refused->asks_to_retry(dimension, amount)) {
    refused = take_in_tree(*this, dimension, amount, Stretch::yes);
    if (refused == nullptr) return {};
  }
  switch (refused->account(dimension).exhaustion.load(std::memory_order_relaxed)) {
    case Exhaustion::trap: return fail(ErrorCode::limit_traps, refused->limit(dimension));
    case Exhaustion::terminate: return fail(ErrorCode::limit_terminates, refused->limit(dimension));
    default: return fail(ErrorCode::over_budget, refused->limit(dimension));
  }
}

bool Budget::asks_to_retry(Dimension dimension, Amount amount) noexcept {
  const Exhaustion exhaustion = account(dimension).exhaustion.load(std::memory_order_relaxed);
  if (exhaustion != Exhaustion::reclaim_stale && exhaustion != Exhaustion::ask) return false;
  ExhaustionHandler* handler = nearest_handler();
  if (handler == nullptr) return false;
  return exhaustion == Exhaustion::ask ? handler->ask(*this, dimension, amount)
                                       : handler->reclaim_stale(*this, dimension, amount);
}

void Budget::report_soft_limits(Dimension dimension, Amount taken) noexcept {
  for (Budget* node = this; node != nullptr; node = node->parent_) {
    BasicAccount<>& account = node->account(dimension);
    const Amount limit = account.limit.load(std::memory_order_relaxed);
    const Amount used = account.used.load(std::memory_order_relaxed);
    if (used <= limit) [[likely]]
      continue;
    if (account.kind.load(std::memory_order_relaxed) != LimitKind::soft || used - limit > taken) continue;
    if (ExhaustionHandler* handler = node->nearest_handler()) handler->on_soft_limit(*node, dimension, used);
  }
}

ExhaustionHandler* Budget::nearest_handler() const noexcept {
  for (const Budget* node = this; node != nullptr; node = node->parent_)
    if (ExhaustionHandler* handler = node->handler_.load(std::memory_order_acquire)) return handler;
  return nullptr;
}

LeaseHolder* Budget::nearest_holder() const noexcept {
  for (const Budget* node = this; node != nullptr; node = node->parent_)
    if (node->holder_ != nullptr) return node->holder_;
  return nullptr;
}

Budget& Budget::root() noexcept {
  Budget* node = this;
  while (node->parent_ != nullptr) node = node->parent_;
  return *node;
}

void Budget::give_back(Dimension dimension, Amount amount) noexcept { give_back_in_tree(*this, dimension, amount); }

Result<void> Budget::check_allocation_allowed(Dimension dimension, Amount amount) const noexcept {
  for (const Budget* node = this; node != nullptr; node = node->parent_) {
    const BasicAccount<>& account = node->account(dimension);
    const BasicAccount<>* above = node->parent_ == nullptr ? nullptr : &node->parent_->account(dimension);
    if (!BasicAccount<>::fits(amount, node->usage(dimension), account.ceiling(above, amount)))
      return fail(ErrorCode::over_budget, node->limit(dimension));
  }
  return {};
}

// --- periods ---

void Budget::restart(Dimension dimension) noexcept {
  const Amount used = account(dimension).used.exchange(0, std::memory_order_relaxed);
  if (parent_ != nullptr) parent_->give_back(dimension, used);
}

void Budget::adapt() noexcept {
  for (BasicAccount<>& account : accounts_) account.adapt();
}

}  // namespace holdfast::resource
