// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The resource library, for users: resource tables, handles, observers, budgets, managers,
// memory, clean-up, and the components' handle table.
// Needs no operating system; nothing here allocates unless a storage asks for it.
#pragma once

#include "holdfast/core/error.hpp"
#include "holdfast/core/result.hpp"
#include "holdfast/handles/handle_table.hpp"
#include "holdfast/resource/budget.hpp"
#include "holdfast/resource/buffer_pool.hpp"
#include "holdfast/resource/cleanup.hpp"
#include "holdfast/resource/clock.hpp"
#include "holdfast/resource/handle.hpp"
#include "holdfast/resource/lease.hpp"
#include "holdfast/resource/limits.hpp"
#include "holdfast/resource/linear_memory.hpp"
#include "holdfast/resource/locked.hpp"
#include "holdfast/resource/manager.hpp"
#include "holdfast/resource/memory_pool.hpp"
#include "holdfast/resource/metrics.hpp"
#include "holdfast/resource/monitor.hpp"
#include "holdfast/resource/observer.hpp"
#include "holdfast/resource/registry.hpp"
#include "holdfast/resource/resource.hpp"
#include "holdfast/resource/shared.hpp"
#include "holdfast/resource/shared_table.hpp"
#include "holdfast/resource/state.hpp"
#include "holdfast/resource/strategy.hpp"
#include "holdfast/resource/table.hpp"
