// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stubs for missing imports, for linkers that allow them (Linker::missing_as_traps). Immutable, usable from any thread.
#pragma once

#include <memory>
#include <string>

#include "holdfast/runtime/store/host_function.hpp"
#include "holdfast/runtime/store/resource_type.hpp"

namespace holdfast::runtime {

/// A function of any type that traps when it is called. The message says that the host does not provide `name`.
std::shared_ptr<const HostFunction> make_trapping_function(std::string name);

/// A resource type that never has any resources.
std::shared_ptr<const HostResourceType> make_uninhabited_resource(std::string name);

}  // namespace holdfast::runtime
