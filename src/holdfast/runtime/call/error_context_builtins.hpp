// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// error-context.new, .debug-message and .drop. Source: CanonicalABI.md, "canon error-context.*".
#pragma once

#include "holdfast/component/program/program.hpp"
#include "holdfast/engine/store.hpp"

namespace holdfast::runtime {

engine::HostCallback callback_of(const component::ErrorContextBuiltin& builtin) noexcept;

}  // namespace holdfast::runtime
