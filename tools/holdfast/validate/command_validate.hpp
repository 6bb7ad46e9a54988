// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <vector>

namespace holdfast::cli {

struct ValidateOptions {
  std::vector<std::string> files;
  std::string features;  ///< in the syntax of component::parse_features
};

/// `holdfast validate`. Prints its errors; returns the exit code.
int validate(const ValidateOptions& options);

}  // namespace holdfast::cli
