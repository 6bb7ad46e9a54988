// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Aliases of instance exports, of core instance exports and of items in outer scopes.
#include <utility>
#include <variant>

#include "holdfast/component/validate/validator.hpp"

namespace holdfast::component::validation {
namespace {

types::EntitySort entity_sort_of(syntax::Sort sort) {
  switch (sort) {
    case syntax::Sort::core: return types::EntitySort::module;
    case syntax::Sort::function: return types::EntitySort::function;
    case syntax::Sort::value: return types::EntitySort::value;
    case syntax::Sort::type: return types::EntitySort::type;
    case syntax::Sort::component: return types::EntitySort::component;
    case syntax::Sort::instance: return types::EntitySort::instance;
  }
  return types::EntitySort::function;
}

/// A component or instance type may alias only what its own types can refer to: types, core types and instances.
bool is_allowed_in_types(const syntax::Alias& alias) {
  const bool is_type = alias.sort == syntax::Sort::type;
  switch (alias.target) {
    case syntax::AliasTarget::instance_export: return is_type || alias.sort == syntax::Sort::instance;
    case syntax::AliasTarget::core_instance_export: return false;
    case syntax::AliasTarget::outer:
      return is_type || (alias.sort == syntax::Sort::core && alias.core_sort == syntax::CoreSort::type);
  }
  return false;
}

}  // namespace

HostResult<void> Validator::add(const syntax::Alias& alias, std::size_t offset) {
  if (current().kind != ScopeKind::component && !is_allowed_in_types(alias))
    return refuse_at(offset, Cause::alias_in_type);
  switch (alias.target) {
    case syntax::AliasTarget::instance_export: return alias_export(alias, offset);
    case syntax::AliasTarget::core_instance_export: return alias_core_export(alias, offset);
    case syntax::AliasTarget::outer: return alias_outer(alias, offset);
  }
  return {};
}

HostResult<void> Validator::alias_export(const syntax::Alias& alias, std::size_t offset) {
  if (alias.sort == syntax::Sort::value) HOLDFAST_TRY(require(features_.values, Cause::values_disabled, offset));
  HOLDFAST_TRY_ASSIGN(const types::InstanceTypeId instance, current().instance_at(alias.instance, offset));
  const types::NameId name = engine_.names().find(alias.name);
  const types::Entity* entity = name.is_valid() ? engine_[instance].exports.find(name) : nullptr;
  if (entity == nullptr) return refuse_at(offset, Cause::no_export, {"instance", number(alias.instance), alias.name});
  const types::EntitySort expected = entity_sort_of(alias.sort);
  if (entity->sort != expected)
    return refuse_at(offset, Cause::export_is_not,
                     {alias.name, "instance", number(alias.instance), types::names_of(expected).item});
  Ascribed item{*entity};
  return add_to_space(item, std::nullopt, offset);
}

HostResult<void> Validator::alias_core_export(const syntax::Alias& alias, std::size_t offset) {
  Scope& scope = current();
  if (alias.core_sort == syntax::CoreSort::tag)
    HOLDFAST_TRY(require(features_.core.exceptions, Cause::core_exceptions_disabled, offset));
  HOLDFAST_TRY_ASSIGN(const types::ModuleTypeId instance, scope.core_instance_at(alias.instance, offset));
  const wasm::CoreExternType* export_ = engine_[instance].find_export(alias.name);
  if (export_ == nullptr)
    return refuse_at(offset, Cause::no_export, {"core instance", number(alias.instance), alias.name});
  const auto wrong = [&](std::string_view expected) -> HostResult<void> {
    return refuse_at(offset, Cause::export_is_not, {alias.name, "core instance", number(alias.instance), expected});
  };
  switch (alias.core_sort) {
    case syntax::CoreSort::function: {
      const auto* function = std::get_if<wasm::CoreFunctionReference>(export_);
      if (function == nullptr) return wrong(types::sort_name(wasm::CoreFunctionReference()));
      scope.spaces.core_functions.emplace_back(function->type);
      return {};
    }
    case syntax::CoreSort::table: {
      const auto* table = std::get_if<wasm::CoreTableType>(export_);
      if (table == nullptr) return wrong(types::sort_name(wasm::CoreTableType()));
      scope.core_tables.push_back(*table);
      return {};
    }
    case syntax::CoreSort::memory: {
      const auto* memory = std::get_if<wasm::CoreMemoryType>(export_);
      if (memory == nullptr) return wrong(types::sort_name(wasm::CoreMemoryType()));
      scope.core_memories.push_back(*memory);
      return {};
    }
    case syntax::CoreSort::global: {
      const auto* global = std::get_if<wasm::CoreGlobalType>(export_);
      if (global == nullptr) return wrong(types::sort_name(wasm::CoreGlobalType()));
      scope.core_globals.push_back(*global);
      return {};
    }
    case syntax::CoreSort::tag: {
      const auto* tag = std::get_if<wasm::CoreTagType>(export_);
      if (tag == nullptr) return wrong(types::sort_name(wasm::CoreTagType()));
      scope.core_tags.emplace_back(tag->type);
      return {};
    }
    case syntax::CoreSort::type:
    case syntax::CoreSort::module:
    case syntax::CoreSort::instance: break;
  }
  return wrong("core item that instances export");
}

HostResult<const Scope*> Validator::outer_scope(std::uint32_t count, std::size_t offset) {
  if (count >= scopes_.size()) return refuse_at(offset, Cause::outer_count, {number(count)});
  return &scopes_[scopes_.size() - 1 - count];
}

HostResult<void> Validator::alias_outer(const syntax::Alias& alias, std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(const Scope* outer, outer_scope(alias.outer_count, offset));
  Scope& scope = current();
  if (alias.sort == syntax::Sort::type) return alias_outer_type(alias, *outer, offset);
  if (alias.sort == syntax::Sort::component) {
    HOLDFAST_TRY_ASSIGN(const types::ComponentTypeId id, outer->component_at(alias.outer_index, offset));
    HOLDFAST_TRY(check_crosses_no_resource(engine_.facts(id).free, alias, offset));
    scope.spaces.components.push_back(id);
    return {};
  }
  if (alias.core_sort == syntax::CoreSort::module) {
    HOLDFAST_TRY_ASSIGN(const types::ModuleTypeId id, outer->module_at(alias.outer_index, offset));
    scope.spaces.modules.push_back(id);
    return {};
  }
  HOLDFAST_TRY_ASSIGN(const CoreTypeEntry entry, outer->core_type_at(alias.outer_index, offset));
  scope.core_types.push_back(entry);
  scope.core_type_ids.push_back(entry.module ? wasm::CoreTypeId() : entry.type);
  return {};
}

HostResult<void> Validator::alias_outer_type(const syntax::Alias& alias, const Scope& outer, std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(const types::TypeRef type, outer.type_at(alias.outer_index, offset));
  HOLDFAST_TRY(check_crosses_no_resource(engine_.facts(type).free, alias, offset));
  current().spaces.types.push_back(type);
  return {};
}

/// A component can be instantiated outside the component that defines it, so it must not alias resource types of
/// outer components. A component or instance type may alias those of the component around it. Scopes of types are
/// nested inside all scopes of components, so the alias leaves a component exactly if the scope just inside its target
/// belongs to a component.
HostResult<void> Validator::check_crosses_no_resource(types::ResourceSetId free, const syntax::Alias& alias,
                                                      std::size_t offset) {
  if (alias.outer_count == 0 || free == types::ResourceSets::empty()) return {};
  if (scopes_[scopes_.size() - alias.outer_count].kind != ScopeKind::component) return {};
  return refuse_at(offset, Cause::outer_type_with_resources);
}

}  // namespace holdfast::component::validation
