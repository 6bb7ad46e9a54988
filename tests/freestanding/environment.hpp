// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The environment that a test program is compiled for: it selects the storage of containers. The tests are the same in
// all three environments. They state the most elements they need; storages that grow ignore that number.
#pragma once

#include <cstdint>

#include "holdfast/core/concurrency.hpp"
#include "holdfast/core/storage.hpp"
#include "holdfast/handles/borrow_scope.hpp"
#include "holdfast/handles/table_storage.hpp"

#if HOLDFAST_ENVIRONMENT_ALLOCATOR
#include "arena.hpp"
#endif

namespace holdfast::freestanding {

#if HOLDFAST_ENVIRONMENT_HOSTED

inline constexpr bool storage_grows = true;
using Concurrency = core::DefaultConcurrency;
template <std::uint32_t>
using Storage = core::Dynamic;
template <std::uint32_t>
using TableStorage = handles::HeapTableStorage;
template <std::uint32_t>
using BorrowScopes = handles::HeapBorrowScopes;

#elif HOLDFAST_ENVIRONMENT_ALLOCATOR

inline constexpr bool storage_grows = true;
using Concurrency = core::Unsynchronized;
template <std::uint32_t>
using Storage = core::Allocated<ArenaAllocator>;
template <std::uint32_t>
using TableStorage = handles::AllocatedTableStorage<ArenaAllocator>;
template <std::uint32_t>
using BorrowScopes = handles::AllocatedBorrowScopes<ArenaAllocator>;

#elif HOLDFAST_ENVIRONMENT_NO_HEAP

inline constexpr bool storage_grows = false;
using Concurrency = core::Unsynchronized;
template <std::uint32_t N>
using Storage = core::Static<N>;
template <std::uint32_t N>
using TableStorage = handles::StaticTableStorage<N>;
template <std::uint32_t N>
using BorrowScopes = handles::StaticBorrowScopes<N>;

#else
#error "tests/freestanding/CMakeLists.txt defines one HOLDFAST_ENVIRONMENT_*"
#endif

}  // namespace holdfast::freestanding
