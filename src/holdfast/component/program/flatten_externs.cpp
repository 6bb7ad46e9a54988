// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The imports and exports of the root, as trees of names. The program stores these trees in full, so every entry counts
// towards the limits.
#include <utility>

#include "holdfast/component/program/flattener.hpp"

namespace holdfast::component::flattening {

namespace {

/// Each function and resource stores its path, so long names weigh more.
std::uint64_t weight_of(const std::vector<std::string>& path) {
  constexpr std::size_t bytes_per_entry = 32;
  std::size_t bytes = 0;
  for (const std::string& part : path) bytes += part.size();
  return path.size() + bytes / bytes_per_entry;
}

}  // namespace

HostResult<Item> Flattener::import_item(Frame& root, const types::Entity& entity, Path& path, ImportItem& out) {
  const std::size_t offset = component_.syntax().offset;
  HOLDFAST_TRY(count_exports(weight_of(path), offset));
  switch (entity.sort) {
    case types::EntitySort::function: {
      HOLDFAST_TRY_ASSIGN(const FunctionTypeId type, at_offset(types_.convert(entity.type.function(), root), offset));
      const ImportedFunctionId id = program_.imported_functions.add({path, type});
      out.item = id;
      return Item(ComponentFunction(id));
    }
    case types::EntitySort::instance: {
      ImportTree tree;
      HOLDFAST_TRY_ASSIGN(Item instance, import_instance(root, entity.type.instance(), path, tree));
      out.item = std::move(tree);
      return instance;
    }
    case types::EntitySort::module: {
      HOLDFAST_TRY_ASSIGN(auto interface, at_offset(module_interface(entity.module()), offset));
      HOLDFAST_TRY(count_exports(interface.imports.size() + interface.exports.size(), offset));
      std::uint64_t bytes = 0;
      for (const wasm::CoreImport& import : interface.imports) bytes += import.module.size() + import.name.size();
      for (const wasm::CoreExport& export_ : interface.exports) bytes += export_.name.size();
      HOLDFAST_TRY(count_names(bytes, offset));
      const ImportedModuleId id = program_.imported_modules.add({path, std::move(interface)});
      out.item = id;
      return Item(ModuleItem(id));
    }
    case types::EntitySort::type: break;
    case types::EntitySort::component:
      return refuse_at(offset, Cause::not_runnable, {"import of a component (`" + join(path, "/") + "`)"});
    case types::EntitySort::value: return refuse_at(offset, Cause::not_runnable, {"values and start functions"});
  }
  ImportedTypeEquality equality;
  if (entity.is_resource()) {
    const auto known = root.resources.find(entity.type.resource());
    if (known == root.resources.end()) {
      const ResourceSlot slot = program_.resources.add({join(path, "/"), Resource::Imported{path}});
      root.resources.emplace(entity.type.resource(), slot);
      out.item = slot;
      return Item(slot);
    }
    equality.resource = known->second;
    out.item = equality;
    return Item(known->second);
  }
  if (entity.type.sort == types::TypeSort::defined) {
    HOLDFAST_TRY_ASSIGN(equality.type, at_offset(types_.convert(entity.type.defined(), root), offset));
  }
  out.item = equality;
  return Item();
}

HostResult<Item> Flattener::import_instance(Frame& root, types::InstanceTypeId type, Path& path, ImportTree& out) {
  std::vector<std::pair<types::NameId, Item>> exports;
  for (const types::NamedEntities::Item& item : engine_[type].exports) {
    path.emplace_back(engine_.names()[item.name]);
    ImportItem part;
    HOLDFAST_TRY_ASSIGN(Item imported, import_item(root, item.entity, path, part));
    out.push_back({path.back(), std::move(part)});
    exports.emplace_back(item.name, std::move(imported));
    path.pop_back();
  }
  HOLDFAST_TRY_ASSIGN(InstancePointer instance, finish_instance(std::move(exports), component_.syntax().offset));
  return Item(std::move(instance));
}

/// The interface of an imported module. Ids of the type engine become indices of the interface's own types. Supports
/// only function types over number types and abstract references; other types would need whole recursion groups.
HostResult<wasm::CoreModuleInterface> Flattener::module_interface(types::ModuleTypeId id) const {
  wasm::CoreModuleInterface interface;
  std::unordered_map<std::uint32_t, std::uint32_t> indices;
  const auto is_plain = [](const wasm::CoreValueType& type) {
    return type.kind != wasm::CoreValueKind::reference || type.reference.heap.kind == wasm::HeapKind::abstract;
  };
  const auto place = [&](std::uint32_t& index) -> bool {
    const auto [entry, is_new] = indices.emplace(index, static_cast<std::uint32_t>(interface.type_groups.size()));
    const std::uint32_t original = std::exchange(index, entry->second);
    if (!is_new) return true;
    wasm::CoreSubType type = engine_.core_types().type(wasm::CoreTypeId(original));
    const auto* function = std::get_if<wasm::CoreFunctionType>(&type.composite);
    if (function == nullptr || type.supertype || type.describes || type.descriptor) return false;
    if (!std::all_of(function->parameters.begin(), function->parameters.end(), is_plain)) return false;
    if (!std::all_of(function->results.begin(), function->results.end(), is_plain)) return false;
    interface.type_groups.push_back({{std::move(type)}, false, 0});
    return true;
  };
  const auto convert = [&](wasm::CoreExternType& type) -> bool {
    if (auto* function = std::get_if<wasm::CoreFunctionReference>(&type)) return place(function->type);
    if (auto* tag = std::get_if<wasm::CoreTagType>(&type)) return place(tag->type);
    if (const auto* table = std::get_if<wasm::CoreTableType>(&type))
      return table->element.heap.kind == wasm::HeapKind::abstract;
    if (const auto* global = std::get_if<wasm::CoreGlobalType>(&type)) return is_plain(global->content);
    return true;
  };
  for (const types::ModuleImport& import : engine_[id].imports())
    interface.imports.push_back({std::string(import.module), std::string(import.name), import.type, 0});
  for (const types::ModuleExport& export_ : engine_[id].exports())
    interface.exports.push_back({std::string(export_.name), export_.type, 0});
  for (wasm::CoreImport& import : interface.imports)
    if (!convert(import.type)) return refuse(Cause::not_runnable, {"imported modules with references to types"});
  for (wasm::CoreExport& export_ : interface.exports)
    if (!convert(export_.type)) return refuse(Cause::not_runnable, {"imported modules with references to types"});
  return interface;
}

// --- exports ---

HostResult<ExportTree> Flattener::export_tree(Frame& root, const types::NamedEntities& entities,
                                              const std::vector<std::pair<types::NameId, Item>>& items, Path& path) {
  ExportTree tree;
  HOLDFAST_TRY(count_exports(entities.size() * (weight_of(path) + 1), component_.syntax().offset));
  std::unordered_map<types::NameId, const Item*> by_name;
  for (const auto& [name, item] : items) by_name.emplace(name, &item);
  for (const types::NamedEntities::Item& entity : entities) {
    const auto entry = by_name.find(entity.name);
    const Item item = entry == by_name.end() ? Item() : *entry->second;
    path.emplace_back(engine_.names()[entity.name]);
    HOLDFAST_TRY(count_names(path.back().size(), component_.syntax().offset));
    HOLDFAST_TRY_ASSIGN(auto part, export_item(root, entity.entity, item, path));
    if (part) tree.push_back({path.back(), *std::move(part)});
    path.pop_back();
  }
  return tree;
}

HostResult<std::optional<ExportItem>> Flattener::export_item(Frame& root, const types::Entity& entity, const Item& item,
                                                             Path& path) {
  ExportItem result;
  switch (entity.sort) {
    case types::EntitySort::function: {
      const auto* lifted = std::get_if<LiftedFunctionId>(&std::get<ComponentFunction>(item));
      if (lifted == nullptr) {
        return refuse_at(component_.syntax().offset, Cause::not_runnable,
                         {"component export `" + join(path, "/") +
                          "` is a reexport of an imported function which is not implemented"});
      }
      program_.lifted_functions[*lifted].name = join(path, "#");
      result.item = ComponentFunction(*lifted);
      return result;
    }
    case types::EntitySort::instance: {
      const InstancePointer instance = std::get<InstancePointer>(item);
      HOLDFAST_TRY_ASSIGN(ExportTree tree,
                          export_tree(root, engine_[entity.type.instance()].exports, instance->exports, path));
      result.item = std::move(tree);
      return result;
    }
    case types::EntitySort::module: result.item = ModuleExport{std::get<ModuleItem>(item)}; return result;
    case types::EntitySort::component: result.item = ComponentExport{}; return result;
    case types::EntitySort::value: return std::nullopt;
    case types::EntitySort::type: break;
  }
  if (entity.is_resource()) {
    HOLDFAST_TRY_ASSIGN(const ResourceSlot slot, slot_of(root, entity.type.resource(), component_.syntax().offset));
    Resource& resource = program_.resources[slot];
    if (std::holds_alternative<Resource::Defined>(resource.origin) && named_by_root_.insert(slot).second)
      resource.name = join(path, "/");
    result.item = slot;
    return result;
  }
  if (entity.type.sort != types::TypeSort::defined) return std::nullopt;
  HOLDFAST_TRY_ASSIGN(const InterfaceTypeId type,
                      at_offset(types_.convert(entity.type.defined(), root), component_.syntax().offset));
  result.item = type;
  return result;
}

}  // namespace holdfast::component::flattening
