// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What stands in for an import that nobody gives, where a linker allows that. Immutable, usable from any thread.
#pragma once

#include <memory>
#include <string>

#include "holdfast/runtime/store/host_function.hpp"
#include "holdfast/runtime/store/resource_type.hpp"

namespace holdfast::runtime {

/// A function of any type that traps when it is called, and says that `name` is missing.
std::shared_ptr<const HostFunction> make_missing_function(std::string name);

/// A resource type of which there are no resources.
std::shared_ptr<const HostResourceType> make_missing_resource(std::string name);

}  // namespace holdfast::runtime
