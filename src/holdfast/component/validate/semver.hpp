// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks the syntax of versions. Source: Semantic Versioning 2.0.0. Pure functions; any thread.
#pragma once

#include <string_view>

#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::component {

/// Whether `c` is an ASCII digit.
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Succeeds if `text` is a version: three numbers, then optionally `-` and a pre-release, then optionally `+` and build
/// metadata. Errors: invalid; the message says what is wrong, and in which part of the version.
HostResult<void> check_semver(std::string_view text);

/// Whether `text` is the part of a version that compatible versions share: `1`, `0.2`, `0.0.3`, `0.0.0`. Source:
/// Explainer.md, `canonversion`.
bool is_canonical_version(std::string_view text) noexcept;

}  // namespace holdfast::component
