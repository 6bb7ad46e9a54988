// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the limits that an embedder gives to those of the budgets of a store: one for the store, one for each component
// instance, one for each resource type that is named. Pure functions.
#pragma once

#include <string_view>

#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/resource/budget/limits.hpp"
#include "holdfast/runtime/store/store_options.hpp"

namespace holdfast::runtime {

/// Errors: misuse, naming a dimension that is limited where it cannot be kept, and where it can.
HostResult<void> check_limits(const StoreLimits& limits);

resource::ResourceLimits limits_of_store(const StoreLimits& limits);
resource::ResourceLimits limits_of_instance(const StoreLimits& limits);
/// Null when the type has none of its own.
const resource::ResourceLimits* limits_of_type(const StoreLimits& limits, std::string_view type_name);

}  // namespace holdfast::runtime
