// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The state of a store: its instances, its resource types, the handles that the host holds, the stack of calls, and the
// error that a failing call returns. One thread at a time; only `queue_drop` may be called from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "holdfast/abi/context.hpp"
#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/engine/store.hpp"
#include "holdfast/resource/budget/budget.hpp"
#include "holdfast/resource/budget/lease.hpp"
#include "holdfast/resource/tables/table.hpp"
#include "holdfast/runtime/store/drop_queue.hpp"
#include "holdfast/runtime/store/error_contexts.hpp"
#include "holdfast/runtime/store/instance_state.hpp"
#include "holdfast/runtime/store/leak_report.hpp"
#include "holdfast/runtime/store/resource_type.hpp"
#include "holdfast/runtime/store/services.hpp"
#include "holdfast/runtime/store/store_options.hpp"

namespace holdfast::runtime {

/// A resource that is in no handle table: the host holds it, or a call is moving it between two tables. An own that is
/// lent cannot be dropped or moved until the call that borrowed it has returned.
struct HeldHandle {
  ResourceTag tag = no_resource_tag;
  std::uint32_t rep = 0;
  bool own = true;
  std::uint32_t lends = 0;
};
using HeldTable = resource::ResourceTable<HeldHandle>;
using HeldId = resource::Handle<HeldHandle>;

inline HeldId held_id(abi::HandleToken token) noexcept { return HeldId::from_bits(token.bits); }
inline abi::HandleToken token_of(HeldId id) noexcept { return abi::HandleToken{id.to_bits()}; }

/// Lets other stores under the same parent budget recall what this store's instances and types have leased but not
/// used.
class StoreLeases final : public resource::LeaseHolder {
 public:
  StoreLeases(StoreState& store, resource::Budget& budget) noexcept : LeaseHolder(budget), store_(store) {}
  ~StoreLeases() = default;
  void return_idle(resource::Dimension dimension) noexcept override;
  using LeaseHolder::enlist;  ///< call it when the store is complete: other threads may read it from then on
  using LeaseHolder::resign;

 private:
  StoreState& store_;
};

struct StoreState : std::enable_shared_from_this<StoreState> {
  StoreState(std::shared_ptr<const Services> engine_services, engine::Store engine_store,
             const StoreOptions& store_options);
  ~StoreState();
  StoreState(const StoreState&) = delete;
  StoreState& operator=(const StoreState&) = delete;

  /// While an InUse exists, this thread uses the store and no other thread recalls its leases. InUse objects nest.
  class InUse {
   public:
    explicit InUse(StoreState& store) noexcept : store_(store) {
      if (store_.options.budget != nullptr && store_.uses_++ == 0) store_.leases.enter();
    }
    InUse(const InUse&) = delete;
    InUse& operator=(const InUse&) = delete;
    ~InUse() {
      if (store_.options.budget != nullptr && --store_.uses_ == 0) store_.leases.leave();
    }

   private:
    StoreState& store_;
  };

  // --- errors ---

  /// Records why the current call fails; only the first reason is kept. Always returns false.
  bool raise(HostError error);
  bool raise(const Error& error);
  /// As `raise`, for a limit that was reached. `subject` says what the limit applies to.
  bool raise_limit(const Error& error, const std::string& subject);
  /// Records an engine failure, unless it only passes on an error that was already raised. Always returns false.
  bool raise(engine::CallFailure failure);
  /// Adds a call to the call path of the pending error, innermost first.
  void note_call(std::string call);
  /// True when the current call ends because a guest asked to exit. Such a failure closes no instance.
  bool is_exiting() const noexcept { return pending_ && pending_->exit_code(); }
  /// Returns and clears the reason of the failed call. Contract: an error was raised.
  HostError take_error();

  // --- resources ---

  /// The tag of a host type in this store; created on first use.
  ResourceTag tag_of(const std::shared_ptr<const HostResourceType>& type);
  ResourceTag add_guest_type(std::string name, InstanceState& instance, std::optional<engine::Function> destructor);
  ResourceTypeState& type(ResourceTag tag) noexcept { return *types_[tag]; }
  std::uint32_t type_count() const noexcept { return static_cast<std::uint32_t>(types_.size()); }

