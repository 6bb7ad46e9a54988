// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/types/type_engine.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace holdfast::component::types {
namespace {

constexpr std::array primitive_kinds = {TypeKind::boolean, TypeKind::s8,           TypeKind::u8,  TypeKind::s16,
                                        TypeKind::u16,     TypeKind::s32,          TypeKind::u32, TypeKind::s64,
                                        TypeKind::u64,     TypeKind::f32,          TypeKind::f64, TypeKind::character,
                                        TypeKind::string,  TypeKind::error_context};

std::size_t hash_of(const ValueTypeRef& type) { return std::hash<TypeRef>()(type.as_type()); }

std::size_t hash_of(const DefinedType& node) {
  std::size_t hash = static_cast<std::size_t>(node.kind);
  mix(hash, node.length);
  for (const ValueTypeRef& member : node.members) mix(hash, hash_of(member));
  for (const NameId label : node.labels) mix(hash, label.index());
  mix(hash, std::hash<TypeRef>()(node.resource.as_type()));
  return hash;
}

std::size_t hash_of(const FunctionType& node) {
  std::size_t hash = node.is_async ? 1 : 2;
  for (const Parameter& parameter : node.parameters) {
    mix(hash, parameter.name.index());
    mix(hash, hash_of(parameter.type));
  }
  mix(hash, hash_of(node.result));
  return hash;
}

void mix_entities(std::size_t& hash, const NamedEntities& entities) {
  for (const NamedEntities::Item& item : entities) {
    mix(hash, item.name.index());
    mix(hash, static_cast<std::size_t>(item.entity.sort));
    mix(hash, std::hash<TypeRef>()(item.entity.type));
  }
}

std::size_t hash_of(const InstanceType& node) {
  std::size_t hash = node.defined.size();
  mix_entities(hash, node.exports);
  for (const ResourceId resource : node.defined) mix(hash, resource.index());
  return hash;
}

std::size_t hash_of(const ComponentType& node) {
  std::size_t hash = node.imports.size();
  mix_entities(hash, node.imports);
  mix_entities(hash, node.exports);
  for (const ResourcePlace& place : node.imported) mix(hash, place.resource.index());
  for (const ResourcePlace& place : node.defined) mix(hash, place.resource.index());
  return hash;
}

std::vector<ResourceId> resources_of(const std::vector<ResourcePlace>& places) {
  std::vector<ResourceId> resources;
  resources.reserve(places.size());
  for (const ResourcePlace& place : places) resources.push_back(place.resource);
  return resources;
}

}  // namespace

TypeEngine::TypeEngine(std::uint64_t work) : work_left_(work) {
  for (const TypeKind kind : primitive_kinds) add(DefinedType{kind, 0, {}, {}, {}});
}

ValueTypeRef TypeEngine::primitive(TypeKind kind) {
  const auto entry = std::find(primitive_kinds.begin(), primitive_kinds.end(), kind);
  return {DefinedTypeId(static_cast<std::uint32_t>(entry - primitive_kinds.begin())), {}};
}

bool TypeEngine::take_work(std::uint64_t parts) {
  if (parts > work_left_) exhausted_ = true;
  work_left_ -= std::min(parts, work_left_);
  return !exhausted_;
}

void TypeEngine::combine(TypeFacts& facts, const TypeFacts& part, ResourceUnion& free) {
  facts.size = std::min(max_type_size + 1, facts.size + part.size);
  facts.depth = std::min(max_total_depth + 1, std::max(facts.depth, part.depth + 1));
  facts.contains_borrow = facts.contains_borrow || part.contains_borrow;
  free.add(part.free);
}

/// Charges the growth of the free-resource sets since the last call as work.
void TypeEngine::charge_for_sets() {
  constexpr std::uint64_t resources_per_part = 16;
  take_work((sets_.stored() - charged_resources_) / resources_per_part);
  charged_resources_ = sets_.stored();
}

TypeFacts TypeEngine::facts_of(const DefinedType& node) {
  TypeFacts facts;
  facts.contains_borrow = node.kind == TypeKind::borrow;
  ResourceUnion free(sets_);
  if (node.resource.resource.is_valid()) free.add(sets_.of(node.resource.resource));
  for (const ValueTypeRef& member : node.members)
    if (member.is_present()) combine(facts, this->facts(member.structure), free);
  facts.free = free.result();
  charge_for_sets();
  return facts;
}

Layout TypeEngine::layout_of(const DefinedType& node) const {
  std::vector<const Layout*> parts;
  parts.reserve(node.members.size());
  for (const ValueTypeRef& member : node.members)
    parts.push_back(member.is_present() ? &layouts_[member.structure.index()] : nullptr);
  switch (node.kind) {
    case TypeKind::list:
    case TypeKind::map: return layout_of_sequence();
    case TypeKind::fixed_list: return layout_of_fixed_list(*parts.front(), node.length);
    case TypeKind::record:
    case TypeKind::tuple: return layout_of_record(parts);
    case TypeKind::option: parts.insert(parts.begin(), nullptr); return layout_of_variant(parts);
    case TypeKind::variant:
    case TypeKind::result: return layout_of_variant(parts);
    case TypeKind::enumeration: parts.resize(node.labels.size(), nullptr); return layout_of_variant(parts);
    case TypeKind::flags: return layout_of_flags(node.labels.size());
    case TypeKind::own:
    case TypeKind::borrow:
    case TypeKind::stream:
    case TypeKind::future: return layout_of_handle();
    default: return layout_of_primitive(node.kind);
  }
}

