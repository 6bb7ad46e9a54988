// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The commands. Each does all of its work, tells its errors, and returns the exit code.
#pragma once

#include <string>
#include <vector>

#include "run_options.hpp"

namespace holdfast::cli {

struct InspectOptions {
  std::string file;
  bool json = false;
  bool dot = false;
};

struct WastOptions {
  std::vector<std::string> files;
  bool validate_only = false;
  std::string features;  ///< as written; empty: the scripts decide
  std::string json;      ///< the file for the results; empty: none
};

struct ValidateOptions {
  std::vector<std::string> files;
  std::string features;  ///< as component::parse_features reads them
};

int run(const RunOptions& options);
int inspect(const InspectOptions& options);
int validate(const ValidateOptions& options);
int run_scripts(const WastOptions& options);

}  // namespace holdfast::cli
