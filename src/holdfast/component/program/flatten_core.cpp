// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The core level: modules, core instances, and canonical definitions, which become trampolines and lifted functions.
#include <utility>

#include "holdfast/component/program/flattener.hpp"
#include "holdfast/component/validate/builtin_name.hpp"

namespace holdfast::component::flattening {
namespace {

using Opcode = syntax::CanonicalOpcode;

CoreItemKind kind_of(syntax::CoreSort sort) {
  switch (sort) {
    case syntax::CoreSort::table: return CoreItemKind::table;
    case syntax::CoreSort::memory: return CoreItemKind::memory;
    case syntax::CoreSort::global: return CoreItemKind::global;
    case syntax::CoreSort::tag: return CoreItemKind::tag;
    default: return CoreItemKind::function;
  }
}

CoreItemKind kind_of(const wasm::CoreExternType& type) { return static_cast<CoreItemKind>(type.index()); }

/// Equal for trampolines that may be equal.
std::uint64_t key_of(const TrampolineBody& body) {
  std::uint64_t detail = 0;
  if (const auto* lower = std::get_if<LowerFunction>(&body)) {
    const auto* lifted = std::get_if<LiftedFunctionId>(&lower->callee);
    detail = lifted != nullptr ? lifted->index() * std::uint64_t{2}
                               : std::get<ImportedFunctionId>(lower->callee).index() * std::uint64_t{2} + 1;
  } else if (const auto* make = std::get_if<ResourceNew>(&body)) {
    detail = make->resource.index();
  } else if (const auto* look = std::get_if<ResourceRep>(&body)) {
    detail = look->resource.index();
  } else if (const auto* drop = std::get_if<ResourceDrop>(&body)) {
    detail = drop->resource.index();
  }
  return (detail << 3) | body.index();
}

bool are_equal(const TrampolineBody& a, const TrampolineBody& b) {
  if (key_of(a) != key_of(b)) return false;
  if (const auto* lower = std::get_if<LowerFunction>(&a)) {
    const auto& other = std::get<LowerFunction>(b);
    return lower->callee == other.callee && lower->options == other.options && lower->type == other.type;
  }
  if (const auto* get = std::get_if<ContextGet>(&a)) return get->index == std::get<ContextGet>(b).index;
  if (const auto* set = std::get_if<ContextSet>(&a)) return set->index == std::get<ContextSet>(b).index;
  if (const auto* other = std::get_if<UnsupportedBuiltin>(&a))
    return other->name == std::get<UnsupportedBuiltin>(b).name;
  return true;
}

}  // namespace

HostResult<void> Flattener::add_core_module(Frame& frame, const syntax::CoreModule& module) {
  const auto [entry, is_new] = modules_.try_emplace(&module);
  if (is_new) entry->second = program_.modules.add({module.bytes.offset, module.bytes.size, module.interface});
  frame.modules.emplace_back(entry->second);
  return {};
}

std::vector<CoreItem>& Flattener::core_space(Frame& frame, syntax::CoreSort sort) {
  switch (sort) {
    case syntax::CoreSort::table: return frame.core_tables;
    case syntax::CoreSort::memory: return frame.core_memories;
    case syntax::CoreSort::global: return frame.core_globals;
    case syntax::CoreSort::tag: return frame.core_tags;
    default: return frame.core_functions;
  }
}

CoreItem Flattener::export_of(const CoreInstanceItem& instance, const std::string& name, CoreItemKind kind) {
  if (instance.instance.is_valid()) return CoreExport{instance.instance, name, kind};
  return instance.bag->find(name)->second;  // it is there: validated
}

/// Names are written down with each item that refers to them, so copies count.
HostResult<CoreItem> Flattener::copy_of(const CoreItem& item, std::size_t offset) {
  if (const auto* exported = std::get_if<CoreExport>(&item)) HOLDFAST_TRY(count_names(exported->name.size(), offset));
  return item;
}

HostResult<void> Flattener::add_core_alias(Frame& frame, const syntax::Alias& alias, std::size_t offset) {
  HOLDFAST_TRY(count_names(alias.name.size(), offset));
  core_space(frame, alias.core_sort)
      .push_back(export_of(frame.core_instances[alias.instance], alias.name, kind_of(alias.core_sort)));
  return {};
}

HostResult<void> Flattener::add_core_instance(Frame& frame, const syntax::CoreInstance& instance, std::size_t offset) {
  if (const auto* instantiate_one = std::get_if<syntax::CoreInstantiate>(&instance.value))
    return instantiate_module(frame, *instantiate_one, offset);
  const auto& exports = std::get<syntax::CoreInlineExports>(instance.value).exports;
  HOLDFAST_TRY(count_exports(exports.size(), offset));
  auto bag = std::make_shared<std::unordered_map<std::string, CoreItem>>();
  for (const syntax::CoreInlineExport& one : exports) {
    HOLDFAST_TRY(count_names(one.name.size(), offset));
    HOLDFAST_TRY_ASSIGN(CoreItem item, copy_of(core_space(frame, one.sort)[one.index], offset));
    bag->emplace(one.name, std::move(item));
  }
  frame.core_instances.push_back({CoreInstanceId(), std::move(bag)});
  return {};
}

HostResult<void> Flattener::instantiate_module(Frame& frame, const syntax::CoreInstantiate& instantiate_one,
                                               std::size_t offset) {
  if (program_.core_instance_count >= limits_.core_instances)
    return refuse_at(offset, Cause::expansion_limit, {number(limits_.core_instances), "core instances"});
  std::unordered_map<std::string_view, std::uint32_t> instances;
  for (const syntax::CoreInstantiateArgument& argument : instantiate_one.arguments)
    instances.emplace(argument.name, argument.instance);

  InstantiateModule step;
  step.module = frame.modules[instantiate_one.module];
  step.instance = frame.instance;
  const wasm::CoreModuleInterface& interface =
      std::holds_alternative<CoreModuleId>(step.module)
          ? program_.modules[std::get<CoreModuleId>(step.module)].interface
          : program_.imported_modules[std::get<ImportedModuleId>(step.module)].interface;
  HOLDFAST_TRY(count_exports(interface.imports.size(), offset));
  for (const wasm::CoreImport& import : interface.imports) {
    const auto given = instances.find(import.module);
    if (given == instances.end()) return refuse_at(offset, Cause::core_missing_argument, {import.module});
    HOLDFAST_TRY(count_names(import.module.size() + 2 * import.name.size(), offset));
    step.arguments.push_back({import.module, import.name,
                              export_of(frame.core_instances[given->second], import.name, kind_of(import.type))});
  }
  step.result = CoreInstanceId(program_.core_instance_count++);
  frame.core_instances.push_back({step.result, nullptr});
  return add_step(std::move(step), offset);
}

// --- canonical definitions ---

HostResult<void> Flattener::add_resource_builtin(Frame& frame, const syntax::Canonical& canonical, std::size_t offset) {
  const types::ResourceId resource = frame.scope().types[canonical.type].resource();
  HOLDFAST_TRY_ASSIGN(const ResourceSlot slot, slot_of(frame, resource, offset));
  if (canonical.opcode == Opcode::resource_new) return add_trampoline(frame, ResourceNew{slot}, offset);
  if (canonical.opcode == Opcode::resource_rep) return add_trampoline(frame, ResourceRep{slot}, offset);
  return add_trampoline(frame, ResourceDrop{slot}, offset);
}

HostResult<CanonicalOptions> Flattener::options(const Frame& frame, const std::vector<syntax::CanonicalOption>& list,
                                                std::size_t offset) {
  CanonicalOptions result;
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
      case syntax::CanonicalOptionKind::async:
      case syntax::CanonicalOptionKind::callback:
        return refuse_at(offset, Cause::not_runnable, {"canonical option `async`"});
      case syntax::CanonicalOptionKind::core_type:
      case syntax::CanonicalOptionKind::gc: return refuse_at(offset, Cause::not_runnable, {"canonical option `gc`"});
    }
  }
  return result;
}

