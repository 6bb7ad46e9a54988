// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A folder that a guest is given. Plain data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace holdfast::wasi {

/// What a guest may do in a folder that it is given, and in everything below it.
enum class Access : std::uint8_t { read_only, read_write };
using enum Access;

struct Preopen {
  std::filesystem::path host;  ///< the folder
  std::string guest;           ///< its name for the guest: "/data"
  Access access = Access::read_only;
};

}  // namespace holdfast::wasi
