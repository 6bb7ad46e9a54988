// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The built-ins of the async, error-context and threading proposals: checks that the proposal is enabled and that the
// operands are valid, and derives the core signatures. Source: Binary.md, "Canonical Definitions"; CanonicalABI.md.
#include <span>
#include <string_view>
#include <utility>

#include "holdfast/component/validate/validator.hpp"
#include "holdfast/core/assert.hpp"

namespace holdfast::component::validation {
namespace {

using Opcode = syntax::CanonicalOpcode;

enum class Proposal : std::uint8_t { async, threading };

/// A built-in that always has the same signature.
struct FixedBuiltin {
  Opcode opcode;
  Proposal proposal;
  std::uint8_t parameters;  ///< how many; each is an i32
  std::uint8_t results;     ///< how many; each is an i32
};

constexpr FixedBuiltin fixed_builtins[] = {
    {Opcode::task_cancel, Proposal::async, 0, 0},
    {Opcode::subtask_cancel, Proposal::async, 1, 1},
    {Opcode::subtask_drop, Proposal::async, 1, 0},
    {Opcode::thread_yield, Proposal::async, 0, 1},
    {Opcode::waitable_set_new, Proposal::async, 0, 1},
    {Opcode::waitable_set_drop, Proposal::async, 1, 0},
    {Opcode::waitable_join, Proposal::async, 2, 0},
    {Opcode::backpressure_inc, Proposal::async, 0, 0},
    {Opcode::backpressure_dec, Proposal::async, 0, 0},
    {Opcode::thread_index, Proposal::threading, 0, 1},
    {Opcode::thread_resume_later, Proposal::threading, 1, 0},
    {Opcode::thread_suspend, Proposal::threading, 0, 1},
    {Opcode::thread_suspend_then_resume, Proposal::threading, 1, 1},
    {Opcode::thread_yield_then_resume, Proposal::threading, 1, 1},
    {Opcode::thread_suspend_then_promote, Proposal::threading, 1, 1},
    {Opcode::thread_yield_then_promote, Proposal::threading, 1, 1},
};

/// The part after the dot in the name of a stream or future built-in; empty for any other built-in.
std::string_view transfer_operation(Opcode opcode) {
  switch (opcode) {
    case Opcode::stream_new:
    case Opcode::future_new: return "new";
    case Opcode::stream_read:
    case Opcode::future_read: return "read";
    case Opcode::stream_write:
    case Opcode::future_write: return "write";
    case Opcode::stream_cancel_read:
    case Opcode::future_cancel_read: return "cancel-read";
    case Opcode::stream_cancel_write:
    case Opcode::future_cancel_write: return "cancel-write";
    case Opcode::stream_drop_readable:
    case Opcode::future_drop_readable: return "drop-readable";
    case Opcode::stream_drop_writable:
    case Opcode::future_drop_writable: return "drop-writable";
    default: return {};
  }
}

bool is_of_stream(Opcode opcode) { return opcode >= Opcode::stream_new && opcode <= Opcode::stream_drop_writable; }

}  // namespace

HostResult<void> Validator::add(const syntax::Canonical& canonical, std::size_t offset) {
  const std::string_view name = builtin_name(canonical.opcode);
  for (const FixedBuiltin& builtin : fixed_builtins) {
    if (builtin.opcode != canonical.opcode) continue;
    if (builtin.proposal == Proposal::async)
      HOLDFAST_TRY(require(features_.async, Cause::builtin_needs_feature, offset, {name, "async"}));
    else
      HOLDFAST_TRY(require(features_.threading, Cause::builtin_needs_feature, offset, {name, "threading"}));
    if (canonical.opcode == Opcode::subtask_cancel && canonical.is_async)
      HOLDFAST_TRY(require(features_.more_async_builtins, Cause::more_builtins_disabled, offset, {"async", name}));
    add_core_function(std::vector(builtin.parameters, CoreKind::i32), std::vector(builtin.results, CoreKind::i32));
    return {};
  }
  switch (canonical.opcode) {
    case Opcode::lift: return add_lift(canonical, offset);
    case Opcode::lower: return add_lower(canonical, offset);
    case Opcode::resource_new:
    case Opcode::resource_drop:
    case Opcode::resource_rep: return add_resource_builtin(canonical, offset);
    case Opcode::task_return: return add_task_return(canonical, offset);
    case Opcode::context_get:
    case Opcode::context_set: return add_context(canonical, offset);
    case Opcode::error_context_new:
    case Opcode::error_context_debug_message:
    case Opcode::error_context_drop: return add_error_context_builtin(canonical, offset);
    case Opcode::waitable_set_wait:
    case Opcode::waitable_set_poll: return add_waitable_set(canonical, offset);
    case Opcode::thread_new_indirect:
    case Opcode::thread_spawn_ref:
    case Opcode::thread_spawn_indirect:
    case Opcode::thread_available_parallelism: return add_thread_builtin(canonical, offset);
    default: return add_transfer_builtin(canonical, offset);
  }
}

HostResult<void> Validator::add_context(const syntax::Canonical& canonical, std::size_t offset) {
  const std::string_view name = builtin_name(canonical.opcode);
  HOLDFAST_TRY(require(features_.async, Cause::builtin_needs_feature, offset, {name, "async"}));
  const CoreKind kind = canonical.context_type.kind;
  if (kind == CoreKind::i64) {
    HOLDFAST_TRY(require(features_.memory64, Cause::context_64_disabled, offset, {name}));
    note_not_runnable("64-bit memories (cm64)", offset);
  }
  if (kind != CoreKind::i32 && kind != CoreKind::i64) return refuse_at(offset, Cause::context_type, {name});
  std::optional<CoreKind>& type = current().context_type;
  if (type && *type != kind) return refuse_at(offset, Cause::context_type_differs, {name});
  type = kind;
  const std::uint32_t slot = canonical.context_slot;
  if (slot > 0 && !features_.threading) return refuse_at(offset, Cause::context_slot, {name, "zero", number(slot)});
  if (slot > 1) return refuse_at(offset, Cause::context_slot, {name, "zero or one", number(slot)});
  if (canonical.opcode == Opcode::context_get)
    add_core_function({}, {kind});
  else
    add_core_function({kind}, {});
  return {};
}

HostResult<void> Validator::add_task_return(const syntax::Canonical& canonical, std::size_t offset) {
  constexpr std::string_view name = "task.return";
  HOLDFAST_TRY(require(features_.async, Cause::builtin_needs_feature, offset, {name, "async"}));
  types::FunctionType type;
  if (canonical.result) {
    HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef result, value_type(*canonical.result));
    type.parameters.push_back({engine_.names().intern("v"), result});
  }
  HOLDFAST_TRY_ASSIGN(const Options checked, options(canonical.options, offset));
  if (checked.realloc) return refuse_at(offset, Cause::option_not_for_builtin, {"realloc", name});
  if (checked.post_return) return refuse_at(offset, Cause::option_not_for_builtin, {"post-return", name});
  HOLDFAST_TRY(check_lower_options(checked, offset));
  if (checked.is_async) return refuse_at(offset, Cause::option_not_for_builtin, {"async", name});
  HOLDFAST_TRY_ASSIGN(const wasm::CoreTypeId lowered, lowered_type(type, checked, offset));
  current().spaces.core_functions.push_back(lowered);
  return {};
}

