// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a validated component to a `Program`. Flattening goes through the instantiation of the component once, without
// running it, so that a real instantiation has nothing left to look up. The limits bound time and memory, whatever the
// file contains. A pure function; any thread.
#pragma once

#include "holdfast/component/program/program.hpp"
#include "holdfast/component/validate/validated_component.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::component {

/// Flattens `component`. The program does not refer to `component`; it holds offsets in the file's bytes.
/// Errors: limit, with the offset of the definition that would exceed `limits`; unsupported, with the name and offset
/// of a feature that is valid but cannot be run.
HostResult<Program> flatten(const ValidatedComponent& component, const ExpansionLimits& limits = {});

}  // namespace holdfast::component
