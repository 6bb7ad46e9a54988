// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The output of the command. Results go to standard output. Everything else goes to standard error: one line first,
// then the details. One thread.
#pragma once

#include <string_view>

#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::cli {

/// Writes `text` to standard output unchanged. After the first failure (a full disk, a closed pipe) nothing is written.
void print(std::string_view text);
/// Writes `line` and a newline, then flushes, so that the reader of a pipe sees each line immediately.
void print_line(std::string_view line);

/// Writes "error: …" to standard error. The lines after the first are the details.
void print_error(std::string_view text);
/// Writes "warning: …" to standard error.
void print_warning(std::string_view text);
/// Writes `text` to standard error unchanged.
void print_note(std::string_view text);

/// Prints the error with its call path and backtrace, unless it is a guest's exit. Returns its exit code.
int report_error(const HostError& error);

/// Flushes standard output. Returns `code`; if that is 0 and writing failed, ExitCode::environment. Prints the failure,
/// unless the reader closed the pipe.
int finish_output(int code);

}  // namespace holdfast::cli
