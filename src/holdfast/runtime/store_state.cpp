// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/store_state.hpp"

#include <algorithm>
#include <utility>

#include "holdfast/core/assert.hpp"
#include "holdfast/runtime/guest_call.hpp"
#include "holdfast/runtime/store_limits.hpp"

namespace holdfast::runtime {
namespace {

/// How often the drop queue is emptied in a row.
constexpr int max_drop_rounds = 10'000;

resource::Budget make_budget(const StoreOptions& options) {
  const resource::ResourceLimits limits = limits_of_store(options.limits);
  return options.budget != nullptr ? resource::Budget(*options.budget, limits) : resource::Budget(limits);
}

std::array<resource::Amount, 5> costs_of_operations(resource::Amount percent) {
  using resource::Operation;
  std::array<resource::Amount, 5> costs{};
  for (std::size_t i = 0; i < costs.size(); ++i) costs[i] = resource::cost_of(static_cast<Operation>(i), percent);
  return costs;
}

ErrorKind kind_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::over_budget:
    case ErrorCode::limit_traps:
    case ErrorCode::limit_terminates:
    case ErrorCode::handle_limit:
    case ErrorCode::table_full:
    case ErrorCode::lift_allowance_exceeded: return ErrorKind::limit;
    case ErrorCode::unsupported_value: return ErrorKind::unsupported;
    default: return ErrorKind::trap;
  }
}

HostError from_engine(engine::CallFailure failure) {
  using Cause = engine::CallFailure::Cause;
  // What the engine refuses without a trap is about its limits: code and imports were validated.
  const bool limit =
      failure.cause == Cause::fuel || failure.cause == Cause::interrupted || failure.cause == Cause::engine;
  const bool thrown = failure.cause == Cause::exception;
  if (thrown) failure.message.insert(0, "uncaught exception propagated out of component: ");
  HostError error(limit ? ErrorKind::limit : ErrorKind::trap, std::move(failure.message));
  if (thrown) error.with_rule(15);
  error.with_backtrace(std::move(failure.frames));
  return error;
}

}  // namespace

StoreState::StoreState(std::shared_ptr<const Services> engine_services, engine::Store made,
                       const StoreOptions& store_options)
    : options(store_options),
      services(std::move(engine_services)),
      engine_store(std::move(made)),
      interrupt_handle(engine_store->interrupt_handle()),
      instance_limits(limits_of_instance(store_options.limits)),
      budget(make_budget(store_options)),
      leases(*this, budget),
      operation_costs_(costs_of_operations(store_options.limits.operation_cost)),
      thread_(std::this_thread::get_id()) {
  budget.set_handler(options.exhaustion);
  leases.enlist();
}

StoreState::~StoreState() { leases.resign(); }

// --- errors ---

bool StoreState::raise(HostError error) {
  if (!pending_) pending_ = std::move(error);
  return false;
}

bool StoreState::raise(const Error& error) {
  if (error.code == ErrorCode::call_failed) return false;  // its details were raised where they were known
  if (error.code == ErrorCode::limit_terminates && !tasks.empty()) terminate(*tasks.back()->instance->root);
  return raise(HostError::from(error, kind_of(error.code)));
}

bool StoreState::raise_limit(const Error& error, const std::string& what) {
  const bool is_first = !pending_;
  raise(error);
  if (is_first) pending_->with_context(what);
  return false;
}

bool StoreState::raise(engine::CallFailure failure) {
  if (failure.cause != engine::CallFailure::Cause::host) return raise(from_engine(std::move(failure)));
  HOLDFAST_ASSERT(pending_, "a host function that fails has raised its reason");
  if (pending_->backtrace().empty()) pending_->with_backtrace(std::move(failure.frames));
  return false;
}

void StoreState::note_call(std::string call) {
  if (pending_) pending_->with_call(std::move(call));
}

HostError StoreState::take_error() {
  HOLDFAST_ASSERT(pending_, "a call that failed has raised its reason");
  HostError error = *std::move(pending_);
  pending_.reset();
  return error;
}

// --- resource types ---

ResourceTag StoreState::tag_of(const std::shared_ptr<const HostResourceType>& host) {
  const auto [position, is_new] = host_tags_.try_emplace(host.get(), type_count());
  if (is_new) {
    auto made = std::make_unique<ResourceType>();
    made->name = host->name();
    made->host = host;
    if (const auto* limits = limits_of_type(options.limits, made->name))
      made->limited = std::make_unique<TypeBudget>(budget, *limits, services->clock());
    made->table = host->make_table(made->limited ? made->limited->node : budget, *services);
    types_.push_back(std::move(made));
  }
  return position->second;
}

