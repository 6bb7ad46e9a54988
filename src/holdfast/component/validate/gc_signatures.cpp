// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The canonical option `gc`: values are passed as core WebAssembly references instead of through memory. Checks that
// each parameter and result of the core function has the shape that its component type requires. Source: the checks of
// the public implementations; CanonicalABI.md does not describe the proposal yet.
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "holdfast/component/validate/validator.hpp"

namespace holdfast::component::validation {
namespace {

using wasm::PackedKind;
using Encoding = syntax::CanonicalOptionKind;

std::string describe(const GcPlace& place) {
  switch (place.packed) {
    case PackedKind::i8: return "i8";
    case PackedKind::i16: return "i16";
    case PackedKind::none: break;
  }
  return types::describe(place.value);
}

/// The core type of a number, a bool or a char.
struct ScalarShape {
  wasm::CoreValueKind value = wasm::CoreValueKind::i32;  ///< as a parameter or result, or as a field that is not packed
  PackedKind field = PackedKind::none;                   ///< as a field
};

std::optional<ScalarShape> scalar_shape(TypeKind kind) {
  using wasm::CoreValueKind;
  switch (kind) {
    case TypeKind::boolean:
    case TypeKind::s8:
    case TypeKind::u8: return ScalarShape{CoreValueKind::i32, PackedKind::i8};
    case TypeKind::s16:
    case TypeKind::u16: return ScalarShape{CoreValueKind::i32, PackedKind::i16};
    case TypeKind::s32:
    case TypeKind::u32:
    case TypeKind::character: return ScalarShape{};
    case TypeKind::s64:
    case TypeKind::u64: return ScalarShape{CoreValueKind::i64};
    case TypeKind::f32: return ScalarShape{CoreValueKind::f32};
    case TypeKind::f64: return ScalarShape{CoreValueKind::f64};
    default: return std::nullopt;
  }
}

bool is_of_kind(const GcPlace& place, wasm::CoreValueKind kind) {
  return place.packed == PackedKind::none && place.value.kind == kind;
}

bool is_extern_reference(const GcPlace& place) {
  if (!is_of_kind(place, wasm::CoreValueKind::reference)) return false;
  const wasm::CoreHeapType& heap = place.value.reference.heap;
  return heap.kind == wasm::HeapKind::abstract && heap.abstract == wasm::AbstractHeapType::extern_;
}

HostResult<void> check_scalar(TypeKind kind, const ScalarShape& shape, const GcPlace& place, std::size_t offset) {
  const PackedKind packed = place.is_field ? shape.field : PackedKind::none;
  const bool fits = packed == PackedKind::none ? is_of_kind(place, shape.value) : place.packed == packed;
  if (fits) return {};
  const GcPlace expected{packed, {shape.value, {}}, place.is_field};
  return refuse_at(offset, Cause::gc_scalar, {name_of(kind), describe(expected), describe(place)});
}

}  // namespace

/// The type that `place` refers to; null unless `place` is a reference to a concrete type.
const wasm::CoreCompositeType* Validator::gc_referent(const GcPlace& place) const {
  if (!is_of_kind(place, CoreKind::reference)) return nullptr;
  const wasm::CoreHeapType& heap = place.value.reference.heap;
  if (heap.kind == wasm::HeapKind::abstract) return nullptr;
  return &engine_.core_types().type(wasm::CoreTypeId(heap.index)).composite;
}

HostResult<void> Validator::check_gc_signature(const types::FunctionType& type, const Options& options,
                                               std::size_t offset) {
  const CoreFunctionType& core = *engine_.core_types().function(*options.core_type);
  const std::size_t results = type.result.is_present() ? 1 : 0;
  if (core.parameters.size() != type.parameters.size())
    return refuse_at(offset, Cause::gc_count,
                     {number(core.parameters.size()), "parameters", number(type.parameters.size())});
  for (std::size_t i = 0; i < core.parameters.size(); ++i)
    HOLDFAST_TRY(check_gc(type.parameters[i].type, {PackedKind::none, core.parameters[i], false}, options, offset));
  if (core.results.size() != results)
    return refuse_at(offset, Cause::gc_count, {number(core.results.size()), "results", number(results)});
  if (results == 0) return {};
  return check_gc(type.result, {PackedKind::none, core.results.front(), false}, options, offset);
}

HostResult<void> Validator::check_gc(const types::ValueTypeRef& type, const GcPlace& place, const Options& options,
                                     std::size_t offset) {
  if (!engine_.take_work(1)) return refuse_at(offset, Cause::types_too_complex);
  const types::DefinedType& node = engine_[type.structure];
  if (const auto shape = scalar_shape(node.kind)) return check_scalar(node.kind, *shape, place, offset);
  switch (node.kind) {
    case TypeKind::string: return check_gc_string(place, options, offset);
    case TypeKind::record:
    case TypeKind::tuple: return check_gc_product(node, place, options, offset);
    case TypeKind::list:
    case TypeKind::fixed_list: return check_gc_list(node, place, options, offset);
    case TypeKind::variant:
    case TypeKind::option:
    case TypeKind::result: return check_gc_sum(node, place, offset);
    case TypeKind::map: return refuse_at(offset, Cause::gc_map_unsupported);
    case TypeKind::flags:
    case TypeKind::enumeration:
      if (is_of_kind(place, CoreKind::i32)) return {};
      return refuse_at(offset, Cause::gc_opaque, {name_of(node.kind), "i32", describe(place)});
    default: break;
  }
  if (is_extern_reference(place)) return {};
  return refuse_at(offset, Cause::gc_opaque, {name_of(node.kind), "(ref null? extern)", describe(place)});
}

HostResult<void> Validator::check_gc_string(const GcPlace& place, const Options& options, std::size_t offset) {
  const bool is_utf16 = options.encoding == Encoding::string_encoding_utf16;
  const wasm::CoreCompositeType* referent = gc_referent(place);
  const auto* array = referent != nullptr ? std::get_if<wasm::CoreArrayType>(referent) : nullptr;
  if (array != nullptr && array->element.packed == (is_utf16 ? PackedKind::i16 : PackedKind::i8)) return {};
  return refuse_at(
      offset, Cause::gc_scalar,
      {"string", is_utf16 ? "(ref null? (array (mut? i16)))" : "(ref null? (array (mut? i8)))", describe(place)});
}

HostResult<void> Validator::check_gc_product(const types::DefinedType& node, const GcPlace& place,
                                             const Options& options, std::size_t offset) {
  const std::string_view name = name_of(node.kind);
  const wasm::CoreCompositeType* referent = gc_referent(place);
  const auto* structure = referent != nullptr ? std::get_if<wasm::CoreStructType>(referent) : nullptr;
  if (structure == nullptr)
    return refuse_at(offset, Cause::gc_aggregate, {name, "(ref null? (struct ...))", describe(place)});
  if (structure->fields.size() != node.members.size())
    return refuse_at(offset, Cause::gc_field_count,
                     {number(structure->fields.size()), name, number(node.members.size())});
  for (std::size_t i = 0; i < node.members.size(); ++i) {
    const wasm::CoreFieldType& field = structure->fields[i];
    HOLDFAST_TRY(check_gc(node.members[i], {field.packed, field.value, true}, options, offset));
  }
  return {};
}

HostResult<void> Validator::check_gc_list(const types::DefinedType& node, const GcPlace& place, const Options& options,
                                          std::size_t offset) {
  const wasm::CoreCompositeType* referent = gc_referent(place);
  const auto* array = referent != nullptr ? std::get_if<wasm::CoreArrayType>(referent) : nullptr;
  if (array == nullptr) return refuse_at(offset, Cause::gc_list, {describe(place)});
  return check_gc(node.members.front(), {array->element.packed, array->element.value, true}, options, offset);
}

/// The core type of a variant, option or result is the empty struct; each case is a subtype of it.
HostResult<void> Validator::check_gc_sum(const types::DefinedType& node, const GcPlace& place, std::size_t offset) {
  const wasm::CoreCompositeType* referent = gc_referent(place);
  const auto* structure = referent != nullptr ? std::get_if<wasm::CoreStructType>(referent) : nullptr;
  if (structure != nullptr && structure->fields.empty()) return {};
  return refuse_at(offset, Cause::gc_aggregate, {name_of(node.kind), "(ref null? (struct))", describe(place)});
}

}  // namespace holdfast::component::validation
