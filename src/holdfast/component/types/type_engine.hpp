// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `TypeEngine`: owns all types of one file. Each node is stored once, with cached facts: free resources, size, depth,
// whether it contains a borrow, layout. Everything is bounded. Sizes and depths saturate here, and the validator
// refuses types above the limits; `exhausted` becomes true when the types take more work than a file of that length
// may cost. Nodes are never removed, and references to them stay valid. One thread at a time while it grows.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "holdfast/component/types/flat_set.hpp"
#include "holdfast/component/types/intern_table.hpp"
#include "holdfast/component/types/layout.hpp"
#include "holdfast/component/types/module_type.hpp"
#include "holdfast/component/types/name_table.hpp"
#include "holdfast/component/types/resource_set.hpp"
#include "holdfast/component/types/type_node.hpp"

namespace holdfast::component::types {

/// Largest effective size of a type: the number of nodes in its tree, with shared parts counted each time.
inline constexpr std::uint32_t max_type_size = 1'000'000;
/// Largest depth of nested value types.
inline constexpr std::uint32_t max_type_depth = 100;
/// Largest depth of nested types of any sort. Bounds the native stack that a walk over a type needs.
inline constexpr std::uint32_t max_total_depth = 500;

/// The facts cached for each node. Size and depth saturate one above their limits.
struct TypeFacts {
  std::uint32_t size = 1;
  std::uint32_t depth = 1;
  bool contains_borrow = false;
  ResourceSetId free = ResourceSets::empty();

  bool is_too_large() const { return size > max_type_size; }
  bool is_too_deep() const { return depth > max_type_depth; }
  bool is_too_deep_in_total() const { return depth > max_total_depth; }
};

class TypeEngine {
 public:
  /// `work`: how many parts of types may be created in total (see `exhausted`).
  explicit TypeEngine(std::uint64_t work = 16'000'000);
  TypeEngine(const TypeEngine&) = delete;
  TypeEngine& operator=(const TypeEngine&) = delete;

  NameTable& names() { return names_; }
  const NameTable& names() const { return names_; }
  ResourceSets& resource_sets() { return sets_; }
  const ResourceSets& resource_sets() const { return sets_; }
  wasm::CoreTypeInterner& core_types() { return core_types_; }
  const wasm::CoreTypeInterner& core_types() const { return core_types_; }

  ResourceId fresh_resource() { return ResourceId(next_resource_++); }
  AliasId fresh_alias() { return AliasId(next_alias_++); }
  /// The same type under a new name.
  TypeRef with_fresh_alias(TypeRef type) { return {type.sort, type.structure, fresh_alias()}; }

  /// The value type of `kind`, which must be primitive (see is_primitive()).
  static ValueTypeRef primitive(TypeKind kind);

  DefinedTypeId add(DefinedType node);
  FunctionTypeId add(FunctionType node);
  InstanceTypeId add(InstanceType node);
  ComponentTypeId add(ComponentType node);
  ModuleTypeId add(ModuleType node);

  const DefinedType& operator[](DefinedTypeId id) const { return defined_[id]; }
  const FunctionType& operator[](FunctionTypeId id) const { return functions_[id]; }
  const InstanceType& operator[](InstanceTypeId id) const { return instances_[id]; }
  const ComponentType& operator[](ComponentTypeId id) const { return components_[id]; }
  const ModuleType& operator[](ModuleTypeId id) const { return modules_[id.index()]; }

  const TypeFacts& facts(DefinedTypeId id) const { return defined_facts_[id.index()]; }
  const TypeFacts& facts(FunctionTypeId id) const { return function_facts_[id.index()]; }
  const TypeFacts& facts(InstanceTypeId id) const { return instance_facts_[id.index()].facts; }
  const TypeFacts& facts(ComponentTypeId id) const { return component_facts_[id.index()]; }
  TypeFacts facts(const TypeRef& type);
  TypeFacts facts(const Entity& entity);

  const Layout& layout(DefinedTypeId id) const { return layouts_[id.index()]; }

  /// The position of the export of `instance` through which `resource` is reached; the last one if there are several.
  /// Empty if no export reaches it.
  std::optional<std::uint32_t> exposed_at(InstanceTypeId instance, ResourceId resource) const;
  /// All resources that exports of `instance` reach, sorted by resource.
  const std::vector<ResourcePlace>& exposed(InstanceTypeId instance) const {
    return instance_facts_[instance.index()].exposed;
  }
  /// Like `exposed`, for a list of exports that is not yet an instance.
  std::vector<ResourcePlace> exposed_by(const NamedEntities& exports) const;

  /// Subtracts `parts` from the remaining work. Returns false if the work is used up: types created after that may be
  /// wrong, and the file must be refused.
  bool take_work(std::uint64_t parts);
  bool exhausted() const { return exhausted_; }

  /// Records that `a` is a subtype of `b`. The record stays true because types never change.
  void remember_subtype(TypeRef a, TypeRef b) { subtypes_.add({a.sort, a.structure, b.structure}); }
  bool is_known_subtype(TypeRef a, TypeRef b) const { return subtypes_.contains({a.sort, a.structure, b.structure}); }

 private:
  struct InstanceFacts {
    TypeFacts facts;
    std::vector<ResourcePlace> exposed;  // sorted by resource
  };
  struct SubtypePair {
    TypeSort sort;
    std::uint32_t a, b;
    friend bool operator==(const SubtypePair&, const SubtypePair&) = default;
  };
  struct SubtypeHash {
    std::size_t operator()(const SubtypePair& pair) const noexcept {
      std::size_t hash = static_cast<std::size_t>(pair.sort);
      mix(hash, pair.a);
      mix(hash, pair.b);
      return hash;
    }
  };

  void combine(TypeFacts& facts, const TypeFacts& part, ResourceUnion& free);
  void charge_for_sets();
  TypeFacts facts_of(const DefinedType& node);
  Layout layout_of(const DefinedType& node) const;

  NameTable names_;
  ResourceSets sets_;
  wasm::CoreTypeInterner core_types_;
  InternTable<DefinedTypeId, DefinedType> defined_;
  InternTable<FunctionTypeId, FunctionType> functions_;
  InternTable<InstanceTypeId, InstanceType> instances_;
  InternTable<ComponentTypeId, ComponentType> components_;
  std::deque<ModuleType> modules_;
  std::deque<TypeFacts> defined_facts_;
  std::deque<Layout> layouts_;
  std::deque<TypeFacts> function_facts_;
  std::deque<InstanceFacts> instance_facts_;
  std::deque<TypeFacts> component_facts_;
  FlatSet<SubtypePair, SubtypeHash> subtypes_;
  std::uint32_t next_resource_ = 0;
  std::uint32_t next_alias_ = 0;
  std::uint64_t work_left_;
  std::uint64_t charged_resources_ = 0;  // how many of sets_.stored() are already charged as work
  bool exhausted_ = false;
};

}  // namespace holdfast::component::types
