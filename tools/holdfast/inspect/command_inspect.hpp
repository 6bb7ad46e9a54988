// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>

namespace holdfast::cli {

struct InspectOptions {
  std::string file;
  bool json = false;
  bool dot = false;
};

/// `holdfast inspect`. Prints its errors; returns the exit code.
int inspect(const InspectOptions& options);

}  // namespace holdfast::cli
