// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the tests of shared tables and registries have in common: the storages and policies that all of it must work
// with. One thread.
#pragma once

#include <cstdint>
#include <gtest/gtest.h>

#include "holdfast/resource/tables/locked.hpp"
#include "holdfast/resource/tables/registry.hpp"
#include "holdfast/resource/tables/shared_table.hpp"

namespace holdfast::resource::testing {

/// A critical section that knows whether it is balanced.
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

/// Tables without a heap have this many slots.
inline constexpr std::uint32_t static_slots = 100;

using SharedEnvironments =
    ::testing::Types<Environment<Dynamic, Epochs>, Environment<Static<static_slots>, Epochs>,
                     Environment<Dynamic, Unsynchronized>, Environment<Static<static_slots>, Guarded<NestingSection>>>;

}  // namespace holdfast::resource::testing
