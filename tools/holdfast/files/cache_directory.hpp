// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where compiled code is kept between runs.
#pragma once

#include <filesystem>
#include <optional>

namespace holdfast::cli {

/// HOLDFAST_CACHE_DIR, else XDG_CACHE_HOME/holdfast, else ~/.cache/holdfast; nullopt when none of the variables is set.
std::optional<std::filesystem::path> cache_directory();

}  // namespace holdfast::cli
