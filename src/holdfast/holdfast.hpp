// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Umbrella header of the component host: engine, component, linker, store, instance, functions, values and handles.
#pragma once

#include "holdfast/abi/type_traits.hpp"
#include "holdfast/abi/val.hpp"
#include "holdfast/embed/caller.hpp"
#include "holdfast/embed/component.hpp"
#include "holdfast/embed/core_module.hpp"
#include "holdfast/embed/engine.hpp"
#include "holdfast/embed/func.hpp"
#include "holdfast/embed/instance.hpp"
#include "holdfast/embed/linker.hpp"
#include "holdfast/embed/own.hpp"
#include "holdfast/embed/resource_identity.hpp"
#include "holdfast/embed/shared_resource.hpp"
#include "holdfast/embed/store.hpp"
#include "holdfast/embed/value_or_throw.hpp"
#include "holdfast/runtime/call/trap.hpp"
