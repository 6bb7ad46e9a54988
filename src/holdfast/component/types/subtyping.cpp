// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/types/subtyping.hpp"

#include <string>
#include <utility>

#include "holdfast/component/causes/cause.hpp"

namespace holdfast::component::types {
namespace {

std::string_view word_of(TypeSort sort) {
  switch (sort) {
    case TypeSort::defined: return "defined type";
    case TypeSort::function: return "func type";
    case TypeSort::instance: return "instance type";
    case TypeSort::component: return "component type";
    case TypeSort::resource: return "resource";
  }
  return "type";
}

}  // namespace

HostResult<void> Subtyping::check(const Entity& actual, const Entity& expected) {
  if (actual.sort != expected.sort)
    return refuse(Cause::expected_found, {names_of(expected.sort).item, names_of(actual.sort).item});
  if (actual.sort == EntitySort::module)
    return check_modules((*engine_)[actual.module()], (*engine_)[expected.module()]);
  if (actual.sort == EntitySort::value) return check(actual.value(), expected.value());
  return check(actual.type, expected.type);
}

HostResult<void> Subtyping::check(const TypeRef& actual, const TypeRef& expected) {
  if (actual.sort != expected.sort)
    return refuse(Cause::expected_found, {word_of(expected.sort), word_of(actual.sort)});
  if (actual.structure == expected.structure || engine_->is_known_subtype(actual, expected)) return {};
  if (!engine_->take_work(1)) return refuse(Cause::types_too_complex);
  switch (actual.sort) {
    case TypeSort::resource: return refuse(Cause::resources_differ);
    case TypeSort::defined: {
      const DefinedType& actual_type = (*engine_)[actual.defined()];
      const DefinedType& expected_type = (*engine_)[expected.defined()];
      if (is_primitive(expected_type.kind) && !is_primitive(actual_type.kind))
        return refuse(Cause::expected_found, {"primitive", name_of(actual_type.kind)});
      HOLDFAST_TRY(check_value_structure(actual_type, expected_type));
      break;
    }
    case TypeSort::function:
      HOLDFAST_TRY(check_functions((*engine_)[actual.function()], (*engine_)[expected.function()]));
      break;
    case TypeSort::instance: HOLDFAST_TRY(check_instances(actual.instance(), expected.instance())); break;
    case TypeSort::component: HOLDFAST_TRY(check_components(actual.component(), expected.component())); break;
  }
  engine_->remember_subtype(actual, expected);
  return {};
}

std::string Subtyping::quoted(NameId name) const { return "`" + std::string(engine_->names()[name]) + "`"; }

// --- instances and components ---

HostResult<void> Subtyping::check_instances(InstanceTypeId actual, InstanceTypeId expected) {
  const NamedEntities& exports = (*engine_)[actual].exports;
  const NamedEntities& expected_exports = (*engine_)[expected].exports;
  for (const NamedEntities::Item& item : expected_exports)
    if (exports.find(item.name) == nullptr)
      return refuse(Cause::missing_expected_export, {engine_->names()[item.name]});
  for (const NamedEntities::Item& item : expected_exports) {
    if (auto result = check(*exports.find(item.name), item.entity); !result)
      return std::unexpected(
          std::move(result.error()).with_context("type mismatch in instance export " + quoted(item.name)));
  }
  return {};
}

HostResult<void> Subtyping::check_components(ComponentTypeId actual, ComponentTypeId expected) {
  // Whatever instantiates `actual` as an `expected` supplies the imports of `expected`.
  HOLDFAST_TRY_ASSIGN(Substitution binding, open((*engine_)[expected].imports, actual, Side::imports));
  // With these imports, the exports of `actual` must be those that `expected` promises.
  const NamedEntities exports = binding.apply((*engine_)[actual].exports);
  HOLDFAST_TRY(open(exports, expected, Side::exports));
  return {};
}

HostResult<Substitution> Subtyping::open(const NamedEntities& actual, ComponentTypeId component, Side side) {
  const ComponentType& type = (*engine_)[component];
  const NamedEntities& items = side == Side::imports ? type.imports : type.exports;
  const auto& places = side == Side::imports ? type.imported : type.defined;

  Substitution binding(*engine_);
  std::vector<std::pair<ResourceId, ResourceId>> bound;
  for (const ResourcePlace& place : places) {
    // A mismatch on the path is skipped here; the checks below report it.
    const NamedEntities::Item* step = &items[place.position];
    const Entity* provided = actual.find(step->name);
    while (provided != nullptr && step->entity.sort == EntitySort::instance && provided->sort == EntitySort::instance) {
      const InstanceTypeId instance = step->entity.type.instance();
      const auto position = engine_->exposed_at(instance, place.resource);
      if (!position) break;
      step = &(*engine_)[instance].exports[*position];
      provided = (*engine_)[provided->type.instance()].exports.find(step->name);
    }
    if (provided == nullptr || !provided->is_resource() || !step->entity.is_resource()) continue;
    binding.replace(place.resource, provided->type.resource());
    bound.emplace_back(place.resource, provided->type.resource());
  }

  const std::string_view word = side == Side::imports ? "import" : "export";
  for (const NamedEntities::Item& item : items)
    if (actual.find(item.name) == nullptr) return refuse(Cause::missing_named, {word, engine_->names()[item.name]});
  for (const NamedEntities::Item& item : items) {
    if (auto result = check(*actual.find(item.name), binding.apply(item.entity)); !result)
      return std::unexpected(
          std::move(result.error()).with_context("type mismatch for " + std::string(word) + " " + quoted(item.name)));
    if (engine_->exhausted()) return refuse(Cause::types_too_complex);
  }

  Substitution result(*engine_);
  for (const auto& [from, to] : bound) result.replace(from, to);
  RenamedPairs seen;
  for (const NamedEntities::Item& item : items) rename_types(item.entity, *actual.find(item.name), result, seen);
  return result;
}

/// Renames the types in `from` to the names that they have in `to`; for instances, also the types that they export.
void Subtyping::rename_types(const Entity& from, const Entity& to, Substitution& result, RenamedPairs& seen) {
  if (from.sort == EntitySort::type) result.rename(from.type, to.type);
  if (from.sort != EntitySort::instance) return;
  if (!seen.insert((std::uint64_t{from.type.structure} << 32) | to.type.structure).second) return;
  const NamedEntities& to_exports = (*engine_)[to.type.instance()].exports;
  for (const NamedEntities::Item& item : (*engine_)[from.type.instance()].exports)
    if (const Entity* entity = to_exports.find(item.name)) rename_types(item.entity, *entity, result, seen);
}

// --- functions and values ---

HostResult<void> Subtyping::check_functions(const FunctionType& actual, const FunctionType& expected) {
  if (actual.is_async != expected.is_async) {
    const auto word = [](const FunctionType& type) { return type.is_async ? "async" : "sync"; };
    return refuse(Cause::asyncness_differs, {word(expected), word(actual)});
  }
  if (actual.parameters.size() != expected.parameters.size())
    return refuse(Cause::expected_parameters, {number(expected.parameters.size()), number(actual.parameters.size())});
  for (std::size_t i = 0; i < actual.parameters.size(); ++i) {
    const Parameter& parameter = actual.parameters[i];
    const Parameter& expected_parameter = expected.parameters[i];
    if (!engine_->names().equal_labels(parameter.name, expected_parameter.name))
      return refuse(Cause::expected_parameter_named,
                    {engine_->names()[expected_parameter.name], engine_->names()[parameter.name]});
    if (auto result = check(parameter.type, expected_parameter.type); !result)
      return std::unexpected(
          std::move(result.error()).with_context("type mismatch in function parameter " + quoted(parameter.name)));
  }
  if (actual.result.is_present() != expected.result.is_present())
    return refuse(actual.result.is_present() ? Cause::expected_result_presence_found
                                             : Cause::expected_result_presence_missing);
  if (!actual.result.is_present()) return {};
  if (auto result = check(actual.result, expected.result); !result)
    return std::unexpected(std::move(result.error()).with_context("type mismatch with result type"));
  return {};
}

HostResult<void> Subtyping::check(const ValueTypeRef& actual, const ValueTypeRef& expected) {
  if (actual.structure == expected.structure) return {};
  const TypeRef actual_type = actual.as_type();
  const TypeRef expected_type = expected.as_type();
  if (engine_->is_known_subtype(actual_type, expected_type)) return {};
  if (!engine_->take_work(1)) return refuse(Cause::types_too_complex);
  HOLDFAST_TRY(check_value_structure((*engine_)[actual.structure], (*engine_)[expected.structure]));
  engine_->remember_subtype(actual_type, expected_type);
  return {};
}

HostResult<void> Subtyping::check_value_structure(const DefinedType& actual, const DefinedType& expected) {
  if (actual.kind != expected.kind) {
    if (is_primitive(actual.kind) && is_primitive(expected.kind))
      return refuse(Cause::expected_primitive, {name_of(expected.kind), name_of(actual.kind)});
    return refuse(Cause::expected_found, {name_of(expected.kind), name_of(actual.kind)});
  }
  switch (actual.kind) {
    case TypeKind::record:
    case TypeKind::tuple:
    case TypeKind::variant: return check_members(actual, expected);
    case TypeKind::flags:
    case TypeKind::enumeration: {
      bool same = actual.labels.size() == expected.labels.size();
      for (std::size_t i = 0; same && i < actual.labels.size(); ++i)
        same = engine_->names().equal_labels(actual.labels[i], expected.labels[i]);
      if (!same) return refuse(Cause::elements_differ, {name_of(actual.kind)});
      return {};
    }
    case TypeKind::result: return check_result(actual, expected);
    case TypeKind::own:
    case TypeKind::borrow:
      if (actual.resource.resource != expected.resource.resource) return refuse(Cause::resources_differ);
      return {};
    case TypeKind::fixed_list:
      if (actual.length != expected.length)
        return refuse(Cause::expected_fixed_length, {number(expected.length), number(actual.length)});
      return check(actual.members[0], expected.members[0]);
    case TypeKind::map:
      HOLDFAST_TRY(check_payload(actual.members[0], expected.members[0], "map key"));
      return check_payload(actual.members[1], expected.members[1], "map value");
    case TypeKind::stream:
    case TypeKind::future:
      if (actual.members[0].is_present() != expected.members[0].is_present())
        return refuse(actual.members[0].is_present() ? Cause::expected_no_payload_type : Cause::expected_payload_type,
                      {name_of(actual.kind)});
      if (!actual.members[0].is_present()) return {};
      return check_payload(actual.members[0], expected.members[0], name_of(actual.kind));
    case TypeKind::list:
    case TypeKind::option: return check(actual.members[0], expected.members[0]);
    default: return {};
  }
}

HostResult<void> Subtyping::check_payload(const ValueTypeRef& actual, const ValueTypeRef& expected,
                                          std::string_view part) {
  if (auto result = check(actual, expected); !result)
    return std::unexpected(std::move(result.error()).with_context("type mismatch in " + std::string(part)));
  return {};
}

HostResult<void> Subtyping::check_members(const DefinedType& actual, const DefinedType& expected) {
  if (actual.members.size() != expected.members.size()) {
    const std::string_view word = actual.kind == TypeKind::record    ? "fields"
                                  : actual.kind == TypeKind::variant ? "cases"
                                                                     : "types";
    return refuse(Cause::expected_count, {number(expected.members.size()), word, number(actual.members.size())});
  }
  for (std::size_t i = 0; i < actual.members.size(); ++i) {
    const ValueTypeRef& member = actual.members[i];
    const ValueTypeRef& expected_member = expected.members[i];
    if (actual.kind == TypeKind::tuple) {
      HOLDFAST_TRY(check_payload(member, expected_member, "tuple field " + number(i)));
      continue;
    }
    const std::string_view label = engine_->names()[actual.labels[i]];
    const std::string_view expected_label = engine_->names()[expected.labels[i]];
    if (!engine_->names().equal_labels(actual.labels[i], expected.labels[i]))
      return refuse(actual.kind == TypeKind::record ? Cause::expected_field_named : Cause::expected_case_named,
                    {expected_label, label});
    if (member.is_present() != expected_member.is_present())
      return refuse(member.is_present() ? Cause::expected_case_without_type : Cause::expected_case_with_type, {label});
    const std::string_view word = actual.kind == TypeKind::record ? "record field " : "variant case ";
    if (member.is_present())
      HOLDFAST_TRY(check_payload(member, expected_member, std::string(word) + quoted(actual.labels[i])));
  }
  return {};
}

HostResult<void> Subtyping::check_result(const DefinedType& actual, const DefinedType& expected) {
  constexpr std::string_view words[] = {"ok", "err"};
  for (std::size_t i = 0; i < 2; ++i) {
    const ValueTypeRef& payload = actual.members[i];
    const ValueTypeRef& expected_payload = expected.members[i];
    if (payload.is_present() != expected_payload.is_present())
      return refuse(payload.is_present() ? Cause::expected_no_payload_type : Cause::expected_payload_type, {words[i]});
    if (payload.is_present())
      HOLDFAST_TRY(check_payload(payload, expected_payload, std::string(words[i]) + " variant"));
  }
  return {};
}

}  // namespace holdfast::component::types
