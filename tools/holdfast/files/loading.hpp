// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>

#include "holdfast/embed/component.hpp"

namespace holdfast::cli {

/// Reads and compiles a component, and tells on a terminal that it does when that takes long. Errors: of
/// Component::load.
HostResult<Component> load_component(const Engine& engine, const std::string& file);

}  // namespace holdfast::cli
