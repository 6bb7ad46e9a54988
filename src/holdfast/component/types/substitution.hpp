// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Substitution`: replaces resource types, and the names of types, inside other types. It remembers its results, so
// that a type is rewritten once however often it occurs. Refers to an engine that must outlive it.
#pragma once

#include <unordered_map>

#include "holdfast/component/types/type_engine.hpp"

namespace holdfast::component::types {

class Substitution {
 public:
  explicit Substitution(TypeEngine& engine) : engine_(&engine) {}

  /// Replaces `from` by `to`. Add all replacements before the first `apply`.
  void replace(ResourceId from, ResourceId to) { resources_.insert_or_assign(from, to); }
  /// Replaces each reference that equals `from`, alias included, by `to`: the same type under another name. A second
  /// call with the same `from` has no effect.
  void rename(const TypeRef& from, const TypeRef& to);

  ResourceId apply(ResourceId resource) const;
  ResourceRef apply(const ResourceRef& resource) const;
  TypeRef apply(const TypeRef& type);
  ValueTypeRef apply(const ValueTypeRef& type);
  Entity apply(const Entity& entity);
  NamedEntities apply(const NamedEntities& entities);

 private:
  bool touches(const TypeFacts& facts) const;
  std::uint32_t apply_structure(const TypeRef& type);
  DefinedTypeId rewrite(DefinedTypeId id);
  FunctionTypeId rewrite(FunctionTypeId id);
  InstanceTypeId rewrite(InstanceTypeId id);
  ComponentTypeId rewrite(ComponentTypeId id);

  TypeEngine* engine_;
  std::unordered_map<ResourceId, ResourceId> resources_;
  std::unordered_map<TypeRef, TypeRef> names_;
  std::unordered_map<TypeRef, std::uint32_t> done_;  // types without their aliases, to their new structures
};

}  // namespace holdfast::component::types
