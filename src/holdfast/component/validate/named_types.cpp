// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An import may refer only to types that have an imported name, an export only to types that have an imported or
// exported name. Source: Explainer.md, "External Visibility of Types". Positive answers are cached: names are only ever
// added, so the answers stay valid.
#include <algorithm>

#include "holdfast/component/validate/validator.hpp"

namespace holdfast::component::validation {

/// Returns whether `entity` refers only to named types. If so, registers the types that get a name from it.
bool Validator::register_named_types(const types::Entity& entity, Direction direction,
                                     const std::string* top_level_name) {
  Scope& scope = current();
  ExternSide& side = scope.side(direction);
  if (top_level_name != nullptr && entity.is_resource()) {
    const types::NameId name = engine_.names().intern(*top_level_name);
    side.resource_names.emplace(entity.type, name);
    side.all_resource_names.add(name);
  }
  // Instance types are checked where they are used.
  if (scope.kind == ScopeKind::instance_type) return true;
  switch (entity.sort) {
    case types::EntitySort::type:
      if (!is_made_of_named(entity.type, side)) return false;
      side.named_types.add(entity.type);
      // Exports may refer to imported types.
      if (direction == Direction::import) scope.exports.named_types.add(entity.type);
      return true;
    case types::EntitySort::instance: {
      const types::InstanceTypeId instance = entity.type.instance();
      if (side.named_instances.contains(instance)) return true;
      for (const auto& item : engine_[instance].exports)
        if (!register_named_types(item.entity, direction, nullptr)) return false;
      side.named_instances.add(instance);
      return true;
    }
    case types::EntitySort::function: return function_is_made_of_named(entity.type.function(), side);
    case types::EntitySort::value: return is_named(entity.value(), side);
    case types::EntitySort::module:
    case types::EntitySort::component: return true;
  }
  return true;
}

bool Validator::is_made_of_named(const types::TypeRef& type, ExternSide& side) {
  switch (type.sort) {
    case types::TypeSort::resource:
    case types::TypeSort::component: return true;
    case types::TypeSort::defined: return members_are_named(type.defined(), side);
    case types::TypeSort::function: return function_is_made_of_named(type.function(), side);
    case types::TypeSort::instance: return instance_is_made_of_named(type.instance(), side);
  }
  return true;
}

bool Validator::function_is_made_of_named(types::FunctionTypeId id, ExternSide& side) {
  const types::FunctionType& type = engine_[id];
  return std::all_of(type.parameters.begin(), type.parameters.end(),
                     [&](const types::Parameter& parameter) { return is_named(parameter.type, side); }) &&
         is_named(type.result, side);
}

bool Validator::instance_is_made_of_named(types::InstanceTypeId id, ExternSide& side) {
  if (side.checked_instances.contains(id)) return true;
  for (const auto& item : engine_[id].exports) {
    switch (item.entity.sort) {
      case types::EntitySort::module:
      case types::EntitySort::component: break;
      case types::EntitySort::value:
        if (!members_are_named(item.entity.value().structure, side)) return false;
        break;
      case types::EntitySort::type:
      case types::EntitySort::function:
      case types::EntitySort::instance:
        if (!is_made_of_named(item.entity.type, side)) return false;
        break;
    }
  }
  side.checked_instances.add(id);
  return true;
}

/// Checks one layer: the type itself needs no name, but its members do.
bool Validator::members_are_named(types::DefinedTypeId id, ExternSide& side) {
  const types::DefinedType& type = engine_[id];
  if (type.resource.resource.is_valid()) return side.named_types.contains(type.resource.as_type());
  return std::all_of(type.members.begin(), type.members.end(),
                     [&](const types::ValueTypeRef& member) { return is_named(member, side); });
}

bool Validator::is_named(const types::ValueTypeRef& type, ExternSide& side) {
  if (!type.is_present()) return true;
  switch (engine_[type.structure].kind) {
    case TypeKind::record:
    case TypeKind::variant:
    case TypeKind::enumeration:
    case TypeKind::flags: return side.named_types.contains(type.as_type());
    default: break;
  }
  // Types of all other kinds may be anonymous.
  if (side.named_structures.contains(type.structure)) return true;
  if (!members_are_named(type.structure, side)) return false;
  side.named_structures.add(type.structure);
  return true;
}

}  // namespace holdfast::component::validation
