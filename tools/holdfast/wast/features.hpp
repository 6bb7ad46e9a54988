// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which proposals a script is validated with: named on the command line, or by the script itself. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "holdfast/component/validate/features.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::cli::wast {

/// `asked` is what the user wrote: a list, separated by commas, that may begin with a suite (`spec`, `wasmtime`,
/// `wasm-tools`: what each has on for all of its scripts); then features to switch on, or off with `-` before them, in
/// the spelling of wasm-tools (`cm-map`) or wasmtime (`component_model_map`). Without a suite only what is named is on.
/// Empty: the suite is `wasmtime` for a script whose first lines are `;;! feature = true`, `wasm-tools` for one with a
/// line `;; RUN:`, else `spec`. To a suite come the features that these lines name.
/// Errors: misuse for names that nobody knows.
HostResult<component::Features> choose_features(std::string_view asked, std::string_view script);

}  // namespace holdfast::cli::wast
