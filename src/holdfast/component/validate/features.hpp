// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The proposals that a component may use, and their names. Plain values and stateless functions; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/wasm/core_features.hpp"

namespace holdfast::component {

/// One switch for each line of features.def, and the switches for core modules. A component that needs a disabled
/// proposal is refused; the error names the proposal.
struct Features {
#define HOLDFAST_FEATURE(member, name, value, in_specification) bool member = value;
#include "holdfast/component/validate/features.def"
#undef HOLDFAST_FEATURE
  wasm::CoreFeatures core;

  friend bool operator==(const Features&, const Features&) = default;
};

/// The set called `name`: `default` (Features{}), `none`, `all`, or the name of a public test suite (`spec`,
/// `wasmtime`, `wasm-tools`) for the proposals that are on unless a file of the suite asks for more. Nullopt for any
/// other name.
std::optional<Features> feature_set(std::string_view name);

/// Switches one proposal on or off. Switching on a core proposal also switches on the proposals that it builds on.
/// `name` is a name of features.def or core_features.def, or Wasmtime's name for it ("component_model_async"). Returns
/// false if no proposal has that name.
bool set_feature(Features& features, std::string_view name, bool on);

/// Reads a list of names, separated by commas ("spec,cm-gc,-cm-map"). The first name may be that of a set; without it
/// the list changes the default set. A name switches its proposal on; with `-` in front it switches the proposal off.
/// Errors: invalid; the message contains the unknown name and all known ones.
HostResult<Features> parse_features(std::string_view list);

}  // namespace holdfast::component
