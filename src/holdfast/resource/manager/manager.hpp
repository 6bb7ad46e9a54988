// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ResourceManager<Storage, Observer>`: manages resources of many types. One resource table holds them all. On top of
// it the manager tracks what each resource is (type, representation), whether it may be used (state machine, owner,
// references, lends) and its memory, and queues clean-ups that fail. A clean-up is retried until it succeeds, and never
// runs again after that.
//
// Each kind of misuse has its own error: null_handle, stale_handle, foreign_handle, wrong_type, resource_lent,
// wrong_state, over_budget. An operation that is refused changes nothing.
//
// With a heap the manager grows up to its budget. `ResourceManager<Static<1024>>` (static_slot_count) has 1,024 slots,
// and memory in 8 pools with 1,024 blocks in all; when they are full, the errors are capacity_exhausted and
// pool_exhausted. Callbacks (of the observer and of types' clean-ups) may call back into the manager. Not thread-safe.
// Allocates only through Storage. Freestanding.
//
//   const ResourceType file{.name = "file", .cleanup = close_file, .context = &files};
//   ResourceManager<> manager;
//   HOLDFAST_TRY_ASSIGN(const ResourceId id, manager.create(file, Handle32{fd}));
//   HOLDFAST_TRY(manager.make_ready(id));
//   HOLDFAST_TRY(manager.activate(id, OwnerId(instance)));   // Active: now it cannot be locked or dropped
//   HOLDFAST_TRY(manager.deactivate(id, OwnerId(instance)));
//   HOLDFAST_TRY(manager.drop(id, file));                    // calls close_file, once; then id is stale
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "holdfast/resource/manager/access.hpp"
#include "holdfast/resource/manager/cleanup.hpp"
#include "holdfast/resource/manager/managed_resource.hpp"
#include "holdfast/resource/manager/manager_base.hpp"
#include "holdfast/resource/manager/manager_options.hpp"

namespace holdfast::resource {

/// How deeply aggregates may be nested.
inline constexpr std::uint32_t max_aggregate_depth = 16;

/// Besides the four callbacks of ObserverOf, an observer may have `on_state_change(id, from, to)` and
/// `on_transform(old_id, new_id)`.
template <core::ResourceStorage Storage = core::Dynamic, class Observer = NoObserver>
class ResourceManager : detail::ManagerBase<Storage, Observer> {
  static_assert(ObserverOf<Observer, ManagedResource>, "the observer has the four callbacks of ObserverOf");
  using Base = detail::ManagerBase<Storage, Observer>;
  using A = typename Storage::AllocatorType;

 public:
  using Queue = typename Base::Queue;

  /// Allocates nothing yet. The budget, the clock and whatever the observer refers to must outlive the manager.
  explicit ResourceManager(const ResourceManagerOptions& options = {}, ClockRef clock = {}, Observer observer = {},
                           A allocator = A())
      : Base(options, clock, std::move(observer), allocator) {}
  ResourceManager(const ResourceManager&) = delete;
  ResourceManager& operator=(const ResourceManager&) = delete;

  /// Cleans up every resource by force, the youngest slot first; those that fail get a last attempt. While it runs, no
  /// resource can be created. Contract: no open access shares the bytes of a resource.
  ~ResourceManager() {
    is_closing_ = true;
    while (force_all()) {
    }
  }

  // --- creating resources ---

  /// Creates a resource without a type: just memory and notes. Errors: those of create.
  Result<ResourceId> allocate(const ResourceDescriptor& descriptor) {
    return create(untyped_resource, Handle32{}, descriptor);
  }

  /// `new`: creates a resource in state Allocated, represented by `representation`. `type` must outlive it. It gets
  /// `descriptor.size_hint` bytes of memory, all zero. Errors: wrong_representation if `type` prescribes another;
  /// over_budget, capacity_exhausted, out_of_memory; for the memory those of ResourceMemory::acquire; wrong_state (the
  /// manager is being destroyed). On error nothing is left behind.
  Result<ResourceId> create(const ResourceType& type, const Representation& representation,
                            const ResourceDescriptor& descriptor = {}) {
    auto id = try_create(type, representation, descriptor);
    if (!id) ++core_.stats.failures;
    return id;
  }

