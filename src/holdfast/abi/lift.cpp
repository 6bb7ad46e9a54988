// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/lift.hpp"

#include "holdfast/abi/flags_abi.hpp"
#include "holdfast/abi/list_abi.hpp"
#include "holdfast/abi/memory.hpp"
#include "holdfast/abi/record_abi.hpp"
#include "holdfast/abi/resource_abi.hpp"
#include "holdfast/abi/scalar_abi.hpp"
#include "holdfast/abi/string_abi.hpp"
#include "holdfast/abi/variant_abi.hpp"

namespace holdfast::abi {

using component::TypeKind;

Result<Val> lift_flat(Context& context, component::InterfaceTypeId id, FlatReader& values) {
  const component::InterfaceType& type = context.types[id];
  switch (type.kind) {
    case TypeKind::string: return lift_string_val(context, next_range(values));
    case TypeKind::list: return lift_list(context, type, next_range(values));
    case TypeKind::map: return lift_map(context, type, next_range(values));
    case TypeKind::fixed_list: return lift_flat_fixed_list(context, type, values);
    case TypeKind::record:
    case TypeKind::tuple: return lift_flat_record(context, type, values);
    case TypeKind::variant:
    case TypeKind::enumeration:
    case TypeKind::option:
    case TypeKind::result: return lift_flat_variant(context, type, values);
    case TypeKind::flags: return lift_flags(context, type, values.next().i32());
    case TypeKind::own:
    case TypeKind::borrow: return lift_handle(context, type, values.next().i32());
    case TypeKind::error_context:
    case TypeKind::stream:
    case TypeKind::future: return fail(ErrorCode::unsupported_value);
    default: return lift_flat_scalar(type.kind, values);
  }
}

Result<Val> load(Context& context, component::InterfaceTypeId id, std::uint32_t pointer) {
  const component::InterfaceType& type = context.types[id];
  switch (type.kind) {
    case TypeKind::string: return lift_string_val(context, load_range(context, pointer));
    case TypeKind::list: return lift_list(context, type, load_range(context, pointer));
    case TypeKind::map: return lift_map(context, type, load_range(context, pointer));
    case TypeKind::fixed_list: return load_fixed_list(context, type, pointer);
    case TypeKind::record:
    case TypeKind::tuple: return load_record(context, type, pointer);
    case TypeKind::variant:
    case TypeKind::enumeration:
    case TypeKind::option:
    case TypeKind::result: return load_variant(context, type, pointer);
    case TypeKind::flags: return lift_flags(context, type, load_sized(context, pointer, type.size));
    case TypeKind::own:
    case TypeKind::borrow: return lift_handle(context, type, load_int<std::uint32_t>(context, pointer));
    case TypeKind::error_context:
    case TypeKind::stream:
    case TypeKind::future: return fail(ErrorCode::unsupported_value);
    default: return load_scalar(context, type.kind, pointer);
  }
}

}  // namespace holdfast::abi
