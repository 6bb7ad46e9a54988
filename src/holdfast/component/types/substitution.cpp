// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/types/substitution.hpp"

#include <algorithm>

namespace holdfast::component::types {

void Substitution::rename(const TypeRef& from, const TypeRef& to) { names_.emplace(from, to); }

ResourceId Substitution::apply(ResourceId resource) const {
  const auto replacement = resources_.find(resource);
  return replacement == resources_.end() ? resource : replacement->second;
}

ResourceRef Substitution::apply(const ResourceRef& resource) const {
  if (const auto renamed = names_.find(resource.as_type()); renamed != names_.end())
    return {renamed->second.resource(), renamed->second.alias};
  return {apply(resource.resource), resource.alias};
}

/// Whether a type with these facts may contain something to replace. Any type may contain a name, also one without
/// resources.
bool Substitution::touches(const TypeFacts& facts) const {
  if (!names_.empty()) return true;
  const auto& free = engine_->resource_sets()[facts.free];
  return std::any_of(free.begin(), free.end(), [this](ResourceId id) { return resources_.contains(id); });
}

TypeRef Substitution::apply(const TypeRef& type) {
  if (const auto renamed = names_.find(type); renamed != names_.end()) return renamed->second;
  return {type.sort, apply_structure(type), type.alias};
}

ValueTypeRef Substitution::apply(const ValueTypeRef& type) {
  if (!type.is_present()) return type;
  const TypeRef applied = apply(type.as_type());
  return {applied.defined(), applied.alias};
}

Entity Substitution::apply(const Entity& entity) {
  if (entity.sort == EntitySort::module) return entity;
  return {entity.sort, apply(entity.type)};
}

NamedEntities Substitution::apply(const NamedEntities& entities) {
  NamedEntities result = entities;
  for (std::size_t i = 0; i < result.size(); ++i) result.entity_at(i) = apply(result[i].entity);
  return result;
}

std::uint32_t Substitution::apply_structure(const TypeRef& type) {
  if (type.sort == TypeSort::resource) return apply(type.resource()).index();
  if (engine_->exhausted() || !touches(engine_->facts(type))) return type.structure;
  const TypeRef key{type.sort, type.structure, {}};
  if (const auto rewritten = done_.find(key); rewritten != done_.end()) return rewritten->second;
  std::uint32_t result = type.structure;
  switch (type.sort) {
    case TypeSort::defined: result = rewrite(type.defined()).index(); break;
    case TypeSort::function: result = rewrite(type.function()).index(); break;
    case TypeSort::instance: result = rewrite(type.instance()).index(); break;
    case TypeSort::component: result = rewrite(type.component()).index(); break;
    case TypeSort::resource: break;
  }
  done_.emplace(key, result);
  return result;
}

DefinedTypeId Substitution::rewrite(DefinedTypeId id) {
  DefinedType node = (*engine_)[id];
  for (ValueTypeRef& member : node.members) member = apply(member);
  if (node.resource.resource.is_valid()) node.resource = apply(node.resource);
  return engine_->add(std::move(node));
}

FunctionTypeId Substitution::rewrite(FunctionTypeId id) {
  FunctionType node = (*engine_)[id];
  for (Parameter& parameter : node.parameters) parameter.type = apply(parameter.type);
  node.result = apply(node.result);
  return engine_->add(std::move(node));
}

InstanceTypeId Substitution::rewrite(InstanceTypeId id) {
  InstanceType node = (*engine_)[id];
  node.exports = apply(node.exports);
  for (ResourceId& resource : node.defined) resource = apply(resource);
  return engine_->add(std::move(node));
}

ComponentTypeId Substitution::rewrite(ComponentTypeId id) {
  ComponentType node = (*engine_)[id];
  node.imports = apply(node.imports);
  node.exports = apply(node.exports);
  for (ResourcePlace& place : node.imported) place.resource = apply(place.resource);
  for (ResourcePlace& place : node.defined) place.resource = apply(place.resource);
  return engine_->add(std::move(node));
}

}  // namespace holdfast::component::types
