// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <vector>

namespace holdfast::cli {

struct WastOptions {
  std::vector<std::string> files;
  bool validate_only = false;
  std::string features;  ///< as written; when empty, the scripts decide
  std::string json;      ///< the file for the results; empty: none
};

/// `holdfast wast`. Prints its errors; returns the exit code.
int run_scripts(const WastOptions& options);

}  // namespace holdfast::cli
