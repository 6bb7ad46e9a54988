// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/store/store_limits.hpp"

#include <algorithm>
#include <span>
#include <string>

namespace holdfast::runtime {
namespace {

using resource::Dimension;
using resource::ResourceLimits;

constexpr Dimension of_store[] = {Dimension::handles,        Dimension::resources,     Dimension::instances,
                                  Dimension::core_instances, Dimension::shares,        Dimension::calls,
                                  Dimension::host_calls,     Dimension::operation_fuel};
constexpr Dimension of_instance[] = {Dimension::handles,    Dimension::resources,  Dimension::calls,
                                     Dimension::host_calls, Dimension::operations, Dimension::operation_fuel};
constexpr Dimension of_type[] = {Dimension::resources, Dimension::shares, Dimension::operations,
                                 Dimension::operation_fuel};

/// A kind of budget, and the dimensions that can be limited in it.
struct Scope {
  std::string_view name;
  std::span<const Dimension> dimensions;
};
constexpr Scope store_scope{"a store", of_store};
constexpr Scope instance_scope{"an instance", of_instance};
constexpr Scope type_scope{"a resource type", of_type};

/// Where `dimension` can be limited instead.
std::string alternative_to(Dimension dimension) {
  std::string text;
  for (const Scope* scope : {&store_scope, &instance_scope, &type_scope}) {
    if (std::ranges::find(scope->dimensions, dimension) == scope->dimensions.end()) continue;
    text += (text.empty() ? "; set the limit for " : " or ") + std::string(scope->name);
  }
  if (!text.empty()) return text;
  switch (dimension) {
    case Dimension::memory_bytes: return "; use StoreLimits::memory_bytes, which limits each memory";
    case Dimension::table_elements: return "; use StoreLimits::table_elements, which limits each table";
    case Dimension::call_depth: return "; use StoreLimits::call_depth, which limits the store";
    case Dimension::host_bytes: return "; use StoreLimits::lifted_bytes_per_call, which limits each call";
    case Dimension::fuel: return "; use StoreLimits::fuel, which limits the store";
    case Dimension::time: return "; use Store::set_deadline, which limits the store";
    default: return "";
  }
}

HostResult<void> check(const ResourceLimits& limits, const Scope& scope, std::string_view subject) {
  for (std::size_t i = 0; i < resource::dimension_count; ++i) {
    const auto dimension = static_cast<Dimension>(i);
    if (!limits.is_set(dimension) || std::ranges::find(scope.dimensions, dimension) != scope.dimensions.end()) continue;
    return host_fail(ErrorKind::misuse, "cannot limit " + std::string(name_of(dimension)) + " for " +
                                            std::string(subject) + alternative_to(dimension));
  }
  return {};
}

/// Applies a limit that has its own member in StoreLimits, unless `limits` already sets that dimension.
void set_default(ResourceLimits& limits, Dimension dimension, std::uint64_t amount) {
  if (limits.is_set(dimension)) return;
  constexpr std::uint64_t most = resource::unlimited;
  limits.set(dimension, static_cast<resource::Amount>(std::min(amount, most)));
}

}  // namespace

HostResult<void> check_limits(const StoreLimits& limits) {
  HOLDFAST_TRY(check(limits.store, store_scope, store_scope.name));
  HOLDFAST_TRY(check(limits.instance, instance_scope, instance_scope.name));
  for (const auto& [name, of_this_type] : limits.types)
    HOLDFAST_TRY(check(of_this_type, type_scope, "the resource type " + name));
  return {};
}

ResourceLimits limits_of_store(const StoreLimits& limits) {
  ResourceLimits store_limits = limits.store;
  set_default(store_limits, Dimension::handles, limits.handles);
  set_default(store_limits, Dimension::instances, limits.instances);
  set_default(store_limits, Dimension::core_instances, limits.core_instances);
  return store_limits;
}

ResourceLimits limits_of_instance(const StoreLimits& limits) {
  ResourceLimits instance_limits = limits.instance;
  set_default(instance_limits, Dimension::handles, limits.handles_per_instance);
  return instance_limits;
}

const ResourceLimits* limits_of_type(const StoreLimits& limits, std::string_view type_name) {
  const auto match = std::ranges::find(limits.types, type_name, [](const auto& named) { return named.first; });
  return match == limits.types.end() ? nullptr : &match->second;
}

}  // namespace holdfast::runtime
