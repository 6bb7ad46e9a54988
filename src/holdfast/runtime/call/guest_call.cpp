// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/call/guest_call.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "holdfast/component/program/program.hpp"
#include "holdfast/core/assert.hpp"
#include "holdfast/runtime/call/core_items.hpp"
#include "holdfast/runtime/call/waiting.hpp"
#include "holdfast/runtime/load/same_type.hpp"

namespace holdfast::runtime {
namespace {

bool is_self_or_ancestor(const InstanceState* candidate, const InstanceState* instance) {
  for (; instance != nullptr; instance = instance->parent) {
    if (instance == candidate) return true;
  }
  return false;
}

/// Calls `visit` for the instances that a call from `caller` to `callee` enters, innermost first: the callee and its
/// ancestors, except the caller and its ancestors (rule 12). Stops and returns false when `visit` returns false.
template <class Visit>
bool for_each_entered(InstanceState* callee, const InstanceState* caller, Visit visit) {
  for (InstanceState* i = callee; i != nullptr && !is_self_or_ancestor(i, caller); i = i->parent) {
    if (!visit(*i)) return false;
  }
  return true;
}

bool enter_instances(StoreState& store, InstanceState& callee, InstanceState* caller) {
  if (store.tasks.size() >= store.options.limits.call_depth) {
    return store.raise(HostError(ErrorKind::limit, "limit of " + std::to_string(store.options.limits.call_depth) +
                                                       " nested calls between components exceeded"));
  }
  const bool may_enter = for_each_entered(&callee, caller, [&](InstanceState& instance) {
    if (instance.may_enter) return true;
    std::string why = instance.closed ? " (closed because a call into it trapped)" : " (already running)";
    store.raise(HostError(ErrorKind::trap, "cannot enter component instance" + why)
                    .with_rule(instance.closed ? Rule::trapped_instances_stay_closed : Rule::may_enter)
                    .with_context(instance.name));
    return false;
  });
  if (!may_enter) return false;
  for_each_entered(&callee, caller, [](InstanceState& instance) {
    instance.may_enter = false;
    return true;
  });
  return true;
}

void leave_instances(InstanceState& callee, InstanceState* caller) {
  for_each_entered(&callee, caller, [](InstanceState& instance) {
    instance.may_enter = !instance.closed;  // it may have been terminated during the call
    return true;
  });
}

/// Closes the instances that a trapped call entered: none can be entered again (rule 26). After an exit, which is not a
/// trap, they can.
void close_instances(StoreState& store, InstanceState& callee, InstanceState* caller) {
  for_each_entered(&callee, caller, [&](InstanceState& instance) {
    if (store.is_exiting()) {
      instance.may_enter = true;
      instance.may_leave = true;
    } else if (!std::exchange(instance.closed, true)) {
      store.just_closed.push_back(&instance);
    }
    return true;
  });
}

}  // namespace

Activation::Activation(StoreState& store, InstanceState& instance, InstanceState* caller,
                       const std::string& function) noexcept
    : store_(store),
      instance_(instance),
      caller_(caller),
      task_{.instance = &instance, .call = nullptr, .function = &function, .scope = {}, .context = {}} {}

Activation::~Activation() {
  if (!entered_) return;
  store_.tasks.pop_back();
  close_instances(store_, instance_, caller_);
}

bool Activation::enter() {
  if (!enter_instances(store_, instance_, caller_)) return false;
  store_.tasks.push_back(&task_);
  entered_ = true;
  return true;
}

void Activation::leave() {
  HOLDFAST_ASSERT(store_.tasks.back() == &task_, "calls end in the reverse of the order in which they began");
  store_.tasks.pop_back();
  leave_instances(instance_, caller_);
  entered_ = false;
}

GuestCall::GuestCall(StoreState& store, LiftedState& callee, InstanceState* caller, bool caller_waits) noexcept
    : store_(store),
      callee_(callee),
      caller_(caller),
      task_{.instance = callee.instance, .call = this, .function = &callee.name, .scope = {}, .context = {}},
      caller_waits_(caller_waits) {}

GuestCall::~GuestCall() {
  if (task_.scope.is_valid()) {
    if (entered_ && store_.is_exiting()) callee_.instance->forget_borrows(task_.scope);
    store_.borrow_scopes.close(task_.scope);
  }
  if (!entered_) return;
  side_.reset();
  store_.tasks.pop_back();
  close_instances(store_, *callee_.instance, caller_);
}

bool GuestCall::enter() {
  if (!enter_instances(store_, *callee_.instance, caller_)) return false;
  store_.tasks.push_back(&task_);
  entered_ = true;
  if (const auto counted = callee_.instance->resources.count_call(); !counted) [[unlikely]]
    return refuse(counted.error());
  if (!callee_.options.resolved) {
    callee_.callee = resolve(callee_.definition->callee, *callee_.root).function();
    resolve(callee_.options, *callee_.root);
  }
  side_.emplace(store_, *callee_.instance, callee_.options, &task_);
  return callee_.instance->backpressure == 0 || !callee_.type->is_async || raise_wait(store_);
}

bool GuestCall::refuse(const Error& error) {
  store_.raise_limit(error, "calls into " + callee_.instance->name);
  if (error.code != ErrorCode::over_budget) return false;  // still entered, so the destructor closes it
  store_.tasks.pop_back();
  leave_instances(*callee_.instance, caller_);
  entered_ = false;
  return false;
}

bool GuestCall::call_core(const engine::Function& function) {
  auto called = store_.engine_store->call(function, values_);
  return called || store_.raise(std::move(called).error());
}

void GuestCall::update_memory() {
  if (callee_.options.memory) side_->context().memory = store_.engine_store->view(*callee_.options.memory);
}

bool GuestCall::run_core() {
  if (!call_core(callee_.callee)) return false;
  flat_result_ = values_[0];
  result_ = values_;
  update_memory();
  return true;
}

bool GuestCall::run_async() {
  if (!call_core(callee_.callee)) return false;
  if (callee_.options.callback && !run_callback()) return false;
  if (!resolved_) {
    return store_.raise(HostError(ErrorKind::trap, "async-lifted export failed to produce a result"));
  }
  leave();
  return true;
}

/// Calls the callback until it exits. The core function, and then each call of the callback, returns what it waits for.
bool GuestCall::run_callback() {
  enum Code : std::uint32_t { exit, yield, wait };
  constexpr std::uint32_t code_bits = 4;
  for (;;) {
    const std::uint32_t packed = values_[0].i32();
    switch (const std::uint32_t code = packed & ((1U << code_bits) - 1); code) {
      case Code::exit: return true;
      case Code::yield: break;  // no other task could run
      case Code::wait: return check_waitable_set(store_, *callee_.instance, packed >> code_bits) && raise_wait(store_);
      default: return store_.raise(HostError(ErrorKind::trap, "unsupported callback code " + std::to_string(code)));
    }
    values_[0] = values_[1] = values_[2] = engine::RawValue::from_i32(0);  // the event "none"
    if (!call_core(*callee_.options.callback)) return false;
  }
}

/// The memory option may be missing if the result does not need memory, as in the specification's tests.
bool GuestCall::matches(const component::TaskReturn& task_return, const ResolvedOptions& options) const {
  if (task_return.options.encoding != callee_.options.options->encoding) return false;
  const auto start_of = [&](const engine::Memory& memory) { return store_.engine_store->view(memory).data; };
  if (options.memory && (!callee_.options.memory || start_of(*options.memory) != start_of(*callee_.options.memory)))
    return false;
  if (task_return.result == callee_.type->result) return true;
  const component::InterfaceTypes& types = callee_.root->program().types;
  const auto same_resource = [&](component::ResourceSlot left, component::ResourceSlot right) {
    return callee_.root->resource_tags[left.index()] == callee_.root->resource_tags[right.index()];
  };
  const component::FunctionType returned{.parameters = {}, .result = task_return.result, .flat_parameters = {}};
  const component::FunctionType expected{.parameters = {}, .result = callee_.type->result, .flat_parameters = {}};
  return same_function_type(types, returned, types, expected, same_resource);
}

bool GuestCall::return_result(const component::TaskReturn& task_return, const ResolvedOptions& options,
                              std::span<const engine::RawValue> values) {
  if (!callee_.options.options->is_async || !matches(task_return, options)) {
    return store_.raise(HostError(ErrorKind::trap, "invalid `task.return` signature and/or options for current task"));
  }
  if (std::exchange(resolved_, true)) {
    return store_.raise(
        HostError(ErrorKind::trap, "`task.return` or `task.cancel` called more than once for current task"));
  }
  result_ = values;
  update_memory();
  return receiver_.receive(receiver_.self);
}

bool GuestCall::check_borrows() {
  if (!task_.scope.is_valid()) return true;
  const auto returned = store_.borrow_scopes.check_returned(task_.scope);
  return returned || store_.raise(returned.error());
}

bool GuestCall::finish() {
  if (callee_.options.post_return) {
    values_[0] = flat_result_;
    callee_.instance->may_leave = false;  // rule 17
    if (!call_core(*callee_.options.post_return)) return false;
    callee_.instance->may_leave = true;
  }
  leave();
  return true;
}

void GuestCall::abandon() {
  GuestSide& side = *side_;
  side.return_lends();
  leave();
  side.undo_lowering();
}

void GuestCall::leave() {
  HOLDFAST_ASSERT(store_.tasks.back() == &task_, "calls end in the reverse of the order in which they began");
  side_->return_lends();
  store_.tasks.pop_back();
  leave_instances(*callee_.instance, caller_);
  entered_ = false;
}

}  // namespace holdfast::runtime
