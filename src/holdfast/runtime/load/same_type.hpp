// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compares types of two programs. A callback decides whether two resource slots mean the same resource type.
#pragma once

#include <functional>

#include "holdfast/component/program/interface_type.hpp"

namespace holdfast::runtime {

using SameResource = std::function<bool(component::ResourceSlot ours, component::ResourceSlot theirs)>;

bool same_function_type(const component::InterfaceTypes& our_types, const component::FunctionType& ours,
                        const component::InterfaceTypes& their_types, const component::FunctionType& theirs,
                        const SameResource& same_resource);

}  // namespace holdfast::runtime
