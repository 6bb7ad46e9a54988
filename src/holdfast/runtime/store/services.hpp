// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the embedder gives to all stores of an engine. Immutable once the engine is made; the functions may be called
// from any thread that uses a store.
#pragma once

#include <chrono>
#include <functional>
#include <string_view>

#include "holdfast/component/validate/features.hpp"

namespace holdfast::runtime {

struct Services {
  component::Features features;  ///< what components may use
  /// Takes one line about something that nobody is there to be told: a drop that failed in a destructor. Null: nothing
  /// is told. Must not throw.
  std::function<void(std::string_view)> log;
  /// Tells the ages of handles; never null.
  std::function<std::chrono::steady_clock::time_point()> clock = &std::chrono::steady_clock::now;
};

}  // namespace holdfast::runtime
