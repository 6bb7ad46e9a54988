// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "console/exit_code.hpp"

namespace holdfast::cli {

int exit_code_of(const HostError& error) {
  if (const auto code = error.exit_code()) return *code;
  switch (error.kind()) {
    case ErrorKind::invalid: return number(ExitCode::invalid);
    // A feature that is missing only at run time does not make the file invalid.
    case ErrorKind::unsupported: return number(error.call_path().empty() ? ExitCode::invalid : ExitCode::trap);
    case ErrorKind::link:
    case ErrorKind::misuse: return number(ExitCode::usage);
    case ErrorKind::trap:
    case ErrorKind::closed: return number(ExitCode::trap);
    case ErrorKind::limit: return number(ExitCode::limit);
    case ErrorKind::io: return number(ExitCode::unreadable);
  }
  return number(ExitCode::environment);
}

}  // namespace holdfast::cli
