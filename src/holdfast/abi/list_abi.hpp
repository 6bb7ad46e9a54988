// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lists, fixed-length lists and maps (lists of key-value tuples). Typed and dynamic values share the range functions.
// Errors are those of lift.hpp and lower.hpp. Source: CanonicalABI.md, load_list, store_list; rule 29.
#pragma once

#include <cstdint>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/flat.hpp"
#include "holdfast/abi/string_abi.hpp"

namespace holdfast::abi {

/// Checks a list that a guest passes; its elements have `element_size` bytes.
/// Errors, in this order: list_too_long, pointer_misaligned, list_out_of_bounds.
Result<void> check_list(const Context& context, ContentRange range, std::uint32_t element_size,
                        std::uint32_t element_alignment);

/// Allocates a list of `count` elements in the guest; sizes are bytes. Errors: list_too_long (nothing is allocated),
/// and those of Guest::reallocate, with list_out_of_bounds instead of realloc_out_of_bounds.
Result<ContentRange> allocate_list(Context& context, std::uint64_t count, std::uint32_t element_size,
                                   std::uint32_t element_alignment);

/// The layout of one key-value tuple of a map, in bytes.
struct EntryLayout {
  std::uint32_t size = 0;
  std::uint32_t alignment = 1;
  std::uint32_t value_offset = 0;
};
EntryLayout entry_layout(const component::InterfaceTypes& types, const component::InterfaceType& map);

Result<Val> lift_list(Context& context, const component::InterfaceType& type, ContentRange range);
Result<Val> lift_map(Context& context, const component::InterfaceType& type, ContentRange range);
Result<Val> lift_flat_fixed_list(Context& context, const component::InterfaceType& type, FlatReader& values);
Result<Val> load_fixed_list(Context& context, const component::InterfaceType& type, std::uint32_t pointer);

Result<ContentRange> lower_list(Context& context, const component::InterfaceType& type, const Val& value);
Result<ContentRange> lower_map(Context& context, const component::InterfaceType& type, const Val& value);
Result<void> lower_flat_fixed_list(Context& context, const component::InterfaceType& type, const Val& value,
                                   FlatWriter& values);
Result<void> store_fixed_list(Context& context, const component::InterfaceType& type, const Val& value,
                              std::uint32_t pointer);

}  // namespace holdfast::abi