ResourceTag StoreState::add_guest_type(std::string name, InstanceState& instance,
                                       std::optional<engine::Function> destructor) {
  auto made = std::make_unique<ResourceType>();
  made->name = std::move(name);
  made->instance = &instance;
  made->destructor = destructor;
  if (const auto* limits = limits_of_type(options.limits, made->name))
    made->limited = std::make_unique<TypeBudget>(instance.resources.node(), *limits, services->clock());
  types_.push_back(std::move(made));
  return type_count() - 1;
}

// --- budgets ---

Result<void> StoreState::add_resource(ResourceTag tag) {
  ResourceType& resource = type(tag);
  if (resource.limited) return resource.limited->node.try_take(resource::Dimension::resources, 1);
  return resource.instance->resources.add_resource();
}

void StoreState::remove_resource(ResourceTag tag) {
  ResourceType& resource = type(tag);
  if (resource.limited) return resource.limited->node.give_back(resource::Dimension::resources, 1);
  resource.instance->resources.remove_resource();
}

Result<void> StoreState::charge(InstanceState& instance, ResourceTag tag, resource::Operation operation) {
  const resource::Amount cost = operation_costs_[static_cast<std::size_t>(operation)];
  HOLDFAST_TRY(instance.resources.charge(cost, *services));
  ResourceType& resource = type(tag);
  return resource.limited ? resource.limited->meter.charge(cost, *services) : Result<void>();
}

void StoreLeases::return_idle(resource::Dimension dimension) noexcept {
  for (const auto& root : store_.roots) {
    for (const auto& instance : root->instances) instance->resources.return_idle(dimension);
  }
  for (const auto& resource : store_.types_) {
    if (resource->limited) resource->limited->meter.return_idle(dimension);
  }
}

void StoreState::adapt_limits() noexcept {
  budget.adapt();
  for (const auto& root : roots) {
    for (const auto& instance : root->instances) instance->resources.node().adapt();
  }
  for (const auto& resource : types_) {
    if (resource->limited) resource->limited->node.adapt();
  }
}

/// The store is over: what it used is its parent's again, though handles may keep this object.
void StoreState::release_budgets() noexcept {
  for (const auto& resource : types_) resource->limited.reset();
  for (const auto& root : roots) {
    for (const auto& instance : root->instances) instance->resources.release();
  }
  for (std::size_t i = 0; i < resource::dimension_count; ++i) budget.restart(static_cast<resource::Dimension>(i));
}

std::uint64_t StoreState::expire_shares() noexcept {
  std::uint64_t expired = 0;
  for (const auto& resource : types_) {
    if (resource->table) expired += resource->table->expire();
  }
  return expired;
}

// --- dropping ---

bool StoreState::destroy(ResourceTag tag, std::uint32_t rep, InstanceState* caller) {
  static const std::string destructor_name = "destructor";
  ResourceType& resource = type(tag);
  if (resource.table) {
    auto dropped = resource.table->drop(rep);
    if (dropped) return true;
    HostError failed = std::move(dropped).error().with_context("dropping " + resource.name);
    if (failed.kind() == ErrorKind::trap && caller != nullptr) return raise(std::move(failed));
    note_failed_drop(std::move(failed));  // the handle is gone; that the host could not clean up is the host's concern
    return true;
  }
  Activation activation(*this, *resource.instance, caller, destructor_name);
  if (!activation.enter()) return false;
  remove_resource(tag);
  if (resource.destructor) {
    engine::RawValue values[] = {engine::RawValue::from_i32(rep)};
    auto called = engine_store->call(*resource.destructor, values);
    if (!called) return raise(std::move(called).error());
  }
  activation.leave();
  return true;
}

void StoreState::note_failed_drop(HostError error) {
  if (services->log) services->log("a drop failed: " + error.message());
  report.failed_drops.push_back(std::move(error));
}

bool StoreState::may_drop_here() const noexcept {
  // The thread first: on another one nothing else may be looked at.
  return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id() && is_idle() && !closed;
}

void StoreState::queue_drop(HeldId id) { queue_drop(QueuedDrop(HeldDrop{id.to_bits()})); }

void StoreState::queue_drop(QueuedDrop drop) {
  if (closed) return;  // everything was released then
  drops_.add(drop);
  if (may_drop_here()) run_drop_queue();
}

HostResult<void> StoreState::drop_now(HeldId id) {
  const InUse in_use(*this);
  const auto found = held.get(id);
  if (!found) return std::unexpected(HostError::from(found.error(), ErrorKind::closed));
  const HeldHandle handle = **found;
  if (handle.lends != 0) {
    return std::unexpected(HostError::from(make_error(ErrorCode::resource_lent, handle.lends), ErrorKind::misuse)
                               .with_context("dropping " + type(handle.tag).name));
  }
  static_cast<void>(held.take(id));
  if (!handle.own || destroy(handle.tag, handle.rep, nullptr)) return {};
  HostError error = take_error();
  release_closed();
  return std::unexpected(std::move(error).with_context("dropping " + type(handle.tag).name));
}