  /// Creates an aggregate that owns `parts`. Their ids become stale; only take_apart makes the parts reachable again.
  /// Each part must be Allocated or Ready, have one reference, and not be lent. Errors: those of create; for a part
  /// those of get (stale_handle also for a part that is listed twice), resource_lent, wrong_state; over_budget beyond
  /// max_aggregate_depth. On error nothing changed.
  Result<ResourceId> form(const ResourceType& type, std::span<const ResourceId> parts,
                          const ResourceDescriptor& descriptor = {}) {
    auto id = try_form(type, parts, descriptor);
    if (!id) ++core_.stats.failures;
    return id;
  }

  /// Ends an aggregate, writes the new ids of its parts to `into` in the order in which they were given to form, and
  /// returns their number. The type's clean-up runs for the aggregate alone; if it fails, it is retried later.
  /// Errors: those of validate(drop); wrong_representation if the resource is not an aggregate; capacity_exhausted if
  /// `into` is too small. On error nothing changed.
  Result<std::uint32_t> take_apart(ResourceId id, const ResourceType& type, std::span<ResourceId> into) {
    HOLDFAST_TRY(validate(ResourceOperation::drop, id, type));
    ManagedResource& aggregate = *in_table(id);
    if (aggregate.representation_.index() != static_cast<std::size_t>(RepresentationKind::aggregate))
      return fail(ErrorCode::wrong_representation);
    const std::uint32_t count = aggregate.parts();
    if (into.size() < count) return fail(ErrorCode::capacity_exhausted, into.size());
    ResourceId part = aggregate.parts_.release();
    for (std::uint32_t i = count; i > 0; --i) {
      into[i - 1] = part;
      ManagedResource& resource = *in_table(part);
      part = std::exchange(resource.previous_part_, {});
      resource.is_part_ = false;
    }
    static_cast<void>(remove(id, aggregate, false));
    return count;
  }

  // --- using resources ---

  /// The resource, valid until it ends. Counts as an access. Errors: null_handle, foreign_handle, stale_handle.
  Result<const ManagedResource*> get(ResourceId id) {
    HOLDFAST_TRY(find(id));
    HOLDFAST_TRY(table_.get(id));
    return find(id);
  }
  /// As get, without counting an access or notifying the observer.
  Result<const ManagedResource*> peek(ResourceId id) const noexcept {
    HOLDFAST_TRY_ASSIGN(const ManagedResource* const resource, table_.peek(id));
    if (resource->is_part_) return fail(ErrorCode::stale_handle);
    return resource;
  }
  bool contains(ResourceId id) const noexcept { return peek(id).has_value(); }

  /// `rep`: the representation of a resource of `type`. Errors: those of get; wrong_type.
  Result<Representation> rep(ResourceId id, const ResourceType& type) const noexcept {
    HOLDFAST_TRY(validate(ResourceOperation::rep, id, type));
    return (*table_.peek(id))->representation();
  }

  /// The descriptor that the resource was created with, and its id. Errors: those of get.
  Result<ResourceDescriptor> describe(ResourceId id) const noexcept {
    HOLDFAST_TRY_ASSIGN(const ManagedResource* const resource, peek(id));
    ResourceDescriptor descriptor = resource->descriptor_;
    descriptor.id = id;
    return descriptor;
  }

  /// The state of the resource, even while it waits for its clean-up (pending_cleanup) or is a dead letter (dead).
  /// Errors: those of get, once the resource is gone for good.
  Result<ResourceState> state(ResourceId id) const noexcept {
    const auto resource = peek(id);
    if (resource) return (*resource)->state();
    if (id.is_null()) return std::unexpected(resource.error());
    Result<ResourceState> queued_state = std::unexpected(resource.error());
    const auto compare = [&](auto, const PendingResource& pending, auto&&...) {
      if (pending.id == id) queued_state = pending.resource.state();
    };
    queue_.for_each_waiting(compare);
    queue_.for_each_dead(compare);
    return queued_state;
  }

