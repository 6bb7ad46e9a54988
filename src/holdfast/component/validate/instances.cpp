// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Component instances: instantiated components, whose arguments must match their imports, and sets of inline exports.
#include <utility>
#include <variant>

#include "holdfast/component/validate/validator.hpp"

namespace holdfast::component::validation {

HostResult<void> Validator::add(const syntax::Instance& instance, std::size_t offset) {
  types::InstanceTypeId type;
  if (const auto* instantiate = std::get_if<syntax::Instantiate>(&instance.value)) {
    HOLDFAST_TRY_ASSIGN(type, instantiate_component(*instantiate, offset));
  } else {
    HOLDFAST_TRY_ASSIGN(type, bag(std::get<syntax::InlineExports>(instance.value), offset));
  }
  HOLDFAST_TRY(check_facts(engine_.facts(type), offset));
  current().spaces.instances.push_back(type);
  return {};
}

HostResult<types::Entity> Validator::item(const syntax::SortIndex& item, std::size_t offset) {
  Scope& scope = current();
  switch (item.sort) {
    case syntax::Sort::core: {
      HOLDFAST_TRY_ASSIGN(const auto id, scope.module_at(item.index, offset));
      return types::Entity::of_module(id);
    }
    case syntax::Sort::function: {
      HOLDFAST_TRY_ASSIGN(const auto id, scope.function_at(item.index, offset));
      return types::Entity::of_function(id);
    }
    case syntax::Sort::value: {
      HOLDFAST_TRY(require(features_.values, Cause::values_disabled, offset));
      HOLDFAST_TRY_ASSIGN(const auto type, scope.use_value(item.index, offset));
      return types::Entity::of_value(type);
    }
    case syntax::Sort::type: {
      HOLDFAST_TRY_ASSIGN(const auto type, scope.type_at(item.index, offset));
      return types::Entity::of_type(type);
    }
    case syntax::Sort::component: {
      HOLDFAST_TRY_ASSIGN(const auto id, scope.component_at(item.index, offset));
      return types::Entity::of_component(id);
    }
    case syntax::Sort::instance: break;
  }
  HOLDFAST_TRY_ASSIGN(const auto id, scope.instance_at(item.index, offset));
  return types::Entity::of_instance(id);
}

HostResult<types::InstanceTypeId> Validator::instantiate_component(const syntax::Instantiate& instantiate,
                                                                   std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(const types::ComponentTypeId component, current().component_at(instantiate.component, offset));
  types::NamedEntities arguments;
  for (const syntax::InstantiateArgument& argument : instantiate.arguments) {
    HOLDFAST_TRY_ASSIGN(const types::Entity entity, item(argument.item, argument.offset));
    if (!arguments.add(engine_.names().intern(argument.name), entity))
      return refuse_at(argument.offset, Cause::duplicate_argument, {argument.name});
  }
  HOLDFAST_TRY_ASSIGN(types::Substitution substitution,
                      at_offset(subtyping_.open(arguments, component, types::Subtyping::Side::imports), offset));
  // Each instance has fresh resource types. They belong to the component that contains the instance.
  for (const types::ResourcePlace& place : engine_[component].defined) {
    const types::ResourceId fresh = engine_.fresh_resource();
    substitution.replace(place.resource, fresh);
    current().define_resource(fresh);
  }
  return engine_.add(types::InstanceType{substitution.apply(engine_[component].exports), {}});
}

HostResult<types::InstanceTypeId> Validator::bag(const syntax::InlineExports& exports, std::size_t) {
  types::InstanceType type;
  // Inline exports enter no index space, so none of them introduces a resource that could have methods: `side` knows no
  // resource names.
  ExternSide side;
  for (const syntax::InlineExport& export_ : exports.exports) {
    HOLDFAST_TRY_ASSIGN(const types::Entity entity, item(export_.item, export_.offset));
    HOLDFAST_TRY_ASSIGN(const ExternNameParts parts,
                        check_extern_name(export_.name, entity, side, Direction::export_, export_.offset));
    HOLDFAST_TRY(register_name(export_.name, parts, entity, side, Direction::export_, export_.offset));
  }
  type.exports = std::move(side.items);
  return engine_.add(std::move(type));
}

}  // namespace holdfast::component::validation
