// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/error_context_builtins.hpp"

#include <string>
#include <utility>

#include "holdfast/abi/memory.hpp"
#include "holdfast/abi/string_abi.hpp"
#include "holdfast/runtime/guest_side.hpp"
#include "holdfast/runtime/trampoline_parts.hpp"

namespace holdfast::runtime {
namespace {

using engine::RawValue;
using handles::HandleKind;

/// The message of the error context `index`; null: a trap was raised.
const std::string* find_message(const TrampolineState& state, std::uint32_t index) {
  const auto entry = state.instance->handles.get(index);
  if (!entry) {
    state.store->raise(entry.error());
    return nullptr;
  }
  if (entry->kind() == HandleKind::error_context) return &state.store->error_contexts.message(entry->rep);
  state.store->raise(HostError(ErrorKind::trap, "handle index " + std::to_string(index) + " is not an error context")
                         .with_context(state.instance->name));
  return nullptr;
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
  const std::string* const message = find_message(state, values[0].i32());
  if (message == nullptr) return false;
  GuestSide side = caller_side(state);
  const std::uint32_t pointer = values[1].i32();
  const auto in_bounds = check_pair(side, pointer);
  if (!in_bounds) {
    return state.store->raise(HostError::from(in_bounds.error(), ErrorKind::trap)
                                  .with_context("invalid debug message pointer")
                                  .with_context(state.instance->name));
  }
  const auto range = abi::lower_string(side.context(), *message);
  if (!range) return state.store->raise(range.error());
  abi::store_range(side.context(), pointer, *range);
  return true;
}

bool drop(void* environment, RawValue* values) noexcept {
  TrampolineState& state = state_of(environment);
  if (!may_leave(state) || find_message(state, values[0].i32()) == nullptr) return false;
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
