// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "run/run_options.hpp"

namespace holdfast::cli {

/// `holdfast run`. Prints its errors; returns the exit code.
int run(const RunOptions& options);

}  // namespace holdfast::cli
