// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading component files, for the commands that do not run them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::cli {

/// The binary form of a component file; text is converted. Errors, without the path: io, invalid (malformed text).
HostResult<std::vector<std::byte>> read_component_file(const std::string& path);

}  // namespace holdfast::cli
