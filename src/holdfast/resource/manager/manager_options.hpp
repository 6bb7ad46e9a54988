// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ResourceManagerOptions`: what a ResourceManager is created with. Freestanding.
#pragma once

#include "holdfast/resource/budget/budget.hpp"
#include "holdfast/resource/manager/cleanup.hpp"

namespace holdfast::resource {

struct ResourceManagerOptions {
  ResourceLimiter* budget =
      nullptr;  ///< charged one of Dimension::resources for each resource, and host_bytes for its memory
  CleanupOptions cleanup = {};  ///< for the clean-up queue
};

}  // namespace holdfast::resource
