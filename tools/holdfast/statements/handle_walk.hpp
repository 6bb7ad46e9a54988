// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The handles inside dynamic values. Pure functions; call them on a thread that may use the handles.
#pragma once

#include <functional>
#include <vector>

#include "holdfast/abi/val.hpp"

namespace holdfast::cli {

/// All own handles in `value`, in order.
std::vector<Val> owns_in(const Val& value);

/// A copy of `value` in which `replace(handle)` takes the place of each own and borrow.
Val replace_handles(const Val& value, const std::function<Val(const Val&)>& replace);

}  // namespace holdfast::cli
