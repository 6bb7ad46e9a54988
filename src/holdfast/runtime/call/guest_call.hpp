// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One call of a function that a component implements, in the order of rules 12 to 18. Lives on the stack. Each step
// returns false when the call failed; the reason is in the store, and when the object goes, every instance that the
// call had entered stays closed (rule 26).
//
//   GuestCall call(store, function, caller);
//   call.enter() && (lower arguments through call.side() into call.values())
//     && call.run([&] { return (lift call.result()) && call.check_borrows() && (give the result away); })
//
// A synchronous lift returns its result from the core function. An async lift gives it to task.return while it runs,
// and who waits for it gets it then; it has to have done so when its core function, or its callback, exits: nothing
// goes on beside other calls. Source: CanonicalABI.md, "canon lift", "canon task.return".
#pragma once

#include <array>
#include <optional>

#include "holdfast/runtime/call/guest_side.hpp"
#include "holdfast/runtime/store/instance_state.hpp"
#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast::runtime {

class GuestCall {
 public:
  /// `caller` is null when the host calls. `caller_waits`: false where it would go on when the callee has to wait.
  GuestCall(StoreState& store, LiftedState& callee, InstanceState* caller, bool caller_waits = true) noexcept;
  ~GuestCall();
  GuestCall(const GuestCall&) = delete;
  GuestCall& operator=(const GuestCall&) = delete;

  bool enter();
  GuestSide& side() noexcept { return *side_; }
  const component::FunctionType& type() const noexcept { return *callee_.type; }
  /// Where the flat arguments go.
  std::span<engine::RawValue> values() noexcept { return values_; }
  /// Runs the callee, lets `receive()` take the result (false: the reason was raised), and leaves.
  template <class Receive>
  bool run(Receive receive) {
    if (callee_.options.options->is_async) [[unlikely]] {
      receiver_ = {&receive, [](void* self) { return (*static_cast<Receive*>(self))(); }};
      return run_async();
    }
    return run_core() && receive() && finish();
  }
  /// The flat result, while it is received.
  std::span<const engine::RawValue> result() const noexcept { return result_; }
  /// Rule 16; call it after the result was lifted.
  bool check_borrows();
  /// task.return with the arguments `values`.
  bool return_result(const component::TaskReturn& given, const ResolvedOptions& options,
                     std::span<const engine::RawValue> values);
  /// Leaves without having run: the host's arguments were not acceptable. What was lowered is taken back.
  void abandon();

  // What happens when the callee has to wait.
  bool is_resolved() const noexcept { return resolved_; }
  bool caller_waits() const noexcept { return caller_waits_; }
  bool is_from_host() const noexcept { return caller_ == nullptr; }

 private:
  struct Receiver {
    void* self = nullptr;
    bool (*receive)(void* self) = nullptr;
  };

  /// More calls are not allowed: nothing has happened, unless the limit traps.
  bool refuse(const Error& error);
  bool call_core(const engine::Function& function);
  bool run_core();
  /// post-return, then leaving.
  bool finish();
  bool run_async();
  bool run_callback();
  bool fits(const component::TaskReturn& given, const ResolvedOptions& options) const;
  void update_memory();
  void leave();

  StoreState& store_;
  LiftedState& callee_;
  InstanceState* caller_;
  Task task_;
  bool entered_ = false;
  bool caller_waits_;
  bool resolved_ = false;  // task.return was called
  Receiver receiver_;      // of an async function's result
  engine::RawValue flat_result_;
  std::span<const engine::RawValue> result_;
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
