// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/resource_abi.hpp"

#include "holdfast/abi/val_payload.hpp"

namespace holdfast::abi {

using component::TypeKind;

Result<Val> lift_handle(Context& context, const component::InterfaceType& type, std::uint32_t index) {
  if (type.kind == TypeKind::own) {
    HOLDFAST_TRY_ASSIGN(const HandleToken token, context.guest->lift_own(type.resource, index));
    return Val::own(token);
  }
  HOLDFAST_TRY_ASSIGN(const HandleToken token, context.guest->lift_borrow(type.resource, index));
  return Val::borrow(token);
}

Result<std::uint32_t> lower_handle(Context& context, const component::InterfaceType& type, const Val& value) {
  const HandleToken token{ValAccess::bits(value)};
  if (type.kind == TypeKind::own) {
    if (value.kind() != ValKind::own) return fail(ErrorCode::value_type_mismatch);
    return context.guest->lower_own(type.resource, token);
  }
  if (value.kind() != ValKind::borrow && value.kind() != ValKind::own) return fail(ErrorCode::value_type_mismatch);
  return context.guest->lower_borrow(type.resource, token);
}

}  // namespace holdfast::abi
