// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The core functions that the runtime provides to core modules: lowered functions and built-ins. Each is a host
// function of the engine whose environment is a TrampolineState.
#pragma once

#include "holdfast/engine/store.hpp"
#include "holdfast/runtime/store/instance_state.hpp"

namespace holdfast::runtime {

/// The callback for `trampoline`. Contract: `state` is complete (see `fill_in` in instantiate.cpp).
engine::HostCallback callback_of(const component::Trampoline& trampoline, const TrampolineState& state) noexcept;

}  // namespace holdfast::runtime
