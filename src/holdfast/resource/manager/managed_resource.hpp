// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ManagedResource`: what a ResourceManager knows about one resource: type, representation, state, memory, times and
// counts. Only its manager creates and changes it; users read it. Freestanding.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "holdfast/core/block_pool.hpp"
#include "holdfast/resource/budget/budget.hpp"
#include "holdfast/resource/manager/descriptor.hpp"
#include "holdfast/resource/manager/representation.hpp"
#include "holdfast/resource/manager/state.hpp"
#include "holdfast/resource/watch/clock.hpp"

namespace holdfast::resource {

/// Statistics about the resources of a manager, past and present.
struct AllocationStats {
  std::uint64_t allocations = 0;    ///< resources created
  std::uint64_t deallocations = 0;  ///< resources whose clean-up succeeded
  std::uint64_t failures = 0;       ///< requests refused
  std::uint64_t forced = 0;         ///< forced clean-ups of resources that were active, locked or lent
  std::uint32_t live = 0;           ///< current resources, including those that wait for clean-up
  std::uint32_t peak_live = 0;
  std::size_t memory = 0;  ///< bytes, of the current resources
  std::size_t peak_memory = 0;
  std::uint64_t memory_freed = 0;  ///< bytes, of the resources whose clean-up succeeded
  std::array<std::uint32_t, resource_category_count> live_by_category{};
};

namespace detail {

template <core::ResourceStorage, class>
class ManagerBase;

/// What the resources of one manager share.
struct ManagerCore {
  AllocationStats stats;
  void (*clean_parts)(ManagerCore& core, ResourceId last) = nullptr;
};

/// Counts a resource in the statistics while it lives.
class Membership {
 public:
  Membership(ManagerCore& core, ResourceCategory category, std::size_t memory) noexcept;
  Membership(Membership&& other) noexcept
      : core_(std::exchange(other.core_, nullptr)), memory_(other.memory_), category_(other.category_) {}
  Membership& operator=(Membership&&) = delete;
  ~Membership();

  AllocationStats& stats() const noexcept { return core_->stats; }

 private:
  ManagerCore* core_;
  std::size_t memory_;
  ResourceCategory category_;
};

/// Owns the parts of an aggregate, a chain from the last one to the first.
class Parts {
 public:
  explicit Parts(ManagerCore& core) noexcept : core_(&core) {}
  Parts(Parts&& other) noexcept : core_(other.core_), last_(std::exchange(other.last_, {})) {}
  Parts& operator=(Parts&&) = delete;
  ~Parts() { clean(); }

  ResourceId last() const noexcept { return last_; }
  void own(ResourceId last) noexcept { last_ = last; }
  ResourceId release() noexcept { return std::exchange(last_, {}); }
  /// Cleans the parts up, the last one first.
  void clean() {
    if (!last_.is_null()) core_->clean_parts(*core_, release());
  }

 private:
  ManagerCore* core_;
  ResourceId last_;
};

}  // namespace detail

class ManagedResource {
 public:
  ManagedResource(detail::ManagerCore& core, const ResourceType& type, const Representation& representation,
                  const ResourceDescriptor& descriptor, core::Block memory, Reservation charge, Ticks now) noexcept
      : type_(&type),
        representation_(representation),
        descriptor_(descriptor),
        created_(now),
        last_access_(now),
        charge_(std::move(charge)),
        memory_(std::move(memory)),
        membership_(core, descriptor.category, descriptor.size_hint),
        parts_(core) {
    descriptor_.id = {};  // not stored: the owner of this object knows the id
  }
  ManagedResource(ManagedResource&&) noexcept = default;
  ManagedResource& operator=(ManagedResource&&) = delete;

  const ResourceType& type() const noexcept { return *type_; }
  const Representation& representation() const noexcept { return representation_; }
  /// The number that represents the resource. Errors: wrong_representation.
  Result<std::uint32_t> handle32() const noexcept;
  Result<std::uint64_t> handle64() const noexcept;
  /// The value of a field of a record. Errors: wrong_representation if this is not a record or has no such field.
  Result<std::uint64_t> field(std::string_view name) const noexcept;
  /// The number of parts of an aggregate; 0 for other representations.
  std::uint32_t parts() const noexcept;

  ResourceCategory category() const noexcept { return descriptor_.category; }
  const ResourceMetadata& metadata() const noexcept { return descriptor_.metadata; }
  /// The resource's memory; its size is the descriptor's size hint.
  std::span<std::byte> bytes() const noexcept { return memory_.bytes(); }

  ResourceState state() const noexcept { return state_.state(); }
  /// The owner while Active, the holder while Locked, otherwise none.
  OwnerId owner() const noexcept { return state_.owner(); }
  /// The number of references (ResourceManager::retain).
  std::uint32_t references() const noexcept { return references_; }

  Ticks created() const noexcept { return created_; }
  Ticks last_access() const noexcept { return last_access_; }
  std::uint64_t access_count() const noexcept { return accesses_; }

  /// For the table and the queue that hold the resource: runs the type's clean-up, then that of the parts. If the
  /// type's clean-up fails, the whole is tried again later; the parts are cleaned up once, after the type's clean-up
  /// succeeded.
  Result<void> cleanup();

 private:
  template <core::ResourceStorage, class>
  friend class ResourceManager;
  template <core::ResourceStorage, class>
  friend class detail::ManagerBase;
  friend struct PendingResource;

  const ResourceType* type_;
  Representation representation_;
  ResourceDescriptor descriptor_;
  StateMachine state_;
  Ticks created_;
  Ticks last_access_;
  std::uint64_t accesses_ = 0;
  std::uint32_t references_ = 1;
  std::uint32_t views_ = 0;   // open zero-copy accesses
  std::uint32_t depth_ = 0;   // of an aggregate: how deeply its parts are nested
  bool is_part_ = false;      // if true, reachable only through its aggregate
  ResourceId previous_part_;  // of the same aggregate
  Reservation charge_;
  core::Block memory_;
  detail::Membership membership_;
  detail::Parts parts_;  // last: parts are destroyed before their aggregate
};

/// A resource that waits in the clean-up queue, with its former id.
struct PendingResource {
  ResourceId id;
  ManagedResource resource;

  Result<void> cleanup() { return resource.cleanup(); }
  void on_dead() noexcept { static_cast<void>(resource.state_.give_up()); }
};

}  // namespace holdfast::resource
