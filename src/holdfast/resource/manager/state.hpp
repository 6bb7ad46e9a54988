// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The states of a managed resource, and the transitions between them:
//
//   Allocated -> Ready -> Active{owner} -> Ready
//                Ready -> Locked{holder} -> Ready
//   Allocated | Ready -> PendingCleanup -> Deallocated
//   PendingCleanup -> PendingCleanup (failed, will be retried) -> Dead (retries used up)
//   Active | Locked -> PendingCleanup by force only (the owner or holder died)
//
// Every other transition is refused with wrong_state, and the error's text names both states. `StateMachine` is the
// state of one resource. Plain bytes, not thread-safe, allocates nothing. Freestanding.
//
//   StateMachine state;                              // Allocated
//   HOLDFAST_TRY(state.make_ready());
//   HOLDFAST_TRY(state.activate(OwnerId(7)));        // Active{7}
//   HOLDFAST_TRY(state.lock(OwnerId(8)));            // refused: Active cannot become Locked
#pragma once

#include <cstdint>

#include "holdfast/core/assert.hpp"
#include "holdfast/core/id.hpp"
#include "holdfast/core/result.hpp"

namespace holdfast::resource {

using holdfast::ResourceState;

/// Identifies the user of an active resource (its owner) or of a locked one (its holder). The program decides what an
/// owner is: a component instance, a task, a thread.
using OwnerId = Id<struct ResourceOwnerTag>;

/// Whether the diagram above has this transition; `forced` includes its last line.
constexpr bool can_become(ResourceState from, ResourceState to, bool forced = false) noexcept {
  using enum ResourceState;
  switch (from) {
    case allocated: return to == ready || to == pending_cleanup;
    case ready: return to == active || to == locked || to == pending_cleanup;
    case active:
    case locked: return to == ready || (forced && to == pending_cleanup);
    case pending_cleanup: return to == pending_cleanup || to == deallocated || to == dead;
    case deallocated:
    case dead: return false;
  }
  return false;
}

class StateMachine {
 public:
  constexpr ResourceState state() const noexcept { return state_; }
  /// The owner while Active, the holder while Locked, otherwise none.
  constexpr OwnerId owner() const noexcept { return owner_; }

  // Errors of all below: wrong_state; then nothing changed.

  /// Allocated -> Ready.
  Result<void> make_ready() noexcept {
    if (state_ != ResourceState::allocated) return refuse(ResourceState::ready);
    return become(ResourceState::ready);
  }

  /// Ready -> Active{owner}. Contract: `owner` is valid.
  Result<void> activate(OwnerId owner) noexcept { return hold(ResourceState::active, owner); }
  /// Active{owner} -> Ready. Errors: held_by_another if it has another owner.
  Result<void> deactivate(OwnerId owner) noexcept { return let_go(ResourceState::active, owner); }

  /// Ready -> Locked{holder}. Contract: `holder` is valid.
  Result<void> lock(OwnerId holder) noexcept { return hold(ResourceState::locked, holder); }
  /// Locked{holder} -> Ready. Errors: held_by_another if it has another holder.
  Result<void> unlock(OwnerId holder) noexcept { return let_go(ResourceState::locked, holder); }

  /// Allocated | Ready -> PendingCleanup.
  Result<void> begin_cleanup() noexcept {
    if (state_ == ResourceState::pending_cleanup) return refuse(ResourceState::pending_cleanup);
    return become(ResourceState::pending_cleanup);
  }
  /// As begin_cleanup, but also from Active and Locked, when the owner or holder has died.
  Result<void> force_cleanup() noexcept {
    if (state_ == ResourceState::pending_cleanup) return refuse(ResourceState::pending_cleanup);
    return become(ResourceState::pending_cleanup, true);
  }
  /// PendingCleanup -> Deallocated.
  Result<void> finish_cleanup() noexcept { return become(ResourceState::deallocated); }
  /// PendingCleanup -> PendingCleanup: the clean-up failed and will be retried.
  Result<void> retry_cleanup() noexcept {
    if (state_ != ResourceState::pending_cleanup) return refuse(ResourceState::pending_cleanup);
    return become(ResourceState::pending_cleanup);
  }
  /// PendingCleanup -> Dead: the clean-up failed for the last time.
  Result<void> give_up() noexcept { return become(ResourceState::dead); }

 private:
  Result<void> refuse(ResourceState to) const noexcept { return fail(ErrorCode::wrong_state, state_pair(state_, to)); }

  Result<void> become(ResourceState to, bool forced = false) noexcept {
    if (!can_become(state_, to, forced)) return refuse(to);
    state_ = to;
    owner_ = {};
    return {};
  }

  Result<void> hold(ResourceState as, OwnerId owner) noexcept {
    HOLDFAST_ASSERT(owner.is_valid(), "the owner or holder is a valid id");
    HOLDFAST_TRY(become(as));
    owner_ = owner;
    return {};
  }

  Result<void> let_go(ResourceState from, OwnerId owner) noexcept {
    if (state_ != from) return refuse(ResourceState::ready);
    if (owner_ != owner) return fail(ErrorCode::held_by_another, owner_.index());
    return become(ResourceState::ready);
  }

  ResourceState state_ = ResourceState::allocated;
  OwnerId owner_;
};

}  // namespace holdfast::resource
