// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>

#include "holdfast/embed/component.hpp"

namespace holdfast::cli {

/// Reads and compiles a component, with a progress line on a terminal. Errors: those of Component::load.
HostResult<Component> load_component(const Engine& engine, const std::string& file);

}  // namespace holdfast::cli
