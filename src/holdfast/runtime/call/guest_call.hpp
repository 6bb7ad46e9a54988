// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One call of a function that a component implements, in the order of rules 12 to 18. Lives on the stack. Each step
// returns false when the call fails; the store has the reason. The destructor of a failed call then closes every
// instance that the call entered, for good (rule 26).
//
//   GuestCall call(store, function, caller);
//   call.enter() && (lower arguments through call.side() into call.values())
//     && call.run([&] { return (lift call.result()) && call.check_borrows() && (deliver the result); })
//
// A synchronous lift returns its result from the core function. An async lift passes its result to task.return while it
// runs, and the caller receives it at that point. It must have called task.return by the time its core function or its
// callback exits, because tasks do not run in the background.
// Source: CanonicalABI.md, "canon lift", "canon task.return".
#pragma once

#include <array>
#include <optional>

#include "holdfast/runtime/call/guest_side.hpp"
#include "holdfast/runtime/store/instance_state.hpp"
#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast::component {
struct TaskReturn;
}

namespace holdfast::runtime {

class GuestCall {
 public:
  /// `caller` is null when the host calls. `caller_waits` is false if the caller would continue while the callee waits.
  GuestCall(StoreState& store, LiftedState& callee, InstanceState* caller, bool caller_waits = true) noexcept;
  ~GuestCall();
  GuestCall(const GuestCall&) = delete;
  GuestCall& operator=(const GuestCall&) = delete;

  bool enter();
  GuestSide& side() noexcept { return *side_; }
  const component::FunctionType& type() const noexcept { return *callee_.type; }
  /// Put the flat arguments here before `run`.
  std::span<engine::RawValue> values() noexcept { return values_; }
  /// Runs the callee, calls `receive()` to take the result, and leaves. `receive()` returns false after it has raised
  /// an error.
  template <class Receive>
  bool run(Receive receive) {
    if (callee_.is_async) [[unlikely]] {
      receiver_ = {&receive, [](void* self) { return (*static_cast<Receive*>(self))(); }};
      return run_async();
    }
    return run_core() && receive() && finish();
  }
  /// The flat result; valid during `receive()`.
  std::span<const engine::RawValue> result() const noexcept { return result_; }
  /// Checks that the callee has dropped its borrows (rule 16). Call it after the result was lifted.
  bool check_borrows();
  /// Handles a call of task.return with the arguments `values`.
  bool return_result(const component::TaskReturn& task_return, const ResolvedOptions& options,
                     std::span<const engine::RawValue> values);
  /// Leaves without running the callee, because the host's arguments were refused. Removes the handles that were
  /// lowered.
  void abandon();

  // State that decides what happens when the callee has to wait.
  bool is_resolved() const noexcept { return resolved_; }
  bool caller_waits() const noexcept { return caller_waits_; }
  bool is_from_host() const noexcept { return caller_ == nullptr; }

 private:
  struct Receiver {
    void* self = nullptr;
    bool (*receive)(void* self) = nullptr;
  };

  /// Refuses the call because a limit on calls was reached. Nothing has happened, unless the limit traps.
  bool refuse(const Error& error);
  bool call_core(const engine::Function& function);
  bool run_core();
  /// Calls post-return, then leaves.
  bool finish();
  bool run_async();
  bool run_callback();
  bool matches(const component::TaskReturn& task_return, const ResolvedOptions& options) const;
  void update_memory();
  void leave();

  StoreState& store_;
  LiftedState& callee_;
  InstanceState* caller_;
  Task task_;
  bool entered_ = false;
  bool caller_waits_;
  bool resolved_ = false;  // task.return was called
  Receiver receiver_;      // takes an async function's result
  engine::RawValue flat_result_;
  std::span<const engine::RawValue> result_;
  std::optional<GuestSide> side_;
  std::array<engine::RawValue, component::max_flat> values_;
};

/// Enters and leaves instances around code of `instance` that is not a lifted function: core start functions and
/// destructors. Follows the same rules as a GuestCall.
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
