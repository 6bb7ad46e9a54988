// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The storages and policies that shared tables and registries are tested with, on one thread.
#pragma once

#include <cstdint>
#include <gtest/gtest.h>

#include "holdfast/resource/tables/locked.hpp"
#include "holdfast/resource/tables/registry.hpp"
#include "holdfast/resource/tables/shared_table.hpp"

namespace holdfast::resource::testing {

/// A critical section that counts its depth, to check that calls are balanced.
struct NestingSection {
  static inline int depth = 0;
  static int enter() noexcept { return depth++; }
  static void leave(int before) noexcept { depth = before; }
};

template <class Storage, class Concurrency>
struct Environment {
  template <class T, class Observer = NoObserver>
  using TableOf = SharedResourceTable<T, Storage, Concurrency, Observer>;
  template <class T, class Id = std::uint64_t, class Observer = NoObserver>
  using RegistryOf = ResourceRegistry<T, Id, Storage, Concurrency, Observer>;
  template <class T>
  using LockedOf = Locked<T, Concurrency>;
};

/// The number of slots of tables without a heap.
inline constexpr std::uint32_t static_slots = 100;

using SharedEnvironments =
    ::testing::Types<Environment<Dynamic, Epochs>, Environment<Static<static_slots>, Epochs>,
                     Environment<Dynamic, Unsynchronized>, Environment<Static<static_slots>, Guarded<NestingSection>>>;

}  // namespace holdfast::resource::testing
