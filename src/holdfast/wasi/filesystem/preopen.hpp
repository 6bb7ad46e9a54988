// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A folder that is granted to a guest. Plain data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace holdfast::wasi {

/// What a guest may do in a granted folder and in everything below it.
enum class Access : std::uint8_t { read_only, read_write };
using enum Access;

struct Preopen {
  std::filesystem::path host;  ///< the folder's path on the host
  std::string guest;           ///< the folder's name for the guest: "/data"
  Access access = Access::read_only;
};

}  // namespace holdfast::wasi