  /// Opens the resource's memory according to `strategy`. While a view shares the bytes, the resource cannot be
  /// dropped, not even by force. The access must not outlive the manager. Errors: those of get; wrong_state while the
  /// resource is Locked; those of the strategy.
  template <ResourceStrategy Strategy>
  Result<ResourceAccess<ResourceManager, Strategy>> open(ResourceId id, Strategy strategy, AccessMode mode) {
    HOLDFAST_TRY(get(id));
    HOLDFAST_TRY_ASSIGN(ManagedResource* const resource, find_usable(id));
    HOLDFAST_TRY_ASSIGN(auto view, strategy.open(resource->bytes(), mode));
    if (strategy.shares_bytes()) ++resource->views_;
    return ResourceAccess<ResourceManager, Strategy>(*this, id, std::move(strategy), std::move(view));
  }

  // --- the state machine; errors of all functions: those of get and of StateMachine ---

  Result<void> make_ready(ResourceId id) {
    return change(id, [](StateMachine& state) { return state.make_ready(); });
  }
  Result<void> activate(ResourceId id, OwnerId owner) {
    return change(id, [&](StateMachine& state) { return state.activate(owner); });
  }
  Result<void> deactivate(ResourceId id, OwnerId owner) {
    return change(id, [&](StateMachine& state) { return state.deactivate(owner); });
  }
  Result<void> lock(ResourceId id, OwnerId holder) {
    return change(id, [&](StateMachine& state) { return state.lock(holder); });
  }
  Result<void> unlock(ResourceId id, OwnerId holder) {
    return change(id, [&](StateMachine& state) { return state.unlock(holder); });
  }

  // --- references and lends ---

  /// Adds a reference. Errors: those of get; over_budget at 2^32 - 1 references.
  Result<void> retain(ResourceId id) noexcept {
    HOLDFAST_TRY_ASSIGN(ManagedResource* const resource, find(id));
    if (resource->references_ == ~std::uint32_t{0}) return fail(ErrorCode::over_budget, resource->references_);
    ++resource->references_;
    return {};
  }
  /// Removes a reference; removing the last one drops the resource. Errors: those of get; for the last one those of
  /// deallocate.
  Result<void> release(ResourceId id) {
    HOLDFAST_TRY_ASSIGN(ManagedResource* const resource, find(id));
    if (resource->references_ == 1) return deallocate(id);
    --resource->references_;
    return {};
  }

  /// Lends the resource to a component, and returns the number that the component knows it by until give_back (the
  /// index of its slot). Errors: those of get; wrong_state unless it is Ready or Active; over_budget at 2^32 - 1 lends.
  Result<std::uint32_t> lend(ResourceId id) noexcept {
    HOLDFAST_TRY_ASSIGN(ManagedResource* const resource, find(id));
    if (resource->state() != ResourceState::ready && resource->state() != ResourceState::active)
      return fail(ErrorCode::wrong_state, state_pair(resource->state(), ResourceState::active));
    return table_.pin(id);
  }
  /// The id behind the number of a lent resource. Errors: removed_by_host if the resource was dropped by force;
  /// stale_handle if the number is not lent.
  Result<ResourceId> lent(std::uint32_t number) const noexcept { return table_.handle_of(number); }
  /// Ends one lend. Errors: stale_handle if the number is not lent.
  Result<void> give_back(std::uint32_t number) noexcept {
    HOLDFAST_TRY(table_.unpin(number));
    return {};
  }
  /// The number of lends of the resource. Errors: those of get.
  Result<std::uint32_t> lends(ResourceId id) const noexcept {
    HOLDFAST_TRY(peek(id));
    return table_.pins(id);
  }

  // --- changing and ending resources ---

  /// Checks whether `operation` on a resource of `type` is allowed now. Errors: those of get; wrong_type; for drop and
  /// transform also resource_lent while the resource is lent, has several references, or its bytes are shared, and
  /// wrong_state unless it is Allocated or Ready. Contract: `operation` is not `create`, which has no resource yet.
  Result<void> validate(ResourceOperation operation, ResourceId id, const ResourceType& type) const noexcept {
    HOLDFAST_ASSERT(operation != ResourceOperation::create, "the operation applies to an existing resource");
    HOLDFAST_TRY_ASSIGN(const ManagedResource* const resource, peek(id));
    if (&resource->type() != &type) return fail(ErrorCode::wrong_type);
    if (operation == ResourceOperation::rep) return {};
    const bool drops = operation == ResourceOperation::drop;
    return check_free(id, *resource, drops ? ResourceState::pending_cleanup : ResourceState::allocated);
  }

