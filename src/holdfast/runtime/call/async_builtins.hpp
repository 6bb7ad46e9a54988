// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The built-ins of async functions, for calls that never have to wait. Subtasks, streams and futures do not exist here,
// so waitable sets stay empty.
#pragma once

#include "holdfast/component/program/program.hpp"
#include "holdfast/engine/store.hpp"

namespace holdfast::runtime {

engine::HostCallback callback_of(const component::TaskReturn& builtin) noexcept;
engine::HostCallback callback_of(const component::AsyncBuiltin& builtin) noexcept;

}  // namespace holdfast::runtime
