// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/guest_call.hpp"

#include <algorithm>
#include <utility>

#include "holdfast/core/assert.hpp"

namespace holdfast::runtime {
namespace {

bool is_self_or_ancestor(const InstanceState* candidate, const InstanceState* instance) {
  for (; instance != nullptr; instance = instance->parent) {
    if (instance == candidate) return true;
  }
  return false;
}

/// Calls `visit` for the instances that a call from `caller` to `callee` enters: the callee and its ancestors without
/// the caller and its ancestors (rule 12), innermost first. Stops when `visit` returns false; returns whether it did
/// not.
template <class Visit>
bool for_each_entered(InstanceState* callee, const InstanceState* caller, Visit visit) {
  for (InstanceState* i = callee; i != nullptr && !is_self_or_ancestor(i, caller); i = i->parent) {
    if (!visit(*i)) return false;
  }
  return true;
}

bool enter_instances(StoreState& store, InstanceState& callee, InstanceState* caller) {
  if (store.tasks.size() >= store.options.limits.call_depth) {
    return store.raise(HostError(ErrorKind::limit, "the limit of " + std::to_string(store.options.limits.call_depth) +
                                                       " nested calls between components is reached"));
  }
  const bool may_enter = for_each_entered(&callee, caller, [&](InstanceState& instance) {
    if (instance.may_enter) return true;
    std::string why = instance.closed ? " (it is closed: a call into it trapped)" : " (it is running already)";
    store.raise(HostError(ErrorKind::trap, "cannot enter component instance" + why)
                    .with_rule(instance.closed ? 26 : 12)
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
    instance.may_enter = !instance.closed;  // it may have been terminated meanwhile
    return true;
  });
}

/// Rule 26: they stay as they are, not enterable. An exit is no trap.
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
      task_{.instance = &instance, .function = &function, .scope = {}, .context = {}} {}

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
  HOLDFAST_ASSERT(store_.tasks.back() == &task_, "calls end in the reverse order of their beginning");
  store_.tasks.pop_back();
  leave_instances(instance_, caller_);
  entered_ = false;
}

GuestCall::GuestCall(StoreState& store, LiftedState& callee, InstanceState* caller) noexcept
    : store_(store),
      callee_(callee),
      caller_(caller),
      task_{.instance = callee.instance, .function = &callee.name, .scope = {}, .context = {}} {}

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
  return true;
}

bool GuestCall::refuse(const Error& error) {
  store_.raise_limit(error, "calls into " + callee_.instance->name);
  if (error.code != ErrorCode::over_budget) return false;  // entered, which closes it
  store_.tasks.pop_back();
  leave_instances(*callee_.instance, caller_);
  entered_ = false;
  return false;
}

bool GuestCall::run() {
  auto called = store_.engine_store->call(callee_.callee, values_);
  if (!called) return store_.raise(std::move(called).error());
  flat_result_ = values_[0];
  if (callee_.options.memory) side_->context().memory = store_.engine_store->view(*callee_.options.memory);
  return true;
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
    auto called = store_.engine_store->call(*callee_.options.post_return, values_);
    if (!called) return store_.raise(std::move(called).error());
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
  HOLDFAST_ASSERT(store_.tasks.back() == &task_, "calls end in the reverse order of their beginning");
  side_->return_lends();
  store_.tasks.pop_back();
  leave_instances(*callee_.instance, caller_);
  entered_ = false;
}

}  // namespace holdfast::runtime
