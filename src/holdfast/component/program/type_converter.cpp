// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/program/type_converter.hpp"

#include <limits>
#include <string>
#include <utility>

#include "holdfast/component/causes/cause.hpp"

namespace holdfast::component::flattening {
namespace {

/// Places `layouts` one after the other. Returns the offset of each and, as the last element, the total size; bytes.
std::vector<std::uint64_t> offsets_of(const std::vector<const types::Layout*>& layouts) {
  std::vector<std::uint64_t> offsets;
  std::uint64_t end = 0;
  std::uint32_t alignment = 1;
  for (const types::Layout* layout : layouts) {
    end = types::align_to(end, layout->narrow.alignment);
    offsets.push_back(end);
    end = std::min(types::size_ceiling, end + layout->narrow.size);
    alignment = std::max(alignment, layout->narrow.alignment);
  }
  offsets.push_back(types::align_to(end, alignment));
  return offsets;
}

}  // namespace

engine::FunctionType to_engine(const wasm::CoreFunctionType& type) {
  const auto convert_all = [](const std::vector<wasm::CoreValueType>& from, std::vector<engine::ValueType>& to) {
    for (const wasm::CoreValueType& value_type : from) {
      switch (value_type.kind) {
        case wasm::CoreValueKind::i64: to.push_back(engine::ValueType::i64); break;
        case wasm::CoreValueKind::f32: to.push_back(engine::ValueType::f32); break;
        case wasm::CoreValueKind::f64: to.push_back(engine::ValueType::f64); break;
        default: to.push_back(engine::ValueType::i32); break;  // the canonical ABI uses no other types
      }
    }
  };
  engine::FunctionType result;
  convert_all(type.parameters, result.parameters);
  convert_all(type.results, result.results);
  return result;
}

HostResult<InterfaceTypeId> TypeConverter::convert(types::DefinedTypeId id, Frame& frame) {
  auto& done = engine_.facts(id).free == types::ResourceSets::empty() ? closed_types_ : frame.value_types;
  if (const auto entry = done.find(id); entry != done.end()) return entry->second;
  HOLDFAST_TRY(count(engine_[id].members.size(), engine_[id].labels));
  HOLDFAST_TRY_ASSIGN(InterfaceType type, make(id, frame));
  const InterfaceTypeId result = program_.types.intern(std::move(type));
  done.emplace(id, result);
  return result;
}

/// Counts one type. Types without resources are converted once, others once per instance.
HostResult<void> TypeConverter::count(std::size_t parts, const std::vector<types::NameId>& names) {
  types_ += 1 + std::max(parts, names.size());
  if (types_ > limits_.types) return refuse(Cause::expansion_limit, {number(limits_.types), "types"});
  for (const types::NameId name : names) name_bytes_ += engine_.names()[name].size();
  if (name_bytes_ > limits_.name_bytes)
    return refuse(Cause::expansion_limit, {number(limits_.name_bytes), "bytes of names"});
  return {};
}

HostResult<std::vector<InterfaceTypeId>> TypeConverter::members(const types::DefinedType& node, Frame& frame) {
  std::vector<InterfaceTypeId> result;
  for (const types::ValueTypeRef& member : node.members) {
    InterfaceTypeId converted;
    if (member.is_present()) {
      HOLDFAST_TRY_ASSIGN(converted, convert(member.structure, frame));
    }
    result.push_back(converted);
  }
  return result;
}

HostResult<InterfaceType> TypeConverter::make(types::DefinedTypeId id, Frame& frame) {
  const types::DefinedType& node = engine_[id];
  const types::Layout& layout = engine_.layout(id);
  HOLDFAST_TRY_ASSIGN(const std::vector<InterfaceTypeId> parts, members(node, frame));
  InterfaceType type;
  type.kind = node.kind;
  type.size = static_cast<std::uint32_t>(layout.narrow.size);  // validation ensures less than 2^28
  type.alignment = layout.narrow.alignment;
  type.flat.assign(layout.narrow.flat.begin(), layout.narrow.flat.end());
  type.discriminant_size = layout.discriminant_size;
  type.payload_offset = static_cast<std::uint32_t>(layout.narrow.payload_offset);
  type.has_borrow = engine_.facts(id).contains_borrow;
  type.has_handle = node.kind == TypeKind::own || node.kind == TypeKind::borrow;
  for (const InterfaceTypeId part : parts)
    if (part.is_valid()) type.has_handle = type.has_handle || program_.types[part].has_handle;

  const auto name = [&](std::size_t i) { return std::string(engine_.names()[node.labels[i]]); };
  const auto optional_part = [&](std::size_t i) {
    return parts[i].is_valid() ? std::optional(parts[i]) : std::nullopt;
  };
  switch (node.kind) {
    case TypeKind::record:
    case TypeKind::tuple: {
      std::vector<const types::Layout*> layouts;
      layouts.reserve(node.members.size());
      for (const types::ValueTypeRef& member : node.members) layouts.push_back(&engine_.layout(member.structure));
      const std::vector<std::uint64_t> offsets = offsets_of(layouts);
      for (std::size_t i = 0; i < parts.size(); ++i)
        type.fields.push_back({node.kind == TypeKind::record ? name(i) : std::string(), parts[i],
                               static_cast<std::uint32_t>(offsets[i])});
      break;
    }
    case TypeKind::variant:
      for (std::size_t i = 0; i < parts.size(); ++i) type.cases.push_back({name(i), optional_part(i)});
      break;
    case TypeKind::enumeration:
      for (std::size_t i = 0; i < node.labels.size(); ++i) type.cases.push_back({name(i), std::nullopt});
      break;
    case TypeKind::option: type.cases = {{"none", std::nullopt}, {"some", parts[0]}}; break;
    case TypeKind::result: type.cases = {{"ok", optional_part(0)}, {"error", optional_part(1)}}; break;
    case TypeKind::flags:
      for (std::size_t i = 0; i < node.labels.size(); ++i) type.labels.push_back(name(i));
      break;
    case TypeKind::fixed_list: type.length = node.length; [[fallthrough]];
    case TypeKind::list:
    case TypeKind::stream:
    case TypeKind::future: type.element = parts[0]; break;
    case TypeKind::map:
      type.key = parts[0];
      type.element = parts[1];
      break;
    case TypeKind::own:
    case TypeKind::borrow: {
      const auto slot = frame.resources.find(node.resource.resource);
      if (slot == frame.resources.end())
        return refuse(Cause::not_runnable, {"a resource type that no import or definition provides"});
      type.resource = slot->second;
      break;
    }
    default: break;
  }
  return type;
}

HostResult<FunctionTypeId> TypeConverter::convert(types::FunctionTypeId id, Frame& frame) {
  if (const auto entry = frame.function_types.find(id); entry != frame.function_types.end()) return entry->second;
  const types::FunctionType& node = engine_[id];
  std::vector<types::NameId> names;
  names.reserve(node.parameters.size());
  for (const types::Parameter& parameter : node.parameters) names.push_back(parameter.name);
  HOLDFAST_TRY(count(node.parameters.size(), names));
  FunctionType type;
  type.is_async = node.is_async;
  std::vector<const types::Layout*> layouts;
  types::FlatTypes flat;
  for (const types::Parameter& parameter : node.parameters) {
    HOLDFAST_TRY_ASSIGN(const InterfaceTypeId converted, convert(parameter.type.structure, frame));
    layouts.push_back(&engine_.layout(parameter.type.structure));
    type.parameters.push_back({std::string(engine_.names()[parameter.name]), converted});
    flat.append(layouts.back()->narrow.flat);
    type.parameters_alignment = std::max(type.parameters_alignment, layouts.back()->narrow.alignment);
  }
  const std::vector<std::uint64_t> offsets = offsets_of(layouts);
  if (offsets.back() > std::numeric_limits<std::uint32_t>::max())
    return refuse(Cause::not_runnable, {"parameters of more than 4 GiB"});
  for (std::size_t i = 0; i < type.parameters.size(); ++i)
    type.parameters[i].offset = static_cast<std::uint32_t>(offsets[i]);
  type.parameters_size = static_cast<std::uint32_t>(offsets.back());
  type.flat_parameters.assign(flat.begin(), flat.end());
  type.parameters_spill = type.flat_parameters.size() > max_flat_parameters;
  if (node.result.is_present()) {
    HOLDFAST_TRY_ASSIGN(type.result, convert(node.result.structure, frame));
    type.result_spills = engine_.layout(node.result.structure).narrow.flat.size() > max_flat_results;
  }
  const FunctionTypeId result = program_.types.intern(std::move(type));
  frame.function_types.emplace(id, result);
  return result;
}

}  // namespace holdfast::component::flattening
