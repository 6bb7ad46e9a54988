// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/call/error_context_builtins.hpp"

#include <optional>
#include <utility>

#include "holdfast/abi/memory.hpp"
#include "holdfast/abi/string_abi.hpp"
#include "holdfast/runtime/call/guest_side.hpp"
#include "holdfast/runtime/call/handle_error.hpp"
#include "holdfast/runtime/call/trampoline_parts.hpp"

namespace holdfast::runtime {
namespace {

using engine::RawValue;
using handles::HandleKind;

std::optional<handles::HandleEntry> find_error_context(const TrampolineState& state, std::uint32_t index) {
  return find_other(*state.store, *state.instance, index, HandleKind::error_context, "an error context");
}

bool create(void* environment, RawValue* values) noexcept {
  TrampolineState& state = state_of(environment);
  if (!may_leave(state)) return false;
  GuestSide side = caller_side(state);
  auto message = abi::lift_string(side.context(), {values[0].i32(), values[1].i32()});
  if (!message) return state.store->raise(message.error());
  const std::uint32_t id = state.store->error_contexts.add(*std::move(message));
  const auto index = state.instance->add_other(HandleKind::error_context, id);
  if (!index) {
    state.store->error_contexts.remove(id);
    return state.store->raise(index.error());
  }
  values[0] = RawValue::from_i32(*index);
  return true;
}

bool debug_message(void* environment, RawValue* values) noexcept {
  TrampolineState& state = state_of(environment);
  if (!may_leave(state)) return false;
  const auto entry = find_error_context(state, values[0].i32());
  if (!entry) return false;
  GuestSide side = caller_side(state);
  const std::uint32_t pointer = values[1].i32();
  const auto in_bounds = check_pair(side, pointer);
  if (!in_bounds) {
    return state.store->raise(HostError::from(in_bounds.error(), ErrorKind::trap)
                                  .with_context("invalid debug message pointer")
                                  .with_context(state.instance->name));
  }
  const auto range = abi::lower_string(side.context(), state.store->error_contexts.message(entry->rep));
  if (!range) return state.store->raise(range.error());
  abi::store_range(side.context(), pointer, *range);
  return true;
}

bool drop(void* environment, RawValue* values) noexcept {
  TrampolineState& state = state_of(environment);
  if (!may_leave(state) || !find_error_context(state, values[0].i32())) return false;
  const auto removed = state.instance->remove(values[0].i32());
  state.store->error_contexts.remove(removed->rep);
  return true;
}

}  // namespace

engine::HostCallback callback_of(const component::ErrorContextBuiltin& builtin) noexcept {
  using Kind = component::ErrorContextBuiltin::Kind;
  switch (builtin.kind) {
    case Kind::create: return create;
    case Kind::debug_message: return debug_message;
    case Kind::drop: return drop;
  }
  return nullptr;
}

}  // namespace holdfast::runtime
