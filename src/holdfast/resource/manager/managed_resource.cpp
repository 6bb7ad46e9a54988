// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/resource/manager/managed_resource.hpp"

#include <algorithm>
#include <variant>

namespace holdfast::resource {
namespace detail {

Membership::Membership(ManagerCore& core, ResourceCategory category, std::size_t memory) noexcept
    : core_(&core), memory_(memory), category_(category) {
  AllocationStats& stats = core.stats;
  ++stats.allocations;
  ++stats.live_by_category[static_cast<std::size_t>(category)];
  stats.peak_live = std::max(stats.peak_live, ++stats.live);
  stats.memory += memory;
  stats.peak_memory = std::max(stats.peak_memory, stats.memory);
}

Membership::~Membership() {
  if (core_ == nullptr) return;
  --core_->stats.live_by_category[static_cast<std::size_t>(category_)];
  --core_->stats.live;
  core_->stats.memory -= memory_;
}

}  // namespace detail

Result<std::uint32_t> ManagedResource::handle32() const noexcept {
  if (const auto* handle = std::get_if<Handle32>(&representation_)) return handle->value;
  return fail(ErrorCode::wrong_representation);
}

Result<std::uint64_t> ManagedResource::handle64() const noexcept {
  if (const auto* handle = std::get_if<Handle64>(&representation_)) return handle->value;
  return fail(ErrorCode::wrong_representation);
}

Result<std::uint64_t> ManagedResource::field(std::string_view name) const noexcept {
  const auto* const record = std::get_if<Record>(&representation_);
  const std::size_t position = type_->position_of(name);
  if (record == nullptr || position == type_->fields.size()) return fail(ErrorCode::wrong_representation);
  return record->values[static_cast<std::uint32_t>(position)];
}

std::uint32_t ManagedResource::parts() const noexcept {
  const auto* const aggregate = std::get_if<Aggregate>(&representation_);
  return aggregate == nullptr ? 0 : aggregate->parts;
}

Result<void> ManagedResource::cleanup() {
  if (type_->cleanup != nullptr) {
    if (auto cleaned = type_->cleanup(type_->context, *this); !cleaned) {
      static_cast<void>(state_.retry_cleanup());
      return cleaned;
    }
  }
  parts_.clean();
  static_cast<void>(state_.finish_cleanup());
  AllocationStats& stats = membership_.stats();
  ++stats.deallocations;
  stats.memory_freed += bytes().size();
  return {};
}

}  // namespace holdfast::resource
