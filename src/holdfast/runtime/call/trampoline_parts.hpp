// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Helpers with which the core functions of the runtime begin. `environment` and `values` are the parameters of an
// engine::HostCallback.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "holdfast/abi/memory.hpp"
#include "holdfast/runtime/call/guest_side.hpp"
#include "holdfast/runtime/store/instance_state.hpp"
#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast::runtime {

inline TrampolineState& state_of(void* environment) noexcept { return *static_cast<TrampolineState*>(environment); }

/// The slots of the core call. They hold the arguments and, on return, the results.
inline std::span<engine::RawValue> slots(const TrampolineState& state, engine::RawValue* values) noexcept {
  const engine::FunctionType& signature = state.definition->signature;
  return {values, std::max(signature.parameters.size(), signature.results.size())};
}

/// Checks that the instance may leave (rules 11, 19, 21). False: a trap was raised.
inline bool may_leave(const TrampolineState& state) {
  return state.instance->may_leave || state.store->raise(make_error(ErrorCode::cannot_leave));
}

/// The caller's side of the call, with the current memory and functions of its canonical options. Borrows cannot be
/// lowered into it.
inline GuestSide caller_side(TrampolineState& state) {
  resolve(state.options, *state.instance->root);
  return GuestSide(*state.store, *state.instance, state.options, nullptr);
}

/// Checks that two 32-bit numbers can be stored at `pointer`. Errors: pointer_misaligned, pointer_out_of_bounds.
inline Result<void> check_pair(GuestSide& side, std::uint32_t pointer) noexcept {
  return abi::check_range(side.context(), pointer, 2 * sizeof(std::uint32_t), alignof(std::uint32_t),
                          ErrorCode::pointer_out_of_bounds);
}

}  // namespace holdfast::runtime
