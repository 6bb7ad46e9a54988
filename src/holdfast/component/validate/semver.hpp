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

/// A version without what compatible versions may differ in: `1`, `0.2`, `0.0.3`, `0.0.0`. Explainer.md,
/// `canonversion`.
bool is_canonical_version(std::string_view text) noexcept;

}  // namespace holdfast::component
