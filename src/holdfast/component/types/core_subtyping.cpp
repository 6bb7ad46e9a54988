// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The core half of `Subtyping`: core modules, their imports and their exports. The interner decides; the code here puts
// the difference into words.
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
    const wasm::CoreExternType* supplied = expected.find_import(import.module, import.name);
    if (supplied == nullptr) return refuse(Cause::missing_expected_import, {import.module, import.name});
    if (auto result = check(*supplied, import.type); !result)
      return std::unexpected(std::move(result.error()).with_context("type mismatch in import " + import_name(import)));
  }
  for (const ModuleExport& export_ : expected.exports()) {
    if (!engine_->take_work(1)) return refuse(Cause::types_too_complex);
    const wasm::CoreExternType* provided = actual.find_export(export_.name);
    if (provided == nullptr) return refuse(Cause::missing_expected_export, {export_.name});
    if (auto result = check(*provided, export_.type); !result)
      return std::unexpected(
          std::move(result.error()).with_context("type mismatch in export `" + std::string(export_.name) + "`"));
  }
  return {};
}

HostResult<void> Subtyping::check(const wasm::CoreExternType& actual, const wasm::CoreExternType& expected) {
  if (actual.index() != expected.index())
    return refuse(Cause::expected_found, {sort_name(expected), sort_name(actual)});
  if (engine_->core_types().matches(actual, expected)) return {};
  if (const auto* function = std::get_if<wasm::CoreFunctionReference>(&actual)) {
    const auto& expected_function = std::get<wasm::CoreFunctionReference>(expected);
    const wasm::CoreFunctionType* actual_type = engine_->core_types().function(wasm::CoreTypeId(function->type));
    const wasm::CoreFunctionType* expected_type =
        engine_->core_types().function(wasm::CoreTypeId(expected_function.type));
    return refuse(Cause::core_functions_differ, {expected_type != nullptr ? describe(*expected_type) : "type",
                                                 actual_type != nullptr ? describe(*actual_type) : "type"});
  }
  if (const auto* tag = std::get_if<wasm::CoreTagType>(&actual)) {
    const auto& expected_tag = std::get<wasm::CoreTagType>(expected);
    const wasm::CoreFunctionType* actual_type = engine_->core_types().function(wasm::CoreTypeId(tag->type));
    const wasm::CoreFunctionType* expected_type = engine_->core_types().function(wasm::CoreTypeId(expected_tag.type));
    return refuse(Cause::core_functions_differ, {expected_type != nullptr ? describe(*expected_type) : "type",
                                                 actual_type != nullptr ? describe(*actual_type) : "type"});
  }
  if (const auto* global = std::get_if<wasm::CoreGlobalType>(&actual)) {
    const auto& expected_global = std::get<wasm::CoreGlobalType>(expected);
    if (global->is_mutable != expected_global.is_mutable) return refuse(Cause::global_mutability_differs);
    if (global->shared != expected_global.shared) return refuse(Cause::shared_flag_differs, {"globals"});
    return refuse(Cause::expected_global_type, {describe(expected_global.content), describe(global->content)});
  }
  return check_core_limits(actual, expected);
}

HostResult<void> Subtyping::check_core_limits(const wasm::CoreExternType& actual,
                                              const wasm::CoreExternType& expected) {
  if (const auto* table = std::get_if<wasm::CoreTableType>(&actual)) {
    const auto& expected_table = std::get<wasm::CoreTableType>(expected);
    if (table->limits.shared != expected_table.limits.shared) return refuse(Cause::shared_flag_differs, {"tables"});
    if (table->limits.is_64 != expected_table.limits.is_64) return refuse(Cause::index_type_differs, {"tables"});
    if (!wasm::limits_match(table->limits, expected_table.limits)) return refuse(Cause::limits_differ, {"table"});
    return refuse(Cause::expected_table_element, {describe(expected_table.element), describe(table->element)});
  }
  const auto& memory = std::get<wasm::CoreMemoryType>(actual);
  const auto& expected_memory = std::get<wasm::CoreMemoryType>(expected);
  if (memory.limits.shared != expected_memory.limits.shared) return refuse(Cause::shared_flag_differs, {"memories"});
  if (memory.limits.is_64 != expected_memory.limits.is_64) return refuse(Cause::index_type_differs, {"memories"});
  if (memory.page_size_log2 != expected_memory.page_size_log2) return refuse(Cause::page_size_differs);
  return refuse(Cause::limits_differ, {"memory"});
}

}  // namespace holdfast::component::types
