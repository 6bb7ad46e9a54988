// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a validated component to a `Program`: instantiates it in the mind, so that nothing has to be looked up when
// it is instantiated for real. Time and memory are bounded by the limits, whatever the file asks for. A pure
// function; any thread.
#pragma once

#include "holdfast/component/program/program.hpp"
#include "holdfast/component/validate/validated_component.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::component {

/// Flattens `component`. The program does not refer to it, only to offsets in the file's bytes.
/// Errors: limit, with the offset of what would go beyond `limits`; unsupported, by name and with the offset, for
/// what is valid and cannot be run.
HostResult<Program> flatten(const ValidatedComponent& component, const ExpansionLimits& limits = {});

}  // namespace holdfast::component
