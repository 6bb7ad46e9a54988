// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `detail::ManagerBase`: what a ResourceManager consists of (the table of resources, their memory, the clean-up queue,
// the observer), and how a resource enters and leaves it. Only ResourceManager uses this. Freestanding.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "holdfast/resource/manager/cleanup.hpp"
#include "holdfast/resource/manager/managed_resource.hpp"
#include "holdfast/resource/manager/manager_options.hpp"
#include "holdfast/resource/memory/resource_memory.hpp"
#include "holdfast/resource/tables/table.hpp"

namespace holdfast::resource::detail {

// Without a heap, the queue has as many slots as its manager, but at most static_cleanup_capacity.
template <class Storage>
struct CleanupStorageOf {
  using Type = Storage;
};
template <std::uint32_t N>
struct CleanupStorageOf<core::Static<N>> {
  using Type = core::Static<std::min(N, static_cleanup_capacity)>;
};

template <core::ResourceStorage Storage, class Observer>
class ManagerBase {
  using A = typename Storage::AllocatorType;

 public:
  using Queue = CleanupQueue<PendingResource, typename CleanupStorageOf<Storage>::Type>;

 protected:
  ManagerBase(const ResourceManagerOptions& options, ClockRef clock, Observer observer, A allocator)
      : budget_(options.budget),
        clock_(clock),
        observer_(std::move(observer)),
        memory_(allocator),
        table_(options.budget, Bridge{this}, allocator),
        queue_(options.cleanup, clock, allocator) {
    core_.clean_parts = [](ManagerCore& core, ResourceId last) { manager_of(core).clean_parts(last); };
  }
  ManagerBase(const ManagerBase&) = delete;
  ManagerBase& operator=(const ManagerBase&) = delete;
  ~ManagerBase() = default;

  // The table's observer: records accesses, forwards to the user's observer, and queues resources whose clean-up
  // failed.
  struct Bridge {
    ManagerBase* manager;

    void on_create(ResourceId id, const ManagedResource& resource) {
      // `form` announces aggregates, once they have their parts.
      if (resource.type().representation != RepresentationKind::aggregate) manager->observer_.on_create(id, resource);
    }
    void on_access(ResourceId id, ManagedResource& resource) {
      resource.last_access_ = manager->clock_.now();
      ++resource.accesses_;
      manager->observer_.on_access(id, resource);
    }
    void on_cleanup(ResourceId id, ManagedResource& resource) { manager->observer_.on_cleanup(id, resource); }
    void on_cleanup_failed(ResourceId id, ManagedResource& resource, const Error& error) {
      manager->observer_.on_cleanup_failed(id, resource, error);
      const std::size_t memory = resource.bytes().size();
      static_cast<void>(manager->queue_.push_failed(PendingResource{id, std::move(resource)}, error, memory));
    }
  };

  // Leads from the core, which resources refer to, back to the manager.
  struct Core : ManagerCore {
    ManagerBase* manager;
  };
  static ManagerBase& manager_of(ManagerCore& core) noexcept { return *static_cast<Core&>(core).manager; }

  ManagedResource* in_table(ResourceId id) noexcept {
    const auto resource = table_.peek(id);
    return resource ? const_cast<ManagedResource*>(*resource) : nullptr;
  }

  Result<ResourceId> emplace(const ResourceType& type, const Representation& representation,
                             const ResourceDescriptor& descriptor) {
    if (is_closing_) return fail(ErrorCode::wrong_state);
    Reservation charge;
    core::Block memory;
    if (descriptor.size_hint != 0) {
      if (budget_ != nullptr) {
        HOLDFAST_TRY_ASSIGN(charge, budget_->reserve(Dimension::host_bytes, descriptor.size_hint));
      }
      HOLDFAST_TRY_ASSIGN(memory, memory_.acquire(descriptor.size_hint, descriptor.alignment));
    }
    return table_.emplace(core_, type, representation, descriptor, std::move(memory), std::move(charge), clock_.now());
  }

  // Checks that the resource is not lent, has one reference, shares no bytes, and is Allocated or Ready. `to` is the
  // state that it is to reach, for the error.
  Result<void> check_free(ResourceId id, const ManagedResource& resource, ResourceState to) const noexcept {
    if (const std::uint32_t pins = *table_.pins(id); pins != 0) return fail(ErrorCode::resource_lent, pins);
    if (resource.views_ != 0) return fail(ErrorCode::resource_lent, resource.views_);
    if (resource.references_ > 1) return fail(ErrorCode::resource_lent, resource.references_ - 1);
    if (resource.state() != ResourceState::allocated && resource.state() != ResourceState::ready)
      return fail(ErrorCode::wrong_state, state_pair(resource.state(), to));
    return {};
  }

  void begin_cleanup(ResourceId id, ManagedResource& resource, bool forced) {
    const ResourceState before = resource.state();
    static_cast<void>(forced ? resource.state_.force_cleanup() : resource.state_.begin_cleanup());
    notify_state(id, before, ResourceState::pending_cleanup);
  }

  // After begin_cleanup the state refuses a second removal, so callbacks cannot remove the resource again.
  Result<void> remove(ResourceId id, ManagedResource& resource, bool forced) {
    if (resource.state() == ResourceState::pending_cleanup)
      return fail(ErrorCode::wrong_state, state_pair(resource.state(), ResourceState::pending_cleanup));
    begin_cleanup(id, resource, forced);
    return table_.remove(id, forced ? IfPinned::leave_tombstone : IfPinned::refuse);
  }

  // Ends all resources that have an id, and returns whether there was one. Clean-ups may make more reachable
  // (take_apart).
  bool force_all() {
    bool has_removed = false;
    table_.for_each_handle_reversed([&](ResourceId id) {
      ManagedResource& resource = *in_table(id);
      if (resource.is_part_) return;
      HOLDFAST_ASSERT(resource.views_ == 0, "accesses are closed before the manager is destroyed");
      has_removed = true;
      static_cast<void>(remove(id, resource, true));
    });
    return has_removed;
  }

  void clean_parts(ResourceId last) {
    while (!last.is_null()) {
      ManagedResource& part = *in_table(last);
      const ResourceId previous = part.previous_part_;
      static_cast<void>(remove(last, part, true));
      last = previous;
    }
  }

  void notify_state(ResourceId id, ResourceState from, ResourceState to) {
    if constexpr (requires { observer_.on_state_change(id, from, to); }) observer_.on_state_change(id, from, to);
  }
  void notify_transformed(ResourceId before, ResourceId after) {
    if constexpr (requires { observer_.on_transform(before, after); }) observer_.on_transform(before, after);
  }

  ResourceLimiter* budget_;
  ClockRef clock_;
  Core core_{{}, this};
  bool is_closing_ = false;
  [[no_unique_address]] Observer observer_;
  ResourceMemory<Storage> memory_;
  ResourceTable<ManagedResource, Storage, Bridge> table_;
  Queue queue_;  // last: its destructor still cleans up, and that needs the table for the parts of aggregates
};

}  // namespace holdfast::resource::detail
