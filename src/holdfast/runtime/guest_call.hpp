// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One call of a function that a component implements, in the order of rules 12 to 18. Lives on the stack. Each step
// returns false when the call failed; the reason is in the store, and when the object goes, every instance that the
// call had entered stays closed (rule 26).
//
//   GuestCall call(store, function, caller);
//   call.enter() && (lower arguments through call.side() into call.values()) && call.run()
//     && (lift the result from call.values()) && call.check_borrows() && (give the result away) && call.finish()
#pragma once

#include <array>
#include <optional>

#include "holdfast/runtime/guest_side.hpp"
#include "holdfast/runtime/instance_state.hpp"
#include "holdfast/runtime/store_state.hpp"

namespace holdfast::runtime {

class GuestCall {
 public:
  /// `caller` is null when the host calls.
  GuestCall(StoreState& store, LiftedState& callee, InstanceState* caller) noexcept;
  ~GuestCall();
  GuestCall(const GuestCall&) = delete;
  GuestCall& operator=(const GuestCall&) = delete;

  bool enter();
  GuestSide& side() noexcept { return *side_; }
  const component::FunctionType& type() const noexcept { return *callee_.type; }
  /// The flat arguments; after `run` the flat result.
  std::span<engine::RawValue> values() noexcept { return values_; }
  bool run();
  /// Rule 16; call it after the result was lifted.
  bool check_borrows();
  /// post-return, then leaving.
  bool finish();
  /// Leaves without having run: the host's arguments were not acceptable. What was lowered is taken back.
  void abandon();

 private:
  /// More calls are not allowed: nothing has happened, unless the limit traps.
  bool refuse(const Error& error);
  void leave();

  StoreState& store_;
  LiftedState& callee_;
  InstanceState* caller_;
  Task task_;
  bool entered_ = false;
  engine::RawValue flat_result_;
  std::optional<GuestSide> side_;
  std::array<engine::RawValue, component::max_flat> values_;
};

/// Enters and leaves instances around code of `instance` that is not a lifted function: core start functions and
/// destructors. The same rules as for a GuestCall.
class Activation {
 public:
  Activation(StoreState& store, InstanceState& instance, InstanceState* caller, const std::string& function) noexcept;
  ~Activation();
  Activation(const Activation&) = delete;
  Activation& operator=(const Activation&) = delete;

  bool enter();
  void leave();

 private:
  StoreState& store_;
  InstanceState& instance_;
  InstanceState* caller_;
  Task task_;
  bool entered_ = false;
};

}  // namespace holdfast::runtime
