// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types other than value types: functions, resources, instances and components.
#include <type_traits>
#include <utility>
#include <variant>

#include "holdfast/component/validate/validator.hpp"

namespace holdfast::component::validation {

HostResult<types::TypeRef> Validator::make_type(const syntax::Type& type) {
  return std::visit(
      [&](const auto& value) -> HostResult<types::TypeRef> {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, syntax::PrimitiveType>) {
          HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef primitive, primitive_type(value, type.offset));
          return primitive.as_type();
        } else if constexpr (std::is_same_v<T, syntax::FunctionType>) {
          HOLDFAST_TRY_ASSIGN(const types::FunctionTypeId id, make_function(value, type.offset));
          return types::TypeRef::of(id);
        } else if constexpr (std::is_same_v<T, syntax::ComponentType>) {
          HOLDFAST_TRY_ASSIGN(const types::ComponentTypeId id, make_component_type(value, type.offset));
          return types::TypeRef::of(id);
        } else if constexpr (std::is_same_v<T, syntax::InstanceType>) {
          HOLDFAST_TRY_ASSIGN(const types::InstanceTypeId id, make_instance_type(value, type.offset));
          return types::TypeRef::of(id);
        } else if constexpr (std::is_same_v<T, syntax::ResourceTypeDefinition>) {
          HOLDFAST_TRY_ASSIGN(const types::ResourceId id, make_resource(value, type.offset));
          return types::TypeRef::of(id);
        } else {
          HOLDFAST_TRY_ASSIGN(types::DefinedType node, make(value, type.offset));
          HOLDFAST_TRY_ASSIGN(const types::DefinedTypeId id, add_defined(std::move(node), type.offset));
          return types::TypeRef::of(id);
        }
      },
      type.value);
}

HostResult<types::FunctionTypeId> Validator::make_function(const syntax::FunctionType& type, std::size_t offset) {
  if (type.is_async) HOLDFAST_TRY(require(features_.async, Cause::async_functions_disabled, offset));
  types::FunctionType node{.is_async = type.is_async};
  LabelSet names;
  for (const syntax::LabelledType& parameter : type.parameters) {
    HOLDFAST_TRY_ASSIGN(const types::NameId name, label(parameter.label, "function parameter", parameter.offset));
    if (const auto* previous = names.add(parameter.label))
      return refuse_at(parameter.offset, Cause::label_conflict,
                       {"function parameter", parameter.label, "parameter", *previous});
    HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef parameter_type, value_type(parameter.type));
    node.parameters.push_back({name, parameter_type});
  }
  if (type.result) {
    HOLDFAST_TRY_ASSIGN(node.result, value_type(*type.result));
    if (engine_.facts(node.result.structure).contains_borrow)
      return refuse_at(type.result->offset, Cause::borrow_in_result);
  }
  const types::FunctionTypeId id = engine_.add(std::move(node));
  HOLDFAST_TRY(check_facts(engine_.facts(id), offset));
  return id;
}

HostResult<types::ResourceId> Validator::make_resource(const syntax::ResourceTypeDefinition& type, std::size_t offset) {
  Scope& scope = current();
  if (scope.kind != ScopeKind::component) return refuse_at(offset, Cause::resource_outside_component);
  const CoreKind representation = type.representation.kind;
  if (representation == CoreKind::i64) {
    HOLDFAST_TRY(require(features_.memory64, Cause::resource_i64_disabled, offset));
    note_not_runnable("64-bit representations of resources (cm64)", offset);
  }
  if (representation != CoreKind::i32 && representation != CoreKind::i64)
    return refuse_at(offset, Cause::resource_representation);
  if (type.destructor) {
    HOLDFAST_TRY_ASSIGN(const CoreFunctionType* function, core_function_type(*type.destructor, offset));
    if (*function != CoreFunctionType{{type.representation}, {}})
      return refuse_at(offset, Cause::destructor_signature, {number(*type.destructor)});
  }
  const types::ResourceId id = engine_.fresh_resource();
  scope.define_resource(id, representation);
  return id;
}

HostResult<void> Validator::add_declaration(const syntax::Declaration& declaration) {
  const std::size_t offset = declaration.offset;
  if (const auto* export_ = std::get_if<syntax::ExportDeclaration>(&declaration.value)) {
    HOLDFAST_TRY_ASSIGN(Ascribed item, extern_type(export_->type));
    HOLDFAST_TRY(add_extern(export_->name, item, Direction::export_, offset));
  } else if (const auto* import = std::get_if<syntax::Import>(&declaration.value)) {
    HOLDFAST_TRY(add(*import, offset));
  } else if (const auto* alias = std::get_if<syntax::Alias>(&declaration.value)) {
    HOLDFAST_TRY(add(*alias, offset));
  } else if (const auto* core = std::get_if<syntax::CoreType>(&declaration.value)) {
    HOLDFAST_TRY(add(*core, offset));
  } else {
    HOLDFAST_TRY(add(std::get<syntax::Type>(declaration.value), offset));
  }
  if (engine_.exhausted()) return refuse_at(offset, Cause::types_too_complex);
  return current().check_space(offset);
}

HostResult<types::ComponentTypeId> Validator::make_component_type(const syntax::ComponentType& type,
                                                                  std::size_t offset) {
  scopes_.emplace_back(ScopeKind::component_type);
  for (const syntax::Declaration& declaration : type.declarations) HOLDFAST_TRY(add_declaration(declaration));
  // A type has no definitions that could use its values, so they count as used.
  for (ValueEntry& value : current().values) value.is_used = true;
  HOLDFAST_TRY_ASSIGN(const types::ComponentTypeId id, finish_component(current(), offset));
  scopes_.pop_back();
  return id;
}

HostResult<types::InstanceTypeId> Validator::make_instance_type(const syntax::InstanceType& type, std::size_t offset) {
  scopes_.emplace_back(ScopeKind::instance_type);
  for (const syntax::Declaration& declaration : type.declarations) HOLDFAST_TRY(add_declaration(declaration));
  types::InstanceType node;
  node.exports = std::move(current().exports.items);
  node.defined = std::move(current().defined_resources);
  scopes_.pop_back();
  const types::InstanceTypeId id = engine_.add(std::move(node));
  HOLDFAST_TRY(check_facts(engine_.facts(id), offset));
  return id;
}

}  // namespace holdfast::component::validation
