// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <vector>

namespace holdfast::cli {

struct WastOptions {
  std::vector<std::string> files;
  bool validate_only = false;
  std::string features;  ///< the option's text; empty: the scripts decide
  std::string json;      ///< the file for the results; empty: no file
};

/// `holdfast wast`. Prints its errors; returns the exit code.
int run_scripts(const WastOptions& options);

}  // namespace holdfast::cli
