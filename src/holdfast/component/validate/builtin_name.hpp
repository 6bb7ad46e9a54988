// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of canonical definitions, as the text format writes them. Pure function, any thread.
#pragma once

#include <string_view>

#include "holdfast/component/binary/syntax.hpp"

namespace holdfast::component {

/// "lift", "resource.drop", "waitable-set.wait", …
std::string_view builtin_name(syntax::CanonicalOpcode opcode) noexcept;

}  // namespace holdfast::component
