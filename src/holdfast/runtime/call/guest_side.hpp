// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One component instance's end of one call: its memory, its realloc, its handle table, seen through the canonical
// options of the function that is called. Lives on the stack of the call. When it goes, what it lent is given back
// and what it lifted and nobody took is dropped.
#pragma once

#include <cstdint>

#include "holdfast/abi/context.hpp"
#include "holdfast/core/inline_vector.hpp"
#include "holdfast/runtime/store/instance_state.hpp"
#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast::runtime {

class GuestSide final : public abi::Guest {
 public:
  /// `borrower`: the task that lowered borrows belong to; null where borrows cannot be lowered.
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

  // The same without a token, for host classes that are reached by reference.
  Result<std::uint32_t> lift_own_rep(component::ResourceSlot slot, std::uint32_t index);
  Result<std::uint32_t> lift_borrow_rep(component::ResourceSlot slot, std::uint32_t index);
  Result<std::uint32_t> lower_own_rep(component::ResourceSlot slot, std::uint32_t rep);

  /// The token leaves the call: whoever called this drops it.
  void adopt(abi::HandleToken token);

  /// Rule 18.
  void return_lends();

  /// Takes back the handles that were lowered in this call, and drops their resources; for a call that the host
  /// gave up before the guest ran.
  void undo_lowering();

 private:
  /// Counts a resource operation of the instance. Errors: call_failed, the reason was raised.
  Result<void> charge(component::ResourceSlot slot, resource::Operation operation);

  StoreState& store_;
  InstanceState& instance_;
  ResolvedOptions& options_;
  Task* borrower_;
  abi::Context context_;
  core::InlineVector<std::uint32_t, 4> lenders_;  // indices in the instance's handle table
  core::InlineVector<HeldId, 4> lent_;            // held handles that this side's instance borrowed
  core::InlineVector<HeldId, 4> in_flight_;       // lifted here and not adopted
  core::InlineVector<std::uint32_t, 4> lowered_;  // indices in the instance's handle table
};

/// Looks up the engine items that `options` names, once.
void resolve(ResolvedOptions& options, RootInstance& root);

/// The engine's function, memory, … that `item` names. Contract: its instance exists.
engine::Extern resolve(const component::CoreItem& item, RootInstance& root);

}  // namespace holdfast::runtime
