// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a store may use, and how it behaves. Plain data, copied into the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "holdfast/resource/budget/budget.hpp"
#include "holdfast/resource/budget/limits.hpp"

namespace holdfast {

/// Ceilings of one store. Reaching one is an error of kind `limit` (or a trap of the guest that asked); the store
/// goes on. Everything has a default, so `{}` is a sensible sandbox.
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

  // Any dimension in any kind, and what happens when it is reached. What is named here goes before the members above.
  resource::ResourceLimits store = {};     ///< of all instances together
  resource::ResourceLimits instance = {};  ///< of each component instance
  /// Of resource types, by name ("demo:store/kv/bucket"; of a component's own type, the name in its binary).
  std::vector<std::pair<std::string, resource::ResourceLimits>> types = {};
  /// What a resource operation costs in Dimension::operation_fuel, in percent of resource::cost_of.
  std::uint32_t operation_cost = 100;
};

struct StoreOptions {
  StoreLimits limits = {};
  /// Of the process or of a group of stores: what the store uses is counted there too. Must outlive the store and
  /// everything that refers to it. Null: the store stands for itself.
  resource::Budget* budget = nullptr;
  /// Is asked and told about limits of the store's budgets, on the store's thread. Must outlive the store.
  resource::ExhaustionHandler* exhaustion = nullptr;
  void* user = nullptr;        ///< the embedder's state, see Store::user and Caller::user; must outlive the store
  bool track_handles = false;  ///< leak reports tell age and origin of each handle; costs time and memory per handle
};

}  // namespace holdfast
