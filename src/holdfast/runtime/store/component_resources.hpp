// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ComponentResources`: the limits and usage of one component instance, and the handles that it owns and borrows. It
// has the instance's node in the tree of budgets, leases that count calls and handles without walking that tree, and a
// view of the handle table. It stores nothing that the table or the budget already stores. Belongs to its store; one
// thread at a time.
#pragma once

#include <cstdint>

#include "holdfast/core/chrono.hpp"
#include "holdfast/handles/handle_table.hpp"
#include "holdfast/resource/budget/budget.hpp"
#include "holdfast/resource/budget/lease.hpp"
#include "holdfast/runtime/store/services.hpp"

namespace holdfast::runtime {

/// Counts resource operations at one budget node: how many per second, and their cost.
class OperationMeter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  OperationMeter(resource::Budget& budget, Time now) noexcept
      : operations_(budget, resource::Dimension::operations, operations_block),
        fuel_(budget, resource::Dimension::operation_fuel, fuel_block),
        second_(now) {}

  /// Charges one operation. Errors: those of Budget::try_take. The clock is read only when the limit is reached; if the
  /// current second has passed by then, a new second begins. So one second of real time can see up to twice the limit.
  Result<void> charge(resource::Amount cost, const Services& services) {
    if (auto counted = operations_.spend(); !counted) [[unlikely]]
      HOLDFAST_TRY(begin_second(counted.error(), services));
    return fuel_.spend(cost);
  }

  void return_idle(resource::Dimension dimension) noexcept;
  resource::Amount left(resource::Dimension dimension) const noexcept;

 private:
  static constexpr resource::Amount operations_block = 256;
  static constexpr resource::Amount fuel_block = 4096;

  Result<void> begin_second(const Error& error, const Services& services);

  resource::Lease operations_;
  resource::Lease fuel_;
  Time second_;  // when the current second began
};

class ComponentResources {
 public:
  /// Creates a node below `store`. `table` holds the instance's handles. Its header also holds how many handles it may
  /// have without asking the budget, because generated code reads it there.
  ComponentResources(resource::Budget& store, const resource::ResourceLimits& limits, OperationMeter::Time now,
                     handles::TableStorage& table) noexcept;

  // --- the view ---

  /// The instance's node; its parent is the store's node. Its usage includes what leases have taken in advance.
  const resource::Budget& budget() const noexcept { return budget_; }

  /// The actual usage, without unused leases; `peak` includes what leases had taken in advance.
  resource::ResourceUsage usage(resource::Dimension dimension) const noexcept;

  /// Checks whether `amount` more would be granted now. Errors: over_budget.
  Result<void> check_allocation_allowed(resource::Dimension dimension, resource::Amount amount) const noexcept;

  /// Calls `visit(index, const handles::HandleEntry&)` for each handle that owns its resource.
  template <class Visitor>
  void for_each_owned(Visitor&& visit) const {
    for_each([&](std::uint32_t index, const handles::HandleEntry& entry) {
      if (entry.is_own()) visit(index, entry);
    });
  }
  /// As `for_each_owned`, for borrows.
  template <class Visitor>
  void for_each_borrowed(Visitor&& visit) const {
    for_each([&](std::uint32_t index, const handles::HandleEntry& entry) {
      if (entry.is_borrow()) visit(index, entry);
    });
  }

  // --- for the runtime; errors: those of Budget::try_take; on error nothing changes ---

  /// Makes sure that the table may take one more handle. Errors: handle_limit in place of over_budget.
  Result<void> allow_handle() {
    const handles::TableHeader& header = table_.header();
    if (header.live < header.limit) [[likely]]
      return {};
    return lease_handles();
  }
  /// Call it after a handle was removed.
  void forget_handle() noexcept {
    if (table_.header().limit - table_.header().live > 2 * handles_block) [[unlikely]]
      keep_idle_handles(handles_block);
  }

  Result<void> count_call() { return calls_.spend(); }
  Result<void> count_host_call() { return host_calls_.spend(); }
  Result<void> charge(resource::Amount cost, const Services& services) { return meter_.charge(cost, services); }

  /// Count the resources that the instance implements.
  Result<void> add_resource() { return resources_.spend(); }
  void remove_resource() noexcept { resources_.put_back(); }

  void return_idle(resource::Dimension dimension) noexcept;
  /// At the end of the instance: gives everything back to the parent budgets.
  void release() noexcept;

  resource::Budget& node() noexcept { return budget_; }

 private:
  static constexpr std::uint32_t handles_block = 64;
  static constexpr resource::Amount calls_block = 256;
  static constexpr resource::Amount resources_block = 64;

  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for (std::uint32_t index = 1; index < table_.header().length; ++index)
      if (const handles::HandleEntry& entry = table_.entries()[index]; !entry.is_empty()) visit(index, entry);
  }

  resource::Amount idle(resource::Dimension dimension) const noexcept;
  Result<void> lease_handles();
  void keep_idle_handles(std::uint32_t count) noexcept;

  resource::Budget budget_;
  handles::TableStorage& table_;
  resource::Lease calls_;
  resource::Lease host_calls_;
  resource::Lease resources_;
  OperationMeter meter_;
};

/// The name that users of other resource managers look for.
using ComponentResourceManager = ComponentResources;

}  // namespace holdfast::runtime
