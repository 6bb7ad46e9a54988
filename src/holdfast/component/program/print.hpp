// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types of a program as WIT text, for messages. Structures are written out, as programs keep no names of value
// types; what gets too long is cut with an ellipsis. Pure functions, any thread.
#pragma once

#include <string>

#include "holdfast/component/program/program.hpp"

namespace holdfast::component {

/// "option<list<u8>>", "record { a: u32 }", "borrow<bucket>"; resources by the last part of their name.
std::string to_wit(const Program& program, InterfaceTypeId id);

/// "func(key: string) -> option<list<u8>>".
std::string to_wit(const Program& program, FunctionTypeId id);

}  // namespace holdfast::component
