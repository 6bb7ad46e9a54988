// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What can be limited and how: dimensions, kinds of limits, what happens when one is reached, and ready-made sets.
// Plain constant data. Freestanding.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace holdfast::resource {

/// What is limited. Those up to `shares` are held and given back; the others are used up.
enum class Dimension : std::uint8_t {
  handles,         ///< entries of components' handle tables
  resources,       ///< values in resource tables; resources that a component implements
  instances,       ///< component instances
  core_instances,  ///< core module instances
  memories,        ///< linear memories
  memory_bytes,    ///< bytes of linear memory
  tables,          ///< core tables
  table_elements,  ///< elements of core tables
  host_bytes,      ///< bytes of host memory held for a guest (lists and strings being lifted, buffers)
  call_depth,      ///< calls between components that are active at once
  shares,          ///< counted shares of objects that instances of several stores hold
  calls,           ///< calls into component instances
  host_calls,      ///< calls of host functions by component instances
  operations,      ///< resource operations in one second
  operation_fuel,  ///< resource operations by their cost, see cost_of
  fuel,            ///< the engine's fuel
  time,            ///< execution time, in ticks of the engine's deadlines
};
inline constexpr std::size_t dimension_count = 17;
std::string_view name_of(Dimension dimension) noexcept;

/// A machine word: bytes or pieces. 64-bit atomics are not lock-free everywhere; on a 32-bit machine nothing
/// that is counted here exceeds 32 bits.
using Amount = std::size_t;
inline constexpr Amount unlimited = std::numeric_limits<Amount>::max();

/// How strictly a limit is kept.
enum class LimitKind : std::uint8_t {
  hard,      ///< refuse what is beyond
  soft,      ///< allow it, and tell the node's ExhaustionHandler when it is passed
  elastic,   ///< allow up to 120 % while the parent stays within its own limit; at a root as hard
  adaptive,  ///< hard, but Budget::adapt moves it between two bounds with the use that was seen
};

/// What happens when a node refuses. The host never aborts.
enum class Exhaustion : std::uint8_t {
  refuse,         ///< the operation fails: over_budget
  trap,           ///< the operation fails such that the guest that asked is trapped: limit_traps
  reclaim_stale,  ///< the node's handler frees what nobody uses, then the operation is tried once more
  ask,            ///< the node's handler decides whether to try once more; it may have raised the limit
  terminate,      ///< the component that asked is ended and everything it held is reclaimed: limit_terminates
};

/// Unless somebody says otherwise: trap for fuel, time and depth, refuse for the rest.
constexpr Exhaustion default_exhaustion(Dimension dimension) noexcept {
  switch (dimension) {
    case Dimension::call_depth:
    case Dimension::operation_fuel:
    case Dimension::fuel:
    case Dimension::time: return Exhaustion::trap;
    default: return Exhaustion::refuse;
  }
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
  /// Begins at `lowest`.
  static constexpr Limit adaptive(Amount lowest, Amount highest) noexcept {
    return {.amount = lowest, .kind = LimitKind::adaptive, .lowest = lowest, .highest = highest};
  }
};

/// The limits of one node; what is not set is unlimited.
class ResourceLimits {
 public:
  constexpr ResourceLimits() noexcept {
    limits_.fill(Limit::hard(unlimited));  // GCC 12 gets it wrong when this is left to the members' initialisers
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

// --- what resource operations cost in Dimension::operation_fuel ---

enum class Operation : std::uint8_t { create, acquire, release, transfer, drop };

/// `multiplier` in percent, for types that cost more or less than others; rounded to the nearest. Does not wrap for
/// multipliers up to 2^27.
constexpr Amount cost_of(Operation operation, Amount multiplier = 100) noexcept {
  constexpr std::array<Amount, 5> base{15, 5, 5, 8, 10};
  return (base[static_cast<std::size_t>(operation)] * multiplier + 50) / 100;
}

// --- ready-made capacities ---

/// How much of everything a program of some size has. A store's and an instance's limits are made from it.
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

/// What a safety level allows a component that names no limits of its own. Memory in bytes; less than one page of
/// 65,536 bytes means no linear memory at all.
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
