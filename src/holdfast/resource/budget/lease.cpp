// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/resource/budget/lease.hpp"

namespace holdfast::resource {
namespace {

class Locked {
 public:
  explicit Locked(std::atomic<bool>& lock) noexcept : lock_(lock) {
    while (lock_.exchange(true, std::memory_order_acquire)) {
    }
  }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;
  ~Locked() { lock_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool>& lock_;
};

}  // namespace

LeaseHolder::LeaseHolder(Budget& budget) noexcept : budget_(budget), root_(budget.root()) { budget_.holder_ = this; }

void LeaseHolder::enlist() noexcept {
  const Locked locked(root_.holders_lock_);
  next_ = root_.holders_;
  root_.holders_ = this;
  is_known_ = true;
}

LeaseHolder::~LeaseHolder() { HOLDFAST_ASSERT(!is_known_, "a lease holder resigns before it is destroyed"); }

void LeaseHolder::resign() noexcept {
  const Locked locked(root_.holders_lock_);
  LeaseHolder** link = &root_.holders_;
  while (*link != this) link = &(*link)->next_;
  *link = next_;
  is_known_ = false;
  budget_.holder_ = nullptr;
}

bool LeaseHolder::recall(Budget& root, Dimension dimension, LeaseHolder* own) noexcept {
  const Locked locked(root.holders_lock_);
  bool has_returned = false;
  for (LeaseHolder* holder = root.holders_; holder != nullptr; holder = holder->next_) {
    if (holder == own) {
      holder->return_idle(dimension);
    } else if (holder->gate_.try_enter()) {
      holder->return_idle(dimension);
      holder->gate_.leave();
    } else {
      continue;
    }
    has_returned = true;
  }
  return has_returned;
}

Result<void> Lease::refill(Amount amount) noexcept {
  const Amount missing = amount - left_;
  for (const Amount refilled : {block_, missing}) {
    if (refilled < missing || !budget_.take_within(dimension_, refilled)) continue;
    left_ = left_ + refilled - amount;
    return {};
  }
  // Give up what is left here first: a recall would take it too.
  return_idle();
  return budget_.try_take(dimension_, amount);
}

}  // namespace holdfast::resource
