// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bytes of a component file, for the commands that look at it without running it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::cli {

/// The binary form; text is translated. Errors: io, invalid (text that is none).
HostResult<std::vector<std::byte>> read_component_file(const std::string& path);

}  // namespace holdfast::cli