HostResult<void> Validator::add_transfer_builtin(const syntax::Canonical& canonical, std::size_t offset) {
  const bool is_stream = is_of_stream(canonical.opcode);
  const std::string_view name = builtin_name(canonical.opcode);
  const std::string_view operation = transfer_operation(canonical.opcode);
  HOLDFAST_TRY(require(features_.async, Cause::builtin_needs_feature, offset, {name, "async"}));
  if (canonical.is_async)
    HOLDFAST_TRY(require(features_.more_async_builtins, Cause::more_builtins_disabled, offset, {"async", name}));
  HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef type, current().value_type_at(canonical.type, offset));
  const types::DefinedType& node = engine_[type.structure];
  if (node.kind != (is_stream ? TypeKind::stream : TypeKind::future))
    return refuse_at(offset, Cause::builtin_needs_type, {name, is_stream ? "stream" : "future"});
  if (operation == "new") {
    add_core_function({}, {CoreKind::i64});
  } else if (operation == "read" || operation == "write") {
    HOLDFAST_TRY_ASSIGN(const Options checked, options(canonical.options, offset));
    if (!checked.is_async)
      HOLDFAST_TRY(
          require(features_.more_async_builtins, Cause::more_builtins_disabled, offset, {"synchronous", name}));
    const types::ValueTypeRef element = node.members[0];
    if (element.is_present()) {
      const bool needs_realloc = operation == "read" && engine_.layout(element.structure).contains_pointer;
      HOLDFAST_TRY(require_memory(checked, needs_realloc, offset));
    }
    HOLDFAST_TRY(check_lower_options(checked, offset));
    const CoreKind address = checked.memory_is_64 ? CoreKind::i64 : CoreKind::i32;
    // A stream's element count is as wide as an address, and so is the result, which contains the number of copied
    // elements. A future has exactly one element and needs no count.
    if (is_stream) return add_copying_builtin(checked, {CoreKind::i32, address, address}, {address}, offset);
    return add_copying_builtin(checked, {CoreKind::i32, address}, {CoreKind::i32}, offset);
  } else if (operation == "cancel-read" || operation == "cancel-write") {
    add_core_function({CoreKind::i32}, {CoreKind::i32});
  } else {
    add_core_function({CoreKind::i32}, {});
  }
  return {};
}

