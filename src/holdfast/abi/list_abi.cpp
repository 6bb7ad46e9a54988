// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/list_abi.hpp"

#include <algorithm>

#include "holdfast/abi/lift.hpp"
#include "holdfast/abi/lower.hpp"
#include "holdfast/abi/memory.hpp"
#include "holdfast/abi/val_payload.hpp"

namespace holdfast::abi {
namespace {

using component::InterfaceType;
using component::InterfaceTypeId;

/// An empty vector with room for `count` values; charges the memory before it allocates.
Result<std::vector<Val>> reserve(Context& context, std::uint64_t count) {
  HOLDFAST_TRY(charge(context, sizeof(ListPayload) + count * sizeof(Val)));
  std::vector<Val> elements;
  elements.reserve(static_cast<std::size_t>(count));
  return elements;
}

/// Loads elements that lie one after the other in a checked range of memory.
Result<Val> load_elements(Context& context, InterfaceTypeId element, std::uint32_t pointer, std::uint32_t count) {
  HOLDFAST_TRY_ASSIGN(std::vector<Val> elements, reserve(context, count));
  const std::uint32_t size = context.types[element].size;
  for (std::uint32_t i = 0; i < count; ++i) {
    HOLDFAST_TRY_ASSIGN(Val value, load(context, element, pointer + i * size));
    elements.push_back(std::move(value));
  }
  return Val::list(std::move(elements));
}

Result<void> store_elements(Context& context, InterfaceTypeId element, const std::vector<Val>& elements,
                            std::uint32_t pointer) {
  const std::uint32_t size = context.types[element].size;
  for (const Val& value : elements) {
    HOLDFAST_TRY(store(context, element, value, pointer));
    pointer += size;
  }
  return {};
}

Result<const std::vector<Val>*> elements_of(const Val& value, ValKind kind) {
  if (value.kind() != kind) return fail(ErrorCode::value_type_mismatch);
  return &ValAccess::payload<ListPayload>(value)->elements;
}

Result<const std::vector<Val>*> elements_of_fixed(const InterfaceType& type, const Val& value) {
  HOLDFAST_TRY_ASSIGN(const auto* elements, elements_of(value, ValKind::list));
  if (elements->size() != type.length) return fail(ErrorCode::value_type_mismatch);
  return elements;
}

}  // namespace

Result<void> check_list(const Context& context, ContentRange range, std::uint32_t element_size,
                        std::uint32_t element_alignment) {
  const std::uint64_t size = std::uint64_t{range.length} * element_size;
  if (size > max_content_size) return fail(ErrorCode::list_too_long, size, range.pointer);
  return check_range(context, range.pointer, size, element_alignment, ErrorCode::list_out_of_bounds);
}

Result<ContentRange> allocate_list(Context& context, std::uint64_t count, std::uint32_t element_size,
                                   std::uint32_t element_alignment) {
  // A division, because the product with the host's count could wrap. No element has size 0.
  if (count > max_content_size / element_size) return fail(ErrorCode::list_too_long, count);
  const auto size = static_cast<std::uint32_t>(count * element_size);
  const auto pointer = context.guest->reallocate(0, 0, element_alignment, size);
  if (!pointer) {
    const Error& error = pointer.error();
    if (error.code != ErrorCode::realloc_out_of_bounds) return std::unexpected(error);
    return std::unexpected(Error{ErrorCode::list_out_of_bounds, Rule::realloc_is_confined,
                                 static_cast<std::uint32_t>(error.detail), std::uint64_t{size}});
  }
  return ContentRange{*pointer, static_cast<std::uint32_t>(count)};
}

EntryLayout entry_layout(const component::InterfaceTypes& types, const InterfaceType& map) {
  const auto align = [](std::uint32_t offset, std::uint32_t alignment) {
    return (offset + alignment - 1) & ~(alignment - 1);
  };
  const InterfaceType& key = types[map.key];
  const InterfaceType& value = types[map.element];
  EntryLayout layout;
  layout.alignment = std::max(key.alignment, value.alignment);
  layout.value_offset = align(key.size, value.alignment);
  layout.size = align(layout.value_offset + value.size, layout.alignment);
  return layout;
}

Result<Val> lift_list(Context& context, const InterfaceType& type, ContentRange range) {
  const InterfaceType& element = context.types[type.element];
  HOLDFAST_TRY(check_list(context, range, element.size, element.alignment));
  return load_elements(context, type.element, range.pointer, range.length);
}

Result<Val> lift_map(Context& context, const InterfaceType& type, ContentRange range) {
  const EntryLayout layout = entry_layout(context.types, type);
  HOLDFAST_TRY(check_list(context, range, layout.size, layout.alignment));
  HOLDFAST_TRY_ASSIGN(std::vector<Val> entries, reserve(context, range.length));
  for (std::uint32_t i = 0; i < range.length; ++i) {
    const std::uint32_t pointer = range.pointer + i * layout.size;
    HOLDFAST_TRY_ASSIGN(std::vector<Val> entry, reserve(context, 2));
    HOLDFAST_TRY_ASSIGN(Val key, load(context, type.key, pointer));
    entry.push_back(std::move(key));
    HOLDFAST_TRY_ASSIGN(Val value, load(context, type.element, pointer + layout.value_offset));
    entry.push_back(std::move(value));
    entries.push_back(Val::tuple(std::move(entry)));
  }
  return Val::list(std::move(entries));
}

Result<Val> lift_flat_fixed_list(Context& context, const InterfaceType& type, FlatReader& values) {
  HOLDFAST_TRY_ASSIGN(std::vector<Val> elements, reserve(context, type.length));
  for (std::uint32_t i = 0; i < type.length; ++i) {
    HOLDFAST_TRY_ASSIGN(Val value, lift_flat(context, type.element, values));
    elements.push_back(std::move(value));
  }
  return Val::list(std::move(elements));
}

Result<Val> load_fixed_list(Context& context, const InterfaceType& type, std::uint32_t pointer) {
  return load_elements(context, type.element, pointer, type.length);
}

Result<ContentRange> lower_list(Context& context, const InterfaceType& type, const Val& value) {
  HOLDFAST_TRY_ASSIGN(const auto* elements, elements_of(value, ValKind::list));
  const InterfaceType& element = context.types[type.element];
  HOLDFAST_TRY_ASSIGN(const ContentRange range,
                      allocate_list(context, elements->size(), element.size, element.alignment));
  HOLDFAST_TRY(store_elements(context, type.element, *elements, range.pointer));
  return range;
}

Result<ContentRange> lower_map(Context& context, const InterfaceType& type, const Val& value) {
  HOLDFAST_TRY_ASSIGN(const auto* entries, elements_of(value, ValKind::list));
  const EntryLayout layout = entry_layout(context.types, type);
  HOLDFAST_TRY_ASSIGN(const ContentRange range, allocate_list(context, entries->size(), layout.size, layout.alignment));
  std::uint32_t pointer = range.pointer;
  for (const Val& entry : *entries) {
    HOLDFAST_TRY_ASSIGN(const auto* pair, elements_of(entry, ValKind::tuple));
    if (pair->size() != 2) return fail(ErrorCode::value_type_mismatch);
    HOLDFAST_TRY(store(context, type.key, (*pair)[0], pointer));
    HOLDFAST_TRY(store(context, type.element, (*pair)[1], pointer + layout.value_offset));
    pointer += layout.size;
  }
  return range;
}

Result<void> lower_flat_fixed_list(Context& context, const InterfaceType& type, const Val& value, FlatWriter& values) {
  HOLDFAST_TRY_ASSIGN(const auto* elements, elements_of_fixed(type, value));
  for (const Val& element : *elements) HOLDFAST_TRY(lower_flat(context, type.element, element, values));
  return {};
}

Result<void> store_fixed_list(Context& context, const InterfaceType& type, const Val& value, std::uint32_t pointer) {
  HOLDFAST_TRY_ASSIGN(const auto* elements, elements_of_fixed(type, value));
  return store_elements(context, type.element, *elements, pointer);
}

}  // namespace holdfast::abi
