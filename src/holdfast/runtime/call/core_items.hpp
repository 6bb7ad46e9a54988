// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the engine's items that a component's program names.
#pragma once

#include "holdfast/component/program/program.hpp"
#include "holdfast/engine/store.hpp"
#include "holdfast/runtime/store/instance_state.hpp"

namespace holdfast::runtime {

/// The engine's function, memory or other item that `item` names. Contract: its core instance exists.
engine::Extern resolve(const component::CoreItem& item, RootInstance& root);

}  // namespace holdfast::runtime
