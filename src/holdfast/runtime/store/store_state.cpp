// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/store/store_state.hpp"

#include <algorithm>
#include <utility>

#include "holdfast/core/assert.hpp"
#include "holdfast/runtime/store/store_limits.hpp"

namespace holdfast::runtime {
namespace {

resource::Budget make_budget(const StoreOptions& options) {
  const resource::ResourceLimits limits = limits_of_store(options.limits);
  return options.budget != nullptr ? resource::Budget(*options.budget, limits) : resource::Budget(limits);
}

std::array<resource::Amount, resource::operation_count> costs_of_operations(resource::Amount percent) {
  using resource::Operation;
  std::array<resource::Amount, resource::operation_count> costs{};
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
  // Code and imports were validated, so the engine refuses something without a trap only because of its limits.
  const bool limit =
      failure.cause == Cause::fuel || failure.cause == Cause::interrupted || failure.cause == Cause::engine;
  const bool thrown = failure.cause == Cause::exception;
  if (thrown) failure.message.insert(0, "uncaught exception propagated out of component: ");
  HostError error(limit ? ErrorKind::limit : ErrorKind::trap, std::move(failure.message));
  if (thrown) error.with_rule(Rule::uncaught_exceptions_trap);
  error.with_backtrace(std::move(failure.frames));
  return error;
}

}  // namespace

StoreState::StoreState(std::shared_ptr<const Services> engine_services, engine::Store core_store,
                       const StoreOptions& store_options)
    : options(store_options),
      services(std::move(engine_services)),
      engine_store(std::move(core_store)),
      interrupt_handle(engine_store->interrupt_handle()),
      instance_limits(limits_of_instance(store_options.limits)),
      budget(make_budget(store_options)),
      leases(*this, budget),
      operation_costs_(costs_of_operations(store_options.limits.operation_cost)),
      thread_(mark_of_this_thread()) {
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
  if (error.code == ErrorCode::call_failed) return false;  // the details were already raised
  if (error.code == ErrorCode::limit_terminates && !tasks.empty()) terminate(*tasks.back()->instance->root);
  return raise(HostError::from(error, kind_of(error.code)));
}

bool StoreState::raise_limit(const Error& error, const std::string& subject) {
  const bool is_first = !pending_;
  raise(error);
  if (is_first) pending_->with_context(subject);
  return false;
}

bool StoreState::raise(engine::CallFailure failure) {
  if (failure.cause != engine::CallFailure::Cause::host) return raise(from_engine(std::move(failure)));
  HOLDFAST_ASSERT(pending_, "a host function that fails has raised the reason");
  if (pending_->backtrace().empty()) pending_->with_backtrace(std::move(failure.frames));
  return false;
}

void StoreState::note_call(std::string call) {
  if (pending_) pending_->with_call(std::move(call));
}

HostError StoreState::take_error() {
  HOLDFAST_ASSERT(pending_, "a call that fails has raised the reason");
  HostError error = *std::move(pending_);
  pending_.reset();
  return error;
}

// --- resource types ---

ResourceTag StoreState::tag_of(const std::shared_ptr<const HostResourceType>& host) {
  const auto [position, is_new] = host_tags_.try_emplace(host.get(), type_count());
  if (is_new) {
    auto resource = std::make_unique<ResourceTypeState>();
    resource->name = host->name();
    resource->host = host;
    if (const auto* limits = limits_of_type(options.limits, resource->name))
      resource->limited = std::make_unique<TypeBudget>(budget, *limits, services->clock());
    resource->table = host->make_table(resource->limited ? resource->limited->node : budget, *services);
    types_.push_back(std::move(resource));
  }
  return position->second;
}

ResourceTag StoreState::add_guest_type(std::string name, InstanceState& instance,
                                       std::optional<engine::Function> destructor) {
  auto resource = std::make_unique<ResourceTypeState>();
  resource->name = std::move(name);
  resource->instance = &instance;
  resource->destructor = destructor;
  if (const auto* limits = limits_of_type(options.limits, resource->name))
    resource->limited = std::make_unique<TypeBudget>(instance.resources.node(), *limits, services->clock());
  types_.push_back(std::move(resource));
  return type_count() - 1;
}

// --- budgets ---

Result<void> StoreState::add_resource(ResourceTag tag) {
  ResourceTypeState& resource = type(tag);
  if (resource.limited) return resource.limited->node.try_take(resource::Dimension::resources, 1);
  return resource.instance->resources.add_resource();
}

void StoreState::remove_resource(ResourceTag tag) {
  ResourceTypeState& resource = type(tag);
  if (resource.limited) return resource.limited->node.give_back(resource::Dimension::resources, 1);
  resource.instance->resources.remove_resource();
}

Result<void> StoreState::charge(InstanceState& instance, ResourceTag tag, resource::Operation operation) {
  const resource::Amount cost = operation_costs_[static_cast<std::size_t>(operation)];
  HOLDFAST_TRY(instance.resources.charge(cost, *services));
  ResourceTypeState& resource = type(tag);
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

/// At the end of the store: gives everything it used back to the parent budget. Handles may keep this object alive.
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

// --- calls ---

const void* StoreState::mark_of_this_thread() noexcept {
  thread_local const char mark = 0;
  return &mark;
}

void StoreState::check_thread() noexcept {
#ifndef NDEBUG
  HOLDFAST_ASSERT(is_idle() || thread_.load() == mark_of_this_thread(), "a store is used by one thread at a time");
#endif
  thread_.store(mark_of_this_thread(), std::memory_order_relaxed);
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
