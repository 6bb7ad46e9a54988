// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Frames: executes the definitions of each component instance in order, nested instances included.
#include "holdfast/component/program/flattener.hpp"

#include <utility>

namespace holdfast::component {

HostResult<Program> flatten(const ValidatedComponent& component, const ExpansionLimits& limits) {
  return flattening::Flattener(component, limits).run();
}

namespace flattening {
namespace {

/// Levels of nested instances. Bounds the native stack; files from toolchains have two or three levels.
constexpr std::uint32_t max_depth = 200;

/// Definitions executed and parts visited, in all instances together.
constexpr std::uint64_t max_work = 10'000'000;

}  // namespace

std::string join(const std::vector<std::string>& path, std::string_view separator) {
  std::string text;
  for (const std::string& part : path) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

HostResult<Program> Flattener::run() {
  Frame root;
  auto closure = std::make_shared<Closure>();
  closure->syntax = &component_.syntax();
  closure->scope = &component_.scope();
  root.closure = closure;
  root.instance = program_.instances.add({std::nullopt, "root"});

  Path path;
  for (const types::NamedEntities::Item& item : engine_[root.scope().type].imports) {
    ImportItem out;
    path.assign(1, std::string(engine_.names()[item.name]));
    HOLDFAST_TRY_ASSIGN(Item argument, import_item(root, item.entity, path, out));
    program_.imports.push_back({path.front(), std::move(out)});
    root.arguments.emplace(item.name, std::move(argument));
  }
  HOLDFAST_TRY(execute(root));
  path.clear();
  HOLDFAST_TRY_ASSIGN(program_.exports, export_tree(root, engine_[root.scope().type].exports, root.exports, path));
  return std::move(program_);
}

// --- limits ---

HostResult<void> Flattener::add_step(Step step, std::size_t offset) {
  if (program_.steps.size() >= limits_.steps)
    return refuse_at(offset, Cause::expansion_limit, {number(limits_.steps), "steps"});
  program_.steps.push_back(std::move(step));
  return {};
}

HostResult<void> Flattener::count_exports(std::uint64_t added, std::size_t offset) {
  exports_ += added;
  if (exports_ > limits_.exports)
    return refuse_at(offset, Cause::expansion_limit, {number(limits_.exports), "imports and exports"});
  return {};
}

HostResult<void> Flattener::count_work(std::uint64_t added, std::size_t offset) {
  work_ += added;
  if (work_ > max_work) return refuse_at(offset, Cause::expansion_limit, {number(max_work), "definitions"});
  return {};
}

HostResult<void> Flattener::count_names(std::uint64_t added_bytes, std::size_t offset) {
  name_bytes_ += added_bytes;
  if (name_bytes_ > limits_.name_bytes)
    return refuse_at(offset, Cause::expansion_limit, {number(limits_.name_bytes), "bytes of names"});
  return {};
}

// --- frames ---

HostResult<InstancePointer> Flattener::instantiate(ClosurePointer closure,
                                                   std::unordered_map<types::NameId, Item> arguments,
                                                   const Frame& parent, std::string name, std::size_t offset) {
  if (program_.instances.size() >= limits_.component_instances)
    return refuse_at(offset, Cause::expansion_limit, {number(limits_.component_instances), "component instances"});
  if (parent.depth >= max_depth)
    return refuse_at(offset, Cause::expansion_limit, {number(max_depth), "levels of nested instances"});
  HOLDFAST_TRY(count_names(name.size(), offset));
  // On the heap, so that nested instances do not use up the native stack.
  auto frame = std::make_unique<Frame>();
  frame->closure = std::move(closure);
  frame->depth = parent.depth + 1;
  frame->arguments = std::move(arguments);
  frame->instance = program_.instances.add({parent.instance, std::move(name)});
  HOLDFAST_TRY(count_work(engine_[frame->scope().type].imported.size(), offset));
  bind_imported_resources(*frame);
  HOLDFAST_TRY(execute(*frame));
  return finish_instance(std::move(frame->exports), offset);
}

HostResult<void> Flattener::execute(Frame& frame) {
  if (const auto& not_runnable = frame.scope().not_runnable)
    return refuse_at(not_runnable->offset, Cause::not_runnable, {not_runnable->what});
  for (const syntax::Definition& definition : frame.closure->syntax->definitions) {
    HOLDFAST_TRY(count_work(1, definition.offset));
    HOLDFAST_TRY(at_offset(add(frame, definition), definition.offset));
  }
  return {};
}

HostResult<void> Flattener::add(Frame& frame, const syntax::Definition& definition) {
  const std::size_t offset = definition.offset;
  if (const auto* module = std::get_if<syntax::CoreModule>(&definition.value)) return add_core_module(frame, *module);
  if (const auto* core = std::get_if<syntax::CoreInstance>(&definition.value))
    return add_core_instance(frame, *core, offset);
  if (const auto* nested = std::get_if<syntax::NestedComponent>(&definition.value))
    return add_component(frame, *nested);
  if (const auto* instance = std::get_if<syntax::Instance>(&definition.value))
    return add_instance(frame, *instance, offset);
  if (const auto* alias = std::get_if<syntax::Alias>(&definition.value)) return add_alias(frame, *alias, offset);
  if (const auto* type = std::get_if<syntax::Type>(&definition.value)) return add_type(frame, *type, offset);
  if (const auto* canonical = std::get_if<syntax::Canonical>(&definition.value))
    return add_canonical(frame, *canonical, offset);
  if (const auto* import = std::get_if<syntax::Import>(&definition.value)) return add_import(frame, *import, offset);
  if (const auto* export_ = std::get_if<syntax::Export>(&definition.value)) return add_export(frame, *export_, offset);
  if (std::holds_alternative<syntax::CoreType>(definition.value)) return {};
  return refuse_at(offset, Cause::not_runnable, {"values and start functions"});
}

HostResult<void> Flattener::add_type(Frame& frame, const syntax::Type& type, std::size_t offset) {
  const std::uint32_t index = frame.types++;
  const auto* resource = std::get_if<syntax::ResourceTypeDefinition>(&type.value);
  if (resource == nullptr) return {};
  Resource::Defined defined{frame.instance, std::nullopt};
  if (resource->destructor) {
    HOLDFAST_TRY_ASSIGN(defined.destructor, copy_of(frame.core_functions[*resource->destructor], offset));
  }
  const std::string* name = export_name(*frame.closure->syntax, syntax::Sort::type, index);
  const std::string& owner = program_.instances[frame.instance].name;
  std::string full_name = owner + "/" + (name != nullptr ? *name : "resource " + number(index));
  HOLDFAST_TRY(count_names(full_name.size(), offset));
  const ResourceSlot slot = program_.resources.add({std::move(full_name), std::move(defined)});
  frame.resources.emplace(frame.scope().types[index].resource(), slot);
  return add_step(DefineResource{slot}, offset);
}

HostResult<void> Flattener::add_import(Frame& frame, const syntax::Import& import, std::size_t offset) {
  const auto argument = frame.arguments.find(engine_.names().find(import.name.name));
  if (argument == frame.arguments.end()) return refuse_at(offset, Cause::missing_named, {"import", import.name.name});
  switch (import.type.kind) {
    case syntax::ExternKind::core_module: add_to_space(frame, syntax::Sort::core, argument->second); return {};
    case syntax::ExternKind::function: add_to_space(frame, syntax::Sort::function, argument->second); return {};
    case syntax::ExternKind::type: add_to_space(frame, syntax::Sort::type, argument->second); return {};
    case syntax::ExternKind::component: add_to_space(frame, syntax::Sort::component, argument->second); return {};
    case syntax::ExternKind::instance: add_to_space(frame, syntax::Sort::instance, argument->second); return {};
    case syntax::ExternKind::value: break;
  }
  return refuse_at(offset, Cause::not_runnable, {"values and start functions"});
}

HostResult<void> Flattener::add_export(Frame& frame, const syntax::Export& export_, std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(Item item, item_at(frame, export_.item, offset));
  add_to_space(frame, export_.item.sort, item);
  HOLDFAST_TRY(name_item(item, {}, export_.name.name, offset));
  if (const auto* instance = std::get_if<InstancePointer>(&item)) {
    HOLDFAST_TRY(count_work((*instance)->exports.size(), offset));
    for (const auto& [name, part] : (*instance)->exports)
      HOLDFAST_TRY(name_item(part, export_.name.name, engine_.names()[name], offset));
  }
  frame.exports.emplace_back(engine_.names().find(export_.name.name), std::move(item));
  return {};
}

/// Names a function or resource, for messages, after its export. Prefers the first name with an interface; without one,
/// the first name of a function counts.
HostResult<void> Flattener::name_item(const Item& item, std::string_view interface, std::string_view name,
                                      std::size_t offset) {
  const auto* function = std::get_if<ComponentFunction>(&item);
  const auto* lifted = function == nullptr ? nullptr : std::get_if<LiftedFunctionId>(function);
  const auto* slot = std::get_if<ResourceSlot>(&item);
  const std::size_t bytes = interface.size() + 1 + name.size();
  if (lifted != nullptr) {
    std::string& known = program_.lifted_functions[*lifted].name;
    const bool is_better = known.empty() || (!interface.empty() && known.find('#') == std::string::npos);
    if (!is_better) return {};
    HOLDFAST_TRY(count_names(bytes, offset));
    known = interface.empty() ? std::string(name) : std::string(interface) + "#" + std::string(name);
  } else if (slot != nullptr) {
    Resource& resource = program_.resources[*slot];
    named_resources_.resize(program_.resources.size(), false);
    if (interface.empty() || named_resources_[slot->index()]) return {};
    if (!std::holds_alternative<Resource::Defined>(resource.origin)) return {};
    HOLDFAST_TRY(count_names(bytes, offset));
    resource.name = std::string(interface) + "/" + std::string(name);
    named_resources_[slot->index()] = true;
  }
  return {};
}

HostResult<void> Flattener::add_component(Frame& frame, const syntax::NestedComponent& nested) {
  auto closure = std::make_shared<Closure>();
  closure->syntax = nested.component.get();
  closure->scope = frame.scope().nested[frame.nested++].get();
  for (const Capture& capture : captures_of(*nested.component)) {
    if (capture.level > 1) {
      const auto outer = frame.closure->captured.find({capture.level - 1, capture.is_module, capture.index});
      if (outer != frame.closure->captured.end()) closure->captured.emplace(capture, outer->second);
    } else if (capture.is_module) {
      closure->captured.emplace(capture, Item(frame.modules[capture.index]));
    } else {
      closure->captured.emplace(capture, Item(frame.components[capture.index]));
    }
  }
  HOLDFAST_TRY(count_work(closure->captured.size(), nested.component->offset));
  frame.components.push_back(std::move(closure));
  return {};
}

const std::vector<Capture>& Flattener::captures_of(const syntax::Component& component) {
  const auto [entry, is_new] = captures_.try_emplace(&component);
  if (is_new) {
    collect_captures(component, 0, entry->second);
    std::sort(entry->second.begin(), entry->second.end());
    entry->second.erase(std::unique(entry->second.begin(), entry->second.end()), entry->second.end());
  }
  return entry->second;
}

void Flattener::collect_captures(const syntax::Component& component, std::uint32_t depth,
                                 std::vector<Capture>& captures) const {
  for (const syntax::Definition& definition : component.definitions) {
    if (const auto* nested = std::get_if<syntax::NestedComponent>(&definition.value))
      collect_captures(*nested->component, depth + 1, captures);
    const auto* alias = std::get_if<syntax::Alias>(&definition.value);
    if (alias == nullptr || alias->target != syntax::AliasTarget::outer || alias->outer_count <= depth) continue;
    const bool is_module = alias->sort == syntax::Sort::core && alias->core_sort == syntax::CoreSort::module;
    if (is_module || alias->sort == syntax::Sort::component)
      captures.push_back({alias->outer_count - depth, is_module, alias->outer_index});
  }
}

const std::string* Flattener::export_name(const syntax::Component& component, syntax::Sort sort, std::uint32_t index) {
  const auto [entry, is_new] = export_names_.try_emplace(&component);
  if (is_new) {
    for (const syntax::Definition& definition : component.definitions) {
      const auto* export_ = std::get_if<syntax::Export>(&definition.value);
      if (export_ == nullptr) continue;
      const syntax::SortIndex& item = export_->item;
      if (item.sort == syntax::Sort::instance) entry->second.instances.emplace(item.index, export_->name.name);
      if (item.sort == syntax::Sort::type) entry->second.types.emplace(item.index, export_->name.name);
    }
  }
  const auto& names = sort == syntax::Sort::instance ? entry->second.instances : entry->second.types;
  const auto name = names.find(index);
  return name == names.end() ? nullptr : &name->second;
}

// --- items ---

void Flattener::add_to_space(Frame& frame, syntax::Sort sort, const Item& item) {
  switch (sort) {
    case syntax::Sort::core: frame.modules.push_back(std::get<ModuleItem>(item)); return;
    case syntax::Sort::function: frame.functions.push_back(std::get<ComponentFunction>(item)); return;
    case syntax::Sort::component: frame.components.push_back(std::get<ClosurePointer>(item)); return;
    case syntax::Sort::instance: frame.instances.push_back(std::get<InstancePointer>(item)); return;
    case syntax::Sort::type: ++frame.types; return;
    case syntax::Sort::value: return;
  }
}

HostResult<Item> Flattener::item_at(const Frame& frame, const syntax::SortIndex& index, std::size_t offset) const {
  switch (index.sort) {
    case syntax::Sort::core: return Item(frame.modules[index.index]);
    case syntax::Sort::function: return Item(frame.functions[index.index]);
    case syntax::Sort::component: return Item(frame.components[index.index]);
    case syntax::Sort::instance: return Item(frame.instances[index.index]);
    case syntax::Sort::type: {
      const types::TypeRef& type = frame.scope().types[index.index];
      if (type.sort != types::TypeSort::resource) return Item();
      HOLDFAST_TRY_ASSIGN(const ResourceSlot slot, slot_of(frame, type.resource(), offset));
      return Item(slot);
    }
    case syntax::Sort::value: break;
  }
  return refuse_at(offset, Cause::not_runnable, {"values and start functions"});
}

HostResult<void> Flattener::add_alias(Frame& frame, const syntax::Alias& alias, std::size_t offset) {
  if (alias.target == syntax::AliasTarget::core_instance_export) return add_core_alias(frame, alias, offset);
  if (alias.target == syntax::AliasTarget::instance_export) {
    if (alias.sort == syntax::Sort::type) {
      ++frame.types;
      return {};
    }
    const Item* item = frame.instances[alias.instance]->find(engine_.names().find(alias.name));
    if (item == nullptr) return refuse_at(offset, Cause::no_export, {"instance", number(alias.instance), alias.name});
    add_to_space(frame, alias.sort, Item(*item));
    return {};
  }
  const bool is_module = alias.sort == syntax::Sort::core && alias.core_sort == syntax::CoreSort::module;
  if (alias.sort == syntax::Sort::type) ++frame.types;
  if (!is_module && alias.sort != syntax::Sort::component) return {};
  if (alias.outer_count == 0) {
    add_to_space(frame, alias.sort,
                 is_module ? Item(frame.modules[alias.outer_index]) : Item(frame.components[alias.outer_index]));
    return {};
  }
  const auto captured = frame.closure->captured.find({alias.outer_count, is_module, alias.outer_index});
  if (captured == frame.closure->captured.end())
    return refuse_at(offset, Cause::outer_count, {number(alias.outer_count)});
  add_to_space(frame, alias.sort, captured->second);
  return {};
}

HostResult<void> Flattener::add_instance(Frame& frame, const syntax::Instance& instance, std::size_t offset) {
  const auto index = static_cast<std::uint32_t>(frame.instances.size());
  if (const auto* bag = std::get_if<syntax::InlineExports>(&instance.value)) {
    std::vector<std::pair<types::NameId, Item>> exports;
    for (const syntax::InlineExport& export_ : bag->exports) {
      HOLDFAST_TRY_ASSIGN(Item item, item_at(frame, export_.item, offset));
      exports.emplace_back(engine_.names().find(export_.name.name), std::move(item));
    }
    HOLDFAST_TRY_ASSIGN(InstancePointer inline_instance, finish_instance(std::move(exports), offset));
    frame.instances.push_back(std::move(inline_instance));
    return {};
  }
  const auto& instantiation = std::get<syntax::Instantiate>(instance.value);
  std::unordered_map<types::NameId, Item> arguments;
  for (const syntax::InstantiateArgument& argument : instantiation.arguments) {
    HOLDFAST_TRY_ASSIGN(Item item, item_at(frame, argument.item, offset));
    arguments.emplace(engine_.names().find(argument.name), std::move(item));
  }
  HOLDFAST_TRY(count_work(arguments.size(), offset));
  ClosurePointer closure = frame.components[instantiation.component];
  const std::string* exported = export_name(*frame.closure->syntax, syntax::Sort::instance, index);
  std::string name = program_.instances[frame.instance].name + "/";
  if (exported != nullptr)
    name += *exported;
  else
    name += closure->syntax->name.empty() ? "instance " + number(index) : closure->syntax->name;
  HOLDFAST_TRY_ASSIGN(InstancePointer instantiated,
                      instantiate(std::move(closure), std::move(arguments), frame, std::move(name), offset));
  HOLDFAST_TRY(count_work(engine_.exposed(frame.scope().instances[index]).size(), offset));
  bind_exposed_resources(frame, frame.scope().instances[index], *instantiated);
  frame.instances.push_back(std::move(instantiated));
  return {};
}

HostResult<InstancePointer> Flattener::finish_instance(std::vector<std::pair<types::NameId, Item>> exports,
                                                       std::size_t offset) {
  HOLDFAST_TRY(count_exports(exports.size(), offset));
  std::sort(exports.begin(), exports.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  auto instance = std::make_shared<InstanceItem>();
  instance->exports = std::move(exports);
  return instance;
}

// --- resources ---

HostResult<ResourceSlot> Flattener::slot_of(const Frame& frame, types::ResourceId resource, std::size_t offset) {
  const auto slot = frame.resources.find(resource);
  if (slot == frame.resources.end())
    return refuse_at(offset, Cause::not_runnable, {"a resource type that no import or definition provides"});
  return slot->second;
}

const ResourceSlot* Flattener::find_slot(const types::NamedEntities::Item& start, types::ResourceId resource,
                                         const Item* item) const {
  const types::NamedEntities::Item* step = &start;
  while (item != nullptr && step->entity.sort == types::EntitySort::instance) {
    const auto* instance = std::get_if<InstancePointer>(item);
    const types::InstanceTypeId type = step->entity.type.instance();
    const auto position = engine_.exposed_at(type, resource);
    if (instance == nullptr || !position) return nullptr;
    step = &engine_[type].exports[*position];
    item = (*instance)->find(step->name);
  }
  return item == nullptr ? nullptr : std::get_if<ResourceSlot>(item);
}

void Flattener::bind_imported_resources(Frame& frame) {
  const types::ComponentType& type = engine_[frame.scope().type];
  for (const types::ResourcePlace& place : type.imported) {
    const types::NamedEntities::Item& start = type.imports[place.position];
    const auto argument = frame.arguments.find(start.name);
    const Item* item = argument == frame.arguments.end() ? nullptr : &argument->second;
    if (const ResourceSlot* slot = find_slot(start, place.resource, item))
      frame.resources.emplace(place.resource, *slot);
  }
}

void Flattener::bind_exposed_resources(Frame& frame, types::InstanceTypeId type, const InstanceItem& instance) {
  for (const types::ResourcePlace& place : engine_.exposed(type)) {
    if (frame.resources.contains(place.resource)) continue;
    const types::NamedEntities::Item& start = engine_[type].exports[place.position];
    if (const ResourceSlot* slot = find_slot(start, place.resource, instance.find(start.name)))
      frame.resources.emplace(place.resource, *slot);
  }
}

}  // namespace flattening
}  // namespace holdfast::component
