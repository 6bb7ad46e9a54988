// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the command writes: what was asked for to standard output, everything else to standard error, one line first
// and the detail after it. One thread.
#pragma once

#include <string_view>

#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::cli {

/// To standard output, as it is. After the first failure (a full disk, a closed pipe) nothing more is written.
void print(std::string_view text);
/// The same with a line end, and flushed: a reader at the other end sees each line when it is there.
void print_line(std::string_view line);

/// "error: …" to standard error. Further lines of `text` are the detail.
void print_error(std::string_view text);
void print_warning(std::string_view text);
/// To standard error, as it is.
void print_note(std::string_view text);

/// The error with call path and backtrace; returns the exit code that belongs to it.
int report_error(const HostError& error);

/// `code`, or that of the failure when standard output could not be written. Silent when its reader went away.
int finish_output(int code);

}  // namespace holdfast::cli
