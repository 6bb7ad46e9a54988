// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks that core types use only enabled proposals. This covers the types that components declare themselves and those
// of the imports and exports of core modules. The engine checks the bodies of core modules.
#include <variant>

#include "holdfast/component/validate/validator.hpp"

namespace holdfast::component::validation {
namespace {

using wasm::AbstractHeapType;

bool is_of_exceptions(AbstractHeapType heap) {
  return heap == AbstractHeapType::exn || heap == AbstractHeapType::noexn;
}

bool is_of_continuations(AbstractHeapType heap) {
  return heap == AbstractHeapType::cont || heap == AbstractHeapType::nocont;
}

}  // namespace

HostResult<void> Validator::check_core_proposals(const wasm::CoreValueType& type, std::size_t offset) const {
  if (type.kind == CoreKind::v128) return require(features_.core.simd, Cause::core_simd_disabled, offset);
  if (type.kind != CoreKind::reference) return {};
  return check_core_proposals(type.reference, offset);
}

HostResult<void> Validator::check_core_proposals(const wasm::CoreReferenceType& type, std::size_t offset) const {
  const wasm::CoreFeatures& core = features_.core;
  const wasm::CoreHeapType& heap = type.heap;
  HOLDFAST_TRY(require(core.reference_types, Cause::core_references_disabled, offset));
  if (heap.kind == wasm::HeapKind::exact) return refuse_at(offset, Cause::core_custom_descriptors);
  if (heap.kind == wasm::HeapKind::concrete)
    return require(core.function_references, Cause::core_function_references_disabled, offset,
                   {"index reference types"});
  if (is_of_continuations(heap.abstract)) return refuse_at(offset, Cause::core_continuations);
  if (heap.shared)
    HOLDFAST_TRY(require(core.shared_everything_threads, Cause::core_shared, offset, {"reference types"}));
  if (is_of_exceptions(heap.abstract))
    return require(core.exceptions, Cause::core_exception_references_disabled, offset);
  if (heap.abstract != AbstractHeapType::func && heap.abstract != AbstractHeapType::extern_)
    return require(core.gc, Cause::core_gc_heap_disabled, offset);
  return require(type.nullable || core.function_references, Cause::core_function_references_disabled, offset,
                 {"non-nullable types"});
}

HostResult<void> Validator::check_core_proposals(const wasm::CoreRecursionGroup& group, std::size_t offset) const {
  if (group.is_explicit) HOLDFAST_TRY(require(features_.core.gc, Cause::core_groups_disabled, offset));
  for (const wasm::CoreSubType& type : group.types) HOLDFAST_TRY(check_core_proposals(type, offset));
  return {};
}

HostResult<void> Validator::check_core_proposals(const wasm::CoreSubType& type, std::size_t offset) const {
  const wasm::CoreFeatures& core = features_.core;
  if (type.supertype || !type.is_final) HOLDFAST_TRY(require(core.gc, Cause::core_subtypes_disabled, offset));
  if (type.describes || type.descriptor) return refuse_at(offset, Cause::core_custom_descriptors);
  if (type.shared)
    HOLDFAST_TRY(require(core.shared_everything_threads, Cause::core_shared, offset, {"composite types"}));
  if (const auto* function = std::get_if<wasm::CoreFunctionType>(&type.composite)) {
    for (const wasm::CoreValueType& value : function->parameters) HOLDFAST_TRY(check_core_proposals(value, offset));
    for (const wasm::CoreValueType& value : function->results) HOLDFAST_TRY(check_core_proposals(value, offset));
    return require(function->results.size() <= 1 || core.multi_value, Cause::core_multi_value_disabled, offset);
  }
  if (const auto* structure = std::get_if<wasm::CoreStructType>(&type.composite)) {
    for (const wasm::CoreFieldType& field : structure->fields) HOLDFAST_TRY(check_core_proposals(field.value, offset));
    return require(core.gc, Cause::core_gc_types_disabled, offset, {"struct"});
  }
  if (const auto* array = std::get_if<wasm::CoreArrayType>(&type.composite)) {
    HOLDFAST_TRY(check_core_proposals(array->element.value, offset));
    return require(core.gc, Cause::core_gc_types_disabled, offset, {"array"});
  }
  return refuse_at(offset, Cause::core_continuations);
}

HostResult<void> Validator::check_core_proposals(const wasm::CoreMemoryType& type, std::size_t offset) const {
  const wasm::CoreFeatures& core = features_.core;
  if (type.limits.is_64) HOLDFAST_TRY(require(core.memory64, Cause::core_memory64_disabled, offset, {"memories"}));
  if (type.limits.shared) HOLDFAST_TRY(require(core.threads, Cause::core_threads_disabled, offset));
  return require(type.page_size_log2 == wasm::CoreMemoryType{}.page_size_log2 || core.custom_page_sizes,
                 Cause::core_page_sizes_disabled, offset);
}

HostResult<void> Validator::check_core_proposals(const wasm::CoreExternType& type, std::size_t offset) const {
  const wasm::CoreFeatures& core = features_.core;
  if (const auto* table = std::get_if<wasm::CoreTableType>(&type)) {
    // A table of functions was there before other references were.
    if (table->element != wasm::CoreReferenceType{}) HOLDFAST_TRY(check_core_proposals(table->element, offset));
    if (table->limits.is_64) HOLDFAST_TRY(require(core.memory64, Cause::core_memory64_disabled, offset, {"tables"}));
    return require(!table->limits.shared || core.shared_everything_threads, Cause::core_shared, offset, {"tables"});
  }
  if (const auto* global = std::get_if<wasm::CoreGlobalType>(&type)) {
    HOLDFAST_TRY(check_core_proposals(global->content, offset));
    return require(!global->shared || core.shared_everything_threads, Cause::core_shared, offset, {"globals"});
  }
  if (const auto* memory = std::get_if<wasm::CoreMemoryType>(&type)) return check_core_proposals(*memory, offset);
  if (std::holds_alternative<wasm::CoreTagType>(type))
    return require(core.exceptions, Cause::core_exceptions_disabled, offset);
  if (std::get<wasm::CoreFunctionReference>(type).exact) return refuse_at(offset, Cause::core_custom_descriptors);
  return {};
}

}  // namespace holdfast::component::validation
