// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The report of a store that was closed: leaked handles and failed drops. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "holdfast/core/chrono.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast {

/// A handle that was never dropped.
struct LeakedHandle {
  std::string type;      ///< "demo:store/kv/bucket"
  std::string instance;  ///< the component instance that holds it, or "host"
  std::uint32_t index;   ///< in the instance's handle table; for "host", a running number
  std::uint32_t rep;
  bool own;
  std::optional<std::string> path;              ///< the calls that created it; only with track_handles
  std::optional<std::chrono::nanoseconds> age;  ///< only with track_handles
};

/// Handles in all handle tables of a store together.
struct HandleCounts {
  std::uint64_t live = 0;
  std::uint64_t peak = 0;
  std::uint64_t created = 0;
};

struct StoreReport {
  /// Number of host resources that the store cleaned up: those of instances that trapped, and those left at the end.
  std::uint64_t released = 0;
  std::vector<LeakedHandle> leaks;
  /// Drops that failed: the destructor trapped, or its instance is closed.
  std::vector<HostError> failed_drops;
};

/// One line for each leaked handle and each failed drop; empty when there are none.
std::string to_string(const StoreReport& report);

}  // namespace holdfast
