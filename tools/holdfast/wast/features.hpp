// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The proposals that a script may use, chosen by the command line or by the script itself. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "holdfast/component/validate/features.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::cli::wast {

/// `asked` is the option's comma-separated list. It may begin with a suite (`spec`, `wasmtime`, `wasm-tools`), which
/// switches on what that suite allows in all of its scripts. Then come features to switch on, or off with a leading
/// `-`, spelt as in wasm-tools (`cm-map`) or Wasmtime (`component_model_map`). Without a suite, only the named features
/// are on. If `asked` is empty, the suite is `wasmtime` for a script whose first lines are `;;! feature = true`,
/// `wasm-tools` for one with a line `;; RUN:`, and `spec` otherwise. With a suite, the features that these lines name
/// are added. Errors: misuse (an unknown name).
HostResult<component::Features> choose_features(std::string_view asked, std::string_view script);

}  // namespace holdfast::cli::wast
