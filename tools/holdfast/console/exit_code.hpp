// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The exit codes of the command, after sysexits.h; a guest's own code passes through beside them. Plain values.
#pragma once

#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::cli {

enum class ExitCode : int {
  done = 0,
  failed = 1,       ///< an error result, an invalid file of `validate`, a failed directive, a leak with --leaks=error
  usage = 64,       ///< the command line or a statement asks for what cannot be
  invalid = 65,     ///< not a valid component or script
  unreadable = 66,  ///< a file that cannot be read
  trap = 70,
  environment = 71,  ///< the engine or the operating system failed
  limit = 75,
};

/// What a program that ends with `error` returns; a guest's exit is its own code.
int exit_code_of(const HostError& error);

inline int number(ExitCode code) noexcept { return static_cast<int>(code); }

}  // namespace holdfast::cli
