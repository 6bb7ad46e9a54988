// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What can be limited and how: dimensions, kinds of limits, what happens when a limit is reached, and ready-made sets
// of limits.
// Plain constant data. Freestanding.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace holdfast::resource {

/// What can be limited; dimensions.def describes each.
enum class Dimension : std::uint8_t {
#define HOLDFAST_DIMENSION(name, exhaustion, text) name,
#include "holdfast/resource/budget/dimensions.def"
#undef HOLDFAST_DIMENSION
};
#define HOLDFAST_DIMENSION(name, exhaustion, text) +1
inline constexpr std::size_t dimension_count = 0
#include "holdfast/resource/budget/dimensions.def"
    ;
#undef HOLDFAST_DIMENSION
/// What `dimension` counts, in words for messages. Never fails.
std::string_view name_of(Dimension dimension) noexcept;

/// Bytes or pieces. A machine word, because 64-bit atomics are not lock-free everywhere; on a 32-bit machine nothing
/// that is counted here exceeds 32 bits.
using Amount = std::size_t;
inline constexpr Amount unlimited = std::numeric_limits<Amount>::max();

/// How strictly a limit is kept.
enum class LimitKind : std::uint8_t {
  hard,      ///< refuse more than the limit
  soft,      ///< allow more, and notify the node's ExhaustionHandler when the limit is passed
  elastic,   ///< allow up to 120 % while the parent stays within its own limit; like `hard` at a root
  adaptive,  ///< like `hard`, but Budget::adapt moves the limit between two bounds, following the usage
};

/// What happens when a node refuses a request. The host never aborts.
enum class Exhaustion : std::uint8_t {
  refuse,         ///< the operation fails: over_budget
  trap,           ///< the operation fails and traps the guest that asked: limit_traps
  reclaim_stale,  ///< the node's handler frees what nobody uses, then the operation is tried again, once
  ask,            ///< the node's handler may raise the limit, and decides whether to try again, once
  terminate,      ///< the component that asked ends and everything that it held is reclaimed: limit_terminates
};

/// What happens unless the limit says otherwise: trap for fuel, time and depth, refuse for the rest.
constexpr Exhaustion default_exhaustion(Dimension dimension) noexcept {
  switch (dimension) {
#define HOLDFAST_DIMENSION(name, exhaustion, text) \
  case Dimension::name: return Exhaustion::exhaustion;
#include "holdfast/resource/budget/dimensions.def"
#undef HOLDFAST_DIMENSION
  }
  return Exhaustion::refuse;
}

/// One limit of one node.
struct Limit {
  Amount amount = unlimited;
  LimitKind kind = LimitKind::hard;
  Amount lowest = 0;           ///< of an adaptive limit
  Amount highest = unlimited;  ///< of an adaptive limit

  static constexpr Limit hard(Amount amount) noexcept { return {.amount = amount}; }
  static constexpr Limit soft(Amount amount) noexcept { return {.amount = amount, .kind = LimitKind::soft}; }
  static constexpr Limit elastic(Amount amount) noexcept { return {.amount = amount, .kind = LimitKind::elastic}; }
  /// Starts at `lowest`.
  static constexpr Limit adaptive(Amount lowest, Amount highest) noexcept {
    return {.amount = lowest, .kind = LimitKind::adaptive, .lowest = lowest, .highest = highest};
  }
};

