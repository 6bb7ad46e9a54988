// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The limits and options of a store. Plain data, copied into the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "holdfast/resource/budget/budget.hpp"
#include "holdfast/resource/budget/limits.hpp"

namespace holdfast {

/// The limits of one store. A call that exceeds one fails with an error of kind `limit` (or traps the guest that
/// asked); the store stays usable. Every limit has a default, so `{}` is a sensible sandbox.
struct StoreLimits {
  std::uint64_t handles = 1'048'576;            ///< live handles in all instances together
  std::uint64_t handles_per_instance = 65'536;  ///< live handles in one component instance
  std::uint64_t instances = 10'000;             ///< component instances
  std::uint64_t core_instances = 10'000;
  std::uint64_t memory_bytes = 1ULL << 32;             ///< of each linear memory
  std::uint64_t table_elements = 10'000'000;           ///< of each core table
  std::uint32_t call_depth = 100;                      ///< nested calls into components
  std::uint64_t lifted_bytes_per_call = 256ULL << 20;  ///< host memory for the values that one call lifts
  std::optional<std::uint64_t> fuel = std::nullopt;    ///< needs EngineOptions::fuel

  // Limits by dimension, each with its kind and with what happens when it is reached. They override the members above.
  resource::ResourceLimits store = {};     ///< for all instances together
  resource::ResourceLimits instance = {};  ///< for each component instance
  /// For resource types, by name: "demo:store/kv/bucket", or for a type that a component defines, its name in the
  /// binary.
  std::vector<std::pair<std::string, resource::ResourceLimits>> types = {};
  /// The cost of a resource operation in Dimension::operation_fuel, in percent of resource::cost_of.
  std::uint32_t operation_cost = 100;
};

struct StoreOptions {
  StoreLimits limits = {};
  /// The parent budget, for a process or a group of stores: it counts what this store uses too. Must outlive the store
  /// and everything that refers to the store. Null: no parent.
  resource::Budget* budget = nullptr;
  /// Called when limits of the store's budgets are reached, on the store's thread. Must outlive the store. Null: none.
  resource::ExhaustionHandler* exhaustion = nullptr;
  void* user = nullptr;        ///< the embedder's state, see Store::user and Caller::user; must outlive the store
  bool track_handles = false;  ///< leak reports show each handle's age and origin; costs time and memory
};

}  // namespace holdfast
