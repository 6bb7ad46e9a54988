// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Settings and callbacks that an embedder provides for all stores of an engine. Immutable once the engine exists; the
// functions may be called from any thread that uses a store.
#pragma once

#include <functional>
#include <string_view>

#include "holdfast/component/validate/features.hpp"
#include "holdfast/core/chrono.hpp"

namespace holdfast::runtime {

struct Services {
  component::Features features;  ///< what components may use
  /// Logs one line about an error that cannot be returned, such as a drop that fails in a destructor. Null: no log.
  /// Must not throw.
  std::function<void(std::string_view)> log;
  /// The clock for ages of handles, lifetimes of shares and limits per second; never null.
  std::function<std::chrono::steady_clock::time_point()> clock = &std::chrono::steady_clock::now;
};

}  // namespace holdfast::runtime
