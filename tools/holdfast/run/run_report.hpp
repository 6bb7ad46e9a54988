// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The report of a run, as text and as JSON. Plain data and pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/runtime/store/leak_report.hpp"

namespace holdfast::cli {

struct RunReport {
  int exit_code = 0;
  std::vector<std::string> values;   ///< of the statements, as WAVE; for a command, its result
  std::vector<HostError> traps;      ///< also errors of limits that were reached
  std::optional<std::string> error;  ///< why a statement or the start failed, if not by a trap
  HandleCounts handles;
  StoreReport store;
};

/// One JSON object on one line: {"result": …, "traps": […], "handles": {…}, "leaks": […], …}.
std::string to_json(const RunReport& report);

/// Handle counts, leaks and failed drops as text.
std::string to_text(const RunReport& report);

}  // namespace holdfast::cli
