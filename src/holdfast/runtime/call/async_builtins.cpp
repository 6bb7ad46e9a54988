// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/call/async_builtins.hpp"

#include "holdfast/abi/memory.hpp"
#include "holdfast/runtime/call/guest_call.hpp"
#include "holdfast/runtime/call/guest_side.hpp"
#include "holdfast/runtime/call/trampoline_parts.hpp"
#include "holdfast/runtime/call/waiting.hpp"

namespace holdfast::runtime {
namespace {

using engine::RawValue;

bool trap(const TrampolineState& state, const char* message) {
  return state.store->raise(HostError(ErrorKind::trap, message).with_context(state.instance->name));
}

// --- tasks ---

bool task_return(void* environment, RawValue* values) noexcept {
  TrampolineState& state = state_of(environment);
  if (!may_leave(state)) return false;
  GuestCall* const call = state.store->tasks.back()->call;
  if (call == nullptr) return trap(state, "`task.return` called outside of an async-lifted function");
  resolve(state.options, *state.instance->root);
  return call->return_result(std::get<component::TaskReturn>(state.definition->body), state.options,
                             slots(state, values));
}

/// Always traps: every caller awaits its task, so no task can have been asked to cancel.
bool task_cancel(void* environment, RawValue*) noexcept {
  const TrampolineState& state = state_of(environment);
  return may_leave(state) && trap(state, "`task.cancel` called by task which has not been cancelled");
}

/// Returns at once with 0 (not cancelled), because no other thread could run.
bool thread_yield(void* environment, RawValue* values) noexcept {
  if (!may_leave(state_of(environment))) return false;
  values[0] = RawValue::from_i32(0);
  return true;
}

bool thread_suspend(void* environment, RawValue*) noexcept {
  const TrampolineState& state = state_of(environment);
  return may_leave(state) && raise_wait(*state.store);
}

// --- backpressure; these do not check may_leave ---

bool backpressure_inc(void* environment, RawValue*) noexcept {
  constexpr std::uint32_t limit = 1U << 16;
  const TrampolineState& state = state_of(environment);
  return ++state.instance->backpressure < limit || trap(state, "backpressure counter overflow");
}

bool backpressure_dec(void* environment, RawValue*) noexcept {
  const TrampolineState& state = state_of(environment);
  if (state.instance->backpressure == 0) return trap(state, "backpressure counter overflow");
  --state.instance->backpressure;
  return true;
}

// --- waitable sets ---

bool waitable_set_new(void* environment, RawValue* values) noexcept {
  const TrampolineState& state = state_of(environment);
  if (!may_leave(state)) return false;
  const auto index = state.instance->add_other(handles::HandleKind::waitable_set, 0);
  if (!index) return state.store->raise(index.error());
  values[0] = RawValue::from_i32(*index);
  return true;
}

bool waitable_set_wait(void* environment, RawValue* values) noexcept {
  const TrampolineState& state = state_of(environment);
  return may_leave(state) && check_waitable_set(*state.store, *state.instance, values[0].i32()) &&
         raise_wait(*state.store);
}

/// Returns the event "none", with two zeros as its payload.
bool waitable_set_poll(void* environment, RawValue* values) noexcept {
  TrampolineState& state = state_of(environment);
  if (!may_leave(state) || !check_waitable_set(*state.store, *state.instance, values[0].i32())) return false;
  GuestSide side = caller_side(state);
  const std::uint32_t pointer = values[1].i32();
  const auto in_bounds = check_pair(side, pointer);
  if (!in_bounds) return state.store->raise(in_bounds.error());
  abi::store_int(side.context(), pointer, std::uint64_t{0});
  values[0] = RawValue::from_i32(0);
  return true;
}

bool waitable_set_drop(void* environment, RawValue* values) noexcept {
  const TrampolineState& state = state_of(environment);
  const std::uint32_t index = values[0].i32();
  if (!may_leave(state) || !check_waitable_set(*state.store, *state.instance, index)) return false;
  static_cast<void>(state.instance->remove(index));
  return true;
}

}  // namespace

engine::HostCallback callback_of(const component::TaskReturn&) noexcept { return task_return; }

engine::HostCallback callback_of(const component::AsyncBuiltin& builtin) noexcept {
  using Kind = component::AsyncBuiltin::Kind;
  switch (builtin.kind) {
    case Kind::task_cancel: return task_cancel;
    case Kind::thread_yield: return thread_yield;
    case Kind::thread_suspend: return thread_suspend;
    case Kind::backpressure_inc: return backpressure_inc;
    case Kind::backpressure_dec: return backpressure_dec;
    case Kind::waitable_set_new: return waitable_set_new;
    case Kind::waitable_set_wait: return waitable_set_wait;
    case Kind::waitable_set_poll: return waitable_set_poll;
    case Kind::waitable_set_drop: return waitable_set_drop;
  }
  return nullptr;
}

}  // namespace holdfast::runtime
