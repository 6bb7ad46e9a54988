// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Umbrella header of the resource library: resource tables, handles, observers, budgets, managers, memory, clean-up,
// and the handle table of components.
// Needs no operating system. Nothing here allocates memory unless the chosen storage does.
#pragma once

#include "holdfast/core/error.hpp"
#include "holdfast/core/result.hpp"
#include "holdfast/handles/handle_table.hpp"
#include "holdfast/resource/budget/budget.hpp"
#include "holdfast/resource/budget/lease.hpp"
#include "holdfast/resource/budget/limits.hpp"
#include "holdfast/resource/manager/cleanup.hpp"
#include "holdfast/resource/manager/manager.hpp"
#include "holdfast/resource/manager/state.hpp"
#include "holdfast/resource/manager/strategy.hpp"
#include "holdfast/resource/memory/buffer_pool.hpp"
#include "holdfast/resource/memory/linear_memory.hpp"
#include "holdfast/resource/memory/memory_pool.hpp"
#include "holdfast/resource/tables/handle.hpp"
#include "holdfast/resource/tables/locked.hpp"
#include "holdfast/resource/tables/registry.hpp"
#include "holdfast/resource/tables/resource.hpp"
#include "holdfast/resource/tables/shared.hpp"
#include "holdfast/resource/tables/shared_table.hpp"
#include "holdfast/resource/tables/table.hpp"
#include "holdfast/resource/watch/clock.hpp"
#include "holdfast/resource/watch/metrics.hpp"
#include "holdfast/resource/watch/monitor.hpp"
#include "holdfast/resource/watch/observer.hpp"