HostResult<void> Validator::add_error_context_builtin(const syntax::Canonical& canonical, std::size_t offset) {
  const std::string_view name = builtin_name(canonical.opcode);
  HOLDFAST_TRY(require(features_.error_context, Cause::error_context_disabled, offset, {name}));
  if (canonical.opcode == Opcode::error_context_drop) {
    add_core_function({CoreKind::i32}, {});
    return {};
  }
  HOLDFAST_TRY_ASSIGN(const Options checked, options(canonical.options, offset));
  const bool is_message = canonical.opcode == Opcode::error_context_debug_message;
  HOLDFAST_TRY(require_memory(checked, is_message, offset));
  if (checked.is_async) return refuse_at(offset, Cause::option_not_for_builtin, {"async", name});
  HOLDFAST_TRY(check_lower_options(checked, offset));
  const CoreKind address = checked.memory_is_64 ? CoreKind::i64 : CoreKind::i32;
  if (is_message) return add_copying_builtin(checked, {CoreKind::i32, address}, {}, offset);
  return add_copying_builtin(checked, {address, address}, {CoreKind::i32}, offset);
}

HostResult<void> Validator::add_waitable_set(const syntax::Canonical& canonical, std::size_t offset) {
  HOLDFAST_TRY(
      require(features_.async, Cause::builtin_needs_feature, offset, {builtin_name(canonical.opcode), "async"}));
  HOLDFAST_TRY_ASSIGN(const bool is_64, check_memory(canonical.memory, offset));
  add_core_function({CoreKind::i32, is_64 ? CoreKind::i64 : CoreKind::i32}, {CoreKind::i32});
  return {};
}

// --- threads ---

HostResult<void> Validator::add_thread_builtin(const syntax::Canonical& canonical, std::size_t offset) {
  const std::string_view name = builtin_name(canonical.opcode);
  if (canonical.opcode == Opcode::thread_new_indirect) {
    HOLDFAST_TRY(require(features_.threading, Cause::builtin_needs_feature, offset, {name, "threading"}));
    HOLDFAST_TRY_ASSIGN(const ThreadStart start, check_thread_start(canonical, false, offset));
    HOLDFAST_TRY_ASSIGN(const CoreKind index, check_thread_table(canonical, false, offset));
    add_core_function({index, start.closure}, {CoreKind::i32});
    return {};
  }
  HOLDFAST_TRY(require(features_.core.shared_everything_threads, Cause::builtin_needs_proposal, offset,
                       {name, "shared-everything-threads"}));
  note_not_runnable("built-ins of shared-everything-threads", offset);
  return add_shared_thread_builtin(canonical, offset);
}

