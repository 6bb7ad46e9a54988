// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Canonical definitions become lifted functions and trampolines. Equal trampolines of one instance are made once.
#include <algorithm>
#include <utility>

#include "holdfast/component/program/flattener.hpp"
#include "holdfast/component/validate/builtin_name.hpp"
#include "holdfast/component/validate/primitive_kind.hpp"

namespace holdfast::component::flattening {
namespace {

using Opcode = syntax::CanonicalOpcode;

constexpr std::size_t max_flat_async_parameters = 4;  // for an async lower, whose result is never flat

/// A hash key: equal trampolines have equal keys.
std::uint64_t key_of(const TrampolineBody& body) {
  std::uint64_t detail = 0;
  if (const auto* lower = std::get_if<LowerFunction>(&body)) {
    const auto* lifted = std::get_if<LiftedFunctionId>(&lower->callee);
    detail = lifted != nullptr ? lifted->index() * std::uint64_t{2}
                               : std::get<ImportedFunctionId>(lower->callee).index() * std::uint64_t{2} + 1;
  } else if (const auto* resource_new = std::get_if<ResourceNew>(&body)) {
    detail = resource_new->resource.index();
  } else if (const auto* resource_rep = std::get_if<ResourceRep>(&body)) {
    detail = resource_rep->resource.index();
  } else if (const auto* drop = std::get_if<ResourceDrop>(&body)) {
    detail = drop->resource.index();
  }
  return (detail << 4) | body.index();
}

std::optional<AsyncBuiltin::Kind> async_builtin(Opcode opcode) {
  using Kind = AsyncBuiltin::Kind;
  switch (opcode) {
    case Opcode::task_cancel: return Kind::task_cancel;
    case Opcode::thread_yield: return Kind::thread_yield;
    case Opcode::thread_suspend: return Kind::thread_suspend;
    case Opcode::backpressure_inc: return Kind::backpressure_inc;
    case Opcode::backpressure_dec: return Kind::backpressure_dec;
    case Opcode::waitable_set_new: return Kind::waitable_set_new;
    case Opcode::waitable_set_wait: return Kind::waitable_set_wait;
    case Opcode::waitable_set_poll: return Kind::waitable_set_poll;
    case Opcode::waitable_set_drop: return Kind::waitable_set_drop;
    default: return std::nullopt;
  }
}

/// Whether the built-in waits until its operation has finished.
bool may_block(const syntax::Canonical& canonical) {
  switch (canonical.opcode) {
    case Opcode::stream_read:
    case Opcode::stream_write:
    case Opcode::future_read:
    case Opcode::future_write:
      return std::ranges::none_of(canonical.options, [](const syntax::CanonicalOption& option) {
        return option.kind == syntax::CanonicalOptionKind::async;
      });
    case Opcode::subtask_cancel:
    case Opcode::stream_cancel_read:
    case Opcode::stream_cancel_write:
    case Opcode::future_cancel_read:
    case Opcode::future_cancel_write: return !canonical.is_async;
    default: return false;
  }
}

}  // namespace

HostResult<void> Flattener::add_resource_builtin(Frame& frame, const syntax::Canonical& canonical, std::size_t offset) {
  const types::ResourceId resource = frame.scope().types[canonical.type].resource();
  HOLDFAST_TRY_ASSIGN(const ResourceSlot slot, slot_of(frame, resource, offset));
  if (canonical.opcode == Opcode::resource_new) return add_trampoline(frame, ResourceNew{slot}, offset);
  if (canonical.opcode == Opcode::resource_rep) return add_trampoline(frame, ResourceRep{slot}, offset);
  return add_trampoline(frame, ResourceDrop{slot}, offset);
}

HostResult<CanonicalOptions> Flattener::options(const Frame& frame, const std::vector<syntax::CanonicalOption>& list,
                                                std::size_t offset, bool may_be_gc) {
  CanonicalOptions result;
  may_be_gc = may_be_gc &&
              std::ranges::find(list, syntax::CanonicalOptionKind::async, &syntax::CanonicalOption::kind) == list.end();
  for (const syntax::CanonicalOption& option : list) {
    switch (option.kind) {
      case syntax::CanonicalOptionKind::string_encoding_utf8: result.encoding = StringEncoding::utf8; break;
      case syntax::CanonicalOptionKind::string_encoding_utf16: result.encoding = StringEncoding::utf16; break;
      case syntax::CanonicalOptionKind::string_encoding_latin1_utf16:
        result.encoding = StringEncoding::latin1_utf16;
        break;
      case syntax::CanonicalOptionKind::memory: {
        HOLDFAST_TRY_ASSIGN(result.memory, copy_of(frame.core_memories[option.index], offset));
        break;
      }
      case syntax::CanonicalOptionKind::realloc: {
        HOLDFAST_TRY_ASSIGN(result.realloc, copy_of(frame.core_functions[option.index], offset));
        break;
      }
      case syntax::CanonicalOptionKind::post_return: {
        HOLDFAST_TRY_ASSIGN(result.post_return, copy_of(frame.core_functions[option.index], offset));
        break;
      }
      case syntax::CanonicalOptionKind::async: result.is_async = true; break;
      case syntax::CanonicalOptionKind::callback: {
        HOLDFAST_TRY_ASSIGN(result.callback, copy_of(frame.core_functions[option.index], offset));
        break;
      }
      case syntax::CanonicalOptionKind::core_type: break;  // already checked: it is the type of the core function
      case syntax::CanonicalOptionKind::gc:
        if (may_be_gc) break;
        return refuse_at(offset, Cause::not_runnable, {"canonical option `gc` with values other than numbers"});
    }
  }
  return result;
}

/// Whether the option `gc` makes no difference to calls of this type: `gc` passes numbers unchanged, but never spills.
bool Flattener::passes_numbers_only(FunctionTypeId id) const {
  const FunctionType& type = program_.types[id];
  const auto is_number = [&](InterfaceTypeId part) { return program_.types[part].kind <= TypeKind::character; };
  return !type.parameters_spill && (!type.result || is_number(*type.result)) &&
         std::ranges::all_of(type.parameters, is_number, &FunctionParameter::type);
}

/// The type of the value that the core code passes to task.return.
HostResult<std::optional<InterfaceTypeId>> Flattener::result_of_task_return(
    const std::optional<syntax::ValueType>& type, Frame& frame, std::size_t offset) {
  if (!type) return std::nullopt;
  const auto* primitive = std::get_if<syntax::PrimitiveType>(&type->value);
  const types::DefinedTypeId id = primitive != nullptr
                                      ? types::TypeEngine::primitive(kind_of(*primitive)).structure
                                      : frame.scope().types[std::get<syntax::TypeIndex>(type->value).index].defined();
  return at_offset(types_.convert(id, frame), offset);
}

// Source: CanonicalABI.md, "Flattening".
FunctionTypeId Flattener::with_spilling_of_task_return(FunctionTypeId id) {
  FunctionType type = program_.types[id];
  type.result_spills = type.result && program_.types[*type.result].flat.size() > max_flat_parameters;
  return program_.types.intern(std::move(type));
}

FunctionTypeId Flattener::with_spilling_of_async_lower(FunctionTypeId id) {
  FunctionType type = program_.types[id];
  type.parameters_spill = type.flat_parameters.size() > max_flat_async_parameters;
  type.result_spills = type.result.has_value();
  return program_.types.intern(std::move(type));
}

HostResult<void> Flattener::add_lift(Frame& frame, const syntax::Canonical& canonical, std::size_t offset) {
  const types::FunctionTypeId id = frame.scope().functions[frame.functions.size()];
  LiftedFunction lifted;
  lifted.instance = frame.instance;
  HOLDFAST_TRY_ASSIGN(lifted.callee, copy_of(frame.core_functions[canonical.function], offset));
  HOLDFAST_TRY_ASSIGN(lifted.type, at_offset(types_.convert(id, frame), offset));
  HOLDFAST_TRY_ASSIGN(lifted.options, options(frame, canonical.options, offset, passes_numbers_only(lifted.type)));
  if (lifted.options.is_async) lifted.type = with_spilling_of_task_return(lifted.type);
  frame.functions.emplace_back(program_.lifted_functions.add(std::move(lifted)));
  return count_exports(1, offset);
}

HostResult<void> Flattener::add_lower(Frame& frame, const syntax::Canonical& canonical, std::size_t offset) {
  LowerFunction lower;
  lower.callee = frame.functions[canonical.function];
  HOLDFAST_TRY_ASSIGN(lower.type,
                      at_offset(types_.convert(frame.scope().functions[canonical.function], frame), offset));
  HOLDFAST_TRY_ASSIGN(lower.options, options(frame, canonical.options, offset, passes_numbers_only(lower.type)));
  if (lower.options.is_async) lower.type = with_spilling_of_async_lower(lower.type);
  if (const auto* imported = std::get_if<ImportedFunctionId>(&lower.callee))
    lower.name = join(program_.imported_functions[*imported].path, "#");
  else
    lower.name = program_.lifted_functions[std::get<LiftedFunctionId>(lower.callee)].name;
  HOLDFAST_TRY(count_names(lower.name.size(), offset));
  return add_trampoline(frame, std::move(lower), offset);
}

HostResult<void> Flattener::add_task_return(Frame& frame, const syntax::Canonical& canonical, std::size_t offset) {
  TaskReturn task_return;
  HOLDFAST_TRY_ASSIGN(task_return.result, result_of_task_return(canonical.result, frame, offset));
  HOLDFAST_TRY_ASSIGN(task_return.options, options(frame, canonical.options, offset));
  return add_trampoline(frame, std::move(task_return), offset);
}

HostResult<void> Flattener::add_async_builtin(Frame& frame, AsyncBuiltin::Kind kind, const syntax::Canonical& canonical,
                                              std::size_t offset) {
  AsyncBuiltin builtin{.kind = kind, .options = {}};
  if (kind == AsyncBuiltin::Kind::waitable_set_wait || kind == AsyncBuiltin::Kind::waitable_set_poll) {
    HOLDFAST_TRY_ASSIGN(builtin.options.memory, copy_of(frame.core_memories[canonical.memory], offset));
  }
  return add_trampoline(frame, std::move(builtin), offset);
}

HostResult<void> Flattener::add_error_context_builtin(Frame& frame, ErrorContextBuiltin::Kind kind,
                                                      const syntax::Canonical& canonical, std::size_t offset) {
  ErrorContextBuiltin builtin{.kind = kind, .options = {}};
  HOLDFAST_TRY_ASSIGN(builtin.options, options(frame, canonical.options, offset));
  return add_trampoline(frame, std::move(builtin), offset);
}

HostResult<void> Flattener::add_canonical(Frame& frame, const syntax::Canonical& canonical, std::size_t offset) {
  switch (canonical.opcode) {
    case Opcode::lift: return add_lift(frame, canonical, offset);
    case Opcode::lower: return add_lower(frame, canonical, offset);
    case Opcode::resource_new:
    case Opcode::resource_rep:
    case Opcode::resource_drop: return add_resource_builtin(frame, canonical, offset);
    case Opcode::context_get: return add_trampoline(frame, ContextGet{canonical.context_slot}, offset);
    case Opcode::context_set: return add_trampoline(frame, ContextSet{canonical.context_slot}, offset);
    case Opcode::task_return: return add_task_return(frame, canonical, offset);
    case Opcode::error_context_new:
      return add_error_context_builtin(frame, ErrorContextBuiltin::Kind::create, canonical, offset);
    case Opcode::error_context_debug_message:
      return add_error_context_builtin(frame, ErrorContextBuiltin::Kind::debug_message, canonical, offset);
    case Opcode::error_context_drop:
      return add_error_context_builtin(frame, ErrorContextBuiltin::Kind::drop, canonical, offset);
    default: break;
  }
  if (const auto kind = async_builtin(canonical.opcode)) return add_async_builtin(frame, *kind, canonical, offset);
  return add_trampoline(frame, UnsupportedBuiltin{std::string(builtin_name(canonical.opcode)), may_block(canonical)},
                        offset);
}

HostResult<void> Flattener::add_trampoline(Frame& frame, TrampolineBody body, std::size_t offset) {
  const wasm::CoreTypeId core = frame.scope().core_functions[frame.core_functions.size()];
  engine::FunctionType signature = to_engine(*engine_.core_types().function(core));
  const std::uint64_t key = key_of(body);
  const auto [first, last] = frame.trampolines.equal_range(key);
  for (auto candidate = first; candidate != last; ++candidate) {
    const Trampoline& existing = program_.trampolines[candidate->second];
    if (existing.signature != signature || existing.body != body) continue;
    frame.core_functions.emplace_back(candidate->second);
    return {};
  }
  const TrampolineId id = program_.trampolines.add({frame.instance, std::move(signature), std::move(body)});
  frame.trampolines.emplace(key, id);
  frame.core_functions.emplace_back(id);
  return add_step(MakeTrampoline{id}, offset);
}

}  // namespace holdfast::component::flattening
