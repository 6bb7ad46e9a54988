// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Scope`: the state of one component, component type or instance type while it is validated: its index spaces, its
// imports and exports so far, its resource types and its named types. Owned by the validator; one thread at a time.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "holdfast/component/causes/cause.hpp"
#include "holdfast/component/types/type_engine.hpp"
#include "holdfast/component/validate/names.hpp"
#include "holdfast/component/validate/validated_component.hpp"

namespace holdfast::component::validation {

enum class ScopeKind : std::uint8_t { component, component_type, instance_type };
enum class Direction : std::uint8_t { import, export_ };

/// "import" or "export".
std::string_view word_of(Direction direction);

/// An entry of the core type index space: a module type if `module` is set, else a type of the core specification.
struct CoreTypeEntry {
  std::optional<types::ModuleTypeId> module;
  wasm::CoreTypeId type;
};

struct ValueEntry {
  types::ValueTypeRef type;
  bool is_used = false;
};

/// The imports of one scope, or its exports.
struct ExternSide {
  types::NamedEntities items;
  ExternNameSet names;                                               ///< views into the syntax tree
  types::FlatSet<types::TypeRef> named_types;                        ///< later items may refer to these
  types::FlatSet<types::DefinedTypeId> named_structures;             ///< anonymous types known to consist of named ones
  types::FlatSet<types::InstanceTypeId> named_instances;             ///< all their exports are registered
  types::FlatSet<types::InstanceTypeId> checked_instances;           ///< known to consist of named types
  std::unordered_map<types::TypeRef, types::NameId> resource_names;  ///< resources that are items of this side
  types::FlatSet<types::NameId> all_resource_names;
};

struct Scope {
  explicit Scope(ScopeKind scope_kind) : kind(scope_kind) {}

  ScopeKind kind;
  ComponentScope spaces;
  std::vector<CoreTypeEntry> core_types;
  std::vector<wasm::CoreTypeId> core_type_ids;  ///< parallel to core_types; invalid for module types
  std::vector<wasm::CoreTableType> core_tables;
  std::vector<wasm::CoreMemoryType> core_memories;
  std::vector<wasm::CoreGlobalType> core_globals;
  std::vector<wasm::CoreTypeId> core_tags;
  std::vector<ValueEntry> values;

  ExternSide imports;
  ExternSide exports;
  std::vector<types::ResourcePlace> imported_resources;
  /// The resource types that belong to this scope, in order. `representations` has the representation of those that are
  /// defined directly here; only these have resource.new and resource.rep.
  std::vector<types::ResourceId> defined_resources;
  std::unordered_map<types::ResourceId, std::optional<wasm::CoreValueKind>> representations;

  std::optional<wasm::CoreValueKind> context_type;
  bool has_start = false;

  ExternSide& side(Direction direction) { return direction == Direction::import ? imports : exports; }
  void define_resource(types::ResourceId resource, std::optional<wasm::CoreValueKind> representation = {});

  // The item at an index. Errors: invalid if the index is out of bounds or refers to an item of another kind.
  HostResult<types::TypeRef> type_at(std::uint32_t index, std::size_t offset) const;
  HostResult<types::ValueTypeRef> value_type_at(std::uint32_t index, std::size_t offset) const;
  HostResult<types::FunctionTypeId> function_type_at(std::uint32_t index, std::size_t offset) const;
  HostResult<types::ResourceRef> resource_at(std::uint32_t index, std::size_t offset) const;
  HostResult<types::FunctionTypeId> function_at(std::uint32_t index, std::size_t offset) const;
  HostResult<types::InstanceTypeId> instance_at(std::uint32_t index, std::size_t offset) const;
  HostResult<types::ComponentTypeId> component_at(std::uint32_t index, std::size_t offset) const;
  HostResult<types::ModuleTypeId> module_at(std::uint32_t index, std::size_t offset) const;
  HostResult<types::ModuleTypeId> core_instance_at(std::uint32_t index, std::size_t offset) const;
  HostResult<CoreTypeEntry> core_type_at(std::uint32_t index, std::size_t offset) const;
  HostResult<wasm::CoreTypeId> core_function_at(std::uint32_t index, std::size_t offset) const;
  HostResult<wasm::CoreTableType> core_table_at(std::uint32_t index, std::size_t offset) const;
  HostResult<wasm::CoreMemoryType> core_memory_at(std::uint32_t index, std::size_t offset) const;
  HostResult<wasm::CoreGlobalType> core_global_at(std::uint32_t index, std::size_t offset) const;
  HostResult<wasm::CoreTypeId> core_tag_at(std::uint32_t index, std::size_t offset) const;
  HostResult<types::ValueTypeRef> value_at(std::uint32_t index, std::size_t offset) const;
  /// Marks the value as used. Errors: invalid, as above or if the value was used before.
  HostResult<types::ValueTypeRef> use_value(std::uint32_t index, std::size_t offset);

  /// Errors: limit if an index space has too many items.
  HostResult<void> check_space(std::size_t offset) const;
};

}  // namespace holdfast::component::validation
