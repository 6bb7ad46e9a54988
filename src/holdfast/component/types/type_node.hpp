// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The nodes of the type engine. A node is immutable once it is added. Equal nodes are stored once, so they have equal
// ids. A reference to a type carries two ids: *structure* identifies the type itself (for equality and subtyping),
// *alias* identifies the name under which the reference knows it (which decides whether it may be imported or
// exported). Resource types are ids without structure. Plain values; they own their lists.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "holdfast/component/types/hash_index.hpp"
#include "holdfast/component/types/name_table.hpp"
#include "holdfast/component/types/type_kind.hpp"
#include "holdfast/core/id.hpp"

namespace holdfast::component::types {

using DefinedTypeId = Id<struct DefinedTypeTag>;
using FunctionTypeId = Id<struct FunctionTypeNodeTag>;
using InstanceTypeId = Id<struct InstanceTypeTag>;
using ComponentTypeId = Id<struct ComponentTypeTag>;
using ModuleTypeId = Id<struct ModuleTypeTag>;
using ResourceId = Id<struct ResourceIdentityTag>;

/// Each import, export or alias that names a type makes a fresh one. Invalid if the type has no name.
using AliasId = Id<struct AliasTag>;

enum class TypeSort : std::uint8_t { defined, function, instance, component, resource };

/// A reference to any component-level type. `sort` says to which kind of id the index `structure` belongs.
struct TypeRef {
  TypeSort sort = TypeSort::defined;
  std::uint32_t structure = 0;
  AliasId alias;
  friend bool operator==(const TypeRef&, const TypeRef&) = default;

  DefinedTypeId defined() const { return DefinedTypeId(structure); }
  FunctionTypeId function() const { return FunctionTypeId(structure); }
  InstanceTypeId instance() const { return InstanceTypeId(structure); }
  ComponentTypeId component() const { return ComponentTypeId(structure); }
  ResourceId resource() const { return ResourceId(structure); }

  static TypeRef of(DefinedTypeId id, AliasId alias = {}) { return {TypeSort::defined, id.index(), alias}; }
  static TypeRef of(FunctionTypeId id, AliasId alias = {}) { return {TypeSort::function, id.index(), alias}; }
  static TypeRef of(InstanceTypeId id, AliasId alias = {}) { return {TypeSort::instance, id.index(), alias}; }
  static TypeRef of(ComponentTypeId id, AliasId alias = {}) { return {TypeSort::component, id.index(), alias}; }
  static TypeRef of(ResourceId id, AliasId alias = {}) { return {TypeSort::resource, id.index(), alias}; }
};

/// A reference to a value type. If `structure` is invalid, there is no type (a case without payload).
struct ValueTypeRef {
  DefinedTypeId structure;
  AliasId alias;
  friend bool operator==(const ValueTypeRef&, const ValueTypeRef&) = default;

  bool is_present() const { return structure.is_valid(); }
  TypeRef as_type() const { return TypeRef::of(structure, alias); }
};

struct ResourceRef {
  ResourceId resource;
  AliasId alias;
  friend bool operator==(const ResourceRef&, const ResourceRef&) = default;

