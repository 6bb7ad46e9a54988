// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The exit codes of the command, which follow sysexits.h. A guest's own exit code is passed through. Plain values.
#pragma once

#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::cli {

enum class ExitCode : int {
  done = 0,
  failed = 1,       ///< an error result, an invalid file (validate), a failed directive (wast), a leak (--leaks=error)
  usage = 64,       ///< a mistake in the command line or in a statement
  invalid = 65,     ///< not a valid component or script
  unreadable = 66,  ///< a file cannot be read
  trap = 70,
  environment = 71,  ///< the engine or the operating system failed
  limit = 75,
};

/// The exit code for `error`. If a guest exited, that is the guest's code.
int exit_code_of(const HostError& error);

inline int number(ExitCode code) noexcept { return static_cast<int>(code); }

}  // namespace holdfast::cli
