// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/lower.hpp"

#include "holdfast/abi/flags_abi.hpp"
#include "holdfast/abi/list_abi.hpp"
#include "holdfast/abi/memory.hpp"
#include "holdfast/abi/record_abi.hpp"
#include "holdfast/abi/resource_abi.hpp"
#include "holdfast/abi/scalar_abi.hpp"
#include "holdfast/abi/string_abi.hpp"
#include "holdfast/abi/variant_abi.hpp"

namespace holdfast::abi {
namespace {

using component::TypeKind;

/// Lowers a string, list or map into memory that the guest allocates; returns its pointer and length.
Result<ContentRange> lower_content(Context& context, const component::InterfaceType& type, const Val& value) {
  if (type.kind == TypeKind::string) return lower_string_val(context, value);
  if (type.kind == TypeKind::map) return lower_map(context, type, value);
  return lower_list(context, type, value);
}

}  // namespace

Result<void> lower_flat(Context& context, component::InterfaceTypeId id, const Val& value, FlatWriter& values) {
  const component::InterfaceType& type = context.types[id];
  switch (type.kind) {
    case TypeKind::string:
    case TypeKind::list:
    case TypeKind::map: {
      HOLDFAST_TRY_ASSIGN(const ContentRange range, lower_content(context, type, value));
      put_range(values, range);
      return {};
    }
    case TypeKind::fixed_list: return lower_flat_fixed_list(context, type, value, values);
    case TypeKind::record:
    case TypeKind::tuple: return lower_flat_record(context, type, value, values);
    case TypeKind::variant:
    case TypeKind::enumeration:
    case TypeKind::option:
    case TypeKind::result: return lower_flat_variant(context, type, value, values);
    case TypeKind::flags: {
      HOLDFAST_TRY_ASSIGN(const std::uint32_t bits, lower_flags(type, value));
      values.put_i32(bits);
      return {};
    }
    case TypeKind::own:
    case TypeKind::borrow: {
      HOLDFAST_TRY_ASSIGN(const std::uint32_t index, lower_handle(context, type, value));
      values.put_i32(index);
      return {};
    }
    case TypeKind::error_context:
    case TypeKind::stream:
    case TypeKind::future: return fail(ErrorCode::unsupported_value);
    default: return lower_flat_scalar(type.kind, value, values);
  }
}

Result<void> store(Context& context, component::InterfaceTypeId id, const Val& value, std::uint32_t pointer) {
  const component::InterfaceType& type = context.types[id];
  switch (type.kind) {
    case TypeKind::string:
    case TypeKind::list:
    case TypeKind::map: {
      HOLDFAST_TRY_ASSIGN(const ContentRange range, lower_content(context, type, value));
      store_range(context, pointer, range);
      return {};
    }
    case TypeKind::fixed_list: return store_fixed_list(context, type, value, pointer);
    case TypeKind::record:
    case TypeKind::tuple: return store_record(context, type, value, pointer);
    case TypeKind::variant:
    case TypeKind::enumeration:
    case TypeKind::option:
    case TypeKind::result: return store_variant(context, type, value, pointer);
    case TypeKind::flags: {
      HOLDFAST_TRY_ASSIGN(const std::uint32_t bits, lower_flags(type, value));
      store_sized(context, pointer, type.size, bits);
      return {};
    }
    case TypeKind::own:
    case TypeKind::borrow: {
      HOLDFAST_TRY_ASSIGN(const std::uint32_t index, lower_handle(context, type, value));
      store_int(context, pointer, index);
      return {};
    }
    case TypeKind::error_context:
    case TypeKind::stream:
    case TypeKind::future: return fail(ErrorCode::unsupported_value);
    default: return store_scalar(context, type.kind, value, pointer);
  }
}

}  // namespace holdfast::abi
