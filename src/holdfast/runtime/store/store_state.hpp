// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The inside of a store: its instances, resource types, the handles that the host holds, the stack of calls, and the
// error on its way out. One thread at a time; `queue_drop` alone may be called from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
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

/// A resource outside all handle tables: held by the host, or on its way between two tables. An own that is lent may
/// not be dropped or moved until the call that borrowed it has returned.
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

/// The leases of a store's instances and types, for the other stores of its parent's budget.
class StoreLeases final : public resource::LeaseHolder {
 public:
  StoreLeases(StoreState& store, resource::Budget& budget) noexcept : LeaseHolder(budget), store_(store) {}
  ~StoreLeases() = default;
  void return_idle(resource::Dimension dimension) noexcept override;
  using LeaseHolder::enlist;  ///< when the store is whole: other threads look at it from then on
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

  /// While one exists, this thread uses the store and no other recalls its leases. They nest.
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

  /// Notes why the call in progress fails; the first reason wins. Always returns false.
  bool raise(HostError error);
  bool raise(const Error& error);
  /// The same for a limit that was reached; `what` says of what.
  bool raise_limit(const Error& error, const std::string& what);
  /// Notes an engine failure, unless it only passes on what was raised before. Always returns false.
  bool raise(engine::CallFailure failure);
  /// Adds a call to the path of the error on its way out, innermost first.
  void note_call(std::string call);
  /// The call in progress ends because a guest asked to exit: a failure that closes nothing.
  bool is_exiting() const noexcept { return pending_ && pending_->exit_code(); }
  /// The reason of the failed call; contract: something was raised.
  HostError take_error();

  // --- resources ---

  /// The tag of a host type in this store; made on first use.
  ResourceTag tag_of(const std::shared_ptr<const HostResourceType>& type);
  ResourceTag add_guest_type(std::string name, InstanceState& instance, std::optional<engine::Function> destructor);
  ResourceType& type(ResourceTag tag) noexcept { return *types_[tag]; }
  std::uint32_t type_count() const noexcept { return static_cast<std::uint32_t>(types_.size()); }

  /// Room for one more resource of a type that a component implements. Errors: those of Budget::try_take.
  Result<void> add_resource(ResourceTag tag);
  void remove_resource(ResourceTag tag);
  /// A resource operation of `instance`. Errors as add_resource.
  Result<void> charge(InstanceState& instance, ResourceTag tag, resource::Operation operation);

  /// Rule 22: cleans up the resource `rep`, whose own handle `caller` (null: the host) gave up.
  bool destroy(ResourceTag tag, std::uint32_t rep, InstanceState* caller);

  /// Drops what the host holds, now if the store is idle and this is its thread, else as soon as it is. Any thread.
  void queue_drop(HeldId id);
  /// The same for a resource whose own handle is gone already.
  void queue_drop(ResourceTag tag, std::uint32_t rep) { queue_drop(QueuedDrop(OrphanedResource{tag, rep})); }
  /// Drops now. Errors: closed (stale), misuse (lent), or the trap of the destructor.
  HostResult<void> drop_now(HeldId id);
  /// Runs what waits in the drop queue; contract: idle.
  void run_drop_queue();

  /// Closes all instances of a component that may not go on; what they hold goes with release_closed.
  void terminate(RootInstance& root);

  /// After a trap: gives up what the closed instances held whose activations have unwound.
  void release_closed();

  // --- calls ---

  bool is_idle() const noexcept { return tasks.empty(); }
  /// Debug builds: stops the program when two threads use the store at once.
  void check_thread() noexcept;
  /// "instance: function", outermost first, of the calls in progress.
  std::string call_path() const;
  void note_origin(InstanceState& instance, std::uint32_t index);

  StoreReport close();

  /// Ends the shares that have had their time; returns how many.
  std::uint64_t expire_shares() noexcept;

  /// Ends a period of all adaptive limits in the store.
  void adapt_limits() noexcept;

  StoreOptions options;
  std::shared_ptr<const Services> services;
  std::optional<engine::Store> engine_store;  ///< gone after close
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
  std::vector<InstanceState*> just_closed;  ///< by a trap, not yet released
  StoreReport report;                       ///< what happened so far and nobody was told
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
  std::vector<std::unique_ptr<ResourceType>> types_;
  std::unordered_map<const HostResourceType*, ResourceTag> host_tags_;
  DropQueue drops_;
  std::array<resource::Amount, resource::operation_count> operation_costs_;  // by resource::Operation
  std::uint32_t uses_ = 0;                                                   // InUse that exist
  bool running_drops_ = false;
  std::atomic<std::thread::id> thread_;
};

}  // namespace holdfast::runtime
