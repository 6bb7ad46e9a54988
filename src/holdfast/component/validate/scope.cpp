// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/validate/scope.hpp"

#include <array>

namespace holdfast::component::validation {
namespace {

template <class T>
HostResult<T> item_at(const std::vector<T>& space, std::uint32_t index, std::size_t offset, std::string_view kind,
                      std::string_view space_name) {
  if (index >= space.size()) return refuse_at(offset, Cause::unknown_index, {kind, number(index), space_name});
  return space[index];
}

template <class T>
HostResult<T> item_at(const std::vector<T>& space, std::uint32_t index, std::size_t offset, types::EntitySort sort) {
  const std::string_view name = types::names_of(sort).index_space;
  return item_at(space, index, offset, name, name);
}

struct SpaceLimit {
  std::size_t most;
  std::string_view items;
};

// The public implementations share these limits. No tool writes files that need more.
constexpr std::array<SpaceLimit, 10> space_limits = {{
    {1'000, "instances"},
    {1'000, "modules"},
    {1'000, "components"},
    {1'000, "values"},
    {1'000'000, "types"},
    {1'000'000, "functions"},
    {1'000'000, "tables"},
    {1'000'000, "memories"},
    {1'000'000, "globals"},
    {1'000'000, "tags"},
}};

}  // namespace

std::string_view word_of(Direction direction) { return direction == Direction::import ? "import" : "export"; }

void Scope::define_resource(types::ResourceId resource, std::optional<wasm::CoreValueKind> representation) {
  defined_resources.push_back(resource);
  representations.emplace(resource, representation);
}

HostResult<types::TypeRef> Scope::type_at(std::uint32_t index, std::size_t offset) const {
  return item_at(spaces.types, index, offset, types::EntitySort::type);
}

HostResult<types::ValueTypeRef> Scope::value_type_at(std::uint32_t index, std::size_t offset) const {
  HOLDFAST_TRY_ASSIGN(const types::TypeRef type, type_at(index, offset));
  if (type.sort != types::TypeSort::defined) return refuse_at(offset, Cause::not_defined_type, {number(index)});
  return types::ValueTypeRef{type.defined(), type.alias};
}

HostResult<types::FunctionTypeId> Scope::function_type_at(std::uint32_t index, std::size_t offset) const {
  HOLDFAST_TRY_ASSIGN(const types::TypeRef type, type_at(index, offset));
  if (type.sort != types::TypeSort::function) return refuse_at(offset, Cause::not_function_type, {number(index)});
  return type.function();
}

HostResult<types::ResourceRef> Scope::resource_at(std::uint32_t index, std::size_t offset) const {
  HOLDFAST_TRY_ASSIGN(const types::TypeRef type, type_at(index, offset));
  if (type.sort != types::TypeSort::resource) return refuse_at(offset, Cause::not_resource_type, {number(index)});
  return types::ResourceRef{type.resource(), type.alias};
}

HostResult<types::FunctionTypeId> Scope::function_at(std::uint32_t index, std::size_t offset) const {
  return item_at(spaces.functions, index, offset, types::EntitySort::function);
}

HostResult<types::InstanceTypeId> Scope::instance_at(std::uint32_t index, std::size_t offset) const {
  return item_at(spaces.instances, index, offset, types::EntitySort::instance);
}

HostResult<types::ComponentTypeId> Scope::component_at(std::uint32_t index, std::size_t offset) const {
  return item_at(spaces.components, index, offset, types::EntitySort::component);
}

HostResult<types::ModuleTypeId> Scope::module_at(std::uint32_t index, std::size_t offset) const {
  return item_at(spaces.modules, index, offset, types::EntitySort::module);
}

HostResult<types::ModuleTypeId> Scope::core_instance_at(std::uint32_t index, std::size_t offset) const {
  return item_at(spaces.core_instances, index, offset, "core instance", "instance");
}

HostResult<CoreTypeEntry> Scope::core_type_at(std::uint32_t index, std::size_t offset) const {
  return item_at(core_types, index, offset, "type", "type");
}

HostResult<wasm::CoreTypeId> Scope::core_function_at(std::uint32_t index, std::size_t offset) const {
  return item_at(spaces.core_functions, index, offset, "core function", "function");
}

HostResult<wasm::CoreTableType> Scope::core_table_at(std::uint32_t index, std::size_t offset) const {
  return item_at(core_tables, index, offset, "table", "table");
}

HostResult<wasm::CoreMemoryType> Scope::core_memory_at(std::uint32_t index, std::size_t offset) const {
  return item_at(core_memories, index, offset, "memory", "memory");
}

HostResult<wasm::CoreGlobalType> Scope::core_global_at(std::uint32_t index, std::size_t offset) const {
  return item_at(core_globals, index, offset, "global", "global");
}

HostResult<wasm::CoreTypeId> Scope::core_tag_at(std::uint32_t index, std::size_t offset) const {
  return item_at(core_tags, index, offset, "tag", "tag");
}

HostResult<types::ValueTypeRef> Scope::value_at(std::uint32_t index, std::size_t offset) const {
  HOLDFAST_TRY_ASSIGN(const ValueEntry entry, item_at(values, index, offset, types::EntitySort::value));
  return entry.type;
}

HostResult<types::ValueTypeRef> Scope::use_value(std::uint32_t index, std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef type, value_at(index, offset));
  if (values[index].is_used) return refuse_at(offset, Cause::value_used_twice, {number(index)});
  values[index].is_used = true;
  return type;
}

HostResult<void> Scope::check_space(std::size_t offset) const {
  const std::array<std::size_t, space_limits.size()> sizes = {
      spaces.instances.size() + spaces.core_instances.size(),
      spaces.modules.size(),
      spaces.components.size(),
      values.size(),
      spaces.types.size() + core_types.size(),
      spaces.functions.size() + spaces.core_functions.size(),
      core_tables.size(),
      core_memories.size(),
      core_globals.size(),
      core_tags.size(),
  };
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto& [most, items] = space_limits[i];
    if (sizes[i] > most) return refuse_at(offset, Cause::too_many, {items, number(most)});
  }
  return {};
}

}  // namespace holdfast::component::validation