  /// Cleans the resource up and ends it: first the type's clean-up runs, then the parts of an aggregate are cleaned up,
  /// the last one first. Errors: those of validate(drop), then nothing changed; or the error of the clean-up. In that
  /// case the id is stale and the resource waits in the clean-up queue; if the queue is full, the resource is destroyed
  /// and the queue's `refused` counts it.
  Result<void> drop(ResourceId id, const ResourceType& type) {
    HOLDFAST_TRY(validate(ResourceOperation::drop, id, type));
    return remove(id, *in_table(id), false);
  }
  /// As drop, for any type.
  Result<void> deallocate(ResourceId id) {
    HOLDFAST_TRY_ASSIGN(ManagedResource* const resource, find(id));
    return drop(id, resource->type());
  }

  /// As deallocate, but also if the resource is active, locked, lent or has several references: for owners that died.
  /// Components that it is lent to then get removed_by_host. Errors: those of get; resource_lent while its bytes are
  /// shared; those of the clean-up.
  Result<void> force_deallocate(ResourceId id) {
    HOLDFAST_TRY_ASSIGN(ManagedResource* const resource, find(id));
    if (resource->views_ != 0) return fail(ErrorCode::resource_lent, resource->views_);
    if (!check_free(id, *resource, ResourceState::pending_cleanup)) ++core_.stats.forced;
    return remove(id, *resource, true);
  }

  /// For an owner or holder that died: drops by force every resource that is active for it or locked by it, except
  /// those whose bytes are shared. Returns the number of resources dropped.
  std::uint32_t force_deallocate_of(OwnerId owner) {
    std::uint32_t count = 0;
    for (const auto entry : table_) {
      if (!owner.is_valid() || entry.value.owner() != owner || entry.value.views_ != 0) continue;
      ++count;
      static_cast<void>(force_deallocate(entry.handle));
    }
    return count;
  }

  /// As deallocate, but leaves the clean-up to the queue (run_cleanup). Errors: those of validate(drop), and
  /// capacity_exhausted and out_of_memory from the queue. On error nothing changed.
  Result<void> schedule_cleanup(ResourceId id) {
    HOLDFAST_TRY_ASSIGN(ManagedResource* const resource, find(id));
    HOLDFAST_TRY(check_free(id, *resource, ResourceState::pending_cleanup));
    HOLDFAST_TRY(queue_.ensure_room());
    begin_cleanup(id, *resource, false);
    auto taken = table_.take(id);
    if (!taken) return std::unexpected(taken.error());
    observer_.on_cleanup(id, *taken);
    const std::size_t memory = taken->bytes().size();
    auto queued = queue_.push(PendingResource{id, *std::move(taken)}, memory);
    if (!queued) return queued.error().value.cleanup();  // the observer filled the queue
    return {};
  }

  /// Changes a resource of `type` into one of `new_type` represented by `representation`, and returns its new id; the
  /// old one is stale. State, memory, times and notes stay; the old type's clean-up is not called. Errors: those of
  /// validate(transform); wrong_representation if the new type prescribes another, or if either type is an aggregate.
  /// On error nothing changed.
  Result<ResourceId> transform(ResourceId id, const ResourceType& type, const ResourceType& new_type,
                               const Representation& representation) {
    HOLDFAST_TRY(validate(ResourceOperation::transform, id, type));
    ManagedResource& resource = *in_table(id);
    if (!new_type.prescribes(representation) || new_type.representation == RepresentationKind::aggregate ||
        type.representation == RepresentationKind::aggregate)
      return fail(ErrorCode::wrong_representation);
    HOLDFAST_TRY_ASSIGN(const ResourceId renewed, table_.renew(id));
    resource.type_ = &new_type;
    resource.representation_ = representation;
    notify_transformed(id, renewed);
    return renewed;
  }

  // --- deferred clean-up ---

  /// Tries each waiting resource that is due once. Call it regularly.
  CleanupRun run_cleanup() { return queue_.run_due(); }
  /// The resources that wait for their clean-up, and the dead letters. Resources taken out of the queue must not
  /// outlive the manager.
  Queue& cleanup_queue() noexcept { return queue_; }
  const Queue& cleanup_queue() const noexcept { return queue_; }

