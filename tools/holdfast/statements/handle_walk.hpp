// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The handles inside dynamic values. Pure functions; any thread that the handles may be used on.
#pragma once

#include <functional>
#include <vector>

#include "holdfast/abi/val.hpp"

namespace holdfast::cli {

/// All own handles in `value`, in their order.
std::vector<Val> owns_in(const Val& value);

/// `value` with what `replace` makes of each own and borrow in its place.
Val replace_handles(const Val& value, const std::function<Val(const Val&)>& replace);

}  // namespace holdfast::cli