/// The limits of one node; what is not set is unlimited.
class ResourceLimits {
 public:
  constexpr ResourceLimits() noexcept {
    limits_.fill(Limit::hard(unlimited));  // not a member initialiser: GCC 12 miscompiles that
    for (std::size_t i = 0; i < dimension_count; ++i) exhaustion_[i] = default_exhaustion(static_cast<Dimension>(i));
  }
  /// These return the object itself, so that settings chain.
  constexpr ResourceLimits& set(Dimension dimension, Limit limit) noexcept {
    limits_[index(dimension)] = limit;
    return *this;
  }
  constexpr ResourceLimits& set(Dimension dimension, Limit limit, Exhaustion exhaustion) noexcept {
    exhaustion_[index(dimension)] = exhaustion;
    return set(dimension, limit);
  }
  constexpr ResourceLimits& set(Dimension dimension, Amount limit) noexcept {
    return set(dimension, Limit::hard(limit));
  }
  constexpr Amount get(Dimension dimension) const noexcept { return limit(dimension).amount; }
  constexpr const Limit& limit(Dimension dimension) const noexcept { return limits_[index(dimension)]; }
  constexpr Exhaustion exhaustion(Dimension dimension) const noexcept { return exhaustion_[index(dimension)]; }
  constexpr bool is_set(Dimension dimension) const noexcept { return get(dimension) != unlimited; }

 private:
  static constexpr std::size_t index(Dimension dimension) noexcept { return static_cast<std::size_t>(dimension); }

  std::array<Limit, dimension_count> limits_;
  std::array<Exhaustion, dimension_count> exhaustion_;
};

// --- the cost of resource operations, in Dimension::operation_fuel ---

/// The operations that cost fuel; operations.def has their costs.
enum class Operation : std::uint8_t {
#define HOLDFAST_OPERATION(name, cost) name,
#include "holdfast/resource/budget/operations.def"
#undef HOLDFAST_OPERATION
};
#define HOLDFAST_OPERATION(name, cost) +1
inline constexpr std::size_t operation_count = 0
#include "holdfast/resource/budget/operations.def"
    ;
#undef HOLDFAST_OPERATION

/// The cost of `operation`. `multiplier` is in percent, for types that cost more or less than others. The result is
/// rounded to the nearest whole number, and does not wrap for multipliers up to 2^27.
constexpr Amount cost_of(Operation operation, Amount multiplier = 100) noexcept {
  constexpr Amount costs[] = {
#define HOLDFAST_OPERATION(name, cost) cost,
#include "holdfast/resource/budget/operations.def"
#undef HOLDFAST_OPERATION
  };
  return (costs[static_cast<std::size_t>(operation)] * multiplier + 50) / 100;
}

// --- ready-made capacities ---

/// How much of everything a program of a certain size may have, as limits of its stores and instances.
struct Capacities {
  Amount types;
  Amount resources_per_instance;
  Amount resources;
  Amount handles;
  Amount shares;

  constexpr ResourceLimits instance_limits() const noexcept {
    return ResourceLimits().set(Dimension::resources, resources_per_instance);
  }
  constexpr ResourceLimits store_limits() const noexcept {
    return ResourceLimits()
        .set(Dimension::resources, resources)
        .set(Dimension::handles, handles)
        .set(Dimension::shares, shares);
  }
};

inline constexpr Capacities default_capacities{64, 1'024, 4'096, 16'384, 256};
inline constexpr Capacities qnx_capacities{32, 512, 2'048, 8'192, 128};
inline constexpr Capacities embedded_capacities{16, 64, 256, 512, 32};

/// What a safety level allows a component that sets no limits of its own. Less than one page of memory (65,536 bytes)
/// means no linear memory at all.
struct SafetyLevel {
  std::string_view name;
  std::uint64_t fuel;
  std::uint64_t memory_bytes;
  std::uint32_t call_depth;
  std::uint32_t instructions;
  std::uint32_t milliseconds;
};

inline constexpr std::array<SafetyLevel, 5> safety_levels{{
    {"ASIL-D", 100, 32 << 10, 8, 1, 10},
    {"ASIL-C", 1'000, 64 << 10, 16, 10, 20},
    {"ASIL-B", 5'000, 128 << 10, 32, 50, 100},
    {"ASIL-A", 10'000, 256 << 10, 64, 100, 100},
    {"QM", 10'000, 256 << 10, 64, 100, 100},
}};

}  // namespace holdfast::resource
