// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Core instances: instantiated modules, whose arguments must match their imports, and sets of inline exports.
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

#include "holdfast/component/validate/validator.hpp"

namespace holdfast::component::validation {

HostResult<void> Validator::add(const syntax::CoreInstance& instance, std::size_t offset) {
  types::ModuleTypeId type;
  if (const auto* instantiate = std::get_if<syntax::CoreInstantiate>(&instance.value)) {
    HOLDFAST_TRY_ASSIGN(type, instantiate_module(*instantiate, offset));
  } else {
    HOLDFAST_TRY_ASSIGN(type, core_bag(std::get<syntax::CoreInlineExports>(instance.value)));
  }
  current().spaces.core_instances.push_back(type);
  return {};
}

HostResult<types::ModuleTypeId> Validator::instantiate_module(const syntax::CoreInstantiate& instantiate,
                                                              std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(const types::ModuleTypeId module, current().module_at(instantiate.module, offset));
  std::unordered_map<std::string_view, types::ModuleTypeId> arguments;
  for (const syntax::CoreInstantiateArgument& argument : instantiate.arguments) {
    HOLDFAST_TRY_ASSIGN(const types::ModuleTypeId instance,
                        current().core_instance_at(argument.instance, argument.offset));
    if (!arguments.emplace(argument.name, instance).second)
      return refuse_at(argument.offset, Cause::core_duplicate_argument, {argument.name});
  }
  for (const types::ModuleImport& import : engine_[module].imports()) {
    if (!engine_.take_work(1)) return refuse_at(offset, Cause::types_too_complex);
    const auto argument = arguments.find(import.module);
    if (argument == arguments.end()) return refuse_at(offset, Cause::core_missing_argument, {import.module});
    const wasm::CoreExternType* export_ = engine_[argument->second].find_export(import.name);
    if (export_ == nullptr) return refuse_at(offset, Cause::core_missing_item, {import.module, import.name});
    if (auto result = at_offset(subtyping_.check(*export_, import.type), offset); !result)
      return std::unexpected(std::move(result.error())
                                 .with_context("type mismatch for export `" + std::string(import.name) +
                                               "` of module instantiation argument `" + std::string(import.module) +
                                               "`"));
  }
  return module;
}

HostResult<types::ModuleTypeId> Validator::core_bag(const syntax::CoreInlineExports& exports) {
  types::ModuleType type;
  type.reserve(0, exports.exports.size());
  for (const syntax::CoreInlineExport& export_ : exports.exports) {
    HOLDFAST_TRY_ASSIGN(const auto item, core_item(export_));
    if (!type.add_export({export_.name, item}))
      return refuse_at(export_.offset, Cause::core_duplicate_bag_export, {export_.name});
  }
  return engine_.add(std::move(type));
}

HostResult<wasm::CoreExternType> Validator::core_item(const syntax::CoreInlineExport& export_) {
  const Scope& scope = current();
  switch (export_.sort) {
    case syntax::CoreSort::function: {
      HOLDFAST_TRY_ASSIGN(const wasm::CoreTypeId type, scope.core_function_at(export_.index, export_.offset));
      return wasm::CoreFunctionReference{type.index(), false};
    }
    case syntax::CoreSort::table: return scope.core_table_at(export_.index, export_.offset);
    case syntax::CoreSort::memory: return scope.core_memory_at(export_.index, export_.offset);
    case syntax::CoreSort::global: return scope.core_global_at(export_.index, export_.offset);
    case syntax::CoreSort::tag: {
      HOLDFAST_TRY(require(features_.core.exceptions, Cause::core_exceptions_disabled, export_.offset));
      HOLDFAST_TRY_ASSIGN(const wasm::CoreTypeId type, scope.core_tag_at(export_.index, export_.offset));
      return wasm::CoreTagType{type.index()};
    }
    case syntax::CoreSort::type:
    case syntax::CoreSort::module:
    case syntax::CoreSort::instance: break;
  }
  return refuse_at(export_.offset, Cause::core_bag_sort);
}

}  // namespace holdfast::component::validation
