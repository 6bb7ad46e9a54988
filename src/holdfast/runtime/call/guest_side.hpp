// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One component instance's side of one call: its memory, realloc and handle table, according to the canonical options
// of the called function. Lives on the stack of the call. The destructor ends the lends of this side, and drops handles
// that were lifted but not taken over.
#pragma once

#include <cstdint>

#include "holdfast/abi/context.hpp"
#include "holdfast/core/inline_vector.hpp"
#include "holdfast/runtime/store/instance_state.hpp"
#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast::runtime {

class GuestSide final : public abi::Guest {
 public:
  /// `borrower` is the task to which lowered borrows belong. Null: borrows cannot be lowered.
  GuestSide(StoreState& store, InstanceState& instance, ResolvedOptions& options, Task* borrower);
  ~GuestSide();
  GuestSide(const GuestSide&) = delete;
  GuestSide& operator=(const GuestSide&) = delete;

  abi::Context& context() noexcept { return context_; }
  StoreState& store() noexcept { return store_; }
  InstanceState& instance() noexcept { return instance_; }
  RootInstance& root() noexcept { return *instance_.root; }
  ResourceTag tag(component::ResourceSlot slot) const noexcept { return instance_.root->resource_tags[slot.index()]; }

  Result<std::uint32_t> reallocate(std::uint32_t old_pointer, std::uint32_t old_size, std::uint32_t alignment,
                                   std::uint32_t new_size) override;
  Result<abi::HandleToken> lift_own(component::ResourceSlot slot, std::uint32_t index) override;
  Result<abi::HandleToken> lift_borrow(component::ResourceSlot slot, std::uint32_t index) override;
  Result<std::uint32_t> lower_own(component::ResourceSlot slot, abi::HandleToken token) override;
  Result<std::uint32_t> lower_borrow(component::ResourceSlot slot, abi::HandleToken token) override;

  // As above but by rep instead of by token, for host classes that are passed by reference.
  Result<std::uint32_t> lift_own_rep(component::ResourceSlot slot, std::uint32_t index);
  Result<std::uint32_t> lift_borrow_rep(component::ResourceSlot slot, std::uint32_t index);
  Result<std::uint32_t> lower_own_rep(component::ResourceSlot slot, std::uint32_t rep);

  /// Takes the token over from the call: from now on the caller of this function must drop it.
  void adopt(abi::HandleToken token);

  /// Ends the lends of this call (rule 18).
  void return_lends();

  /// Removes the handles that were lowered in this call and drops their resources. For a call that the host abandons
  /// before the guest runs.
  void undo_lowering();

 private:
  /// Charges the instance for a resource operation. Errors: call_failed; the reason was raised.
  Result<void> charge(component::ResourceSlot slot, resource::Operation operation);

  StoreState& store_;
  InstanceState& instance_;
  ResolvedOptions& options_;
  Task* borrower_;
  abi::Context context_;
  core::InlineVector<std::uint32_t, 4> lenders_;  // indices in the instance's handle table
  core::InlineVector<HeldId, 4> lent_;            // held handles that this side's instance borrowed
  core::InlineVector<HeldId, 4> in_flight_;       // lifted by this side and not adopted
  core::InlineVector<std::uint32_t, 4> lowered_;  // indices in the instance's handle table
};

/// Looks up the engine items that `options` names, unless that has been done.
void resolve(ResolvedOptions& options, RootInstance& root);

}  // namespace holdfast::runtime
