// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The version of WASI that Holdfast implements, in one place.
#pragma once

#include <string>
#include <string_view>

#include "holdfast/embed/linker.hpp"

namespace holdfast::wasi {

/// The newest WASI 0.2. It also satisfies imports of an older 0.2, because these versions are compatible.
inline constexpr std::string_view version = "0.2.12";

/// Starts the definition of a WASI interface in `linker`. `name` has no namespace and no version: "io/error".
inline Linker::InstanceBuilder define_interface(Linker& linker, std::string_view name) {
  return linker.instance(std::string("wasi:").append(name).append("@").append(version));
}

}  // namespace holdfast::wasi