HostResult<void> Validator::add_shared_thread_builtin(const syntax::Canonical& canonical, std::size_t offset) {
  if (canonical.opcode == Opcode::thread_available_parallelism) {
    add_core_function({}, {CoreKind::i32});
    return {};
  }
  HOLDFAST_TRY_ASSIGN(const ThreadStart start, check_thread_start(canonical, true, offset));
  if (canonical.opcode == Opcode::thread_spawn_ref) {
    add_spawn_ref(start);
    return {};
  }
  HOLDFAST_TRY_ASSIGN(const CoreKind index, check_thread_table(canonical, true, offset));
  add_core_function({index, start.closure}, {CoreKind::i32});
  return {};
}

/// Adds a function with the signature (param (ref null $start) closure) (result i32).
void Validator::add_spawn_ref(const ThreadStart& start) {
  wasm::CoreHeapType heap;
  heap.kind = wasm::HeapKind::concrete;  // index 0 of the types passed to `intern` below
  wasm::CoreSubType type;
  type.composite = CoreFunctionType{{{CoreKind::reference, {true, heap}}, {start.closure, {}}}, {{CoreKind::i32, {}}}};
  wasm::CoreRecursionGroup group;
  group.types.push_back(std::move(type));
  const auto ids = engine_.core_types().intern(group, std::span(&start.type, 1));
  HOLDFAST_ASSERT(ids.has_value(), "a function type that refers to a known type");
  current().spaces.core_functions.push_back(ids->front());
}

HostResult<Validator::ThreadStart> Validator::check_thread_start(const syntax::Canonical& canonical, bool shared,
                                                                 std::size_t offset) {
  const std::string_view role = shared ? "spawn" : "start";
  HOLDFAST_TRY_ASSIGN(const CoreTypeEntry entry, current().core_type_at(canonical.type, offset));
  if (entry.module) return refuse_at(offset, Cause::thread_start_kind, {role});
  if (shared && !engine_.core_types().type(entry.type).shared) return refuse_at(offset, Cause::thread_start_not_shared);
  const CoreFunctionType* function = engine_.core_types().function(entry.type);
  if (function == nullptr) return refuse_at(offset, Cause::thread_start_kind, {role});
  const auto takes = [&](CoreKind kind) { return function->parameters == std::vector{wasm::CoreValueType{kind, {}}}; };
  const bool is_64 = features_.memory64 && takes(CoreKind::i64);
  if (!is_64 && !takes(CoreKind::i32)) return refuse_at(offset, Cause::thread_start_parameters, {role});
  if (!function->results.empty()) return refuse_at(offset, Cause::thread_start_results, {role});
  if (is_64) note_not_runnable("threads with 64-bit arguments (cm64)", offset);
  return ThreadStart{entry.type, is_64 ? CoreKind::i64 : CoreKind::i32};
}

/// Returns the type of the table's indices.
HostResult<wasm::CoreValueKind> Validator::check_thread_table(const syntax::Canonical& canonical, bool shared,
                                                              std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(const wasm::CoreTableType table, current().core_table_at(canonical.table, offset));
  wasm::CoreReferenceType element;
  element.heap.shared = shared;
  const bool may_have_width = !table.limits.is_64 || features_.memory64;
  if (may_have_width && table.limits.shared == shared && table.element == element) {
    if (table.limits.is_64) note_not_runnable("64-bit tables (cm64)", offset);
    return table.limits.is_64 ? CoreKind::i64 : CoreKind::i32;
  }
  return refuse_at(offset, Cause::thread_table,
                   {shared ? "32-bit shared table of (ref null (shared func))" : "32-bit table of (ref null (func))"});
}

}  // namespace holdfast::component::validation