void StoreState::run_drop_queue() {
  if (drops_.empty() || std::exchange(running_drops_, true)) return;  // when running: the loop below comes to it
  const InUse in_use(*this);
  // A destructor may let go of further handles, a guest's without end: what is left then waits for the next time.
  for (int round = 0; round < max_drop_rounds && !drops_.empty(); ++round) {
    for (const QueuedDrop& drop : drops_.take_all()) run_queued(drop);
  }
  running_drops_ = false;
}

void StoreState::run_queued(const QueuedDrop& drop) {
  if (const auto* orphan = std::get_if<OrphanedResource>(&drop)) {
    if (destroy(orphan->tag, orphan->rep, nullptr)) return;
    note_failed_drop(take_error().with_context("dropping " + type(orphan->tag).name));
    release_closed();
    return;
  }
  const HeldId id = HeldId::from_bits(std::get<HeldDrop>(drop).bits);
  if (!held.get(id)) return;  // closed or passed on meanwhile
  if (auto dropped = drop_now(id); !dropped) note_failed_drop(std::move(dropped).error());
}

void StoreState::terminate(RootInstance& root) {
  for (const auto& instance : root.instances) {
    instance->may_enter = false;
    instance->may_leave = false;  // what runs already ends where it next leaves
    if (!std::exchange(instance->closed, true)) just_closed.push_back(instance.get());
  }
}

void StoreState::release_closed() {
  if (just_closed.empty()) return;
  for (InstanceState* instance : std::exchange(just_closed, {})) {
    if (std::ranges::find(tasks, instance, &Task::instance) == tasks.end()) {
      release(*instance);
    } else {
      just_closed.push_back(instance);  // terminated while it runs
    }
  }
}

void StoreState::release(InstanceState& instance) {
  struct Resource {
    std::uint64_t order;
    ResourceTag tag;
    std::uint32_t rep;
  };
  std::vector<Resource> host_resources;
  instance.handles.for_each_live([&](std::uint32_t, const handles::HandleEntry& entry) {
    if (entry.kind() == handles::HandleKind::error_context) error_contexts.remove(entry.rep);
    if (!entry.is_own()) return;
    ResourceType& resource = type(entry.type);
    if (resource.table) {
      host_resources.push_back({resource.table->creation_order(entry.rep), entry.type, entry.rep});
    } else if (resource.instance != &instance) {
      drops_.add(OrphanedResource{entry.type, entry.rep});
    }
  });
  instance.clear_handles();
  for (const auto& resource : types_) {
    if (resource->instance == &instance) resource->limited.reset();
  }
  instance.resources.release();
  std::ranges::sort(host_resources, std::greater{}, &Resource::order);
  for (const Resource& resource : host_resources) destroy(resource.tag, resource.rep, nullptr);
  report.released += host_resources.size();
}

// --- calls ---

void StoreState::check_thread() noexcept {
#ifndef NDEBUG
  const auto here = std::this_thread::get_id();
  HOLDFAST_ASSERT(is_idle() || thread_.load() == here, "a store is used by one thread at a time");
#endif
  thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
}

std::string StoreState::call_path() const {
  std::string path;
  for (const Task* task : tasks) {
    if (task->function == nullptr) continue;
    if (!path.empty()) path += " > ";
    path += task->instance->name + ": " + *task->function;
  }
  return path;
}

void StoreState::note_origin(InstanceState& instance, std::uint32_t index) {
  if (!options.track_handles) return;
  instance.origins[index] = HandleOrigin{call_path(), services->clock()};
}

// --- closing ---

std::string StoreState::name_of(const handles::HandleEntry& entry) {
  if (entry.is_resource()) return type(entry.type).name;
  return entry.kind() == handles::HandleKind::error_context ? "error-context" : "waitable-set";
}

void StoreState::list_leaks() {
  const auto now = services->clock();
  for (const auto& root : roots) {
    for (const auto& instance : root->instances) {
      instance->handles.for_each_live([&](std::uint32_t index, const handles::HandleEntry& entry) {
        LeakedHandle leak{name_of(entry), instance->name, index, entry.rep, !entry.is_borrow(), {}, {}};
        if (const auto origin = instance->origins.find(index); origin != instance->origins.end()) {
          leak.path = origin->second.path;
          leak.age = now - origin->second.created;
        }
        report.leaks.push_back(std::move(leak));
      });
    }
  }
  std::uint32_t position = 0;
  for (const auto& [id, handle] : std::as_const(held)) {
    report.leaks.push_back({type(handle.tag).name, "host", position++, handle.rep, handle.own, {}, {}});
  }
}

StoreReport StoreState::close() {
  const InUse in_use(*this);
  run_drop_queue();
  list_leaks();
  closed = true;
  for (const auto& resource : types_) {
    if (!resource->table) continue;
    report.released += resource->table->size();
    resource->table.reset();
  }
  engine_store.reset();
  release_budgets();
  return std::exchange(report, {});
}

}  // namespace holdfast::runtime
