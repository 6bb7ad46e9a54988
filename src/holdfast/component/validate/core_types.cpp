// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Core types: recursion groups, module types and the interfaces of core modules. The engine validates the modules.
#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "holdfast/component/validate/validator.hpp"

namespace holdfast::component::validation {
namespace {

std::unexpected<HostError> core_error(const Error& error, std::size_t offset) {
  HostError result = HostError::from(error, ErrorKind::invalid);
  result.with_offset(error.offset != 0 ? error.offset : offset);
  return std::unexpected(std::move(result));
}

HostResult<void> check_limits(const wasm::CoreLimits& limits, std::uint64_t ceiling, std::string_view kind,
                              std::string_view ceiling_text, std::size_t offset) {
  if (limits.maximum && limits.minimum > *limits.maximum) return refuse_at(offset, Cause::core_limits_inverted);
  if (limits.minimum > ceiling || (limits.maximum && *limits.maximum > ceiling))
    return refuse_at(offset, Cause::core_limits_too_large, {kind, ceiling_text});
  return {};
}

/// The first index in `type` that refers to a module type. Module types have an invalid id in `space`.
std::optional<std::uint32_t> first_module_reference(const wasm::CoreSubType& type,
                                                    const std::vector<wasm::CoreTypeId>& space) {
  std::optional<std::uint32_t> first;
  const auto visit = [&](std::uint32_t index) {
    if (!first && index < space.size() && !space[index].is_valid()) first = index;
  };
  const auto visit_value = [&](const wasm::CoreValueType& value) {
    if (value.kind == wasm::CoreValueKind::reference && value.reference.heap.kind != wasm::HeapKind::abstract)
      visit(value.reference.heap.index);
  };
  for (const auto& index : {type.supertype, type.describes, type.descriptor})
    if (index) visit(*index);
  if (const auto* function = std::get_if<wasm::CoreFunctionType>(&type.composite)) {
    for (const wasm::CoreValueType& value : function->parameters) visit_value(value);
    for (const wasm::CoreValueType& value : function->results) visit_value(value);
  } else if (const auto* structure = std::get_if<wasm::CoreStructType>(&type.composite)) {
    for (const wasm::CoreFieldType& field : structure->fields) visit_value(field.value);
  } else if (const auto* array = std::get_if<wasm::CoreArrayType>(&type.composite)) {
    visit_value(array->element.value);
  } else if (const auto* continuation = std::get_if<wasm::CoreContinuationType>(&type.composite)) {
    visit(continuation->function);
  }
  return first;
}

bool field_matches(const wasm::CoreTypeInterner& types, const wasm::CoreFieldType& field,
                   const wasm::CoreFieldType& expected) {
  if (field.is_mutable != expected.is_mutable || field.packed != expected.packed) return false;
  if (field.packed != wasm::PackedKind::none) return true;
  return field.is_mutable ? field.value == expected.value : types.matches(field.value, expected.value);
}

/// Core specification, "Matching / Composite Types".
bool composite_matches(const wasm::CoreTypeInterner& types, const wasm::CoreCompositeType& type,
                       const wasm::CoreCompositeType& expected) {
  if (type.index() != expected.index()) return false;
  const auto all_match = [&](const auto& list, const auto& expected_list) {
    for (std::size_t i = 0; i < expected_list.size(); ++i)
      if (!types.matches(list[i], expected_list[i])) return false;
    return true;
  };
  if (const auto* function = std::get_if<wasm::CoreFunctionType>(&type)) {
    const auto& expected_function = std::get<wasm::CoreFunctionType>(expected);
    return function->parameters.size() == expected_function.parameters.size() &&
           function->results.size() == expected_function.results.size() &&
           all_match(expected_function.parameters, function->parameters) &&
           all_match(function->results, expected_function.results);
  }
  if (const auto* structure = std::get_if<wasm::CoreStructType>(&type)) {
    const auto& expected_structure = std::get<wasm::CoreStructType>(expected);
    if (structure->fields.size() < expected_structure.fields.size()) return false;
    for (std::size_t i = 0; i < expected_structure.fields.size(); ++i)
      if (!field_matches(types, structure->fields[i], expected_structure.fields[i])) return false;
    return true;
  }
  if (const auto* array = std::get_if<wasm::CoreArrayType>(&type))
    return field_matches(types, array->element, std::get<wasm::CoreArrayType>(expected).element);
  return types.matches(wasm::CoreTypeId(std::get<wasm::CoreContinuationType>(type).function),
                       wasm::CoreTypeId(std::get<wasm::CoreContinuationType>(expected).function));
}

/// The longest chain of supertypes that the public tools accept. Core specification, "Implementation Limitations".
constexpr unsigned max_supertypes = 63;

HostResult<void> check_memory_limits(const wasm::CoreMemoryType& memory, std::size_t offset) {
  if (memory.limits.shared && !memory.limits.maximum) return refuse_at(offset, Cause::core_shared_without_maximum);
  const std::uint32_t page = memory.page_size_log2;
  if (page != 0 && page != 16) return refuse_at(offset, Cause::core_page_size);
  if (!memory.limits.is_64) {
    const std::uint64_t pages = (std::uint64_t{1} << 32) >> page;
    return check_limits(memory.limits, page == 0 ? pages - 1 : pages, "memory",
                        number(page == 0 ? pages - 1 : pages) + " pages (4GiB)", offset);
  }
  const std::uint64_t pages = page == 0 ? ~std::uint64_t{0} : (std::uint64_t{1} << 48);
  return check_limits(memory.limits, pages, "memory", number(pages) + " pages", offset);
}

}  // namespace

HostResult<void> Validator::add(const syntax::CoreType& type, std::size_t offset) {
  if (const auto* module = std::get_if<syntax::ModuleType>(&type.value)) {
    HOLDFAST_TRY_ASSIGN(const types::ModuleTypeId id, make_module_type(*module, offset));
    current().core_types.push_back({id, {}});
    current().core_type_ids.emplace_back();
    return {};
  }
  Scope& scope = current();
  const auto& group = std::get<wasm::CoreRecursionGroup>(type.value);
  HOLDFAST_TRY_ASSIGN(const auto ids, intern_group(group, scope.core_type_ids, offset));
  for (const wasm::CoreTypeId id : ids) {
    scope.core_types.push_back({std::nullopt, id});
    scope.core_type_ids.push_back(id);
  }
  return {};
}

HostResult<std::vector<wasm::CoreTypeId>> Validator::intern_group(const wasm::CoreRecursionGroup& group,
                                                                  const std::vector<wasm::CoreTypeId>& space,
                                                                  std::size_t offset) {
  HOLDFAST_TRY(check_core_proposals(group, offset));
  for (const wasm::CoreSubType& type : group.types)
    if (const auto index = first_module_reference(type, space))
      return refuse_at(offset, Cause::core_type_is_module, {number(*index)});
  auto ids = engine_.core_types().intern(group, space);
  if (!ids) return core_error(ids.error(), offset);
  engine_.take_work(ids->size());
  for (const wasm::CoreTypeId id : *ids) {
    HOLDFAST_TRY(check_supertype(id, offset));
    HOLDFAST_TRY(check_parts_are_shared(id, offset));
  }
  return *std::move(ids);
}

HostResult<void> Validator::check_supertype(wasm::CoreTypeId id, std::size_t offset) {
  const wasm::CoreTypeInterner& core = engine_.core_types();
  const wasm::CoreSubType& type = core.type(id);
  if (!type.supertype) return {};
  const wasm::CoreSubType& above = core.type(wasm::CoreTypeId(*type.supertype));
  if (above.is_final) return refuse_at(offset, Cause::core_final_supertype);
  if (above.shared != type.shared || !composite_matches(core, type.composite, above.composite))
    return refuse_at(offset, Cause::core_subtype_mismatch);
  unsigned depth = 0;
  for (auto next = type.supertype; next; next = core.type(wasm::CoreTypeId(*next)).supertype)
    if (++depth > max_supertypes) return refuse_at(offset, Cause::core_supertypes_too_deep);
  return {};
}

HostResult<void> Validator::check_parts_are_shared(wasm::CoreTypeId id, std::size_t offset) const {
  const wasm::CoreTypeInterner& core = engine_.core_types();
  const wasm::CoreSubType& type = core.type(id);
  if (!type.shared) return {};
  const auto is_shared = [&](const wasm::CoreValueType& value) { return core.is_shared(value); };
  const auto is_shared_field = [&](const wasm::CoreFieldType& field) {
    return field.packed != wasm::PackedKind::none || core.is_shared(field.value);
  };
  bool all = true;
  if (const auto* function = std::get_if<wasm::CoreFunctionType>(&type.composite))
    all = std::ranges::all_of(function->parameters, is_shared) && std::ranges::all_of(function->results, is_shared);
  else if (const auto* structure = std::get_if<wasm::CoreStructType>(&type.composite))
    all = std::ranges::all_of(structure->fields, is_shared_field);
  else if (const auto* array = std::get_if<wasm::CoreArrayType>(&type.composite))
    all = is_shared_field(array->element);
  if (!all) return refuse_at(offset, Cause::core_composite_not_shared);
  return {};
}

HostResult<wasm::CoreExternType> Validator::resolve_core(const wasm::CoreExternType& type,
                                                         const std::vector<wasm::CoreTypeId>& index_space,
                                                         std::size_t offset) {
  HOLDFAST_TRY(check_core_proposals(type, offset));
  auto resolved = engine_.core_types().resolve(type, index_space);
  if (!resolved) return core_error(resolved.error(), offset);
  if (const auto* function = std::get_if<wasm::CoreFunctionReference>(&*resolved)) {
    if (engine_.core_types().function(wasm::CoreTypeId(function->type)) == nullptr)
      return refuse_at(offset, Cause::core_not_function_type);
  } else if (const auto* tag = std::get_if<wasm::CoreTagType>(&*resolved)) {
    const CoreFunctionType* function_type = engine_.core_types().function(wasm::CoreTypeId(tag->type));
    if (function_type == nullptr) return refuse_at(offset, Cause::core_not_function_type);
    if (!function_type->results.empty()) return refuse_at(offset, Cause::core_tag_results);
  } else if (const auto* memory = std::get_if<wasm::CoreMemoryType>(&*resolved)) {
    HOLDFAST_TRY(check_memory_limits(*memory, offset));
  } else if (const auto* table = std::get_if<wasm::CoreTableType>(&*resolved)) {
    HOLDFAST_TRY(check_limits(table->limits, table->limits.is_64 ? ~std::uint64_t{0} : 0xffff'ffff, "table", "2^32 - 1",
                              offset));
    if (table->limits.shared && !engine_.core_types().is_shared({CoreKind::reference, table->element}))
      return refuse_at(offset, Cause::core_part_not_shared, {"tables", "element"});
  } else if (const auto* global = std::get_if<wasm::CoreGlobalType>(&*resolved)) {
    if (global->shared && !engine_.core_types().is_shared(global->content))
      return refuse_at(offset, Cause::core_part_not_shared, {"globals", "value"});
  }
  return *std::move(resolved);
}

HostResult<types::ModuleTypeId> Validator::interface_type(const wasm::CoreModuleInterface& interface,
                                                          std::size_t offset) {
  auto space = engine_.core_types().intern_all(interface.type_groups);
  if (!space) return core_error(space.error(), offset);
  types::ModuleType type;
  type.reserve(interface.imports.size(), interface.exports.size());
  for (const wasm::CoreImport& import : interface.imports) {
    HOLDFAST_TRY_ASSIGN(const auto resolved, resolve_core(import.type, *space, import.offset));
    if (!type.add_import({import.module, import.name, resolved}))
      return refuse_at(import.offset, Cause::core_duplicate_import, {import.module, import.name});
  }
  for (const wasm::CoreExport& export_ : interface.exports) {
    HOLDFAST_TRY_ASSIGN(const auto resolved, resolve_core(export_.type, *space, export_.offset));
    if (!type.add_export({export_.name, resolved}))
      return refuse_at(export_.offset, Cause::core_duplicate_export, {export_.name});
  }
  return engine_.add(std::move(type));
}

HostResult<types::ModuleTypeId> Validator::make_module_type(const syntax::ModuleType& type, std::size_t) {
  types::ModuleType result;
  std::vector<wasm::CoreTypeId> space;
  for (const syntax::ModuleTypeDeclaration& declaration : type.declarations) {
    const std::size_t at = declaration.offset;
    if (const auto* group = std::get_if<wasm::CoreRecursionGroup>(&declaration.value)) {
      HOLDFAST_TRY_ASSIGN(const auto ids, intern_group(*group, space, at));
      space.insert(space.end(), ids.begin(), ids.end());
    } else if (const auto* alias = std::get_if<syntax::CoreOuterAlias>(&declaration.value)) {
      HOLDFAST_TRY_ASSIGN(const wasm::CoreTypeId id, outer_core_type(*alias, space, at));
      space.push_back(id);
    } else if (const auto* import = std::get_if<wasm::CoreImport>(&declaration.value)) {
      HOLDFAST_TRY_ASSIGN(const auto resolved, resolve_core(import->type, space, at));
      if (!result.add_import({import->module, import->name, resolved}))
        return refuse_at(at, Cause::core_duplicate_import, {import->module, import->name});
    } else {
      const auto& export_ = std::get<wasm::CoreExport>(declaration.value);
      HOLDFAST_TRY_ASSIGN(const auto resolved, resolve_core(export_.type, space, at));
      if (!result.add_export({export_.name, resolved}))
        return refuse_at(at, Cause::core_duplicate_export, {export_.name});
    }
    if (!engine_.take_work(1)) return refuse_at(at, Cause::types_too_complex);
  }
  return engine_.add(std::move(result));
}

HostResult<wasm::CoreTypeId> Validator::outer_core_type(const syntax::CoreOuterAlias& alias,
                                                        const std::vector<wasm::CoreTypeId>& space,
                                                        std::size_t offset) {
  if (alias.count == 0) {
    if (alias.index >= space.size())
      return refuse_at(offset, Cause::unknown_index, {"type", number(alias.index), "type"});
    return space[alias.index];
  }
  HOLDFAST_TRY_ASSIGN(const Scope* outer, outer_scope(alias.count - 1, offset));
  HOLDFAST_TRY_ASSIGN(const CoreTypeEntry entry, outer->core_type_at(alias.index, offset));
  if (entry.module) return refuse_at(offset, Cause::core_type_is_module, {number(alias.index)});
  return entry.type;
}

}  // namespace holdfast::component::validation