HostResult<FunctionTypeId> Flattener::runnable_type(types::FunctionTypeId id, Frame& frame, std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(const FunctionTypeId type, at_offset(types_.convert(id, frame), offset));
  if (!types_.is_runnable(type))
    return refuse_at(offset, Cause::not_runnable, {"streams, futures and error contexts in functions"});
  return type;
}

HostResult<void> Flattener::add_lift(Frame& frame, const syntax::Canonical& canonical, std::size_t offset) {
  const types::FunctionTypeId id = frame.scope().functions[frame.functions.size()];
  LiftedFunction lifted;
  lifted.instance = frame.instance;
  HOLDFAST_TRY_ASSIGN(lifted.callee, copy_of(frame.core_functions[canonical.function], offset));
  HOLDFAST_TRY_ASSIGN(lifted.options, options(frame, canonical.options, offset));
  HOLDFAST_TRY_ASSIGN(lifted.type, runnable_type(id, frame, offset));
  frame.functions.emplace_back(program_.lifted_functions.add(std::move(lifted)));
  return count_exports(1, offset);
}

HostResult<void> Flattener::add_lower(Frame& frame, const syntax::Canonical& canonical, std::size_t offset) {
  LowerFunction lower;
  lower.callee = frame.functions[canonical.function];
  HOLDFAST_TRY_ASSIGN(lower.options, options(frame, canonical.options, offset));
  HOLDFAST_TRY_ASSIGN(lower.type, runnable_type(frame.scope().functions[canonical.function], frame, offset));
  if (const auto* imported = std::get_if<ImportedFunctionId>(&lower.callee))
    lower.name = join(program_.imported_functions[*imported].path, "#");
  else
    lower.name = program_.lifted_functions[std::get<LiftedFunctionId>(lower.callee)].name;
  HOLDFAST_TRY(count_names(lower.name.size(), offset));
  return add_trampoline(frame, std::move(lower), offset);
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
    default: break;
  }
  return add_trampoline(frame, UnsupportedBuiltin{std::string(builtin_name(canonical.opcode))}, offset);
}

HostResult<void> Flattener::add_trampoline(Frame& frame, TrampolineBody body, std::size_t offset) {
  const wasm::CoreTypeId core = frame.scope().core_functions[frame.core_functions.size()];
  engine::FunctionType signature = to_engine(*engine_.core_types().function(core));
  const std::uint64_t key = key_of(body);
  const auto [first, last] = frame.trampolines.equal_range(key);
  for (auto candidate = first; candidate != last; ++candidate) {
    const Trampoline& existing = program_.trampolines[candidate->second];
    if (existing.signature != signature || !are_equal(existing.body, body)) continue;
    frame.core_functions.emplace_back(candidate->second);
    return {};
  }
  const TrampolineId id = program_.trampolines.add({frame.instance, std::move(signature), std::move(body)});
  frame.trampolines.emplace(key, id);
  frame.core_functions.emplace_back(id);
  return add_step(MakeTrampoline{id}, offset);
}

}  // namespace holdfast::component::flattening