DefinedTypeId TypeEngine::add(DefinedType node) {
  take_work(1 + node.members.size() + node.labels.size());
  const std::size_t hash = hash_of(node);
  const auto [id, is_new] = defined_.add(std::move(node), hash);
  if (is_new) {
    defined_facts_.push_back(facts_of(defined_[id]));
    layouts_.push_back(layout_of(defined_[id]));
  }
  return id;
}

FunctionTypeId TypeEngine::add(FunctionType node) {
  take_work(1 + node.parameters.size());
  const std::size_t hash = hash_of(node);
  const auto [id, is_new] = functions_.add(std::move(node), hash);
  if (is_new) {
    TypeFacts facts;
    ResourceUnion free(sets_);
    for (const Parameter& parameter : functions_[id].parameters)
      combine(facts, this->facts(parameter.type.structure), free);
    if (functions_[id].result.is_present()) combine(facts, this->facts(functions_[id].result.structure), free);
    facts.free = free.result();
    charge_for_sets();
    function_facts_.push_back(facts);
  }
  return id;
}

InstanceTypeId TypeEngine::add(InstanceType node) {
  take_work(1 + node.exports.size());
  const std::size_t hash = hash_of(node);
  const auto [id, is_new] = instances_.add(std::move(node), hash);
  if (is_new) {
    const InstanceType& added = instances_[id];
    InstanceFacts facts;
    ResourceUnion free(sets_);
    for (const NamedEntities::Item& item : added.exports) combine(facts.facts, this->facts(item.entity), free);
    facts.facts.free = sets_.without(free.result(), added.defined);
    charge_for_sets();
    facts.exposed = exposed_by(added.exports);
    take_work(facts.exposed.size());
    instance_facts_.push_back(std::move(facts));
  }
  return id;
}

ComponentTypeId TypeEngine::add(ComponentType node) {
  take_work(1 + node.imports.size() + node.exports.size());
  const std::size_t hash = hash_of(node);
  const auto [id, is_new] = components_.add(std::move(node), hash);
  if (is_new) {
    const ComponentType& added = components_[id];
    TypeFacts facts;
    ResourceUnion free(sets_);
    for (const NamedEntities::Item& item : added.imports) combine(facts, this->facts(item.entity), free);
    for (const NamedEntities::Item& item : added.exports) combine(facts, this->facts(item.entity), free);
    facts.free = sets_.without(free.result(), resources_of(added.imported));
    facts.free = sets_.without(facts.free, resources_of(added.defined));
    charge_for_sets();
    component_facts_.push_back(facts);
  }
  return id;
}

ModuleTypeId TypeEngine::add(ModuleType node) {
  take_work(node.size());
  modules_.push_back(std::move(node));
  return ModuleTypeId(static_cast<std::uint32_t>(modules_.size() - 1));
}

TypeFacts TypeEngine::facts(const TypeRef& type) {
  switch (type.sort) {
    case TypeSort::defined: return facts(type.defined());
    case TypeSort::function: return facts(type.function());
    case TypeSort::instance: return facts(type.instance());
    case TypeSort::component: return facts(type.component());
    case TypeSort::resource: break;
  }
  TypeFacts result;
  result.free = sets_.of(type.resource());
  return result;
}

TypeFacts TypeEngine::facts(const Entity& entity) {
  if (entity.sort != EntitySort::module) return facts(entity.type);
  TypeFacts result;
  result.size = std::min<std::uint32_t>(max_type_size + 1, modules_[entity.module().index()].size());
  return result;
}

std::optional<std::uint32_t> TypeEngine::exposed_at(InstanceTypeId instance, ResourceId resource) const {
  const std::vector<ResourcePlace>& places = exposed(instance);
  const auto place = std::lower_bound(places.begin(), places.end(), resource,
                                      [](const ResourcePlace& a, ResourceId id) { return a.resource < id; });
  if (place == places.end() || place->resource != resource) return std::nullopt;
  return place->position;
}

std::vector<ResourcePlace> TypeEngine::exposed_by(const NamedEntities& exports) const {
  std::vector<ResourcePlace> places;
  for (std::uint32_t position = 0; position < exports.size(); ++position) {
    const Entity& entity = exports[position].entity;
    if (entity.is_resource()) places.push_back({entity.type.resource(), position});
    if (entity.sort == EntitySort::instance)
      for (const ResourcePlace& place : exposed(entity.type.instance())) places.push_back({place.resource, position});
  }
  if (places.size() <= 1) return places;
  // Keep only the last place of each resource.
  std::sort(places.begin(), places.end(), [](const ResourcePlace& a, const ResourcePlace& b) {
    return a.resource != b.resource ? a.resource < b.resource : a.position < b.position;
  });
  std::vector<ResourcePlace> unique;
  for (const ResourcePlace& place : places) {
    if (!unique.empty() && unique.back().resource == place.resource)
      unique.back() = place;
    else
      unique.push_back(place);
  }
  return unique;
}

}  // namespace holdfast::component::types