  // --- counts and iteration ---

  const AllocationStats& stats() const noexcept { return core_.stats; }
  /// The number of resources in the table: parts of aggregates included, those in the clean-up queue not.
  std::uint32_t size() const noexcept { return table_.size(); }
  bool empty() const noexcept { return table_.empty(); }
  std::uint32_t capacity() const noexcept { return table_.capacity(); }
  Observer& observer() noexcept { return observer_; }

  /// Calls `visit(id, const resource&)` for each resource that has an id. `visit` may create and drop resources.
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for (const auto entry : table_)
      if (!entry.value.is_part_) visit(entry.handle, entry.value);
  }

 private:
  template <class, class>
  friend class ResourceAccess;

  using Base::begin_cleanup, Base::check_free, Base::core_, Base::emplace, Base::force_all, Base::in_table,
      Base::is_closing_, Base::notify_state, Base::notify_transformed, Base::observer_, Base::queue_, Base::remove,
      Base::table_;

  Result<ManagedResource*> find(ResourceId id) noexcept {
    HOLDFAST_TRY(peek(id));
    return in_table(id);
  }

  Result<ResourceId> try_create(const ResourceType& type, const Representation& representation,
                                const ResourceDescriptor& descriptor) {
    if (!type.prescribes(representation) || type.representation == RepresentationKind::aggregate)
      return fail(ErrorCode::wrong_representation);
    return emplace(type, representation, descriptor);
  }

  Result<ResourceId> try_form(const ResourceType& type, std::span<const ResourceId> parts,
                              const ResourceDescriptor& descriptor) {
    if (type.representation != RepresentationKind::aggregate) return fail(ErrorCode::wrong_representation);
    std::uint32_t claimed = 0;
    std::uint32_t depth = 0;
    const auto unclaim = [&] {
      while (claimed != 0) in_table(parts[--claimed])->is_part_ = false;
    };
    for (const ResourceId part : parts) {
      if (const auto claimable = claim(part, depth); !claimable) {
        unclaim();
        return std::unexpected(claimable.error());
      }
      ++claimed;
    }
    const auto id = emplace(type, Aggregate{claimed}, descriptor);
    if (!id) {
      unclaim();
      return id;
    }
    ManagedResource& aggregate = *in_table(*id);
    aggregate.depth_ = depth;
    for (const ResourceId part : parts) {
      ManagedResource& resource = *in_table(part);
      resource.previous_part_ = aggregate.parts_.last();
      aggregate.parts_.own(*table_.renew(part));
    }
    observer_.on_create(*id, std::as_const(aggregate));
    return id;
  }

  // Makes `part` a part of the aggregate being formed, and raises `depth`, the depth of that aggregate so far.
  Result<void> claim(ResourceId part, std::uint32_t& depth) {
    HOLDFAST_TRY_ASSIGN(ManagedResource* const resource, find(part));
    HOLDFAST_TRY(check_free(part, *resource, ResourceState::pending_cleanup));
    HOLDFAST_TRY(table_.check_renewable(part));
    if (resource->depth_ + 1 > max_aggregate_depth) return fail(ErrorCode::over_budget, max_aggregate_depth);
    depth = std::max(depth, resource->depth_ + 1);
    resource->is_part_ = true;
    return {};
  }

  template <class Step>
  Result<void> change(ResourceId id, Step&& step) {
    HOLDFAST_TRY_ASSIGN(ManagedResource* const resource, find(id));
    const ResourceState before = resource->state();
    HOLDFAST_TRY(step(resource->state_));
    notify_state(id, before, resource->state());
    return {};
  }

  // --- for ResourceAccess ---

  Result<ManagedResource*> find_usable(ResourceId id) noexcept {
    HOLDFAST_TRY_ASSIGN(ManagedResource* const resource, find(id));
    const ResourceState state = resource->state();
    if (state == ResourceState::locked || state == ResourceState::pending_cleanup)
      return fail(ErrorCode::wrong_state, state_pair(state, ResourceState::active));
    return resource;
  }
  void close_view(ResourceId id) noexcept { --in_table(id)->views_; }
};

}  // namespace holdfast::resource