  TypeRef as_type() const { return TypeRef::of(resource, alias); }
};

/// Any value type. Which parts it has depends on its kind:
/// record, variant: a label for each member; tuple: members; list, fixed_list, option, stream, future: one
/// member; map: key and value; result: ok and error; enumeration, flags: labels; own, borrow: resource.
struct DefinedType {
  TypeKind kind = TypeKind::boolean;
  std::uint32_t length = 0;  ///< fixed_list
  std::vector<ValueTypeRef> members = {};
  std::vector<NameId> labels = {};
  ResourceRef resource = {};
  friend bool operator==(const DefinedType&, const DefinedType&) = default;
};

struct Parameter {
  NameId name;
  ValueTypeRef type;
  friend bool operator==(const Parameter&, const Parameter&) = default;
};

struct FunctionType {
  bool is_async = false;
  std::vector<Parameter> parameters = {};
  ValueTypeRef result = {};
  friend bool operator==(const FunctionType&, const FunctionType&) = default;
};

enum class EntitySort : std::uint8_t { module, function, value, type, instance, component };

/// The words for a sort in messages. The public test suites fix both spellings: "expected func, found component" for an
/// item, "unknown function 0: function index out of bounds" for an index.
struct EntitySortNames {
  std::string_view item;         ///< "func" for a function, as in the text format
  std::string_view index_space;  ///< "function" for a function
};
EntitySortNames names_of(EntitySort sort) noexcept;

/// What an import or export is. For a module, `type.structure` is the index of a ModuleTypeId. For a type, `type` is
/// the type that the import or export introduces, with its new alias.
struct Entity {
  EntitySort sort = EntitySort::function;
  TypeRef type;
  friend bool operator==(const Entity&, const Entity&) = default;

  ModuleTypeId module() const { return ModuleTypeId(type.structure); }
  ValueTypeRef value() const { return {DefinedTypeId(type.structure), type.alias}; }
  bool is_resource() const { return sort == EntitySort::type && type.sort == TypeSort::resource; }

  static Entity of_module(ModuleTypeId id) { return {EntitySort::module, {TypeSort::defined, id.index(), {}}}; }
  static Entity of_function(FunctionTypeId id) { return {EntitySort::function, TypeRef::of(id)}; }
  static Entity of_value(ValueTypeRef type) { return {EntitySort::value, type.as_type()}; }
  static Entity of_type(TypeRef type) { return {EntitySort::type, type}; }
  static Entity of_instance(InstanceTypeId id) { return {EntitySort::instance, TypeRef::of(id)}; }
  static Entity of_component(ComponentTypeId id) { return {EntitySort::component, TypeRef::of(id)}; }
};

/// Imports or exports, in order, with look-up by name.
class NamedEntities {
 public:
  struct Item {
    NameId name;
    Entity entity;
    friend bool operator==(const Item&, const Item&) = default;
  };

  /// Returns false, and adds nothing, if the name is already present.
  bool add(NameId name, Entity entity);
  /// Null if no item has that name.
  const Entity* find(NameId name) const;

  std::size_t size() const { return items_.size(); }
  const Item& operator[](std::size_t index) const { return items_[index]; }
  Entity& entity_at(std::size_t index) { return items_[index].entity; }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

  friend bool operator==(const NamedEntities& a, const NamedEntities& b) { return a.items_ == b.items_; }

 private:
  std::vector<Item> items_;
  HashIndex index_;  // positions in items_, by name
};

/// A resource, and the position of the import or export through which it is reached. If that item is an instance, the
/// path continues through the exports of the instance.
struct ResourcePlace {
  ResourceId resource;
  std::uint32_t position = 0;
  friend bool operator==(const ResourcePlace&, const ResourcePlace&) = default;
};

struct InstanceType {
  NamedEntities exports;
  /// Resources that the type itself introduces. Only declared instance types have any; the resources of an actual
  /// instance belong to the component that contains it.
  std::vector<ResourceId> defined;
  friend bool operator==(const InstanceType&, const InstanceType&) = default;
};

struct ComponentType {
  NamedEntities imports;
  NamedEntities exports;
  std::vector<ResourcePlace> imported;  ///< resources that imports introduce; positions in `imports`
  std::vector<ResourcePlace> defined;   ///< fresh for each instance and exported; positions in `exports`
  friend bool operator==(const ComponentType&, const ComponentType&) = default;
};

}  // namespace holdfast::component::types

template <>
struct std::hash<holdfast::component::types::TypeRef> {
  std::size_t operator()(const holdfast::component::types::TypeRef& type) const noexcept {
    const std::size_t key = (std::size_t{type.structure} << 3) | static_cast<std::size_t>(type.sort);
    return (key * 0x9e3779b97f4a7c15) ^ (type.alias.index() * std::size_t{0xc2b2ae3d27d4eb4f});
  }
};
