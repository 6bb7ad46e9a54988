// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which proposals a component may use: plain values, and their names. Free functions without state: any thread.
#pragma once

#include <optional>
#include <string_view>

#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/wasm/core_features.hpp"

namespace holdfast::component {

/// One switch for each line of features.def, and those of core modules. What a switched-off proposal is needed for is
/// refused with its name.
struct Features {
#define HOLDFAST_FEATURE(member, name, value, in_specification) bool member = value;
#include "holdfast/component/validate/features.def"
#undef HOLDFAST_FEATURE
  wasm::CoreFeatures core;

  friend bool operator==(const Features&, const Features&) = default;
};

/// The sets that have a name: `default` (Features{}), `none`, `all`, and what each public test suite has on before a
/// file of it asks for more: `spec`, `wasmtime`, `wasm-tools`. Nothing for any other name.
std::optional<Features> feature_set(std::string_view name);

/// Switches one proposal, and on with it what it builds on. `name` is that of features.def or core_features.def or
/// Wasmtime's for it ("component_model_async"). False: no proposal has that name.
bool set_feature(Features& features, std::string_view name, bool on);

/// A list of names with commas between: the first may be that of a set, else they change the default one; `-` before
/// a name switches off ("spec,cm-gc,-cm-map"). Errors: invalid, with the name that is none and all that are.
HostResult<Features> parse_features(std::string_view list);

}  // namespace holdfast::component
