// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks the form of semantic versions, 2.0.0 of that specification. Pure functions, any thread.
#pragma once

#include <string_view>

#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::component {

/// Succeeds where `text` is a version: three numbers, then perhaps `-` and a pre-release, `+` and build metadata.
/// Errors: invalid, says what is wrong and where in the version.
HostResult<void> check_semver(std::string_view text);

}  // namespace holdfast::component
