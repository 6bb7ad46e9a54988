// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns the limits that an embedder sets into the limits of a store's budgets: one budget for the store, one for each
// component instance, one for each resource type that has limits of its own. Pure functions.
#pragma once

#include <string_view>

#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/resource/budget/limits.hpp"
#include "holdfast/runtime/store/store_options.hpp"

namespace holdfast::runtime {

/// Errors: misuse, when a dimension is limited where it cannot be enforced; the message names the dimension and where
/// it can be limited.
HostResult<void> check_limits(const StoreLimits& limits);

resource::ResourceLimits limits_of_store(const StoreLimits& limits);
resource::ResourceLimits limits_of_instance(const StoreLimits& limits);
/// Null when the type has no limits of its own.
const resource::ResourceLimits* limits_of_type(const StoreLimits& limits, std::string_view type_name);

}  // namespace holdfast::runtime