  /// Counts one more resource of a type that a component implements. Errors: those of Budget::try_take.
  Result<void> add_resource(ResourceTag tag);
  void remove_resource(ResourceTag tag);
  /// Charges `instance` for a resource operation. Errors: those of Budget::try_take.
  Result<void> charge(InstanceState& instance, ResourceTag tag, resource::Operation operation);

  /// Rule 22: cleans up the resource `rep`, whose own handle `caller` has dropped (null: the host). False: the reason
  /// was raised.
  bool destroy(ResourceTag tag, std::uint32_t rep, InstanceState* caller);

  /// Drops a handle that the host holds: now if the store is idle and this is its thread, otherwise the next time the
  /// store runs its drop queue. Any thread.
  void queue_drop(HeldId id);
  /// As above, for a resource whose own handle has already been removed.
  void queue_drop(ResourceTag tag, std::uint32_t rep) { queue_drop(QueuedDrop(OrphanedResource{tag, rep})); }
  /// Drops a handle that the host holds, at once. Errors: closed (the handle is stale), misuse (it is lent), or the
  /// destructor's trap.
  HostResult<void> drop_now(HeldId id);
  /// Performs the drops in the drop queue. Contract: the store is idle.
  void run_drop_queue();

  /// Closes all instances of a component that must stop. `release_closed` releases what they hold.
  void terminate(RootInstance& root);

  /// After a trap: releases what closed instances hold, once their activations have unwound.
  void release_closed();

  // --- calls ---

  bool is_idle() const noexcept { return tasks.empty(); }
  /// An address that is different in each thread.
  static const void* mark_of_this_thread() noexcept;
  /// Debug builds: stops the program when two threads use the store at the same time.
  void check_thread() noexcept;
  /// The calls in progress as "instance: function", outermost first.
  std::string call_path() const;
  void note_origin(InstanceState& instance, std::uint32_t index);

  StoreReport close();

  /// Ends the shares whose lifetime has expired. Returns how many.
  std::uint64_t expire_shares() noexcept;

  /// Ends a period of all adaptive limits in the store.
  void adapt_limits() noexcept;

  StoreOptions options;
  std::shared_ptr<const Services> services;
  std::optional<engine::Store> engine_store;  ///< empty after close
  engine::Store::InterruptHandle interrupt_handle;
  resource::ResourceLimits instance_limits;
  resource::Budget budget;  ///< the store's node
  StoreLeases leases;
  HandleCounts handle_counts;
  handles::HeapBorrowScopes borrow_scopes;
  HeldTable held;
  ErrorContexts error_contexts;
  std::vector<Task*> tasks;  ///< the calls in progress, outermost first
  std::vector<std::unique_ptr<RootInstance>> roots;
  std::vector<InstanceState*> just_closed;  ///< closed by a trap or by terminate, not yet released
  StoreReport report;                       ///< what close() will report
  std::atomic<bool> closed = false;

 private:
  friend StoreLeases;

  void release(InstanceState& instance);
  void release_budgets() noexcept;
  std::string name_of(const handles::HandleEntry& entry);
  void list_leaks();
  void run_queued(const QueuedDrop& drop);
  void note_failed_drop(HostError error);
  void queue_drop(QueuedDrop drop);
  bool may_drop_here() const noexcept;

  std::optional<HostError> pending_;
  std::vector<std::unique_ptr<ResourceTypeState>> types_;
  std::unordered_map<const HostResourceType*, ResourceTag> host_tags_;
  DropQueue drops_;
  std::array<resource::Amount, resource::operation_count> operation_costs_;  // by resource::Operation
  std::uint32_t uses_ = 0;                                                   // number of InUse objects
  bool running_drops_ = false;
  std::atomic<const void*> thread_;  // mark of the thread that used the store last
};

}  // namespace holdfast::runtime
