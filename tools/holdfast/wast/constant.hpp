// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The constants of scripts: (u32.const 1), (list.const ...), ... A pure function.
#pragma once

#include <span>
#include <string>

#include "holdfast/abi/val.hpp"
#include "holdfast/diagnostics/host_error.hpp"
#include "wast/text.hpp"

namespace holdfast::cli::wast {

/// The value of a constant in parentheses. Every NaN, also nan:canonical and nan:arithmetic, is read as the only NaN of
/// component-level values. Errors: invalid, with what was expected; unsupported (a constant of a core value).
HostResult<Val> read_constant(Expression constant);

}  // namespace holdfast::cli::wast
