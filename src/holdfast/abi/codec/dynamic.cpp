// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/codec/dynamic.hpp"

#include "holdfast/abi/check.hpp"
#include "holdfast/abi/lift.hpp"
#include "holdfast/abi/lower.hpp"

namespace holdfast::abi {
namespace {

Result<void> check_first(const Context& context, component::InterfaceTypeId type, const Val& value) {
  if (const auto checked = check(context.types, type, value); !checked) return fail(checked.error().code());
  return {};
}

}  // namespace

bool Codec<Val>::matches(const TypeView& types, component::InterfaceTypeId type) {
  const component::TypeKind kind = types[type].kind;
  return kind != component::TypeKind::stream && kind != component::TypeKind::future &&
         kind != component::TypeKind::error_context;
}

Result<Val> Codec<Val>::lift_flat(Context& context, LiftScratch&, component::InterfaceTypeId type, FlatReader& values) {
  return abi::lift_flat(context, type, values);
}

Result<Val> Codec<Val>::load(Context& context, LiftScratch&, component::InterfaceTypeId type, std::uint32_t pointer) {
  return abi::load(context, type, pointer);
}

Result<void> Codec<Val>::lower_flat(Context& context, component::InterfaceTypeId type, const Val& value,
                                    FlatWriter& values) {
  HOLDFAST_TRY(check_first(context, type, value));
  return abi::lower_flat(context, type, value, values);
}

Result<void> Codec<Val>::store(Context& context, component::InterfaceTypeId type, const Val& value,
                               std::uint32_t pointer) {
  HOLDFAST_TRY(check_first(context, type, value));
  return abi::store(context, type, value, pointer);
}

}  // namespace holdfast::abi
