// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Imports and exports: their types, their names, and the rules for annotated names such as `[method]a.b`.
#include <array>
#include <utility>
#include <variant>

#include "holdfast/component/validate/semver.hpp"
#include "holdfast/component/validate/validator.hpp"

namespace holdfast::component::validation {
namespace {

std::string_view word_of(syntax::AttributeKind kind) {
  switch (kind) {
    case syntax::AttributeKind::implements: return "implements";
    case syntax::AttributeKind::version_suffix: return "versionsuffix";
    case syntax::AttributeKind::external_id: return "external-id";
  }
  return "unknown";
}

}  // namespace

HostResult<void> Validator::add(const syntax::Import& import, std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(const Ascribed item, extern_type(import.type));
  if (item.entity.sort == types::EntitySort::component && scopes_.size() == 1)
    HOLDFAST_TRY(require(features_.root_components, Cause::root_component_import, offset));
  return add_extern(import.name, item, Direction::import, offset);
}

HostResult<void> Validator::add(const syntax::Export& export_, std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(const types::Entity actual, item(export_.item, offset));
  if (actual.sort == types::EntitySort::component && scopes_.size() == 1)
    HOLDFAST_TRY(require(features_.root_components, Cause::root_component_export, offset));
  Ascribed result{actual};
  if (export_.type) {
    HOLDFAST_TRY_ASSIGN(result, extern_type(*export_.type));
    if (auto fits = at_offset(subtyping_.check(actual, result.entity), offset); !fits)
      return std::unexpected(
          std::move(fits.error()).with_context("ascribed type of export is not compatible with item's type"));
  } else if (actual.sort == types::EntitySort::type) {
    result.entity.type = engine_.with_fresh_alias(actual.type);
  }
  return add_extern(export_.name, result, Direction::export_, offset);
}

HostResult<Validator::Ascribed> Validator::extern_type(const syntax::ExternType& type) {
  Scope& scope = current();
  const std::size_t offset = type.offset;
  switch (type.kind) {
    case syntax::ExternKind::core_module: {
      HOLDFAST_TRY_ASSIGN(const CoreTypeEntry entry, scope.core_type_at(type.index, offset));
      if (!entry.module) return refuse_at(offset, Cause::not_module_type, {number(type.index)});
      return Ascribed{types::Entity::of_module(*entry.module)};
    }
    case syntax::ExternKind::function: {
      HOLDFAST_TRY_ASSIGN(const types::FunctionTypeId id, scope.function_type_at(type.index, offset));
      return Ascribed{types::Entity::of_function(id)};
    }
    case syntax::ExternKind::value: {
      HOLDFAST_TRY(require(features_.values, Cause::values_disabled, offset));
      types::ValueTypeRef value;
      if (const auto* equal = std::get_if<std::uint32_t>(&type.value_bound.value)) {
        // The bound refers to a value without using it.
        HOLDFAST_TRY_ASSIGN(value, scope.value_at(*equal, offset));
      } else {
        HOLDFAST_TRY_ASSIGN(value, value_type(std::get<syntax::ValueType>(type.value_bound.value)));
      }
      return Ascribed{types::Entity::of_value(value)};
    }
    case syntax::ExternKind::type: {
      if (!type.type_bound.equal)
        return Ascribed{types::Entity::of_type(types::TypeRef::of(engine_.fresh_resource())), true};
      HOLDFAST_TRY_ASSIGN(const types::TypeRef equal, scope.type_at(*type.type_bound.equal, offset));
      return Ascribed{types::Entity::of_type(engine_.with_fresh_alias(equal))};
    }
    case syntax::ExternKind::component: {
      HOLDFAST_TRY_ASSIGN(const types::TypeRef component, scope.type_at(type.index, offset));
      if (component.sort != types::TypeSort::component)
        return refuse_at(offset, Cause::not_component_type, {number(type.index)});
      return Ascribed{types::Entity::of_component(component.component())};
    }
    case syntax::ExternKind::instance: break;
  }
  HOLDFAST_TRY_ASSIGN(const types::TypeRef instance, scope.type_at(type.index, offset));
  if (instance.sort != types::TypeSort::instance)
    return refuse_at(offset, Cause::not_instance_type, {number(type.index)});
  return Ascribed{types::Entity::of_instance(instance.instance())};
}

HostResult<void> Validator::add_extern(const syntax::ExternName& name, Ascribed item, Direction direction,
                                       std::size_t offset) {
  // Binary.md, "Type Definitions": components and component types must not export such a value. Instance types may,
  // because an import can have an instance type.
  if (direction == Direction::export_ && current().kind != ScopeKind::instance_type && has_borrowing_value(item.entity))
    return refuse_at(offset, Cause::borrow_in_value);
  HOLDFAST_TRY(add_to_space(item, direction, offset));
  ExternSide& side = current().side(direction);
  if (!register_named_types(item.entity, direction, &name.name))
    return refuse_at(offset, Cause::not_made_of_named, {types::names_of(item.entity.sort).item, word_of(direction)});
  HOLDFAST_TRY_ASSIGN(const ExternNameParts parts, check_extern_name(name, item.entity, side, direction, offset));
  return register_name(name, parts, item.entity, side, direction, offset);
}

/// Whether `entity` is a value with a borrow in it, or an instance that exports one.
bool Validator::has_borrowing_value(const types::Entity& entity) {
  if (entity.sort != types::EntitySort::value && entity.sort != types::EntitySort::instance) return false;
  if (!engine_.facts(entity).contains_borrow) return false;
  if (entity.sort == types::EntitySort::value) return true;
  const types::InstanceTypeId id = entity.type.instance();
  if (without_borrowing_values_.contains(id)) return false;
  for (const auto& item : engine_[id].exports)
    if (has_borrowing_value(item.entity)) return true;
  without_borrowing_values_.add(id);
  return false;
}

HostResult<void> Validator::add_to_space(Ascribed& item, std::optional<Direction> direction, std::size_t offset) {
  Scope& scope = current();
  types::Entity& entity = item.entity;
  switch (entity.sort) {
    case types::EntitySort::module: scope.spaces.modules.push_back(entity.module()); return {};
    case types::EntitySort::function: scope.spaces.functions.push_back(entity.type.function()); return {};
    case types::EntitySort::component: scope.spaces.components.push_back(entity.type.component()); return {};
    case types::EntitySort::value:
      HOLDFAST_TRY(require(features_.values, Cause::values_disabled, offset));
      scope.values.push_back({entity.value(), direction == Direction::export_});
      return {};
    case types::EntitySort::instance:
      if (direction) entity.type = types::TypeRef::of(freshen(entity.type.instance(), *direction));
      scope.spaces.instances.push_back(entity.type.instance());
      return {};
    case types::EntitySort::type: break;
  }
  scope.spaces.types.push_back(entity.type);
  if (!item.introduces_resource || !direction) return {};
  if (*direction == Direction::import)
    scope.imported_resources.push_back(
        {entity.type.resource(), static_cast<std::uint32_t>(scope.imports.items.size())});
  else
    scope.define_resource(entity.type.resource());
  return {};
}

/// An imported instance (or, in types, an exported one) has its own copy of each resource type that its type
/// introduces. Creates these copies, which belong to the current scope.
types::InstanceTypeId Validator::freshen(types::InstanceTypeId instance, Direction direction) {
  const types::InstanceType& type = engine_[instance];
  if (type.defined.empty()) return instance;
  Scope& scope = current();
  types::Substitution substitution(engine_);
  for (const types::ResourceId resource : type.defined) {
    const types::ResourceId fresh = engine_.fresh_resource();
    substitution.replace(resource, fresh);
    if (direction == Direction::import)
      scope.imported_resources.push_back({fresh, static_cast<std::uint32_t>(scope.imports.items.size())});
    else
      scope.define_resource(fresh);
  }
  return engine_.add(types::InstanceType{substitution.apply(type.exports), {}});
}

// --- names ---

HostResult<ExternNameParts> Validator::check_extern_name(const syntax::ExternName& name, const types::Entity& entity,
                                                         const ExternSide& side, Direction direction,
                                                         std::size_t offset) {
  const auto quoted = [&] { return std::string(word_of(direction)) + " name `" + name.name + "`"; };
  auto parts = parse_extern_name(name.name, features_);
  if (!parts)
    return std::unexpected(
        std::move(parts.error()).with_offset(offset).with_context(quoted() + " is not a valid extern name"));
  const bool is_for_imports_only = parts->kind == ExternNameKind::hash || parts->kind == ExternNameKind::url ||
                                   parts->kind == ExternNameKind::dependency;
  if (direction == Direction::export_ && is_for_imports_only)
    return refuse_at(offset, Cause::not_export_name, {name.name});
  HOLDFAST_TRY_ASSIGN(const VersionedInterface interface, check_attributes(name, *parts, entity, offset));
  HostResult<void> result = check_version(*parts, interface);
  if (result) result = check_annotation(*parts, entity, side);
  if (auto placed = at_offset(std::move(result), offset); !placed)
    return std::unexpected(std::move(placed.error()).with_context(quoted() + " is not valid"));
  return *parts;
}

HostResult<Validator::VersionedInterface> Validator::check_attributes(const syntax::ExternName& name,
                                                                      const ExternNameParts& parts,
                                                                      const types::Entity& entity, std::size_t offset) {
  if (name.prefix == 0x02)
    HOLDFAST_TRY(
        require(features_.implements || features_.canonical_names, Cause::feature_disabled, offset, {"cm-implements"}));
  VersionedInterface interface{parts, {}};
  std::array<bool, 3> seen{};
  for (const syntax::NameAttribute& attribute : name.attributes) {
    bool& is_seen = seen[static_cast<std::size_t>(attribute.kind) % seen.size()];
    if (is_seen) return refuse_at(attribute.offset, Cause::attribute_repeated, {word_of(attribute.kind)});
    is_seen = true;
    if (attribute.kind == syntax::AttributeKind::external_id) {
      HOLDFAST_TRY(require(features_.implements, Cause::feature_disabled, attribute.offset, {"cm-implements"}));
      continue;
    }
    if (attribute.kind == syntax::AttributeKind::version_suffix) {
      HOLDFAST_TRY(require(features_.canonical_names, Cause::feature_disabled, attribute.offset, {"cm-canon-names"}));
      if (entity.sort != types::EntitySort::instance)
        return refuse_at(attribute.offset, Cause::attribute_on_instances, {"`versionsuffix`"});
      interface.version_suffix = attribute.value;
      continue;
    }
    HOLDFAST_TRY(require(features_.implements, Cause::feature_disabled, attribute.offset, {"cm-implements"}));
    if (parts.kind != ExternNameKind::label)
      return refuse_at(attribute.offset, Cause::implements_needs_label, {name.name});
    if (entity.sort != types::EntitySort::instance)
      return refuse_at(attribute.offset, Cause::attribute_on_instances, {"`implements`"});
    const auto implemented = parse_extern_name(attribute.value, features_);
    if (!implemented) {
      HostError error = implemented.error();
      return std::unexpected(
          std::move(error.with_offset(offset).with_context("`" + attribute.value + "` is not a valid name")));
    }
    if (implemented->kind != ExternNameKind::interface)
      return refuse_at(attribute.offset, Cause::implements_needs_interface, {attribute.value});
    interface.name = *implemented;
  }
  return interface;
}

/// A version is either complete, or canonical with the rest of it in the attribute `versionsuffix`.
HostResult<void> Validator::check_version(const ExternNameParts& parts, const VersionedInterface& interface) {
  std::string version;
  if (interface.version_suffix) {
    if (!interface.name.has_version) return refuse(Cause::suffix_without_version);
    if (!is_canonical_version(interface.name.version))
      return refuse(Cause::suffix_after_full_version, {interface.name.version});
    version = std::string(interface.name.version) + std::string(*interface.version_suffix);
  } else {
    if (!parts.has_version) return {};
    version = parts.version;
  }
  if (const auto result = check_semver(version); !result)
    return refuse(Cause::interface_version, {result.error().cause()});
  return {};
}

HostResult<void> Validator::register_name(const syntax::ExternName& name, const ExternNameParts& parts,
                                          const types::Entity& entity, ExternSide& side, Direction direction,
                                          std::size_t offset) {
  if (const UniquenessKey* previous = side.names.add(uniqueness_key(name.name, parts)))
    return refuse_at(offset, Cause::extern_name_conflict, {word_of(direction), name.name, previous->name});
  const bool added = side.items.add(engine_.names().intern(name.name), entity);
  if (!added) return refuse_at(offset, Cause::extern_name_conflict, {word_of(direction), name.name, name.name});
  return {};
}

// --- annotated names ---

HostResult<void> Validator::check_annotation(const ExternNameParts& parts, const types::Entity& entity,
                                             const ExternSide& side) {
  switch (parts.kind) {
    case ExternNameKind::label:
    case ExternNameKind::interface:
    case ExternNameKind::dependency:
    case ExternNameKind::url:
    case ExternNameKind::hash: return {};
    case ExternNameKind::constructor:
    case ExternNameKind::method:
    case ExternNameKind::static_: break;
  }
  if (entity.sort != types::EntitySort::function) return refuse(Cause::annotated_not_function);
  const types::FunctionType& type = engine_[entity.type.function()];
  if (parts.kind == ExternNameKind::constructor) return check_constructor(parts, type, side);
  if (parts.kind == ExternNameKind::method) return check_method(parts, type, side);
  if (!side.all_resource_names.contains(engine_.names().find(parts.resource)))
    return refuse(Cause::static_resource_unknown);
  return {};
}

HostResult<void> Validator::check_constructor(const ExternNameParts& parts, const types::FunctionType& type,
                                              const ExternSide& side) {
  if (type.is_async) return refuse(Cause::constructor_async);
  if (!type.result.is_present()) return refuse(Cause::constructor_without_result);
  const types::DefinedType* result = &engine_[type.result.structure];
  if (result->kind == TypeKind::result && result->members[0].is_present())
    result = &engine_[result->members[0].structure];
  if (result->kind != TypeKind::own) return refuse(Cause::constructor_result);
  return check_resource_name(result->resource, parts.resource, side);
}

HostResult<void> Validator::check_method(const ExternNameParts& parts, const types::FunctionType& type,
                                         const ExternSide& side) {
  if (type.parameters.empty()) return refuse(Cause::method_without_parameters);
  const types::Parameter& self = type.parameters.front();
  if (engine_.names()[self.name] != "self") return refuse(Cause::method_self_name);
  const types::DefinedType& borrow = engine_[self.type.structure];
  if (borrow.kind != TypeKind::borrow) return refuse(Cause::method_self_type);
  return check_resource_name(borrow.resource, parts.resource, side);
}

HostResult<void> Validator::check_resource_name(const types::ResourceRef& resource, std::string_view name,
                                                const ExternSide& side) {
  const auto entry = side.resource_names.find(resource.as_type());
  if (entry == side.resource_names.end()) return refuse(Cause::resource_without_name);
  const std::string_view actual = engine_.names()[entry->second];
  if (actual != name) return refuse(Cause::resource_name_differs, {actual});
  return {};
}

}  // namespace holdfast::component::validation
