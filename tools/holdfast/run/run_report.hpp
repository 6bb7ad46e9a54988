// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What `holdfast run` tells after a run: for people, and as JSON for programs. Plain data and pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/runtime/store/instance_state.hpp"
#include "holdfast/runtime/store/leak_report.hpp"

namespace holdfast::cli {

struct RunReport {
  int exit_code = 0;
  std::vector<std::string> values;   ///< of the statements, as WAVE; of a command, its result
  std::vector<HostError> traps;      ///< also limits that were reached
  std::optional<std::string> error;  ///< why a statement or the start failed, where that is no trap
  runtime::HandleCounts handles;
  StoreReport store;
};

/// One line on one object: {"result": …, "traps": […], "handles": {…}, "leaks": […], …}.
std::string to_json(const RunReport& report);

/// Counts, leaks and failed drops, for people.
std::string to_text(const RunReport& report);

}  // namespace holdfast::cli
