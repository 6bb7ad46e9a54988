// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/call/trampolines.hpp"

#include <exception>
#include <span>
#include <string>

#include "holdfast/abi/signature.hpp"
#include "holdfast/runtime/call/async_builtins.hpp"
#include "holdfast/runtime/call/error_context_builtins.hpp"
#include "holdfast/runtime/call/guest_call.hpp"
#include "holdfast/runtime/call/guest_side.hpp"
#include "holdfast/runtime/call/handle_error.hpp"
#include "holdfast/runtime/call/trampoline_parts.hpp"
#include "holdfast/runtime/call/trap.hpp"
#include "holdfast/runtime/call/waiting.hpp"
#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast::runtime {
namespace {

using engine::RawValue;

/// Raises an error of the handle table, with the rule of the built-in.
bool raise_handle_error(const TrampolineState& state, Error error, Rule rule) {
  if (error.code != ErrorCode::unknown_handle) error.rule = rule;
  return runtime::raise_handle_error(*state.store, *state.instance, state.resource, error);
}

bool charge(const TrampolineState& state, resource::Operation operation) {
  const auto charged = state.store->charge(*state.instance, state.resource, operation);
  return charged || state.store->raise_limit(charged.error(), "resource operations of " + state.instance->name);
}

// --- resource built-ins ---

bool resource_new(void* environment, RawValue* values) noexcept {
  TrampolineState& state = state_of(environment);
  if (!may_leave(state)) return false;
  if (!charge(state, resource::Operation::create)) return false;
  if (const auto room = state.store->add_resource(state.resource); !room) [[unlikely]]
    return state.store->raise_limit(room.error(), "resources of type " + state.store->type(state.resource).name);
  const auto index = state.instance->add_own(state.resource, values[0].i32());
  if (!index) {
    state.store->remove_resource(state.resource);
    return state.store->raise(index.error());
  }
  values[0] = RawValue::from_i32(*index);
  return true;
}

bool resource_rep(void* environment, RawValue* values) noexcept {
  TrampolineState& state = state_of(environment);
  const std::uint32_t index = values[0].i32();
  const auto rep = state.instance->handles.rep(handles::TypeTag(state.resource), index);
  if (!rep) return raise_handle_error(state, rep.error(), Rule::resource_rep);
  values[0] = RawValue::from_i32(*rep);
  return true;
}

bool resource_drop(void* environment, RawValue* values) noexcept {
  TrampolineState& state = state_of(environment);
  if (!may_leave(state)) return false;
  if (!charge(state, resource::Operation::drop)) return false;
  const std::uint32_t index = values[0].i32();
  const auto dropped = state.instance->drop(state.resource, index);
  if (!dropped) return raise_handle_error(state, dropped.error(), Rule::resource_drop);
  return !dropped->is_own || state.store->destroy(state.resource, dropped->rep, state.instance);
}

// --- context storage and unsupported built-ins ---

bool context_get(void* environment, RawValue* values) noexcept {
  TrampolineState& state = state_of(environment);
  const auto& body = std::get<component::ContextGet>(state.definition->body);
  values[0] = RawValue::from_i64(state.store->tasks.back()->context[body.index]);
  return true;
}

bool context_set(void* environment, RawValue* values) noexcept {
  TrampolineState& state = state_of(environment);
  const auto& body = std::get<component::ContextSet>(state.definition->body);
  state.store->tasks.back()->context[body.index] = values[0].i32();
  return true;
}

bool unsupported(void* environment, RawValue*) noexcept {
  TrampolineState& state = state_of(environment);
  const auto& body = std::get<component::UnsupportedBuiltin>(state.definition->body);
  if (!may_leave(state)) return false;
  if (body.may_block && !may_wait(*state.store)) return raise_wait(*state.store);
  return state.store->raise(HostError(ErrorKind::unsupported, "the component called the built-in `" + body.name +
                                                                  "`, which Holdfast does not support yet")
                                .with_context(state.instance->name));
}

// --- lowered functions ---

const std::string& name_of(const TrampolineState& state) {
  return std::get<component::LowerFunction>(state.definition->body).name;
}

/// Sets the result of an async lower. The callee has always returned by then, so there is no subtask.
void note_returned(const TrampolineState& state, RawValue* values) noexcept {
  constexpr std::uint32_t returned = 2;  // CanonicalABI.md, "Subtask State"
  if (state.options.options->is_async) [[unlikely]]
    values[0] = RawValue::from_i32(returned);
}

bool fail_in_host(TrampolineState& state, const char* message) {
  return state.store->raise(
      HostError(ErrorKind::trap, message).with_context("the host function " + name_of(state) + " threw"));
}

bool call_host(void* environment, RawValue* values) noexcept {
  TrampolineState& state = state_of(environment);
  if (!may_leave(state)) return false;
  if (const auto counted = state.instance->resources.count_host_call(); !counted) [[unlikely]]
    return state.store->raise_limit(counted.error(), "calls to host functions by " + state.instance->name);
  GuestSide side = caller_side(state);
  HostCall call{*state.store, *state.instance, side, *state.type, slots(state, values)};
  bool done = false;
  try {
    done = state.host->call(call);
  } catch (const Exit& exit) {
    state.store->raise(HostError(ErrorKind::trap, exit.what()).with_exit_code(exit.code()));
  } catch (const Trap& trap) {
    state.store->raise(HostError(trap.kind(), trap.message()));
  } catch (const std::exception& thrown) {
    fail_in_host(state, thrown.what());
  } catch (...) {
    fail_in_host(state, "an object that is not a std::exception");
  }
  if (!done) {
    state.store->note_call("host: " + name_of(state));
    return false;
  }
  note_returned(state, values);
  return true;
}

/// Moves the arguments from `caller` to `callee`, runs the callee, and moves the result back. Lifts and lowers in the
/// order of rules 13 and 16.
bool transfer(TrampolineState& state, GuestSide& caller, GuestCall& callee, std::span<RawValue> values) {
  StoreState& store = *state.store;
  auto arguments = abi::lift_parameters(caller.context(), *state.type, values);
  if (!arguments) return store.raise(arguments.error());
  auto lowered = abi::lower_parameters(callee.side().context(), callee.type(), *arguments, callee.values());
  if (!lowered) return store.raise(lowered.error());
  return callee.run([&] {
    auto result = abi::lift_result(callee.side().context(), callee.type(), callee.result());
    if (!result) return store.raise(result.error());
    if (!callee.check_borrows()) return false;
    auto stored = abi::lower_result(caller.context(), *state.type, result->has_value() ? &**result : nullptr, values);
    return stored || store.raise(stored.error());
  });
}

bool call_component(void* environment, RawValue* values) noexcept {
  TrampolineState& state = state_of(environment);
  if (!may_leave(state)) return false;
  resolve(state.options, *state.instance->root);
  GuestCall callee(*state.store, *state.lifted, state.instance, !state.options.options->is_async);
  if (!callee.enter()) return false;
  GuestSide caller(*state.store, *state.instance, state.options, nullptr);
  if (transfer(state, caller, callee, slots(state, values))) {
    note_returned(state, values);
    return true;
  }
  state.store->note_call(state.lifted->instance->name + ": " + state.lifted->name);
  return false;
}

}  // namespace

engine::HostCallback callback_of(const component::Trampoline& trampoline, const TrampolineState& state) noexcept {
  struct Choose {
    const TrampolineState& state;
    engine::HostCallback operator()(const component::LowerFunction&) const {
      return state.host != nullptr ? call_host : call_component;
    }
    engine::HostCallback operator()(const component::ResourceNew&) const { return resource_new; }
    engine::HostCallback operator()(const component::ResourceRep&) const { return resource_rep; }
    engine::HostCallback operator()(const component::ResourceDrop&) const { return resource_drop; }
    engine::HostCallback operator()(const component::ContextGet&) const { return context_get; }
    engine::HostCallback operator()(const component::ContextSet&) const { return context_set; }
    engine::HostCallback operator()(const component::TaskReturn& builtin) const { return callback_of(builtin); }
    engine::HostCallback operator()(const component::AsyncBuiltin& builtin) const { return callback_of(builtin); }
    engine::HostCallback operator()(const component::ErrorContextBuiltin& builtin) const {
      return callback_of(builtin);
    }
    engine::HostCallback operator()(const component::UnsupportedBuiltin&) const { return unsupported; }
  };
  return std::visit(Choose{state}, trampoline.body);
}

}  // namespace holdfast::runtime
