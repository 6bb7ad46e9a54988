// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Subtyping of core types. Source: WebAssembly core specification 3.0, "Validation / Matching".
#include "holdfast/wasm/core_type_interner.hpp"

namespace holdfast::wasm {
namespace {

// The type directly above `type` in its hierarchy; `type` itself at the top.
AbstractHeapType parent_of(AbstractHeapType type) {
  switch (type) {
    case AbstractHeapType::eq: return AbstractHeapType::any;
    case AbstractHeapType::i31:
    case AbstractHeapType::struct_:
    case AbstractHeapType::array: return AbstractHeapType::eq;
    default: return type;
  }
}

// The bottom of the hierarchy of `type`.
AbstractHeapType bottom_of(AbstractHeapType type) {
  switch (type) {
    case AbstractHeapType::func:
    case AbstractHeapType::nofunc: return AbstractHeapType::nofunc;
    case AbstractHeapType::extern_:
    case AbstractHeapType::noextern: return AbstractHeapType::noextern;
    case AbstractHeapType::exn:
    case AbstractHeapType::noexn: return AbstractHeapType::noexn;
    case AbstractHeapType::cont:
    case AbstractHeapType::nocont: return AbstractHeapType::nocont;
    case AbstractHeapType::any:
    case AbstractHeapType::eq:
    case AbstractHeapType::i31:
    case AbstractHeapType::struct_:
    case AbstractHeapType::array:
    case AbstractHeapType::none: return AbstractHeapType::none;
  }
  return type;
}

bool abstract_matches(AbstractHeapType type, AbstractHeapType expected) {
  if (bottom_of(type) != bottom_of(expected)) return false;
  if (type == bottom_of(type)) return true;
  for (;;) {
    if (type == expected) return true;
    const AbstractHeapType parent = parent_of(type);
    if (parent == type) return false;
    type = parent;
  }
}

// The abstract type directly above a composite type.
AbstractHeapType abstract_type_of(const CoreCompositeType& composite) {
  if (std::holds_alternative<CoreFunctionType>(composite)) return AbstractHeapType::func;
  if (std::holds_alternative<CoreStructType>(composite)) return AbstractHeapType::struct_;
  if (std::holds_alternative<CoreArrayType>(composite)) return AbstractHeapType::array;
  return AbstractHeapType::cont;
}

}  // namespace

bool limits_match(const CoreLimits& limits, const CoreLimits& expected) noexcept {
  if (limits.is_64 != expected.is_64 || limits.shared != expected.shared) return false;
  if (limits.minimum < expected.minimum) return false;
  if (!expected.maximum) return true;
  return limits.maximum && *limits.maximum <= *expected.maximum;
}

bool CoreTypeInterner::is_shared(const CoreValueType& value) const {
  if (value.kind != CoreValueKind::reference) return true;
  const CoreHeapType& heap = value.reference.heap;
  return heap.kind == HeapKind::abstract ? heap.shared : type(CoreTypeId(heap.index)).shared;
}

bool CoreTypeInterner::matches(CoreTypeId type_id, CoreTypeId expected) const {
  for (CoreTypeId id = type_id;;) {
    if (id == expected) return true;
    const auto& supertype = type(id).supertype;
    if (!supertype) return false;
    id = CoreTypeId(*supertype);
  }
}

bool CoreTypeInterner::matches(const CoreHeapType& heap, const CoreHeapType& expected) const {
  if (heap == expected) return true;
  if (expected.kind == HeapKind::exact) {
    return heap.kind == HeapKind::abstract && heap.shared == type(CoreTypeId(expected.index)).shared &&
           heap.abstract == bottom_of(abstract_type_of(type(CoreTypeId(expected.index)).composite));
  }
  if (heap.kind == HeapKind::abstract && expected.kind == HeapKind::abstract) {
    return heap.shared == expected.shared && abstract_matches(heap.abstract, expected.abstract);
  }
  if (heap.kind == HeapKind::abstract) {
    const CoreSubType& target = type(CoreTypeId(expected.index));
    return heap.shared == target.shared && heap.abstract == bottom_of(abstract_type_of(target.composite));
  }
  if (expected.kind == HeapKind::abstract) {
    const CoreSubType& source = type(CoreTypeId(heap.index));
    return source.shared == expected.shared && abstract_matches(abstract_type_of(source.composite), expected.abstract);
  }
  return matches(CoreTypeId(heap.index), CoreTypeId(expected.index));
}

bool CoreTypeInterner::matches(const CoreReferenceType& reference, const CoreReferenceType& expected) const {
  if (reference.nullable && !expected.nullable) return false;
  return matches(reference.heap, expected.heap);
}

bool CoreTypeInterner::matches(const CoreValueType& value, const CoreValueType& expected) const {
  if (value.kind != expected.kind) return false;
  return value.kind != CoreValueKind::reference || matches(value.reference, expected.reference);
}

bool CoreTypeInterner::matches(const CoreExternType& item, const CoreExternType& expected) const {
  if (item.index() != expected.index()) return false;
  if (const auto* function = std::get_if<CoreFunctionReference>(&item)) {
    const auto& target = std::get<CoreFunctionReference>(expected);
    if (target.exact) return function->exact && function->type == target.type;
    return matches(CoreTypeId(function->type), CoreTypeId(target.type));
  }
  if (const auto* table = std::get_if<CoreTableType>(&item)) {
    const auto& target = std::get<CoreTableType>(expected);
    return table->element == target.element && limits_match(table->limits, target.limits);
  }
  if (const auto* memory = std::get_if<CoreMemoryType>(&item)) {
    const auto& target = std::get<CoreMemoryType>(expected);
    return memory->page_size_log2 == target.page_size_log2 && limits_match(memory->limits, target.limits);
  }
  if (const auto* global = std::get_if<CoreGlobalType>(&item)) {
    const auto& target = std::get<CoreGlobalType>(expected);
    if (global->is_mutable != target.is_mutable || global->shared != target.shared) return false;
    return global->is_mutable ? global->content == target.content : matches(global->content, target.content);
  }
  return std::get<CoreTagType>(item) == std::get<CoreTagType>(expected);
}

}  // namespace holdfast::wasm
