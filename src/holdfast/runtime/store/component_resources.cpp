// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/store/component_resources.hpp"

#include <algorithm>

namespace holdfast::runtime {

using resource::Amount;
using resource::Dimension;

// --- operations ---

Result<void> OperationMeter::begin_second(const Error& error, const Services& services) {
  const auto now = services.clock();
  if (now - second_ < std::chrono::seconds(1)) return std::unexpected(error);
  second_ = now;
  operations_.restart();
  return operations_.spend();
}

void OperationMeter::return_idle(Dimension dimension) noexcept {
  if (dimension == Dimension::operations) operations_.return_idle();
  if (dimension == Dimension::operation_fuel) fuel_.return_idle();
}

Amount OperationMeter::left(Dimension dimension) const noexcept {
  if (dimension == Dimension::operations) return operations_.left();
  return dimension == Dimension::operation_fuel ? fuel_.left() : 0;
}

// --- instances ---

ComponentResources::ComponentResources(resource::Budget& store, const resource::ResourceLimits& limits,
                                       OperationMeter::Time now, handles::TableStorage& table) noexcept
    : budget_(store, limits),
      table_(table),
      calls_(budget_, Dimension::calls, calls_block),
      host_calls_(budget_, Dimension::host_calls, calls_block),
      resources_(budget_, Dimension::resources, resources_block),
      meter_(budget_, now) {
  table_.header().limit = 0;
}

Amount ComponentResources::idle(Dimension dimension) const noexcept {
  switch (dimension) {
    case Dimension::handles: return table_.header().limit - table_.header().live;
    case Dimension::calls: return calls_.left();
    case Dimension::host_calls: return host_calls_.left();
    case Dimension::resources: return resources_.left();
    default: return meter_.left(dimension);
  }
}

resource::ResourceUsage ComponentResources::usage(Dimension dimension) const noexcept {
  resource::ResourceUsage usage = budget_.resource_usage(dimension);
  usage.used -= idle(dimension);
  return usage;
}

Result<void> ComponentResources::check_allocation_allowed(Dimension dimension, Amount amount) const noexcept {
  return budget_.check_allocation_allowed(dimension, amount - std::min(amount, idle(dimension)));
}

Result<void> ComponentResources::lease_handles() {
  std::uint32_t& limit = table_.header().limit;
  if (budget_.take_within(Dimension::handles, handles_block)) {
    limit += handles_block;
    return {};
  }
  if (auto reserved = budget_.try_take(Dimension::handles, 1); !reserved) {
    Error error = reserved.error();
    if (error.code == ErrorCode::over_budget) error.code = ErrorCode::handle_limit;
    return std::unexpected(error);
  }
  limit += 1;
  return {};
}

void ComponentResources::keep_idle_handles(std::uint32_t count) noexcept {
  handles::TableHeader& header = table_.header();
  const std::uint32_t idle_now = header.limit - header.live;
  if (idle_now <= count) return;
  header.limit -= idle_now - count;
  budget_.give_back(Dimension::handles, idle_now - count);
}

void ComponentResources::return_idle(Dimension dimension) noexcept {
  switch (dimension) {
    case Dimension::handles: return keep_idle_handles(0);
    case Dimension::calls: return calls_.return_idle();
    case Dimension::host_calls: return host_calls_.return_idle();
    case Dimension::resources: return resources_.return_idle();
    default: return meter_.return_idle(dimension);
  }
}

void ComponentResources::release() noexcept {
  for (std::size_t i = 0; i < resource::dimension_count; ++i) {
    const auto dimension = static_cast<Dimension>(i);
    return_idle(dimension);
    budget_.restart(dimension);
  }
  table_.header().limit = table_.header().live;
}

}  // namespace holdfast::runtime
