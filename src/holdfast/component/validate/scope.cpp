// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/validate/scope.hpp"

#include <utility>

namespace holdfast::component::validation {
namespace {

template <class T>
HostResult<T> item_at(const std::vector<T>& space, std::uint32_t index, std::size_t offset, std::string_view what,
                      std::string_view space_name) {
  if (index >= space.size()) return refuse_at(offset, Cause::unknown_index, {what, number(index), space_name});
  return space[index];
}

// The public implementations agree on these; no tool writes files that need more.
constexpr std::size_t max_instances = 1'000;
constexpr std::size_t max_modules = 1'000;
constexpr std::size_t max_components = 1'000;
constexpr std::size_t max_values = 1'000;
constexpr std::size_t max_items = 1'000'000;

}  // namespace

std::string_view word_of(Direction direction) { return direction == Direction::import ? "import" : "export"; }

void Scope::define_resource(types::ResourceId resource, std::optional<wasm::CoreValueKind> representation) {
  defined_resources.push_back(resource);
  representations.emplace(resource, representation);
}

HostResult<types::TypeRef> Scope::type_at(std::uint32_t index, std::size_t offset) const {
  return item_at(spaces.types, index, offset, "type", "type");
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
  return item_at(spaces.functions, index, offset, "function", "function");
}

HostResult<types::InstanceTypeId> Scope::instance_at(std::uint32_t index, std::size_t offset) const {
  return item_at(spaces.instances, index, offset, "instance", "instance");
}

HostResult<types::ComponentTypeId> Scope::component_at(std::uint32_t index, std::size_t offset) const {
  return item_at(spaces.components, index, offset, "component", "component");
}

HostResult<types::ModuleTypeId> Scope::module_at(std::uint32_t index, std::size_t offset) const {
  return item_at(spaces.modules, index, offset, "module", "module");
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

HostResult<types::ValueTypeRef> Scope::use_value(std::uint32_t index, std::size_t offset) {
  if (index >= values.size()) return refuse_at(offset, Cause::unknown_index, {"value", number(index), "value"});
  ValueEntry& entry = values[index];
  if (entry.is_used) return refuse_at(offset, Cause::value_used_twice, {number(index)});
  entry.is_used = true;
  return entry.type;
}

HostResult<void> Scope::check_space(std::size_t offset) const {
  const std::pair<std::size_t, std::pair<std::size_t, std::string_view>> spaces_and_limits[] = {
      {spaces.instances.size() + spaces.core_instances.size(), {max_instances, "instances"}},
      {spaces.modules.size(), {max_modules, "modules"}},
      {spaces.components.size(), {max_components, "components"}},
      {values.size(), {max_values, "values"}},
      {spaces.types.size() + core_types.size(), {max_items, "types"}},
      {spaces.functions.size() + spaces.core_functions.size(), {max_items, "functions"}},
      {core_tables.size(), {max_items, "tables"}},
      {core_memories.size(), {max_items, "memories"}},
      {core_globals.size(), {max_items, "globals"}},
      {core_tags.size(), {max_items, "tags"}},
  };
  for (const auto& [size, limit] : spaces_and_limits)
    if (size > limit.first) return refuse_at(offset, Cause::too_many, {limit.second, number(limit.first)});
  return {};
}

}  // namespace holdfast::component::validation
