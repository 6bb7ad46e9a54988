// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Definitions and scopes: checks the definitions of a component in file order, and computes its type at the end.
#include "holdfast/component/validate/validator.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "holdfast/component/validate/constant_values.hpp"

namespace holdfast::component::validation {

HostResult<std::unique_ptr<ComponentScope>> Validator::validate(const syntax::Component& component) {
  scopes_.emplace_back(ScopeKind::component);
  for (const syntax::Definition& definition : component.definitions) HOLDFAST_TRY(add(definition));
  Scope& scope = current();
  if (component.is_complete) {
    HOLDFAST_TRY_ASSIGN(scope.spaces.type, finish_component(scope, component.offset + component.size));
  }
  auto result = std::make_unique<ComponentScope>(std::move(scope.spaces));
  scopes_.pop_back();
  return result;
}

HostResult<void> Validator::add(const syntax::Definition& definition) {
  HOLDFAST_TRY(std::visit([&](const auto& value) { return add(value, definition.offset); }, definition.value));
  if (engine_.exhausted()) return refuse_at(definition.offset, Cause::types_too_complex);
  return current().check_space(definition.offset);
}

HostResult<void> Validator::require(bool enabled, Cause cause, std::size_t offset,
                                    std::initializer_list<std::string_view> arguments) const {
  if (!enabled) return refuse_at(offset, cause, arguments);
  return {};
}

HostResult<void> Validator::add(const syntax::CoreModule& module, std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(const types::ModuleTypeId type, interface_type(module.interface, offset));
  current().spaces.modules.push_back(type);
  return {};
}

HostResult<void> Validator::add(const syntax::NestedComponent& nested, std::size_t) {
  HOLDFAST_TRY_ASSIGN(auto scope, validate(*nested.component));
  if (!nested.component->is_complete) return {};
  current().spaces.components.push_back(scope->type);
  current().spaces.nested.push_back(std::move(scope));
  return {};
}

HostResult<void> Validator::add(const syntax::Type& type, std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(const types::TypeRef result, make_type(type));
  HOLDFAST_TRY(check_facts(engine_.facts(result), offset));
  current().spaces.types.push_back(result);
  return {};
}

HostResult<void> Validator::add(const syntax::Value& value, std::size_t offset) {
  HOLDFAST_TRY(require(features_.values, Cause::values_disabled, offset));
  HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef type, value_type(value.type));
  HOLDFAST_TRY(check_constant(engine_, type, value));
  current().values.push_back({type});
  return {};
}

HostResult<void> Validator::add(const syntax::Start& start, std::size_t offset) {
  HOLDFAST_TRY(require(features_.values, Cause::values_disabled, offset));
  Scope& scope = current();
  if (scope.has_start) return refuse_at(offset, Cause::second_start);
  HOLDFAST_TRY_ASSIGN(const types::FunctionTypeId id, scope.function_at(start.function, offset));
  const types::FunctionType& type = engine_[id];
  if (type.parameters.size() != start.arguments.size())
    return refuse_at(offset, Cause::start_arguments, {number(type.parameters.size()), number(start.arguments.size())});
  const std::uint32_t results = type.result.is_present() ? 1 : 0;
  if (results != start.results)
    return refuse_at(offset, Cause::start_results, {number(start.results), number(results)});
  for (std::size_t i = 0; i < start.arguments.size(); ++i) {
    HOLDFAST_TRY_ASSIGN(const types::ValueTypeRef argument, scope.use_value(start.arguments[i], offset));
    if (auto result = at_offset(subtyping_.check(argument, type.parameters[i].type), offset); !result)
      return std::unexpected(
          std::move(result.error())
              .with_context("value type mismatch for component start function argument " + number(i)));
  }
  if (type.result.is_present()) scope.values.push_back({type.result});
  scope.has_start = true;
  return {};
}

HostResult<types::ComponentTypeId> Validator::finish_component(Scope& scope, std::size_t offset) {
  for (std::size_t i = 0; i < scope.values.size(); ++i)
    if (!scope.values[i].is_used) return refuse_at(offset, Cause::value_unused, {number(i)});

  const auto free_in = [this](const types::NamedEntities& items) {
    types::ResourceUnion all(engine_.resource_sets());
    for (const auto& item : items) all.add(engine_.facts(item.entity).free);
    return all.result();
  };
  const types::ResourceSetId in_imports = free_in(scope.imports.items);
  const types::ResourceSetId in_exports = free_in(scope.exports.items);

  types::ComponentType type;
  type.imports = std::move(scope.imports.items);
  type.exports = std::move(scope.exports.items);
  type.imported = std::move(scope.imported_resources);
  const std::vector<types::ResourcePlace> exposed = engine_.exposed_by(type.exports);
  for (const types::ResourceId resource : scope.defined_resources) {
    if (engine_.resource_sets().contains(in_imports, resource))
      return refuse_at(offset, Cause::local_resource_imported);
    if (!engine_.resource_sets().contains(in_exports, resource)) continue;
    const auto place =
        std::lower_bound(exposed.begin(), exposed.end(), resource,
                         [](const types::ResourcePlace& a, types::ResourceId b) { return a.resource < b; });
    if (place == exposed.end() || place->resource != resource)
      return refuse_at(offset, Cause::local_resource_not_exported);
    type.defined.push_back(*place);
  }
  const types::ComponentTypeId id = engine_.add(std::move(type));
  HOLDFAST_TRY(check_facts(engine_.facts(id), offset));
  return id;
}

}  // namespace holdfast::component::validation
