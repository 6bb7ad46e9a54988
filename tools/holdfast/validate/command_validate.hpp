// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <vector>

namespace holdfast::cli {

struct ValidateOptions {
  std::vector<std::string> files;
  std::string features;  ///< as component::parse_features reads them
};

/// `holdfast validate`. Prints its errors; returns the exit code.
int validate(const ValidateOptions& options);

}  // namespace holdfast::cli
