// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The core functions that the runtime gives to core modules: lowered functions and built-ins. Each is an engine
// host function whose environment is a TrampolineState.
#pragma once

#include "holdfast/engine/store.hpp"
#include "holdfast/runtime/store/instance_state.hpp"

namespace holdfast::runtime {

/// The code behind `trampoline`; contract: its state is filled in (see make_trampoline in instantiate.cpp).
engine::HostCallback callback_of(const component::Trampoline& trampoline, const TrampolineState& state) noexcept;

}  // namespace holdfast::runtime
