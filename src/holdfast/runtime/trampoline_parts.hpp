// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What all core functions that the runtime provides begin with. `environment` and `values` are those of an
// engine::HostCallback.
#pragma once

#include <algorithm>
#include <span>

#include "holdfast/runtime/instance_state.hpp"
#include "holdfast/runtime/store_state.hpp"

namespace holdfast::runtime {

inline TrampolineState& state_of(void* environment) noexcept { return *static_cast<TrampolineState*>(environment); }

/// The slots of the core call: the arguments, and afterwards the results.
inline std::span<engine::RawValue> slots(const TrampolineState& state, engine::RawValue* values) noexcept {
  const engine::FunctionType& signature = state.definition->signature;
  return {values, std::max(signature.parameters.size(), signature.results.size())};
}

/// Rules 11, 19, 21. False: a trap was raised.
inline bool may_leave(const TrampolineState& state) {
  return state.instance->may_leave || state.store->raise(make_error(ErrorCode::cannot_leave));
}

}  // namespace holdfast::runtime
