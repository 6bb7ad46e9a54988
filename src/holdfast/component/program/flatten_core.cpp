// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The core level: modules, their instances, and aliases of the instances' exports.
#include <utility>

#include "holdfast/component/program/flattener.hpp"

namespace holdfast::component::flattening {
namespace {

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
  return instance.bag->find(name)->second;  // validation ensures that it exists
}

/// Each copy of an item stores its name again, so the copy counts towards the limit on names.
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
  if (const auto* instantiation = std::get_if<syntax::CoreInstantiate>(&instance.value))
    return instantiate_module(frame, *instantiation, offset);
  const auto& exports = std::get<syntax::CoreInlineExports>(instance.value).exports;
  HOLDFAST_TRY(count_exports(exports.size(), offset));
  auto bag = std::make_shared<std::unordered_map<std::string, CoreItem>>();
  for (const syntax::CoreInlineExport& export_ : exports) {
    HOLDFAST_TRY(count_names(export_.name.size(), offset));
    HOLDFAST_TRY_ASSIGN(CoreItem item, copy_of(core_space(frame, export_.sort)[export_.index], offset));
    bag->emplace(export_.name, std::move(item));
  }
  frame.core_instances.push_back({CoreInstanceId(), std::move(bag)});
  return {};
}

HostResult<void> Flattener::instantiate_module(Frame& frame, const syntax::CoreInstantiate& instantiation,
                                               std::size_t offset) {
  if (program_.core_instance_count >= limits_.core_instances)
    return refuse_at(offset, Cause::expansion_limit, {number(limits_.core_instances), "core instances"});
  std::unordered_map<std::string_view, std::uint32_t> instances;
  for (const syntax::CoreInstantiateArgument& argument : instantiation.arguments)
    instances.emplace(argument.name, argument.instance);

  InstantiateModule step;
  step.module = frame.modules[instantiation.module];
  step.instance = frame.instance;
  const wasm::CoreModuleInterface& interface =
      std::holds_alternative<CoreModuleId>(step.module)
          ? program_.modules[std::get<CoreModuleId>(step.module)].interface
          : program_.imported_modules[std::get<ImportedModuleId>(step.module)].interface;
  HOLDFAST_TRY(count_exports(interface.imports.size(), offset));
  for (const wasm::CoreImport& import : interface.imports) {
    const auto argument = instances.find(import.module);
    if (argument == instances.end()) return refuse_at(offset, Cause::core_missing_argument, {import.module});
    HOLDFAST_TRY(count_names(import.module.size() + 2 * import.name.size(), offset));
    step.arguments.push_back({import.module, import.name,
                              export_of(frame.core_instances[argument->second], import.name, kind_of(import.type))});
  }
  step.result = CoreInstanceId(program_.core_instance_count++);
  frame.core_instances.push_back({step.result, nullptr});
  return add_step(std::move(step), offset);
}

}  // namespace holdfast::component::flattening
