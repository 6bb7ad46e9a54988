// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The names of canonical definitions in the text format. Pure function; any thread.
#pragma once

#include <string_view>

#include "holdfast/component/binary/syntax.hpp"

namespace holdfast::component {

/// "lift", "resource.drop", "waitable-set.wait", ...
std::string_view builtin_name(syntax::CanonicalOpcode opcode) noexcept;

}  // namespace holdfast::component
