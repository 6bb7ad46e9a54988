// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a store may use, and how it behaves. Plain data, copied into the store.
#pragma once

#include <cstdint>
#include <optional>

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
};

struct StoreOptions {
  StoreLimits limits = {};
  void* user = nullptr;        ///< the embedder's state, see Store::user and Caller::user; must outlive the store
  bool track_handles = false;  ///< leak reports tell age and origin of each handle; costs time and memory per handle
};

}  // namespace holdfast
