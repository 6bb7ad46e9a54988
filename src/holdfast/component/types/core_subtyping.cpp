// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The core half of `Subtyping`: modules and what core modules import and export. The decision is the interner's;
// here it is put into words.
#include <string>
#include <utility>
#include <variant>

#include "holdfast/component/causes/cause.hpp"
#include "holdfast/component/types/subtyping.hpp"

namespace holdfast::component::types {
namespace {

std::string import_name(const ModuleImport& import) {
  return "`" + std::string(import.module) + "::" + std::string(import.name) + "`";
}

}  // namespace

HostResult<void> Subtyping::check_modules(const ModuleType& actual, const ModuleType& expected) {
  if (&actual == &expected) return {};
  for (const ModuleImport& import : actual.imports()) {
    if (!engine_->take_work(1)) return refuse(Cause::types_too_complex);
    const wasm::CoreExternType* given = expected.find_import(import.module, import.name);
    if (given == nullptr) return refuse(Cause::missing_expected_import, {import.module, import.name});
    if (auto result = check(*given, import.type); !result)
      return std::unexpected(std::move(result.error()).with_context("type mismatch in import " + import_name(import)));
  }
  for (const ModuleExport& wanted : expected.exports()) {
    if (!engine_->take_work(1)) return refuse(Cause::types_too_complex);
    const wasm::CoreExternType* found = actual.find_export(wanted.name);
    if (found == nullptr) return refuse(Cause::missing_expected_export, {wanted.name});
    if (auto result = check(*found, wanted.type); !result)
      return std::unexpected(
          std::move(result.error()).with_context("type mismatch in export `" + std::string(wanted.name) + "`"));
  }
  return {};
}

HostResult<void> Subtyping::check(const wasm::CoreExternType& actual, const wasm::CoreExternType& expected) {
  if (actual.index() != expected.index())
    return refuse(Cause::expected_found, {sort_name(expected), sort_name(actual)});
  if (engine_->core_types().matches(actual, expected)) return {};
  if (const auto* found = std::get_if<wasm::CoreFunctionReference>(&actual)) {
    const auto& wanted = std::get<wasm::CoreFunctionReference>(expected);
    const wasm::CoreFunctionType* found_type = engine_->core_types().function(wasm::CoreTypeId(found->type));
    const wasm::CoreFunctionType* wanted_type = engine_->core_types().function(wasm::CoreTypeId(wanted.type));
    return refuse(Cause::core_functions_differ, {wanted_type != nullptr ? describe(*wanted_type) : "type",
                                                 found_type != nullptr ? describe(*found_type) : "type"});
  }
  if (const auto* found = std::get_if<wasm::CoreTagType>(&actual)) {
    const auto& wanted = std::get<wasm::CoreTagType>(expected);
    const wasm::CoreFunctionType* found_type = engine_->core_types().function(wasm::CoreTypeId(found->type));
    const wasm::CoreFunctionType* wanted_type = engine_->core_types().function(wasm::CoreTypeId(wanted.type));
    return refuse(Cause::core_functions_differ, {wanted_type != nullptr ? describe(*wanted_type) : "type",
                                                 found_type != nullptr ? describe(*found_type) : "type"});
  }
  if (const auto* found = std::get_if<wasm::CoreGlobalType>(&actual)) {
    const auto& wanted = std::get<wasm::CoreGlobalType>(expected);
    if (found->is_mutable != wanted.is_mutable) return refuse(Cause::global_mutability_differs);
    if (found->shared != wanted.shared) return refuse(Cause::shared_flag_differs, {"globals"});
    return refuse(Cause::expected_global_type, {describe(wanted.content), describe(found->content)});
  }
  return check_core_limits(actual, expected);
}

HostResult<void> Subtyping::check_core_limits(const wasm::CoreExternType& actual,
                                              const wasm::CoreExternType& expected) {
  if (const auto* found = std::get_if<wasm::CoreTableType>(&actual)) {
    const auto& wanted = std::get<wasm::CoreTableType>(expected);
    if (found->limits.shared != wanted.limits.shared) return refuse(Cause::shared_flag_differs, {"tables"});
    if (found->limits.is_64 != wanted.limits.is_64) return refuse(Cause::index_type_differs, {"tables"});
    if (!wasm::limits_match(found->limits, wanted.limits)) return refuse(Cause::limits_differ, {"table"});
    return refuse(Cause::expected_table_element, {describe(wanted.element), describe(found->element)});
  }
  const auto& found = std::get<wasm::CoreMemoryType>(actual);
  const auto& wanted = std::get<wasm::CoreMemoryType>(expected);
  if (found.limits.shared != wanted.limits.shared) return refuse(Cause::shared_flag_differs, {"memories"});
  if (found.limits.is_64 != wanted.limits.is_64) return refuse(Cause::index_type_differs, {"memories"});
  if (found.page_size_log2 != wanted.page_size_log2) return refuse(Cause::page_size_differs);
  return refuse(Cause::limits_differ, {"memory"});
}

}  // namespace holdfast::component::types
