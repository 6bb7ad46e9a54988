// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The codec of `Val`, for dynamic parts of typed signatures. It fits every type except streams, futures and error
// contexts. Values are checked before they are lowered; for the place of an error see abi::check.
#pragma once

#include "holdfast/abi/codec.hpp"
#include "holdfast/abi/val.hpp"

namespace holdfast::abi {

template <>
struct Codec<Val> {
  static bool matches(const TypeView& types, component::InterfaceTypeId type);
  static Result<Val> lift_flat(Context& context, LiftScratch& scratch, component::InterfaceTypeId type,
                               FlatReader& values);
  static Result<Val> load(Context& context, LiftScratch& scratch, component::InterfaceTypeId type,
                          std::uint32_t pointer);
  static Result<void> lower_flat(Context& context, component::InterfaceTypeId type, const Val& value,
                                 FlatWriter& values);
  static Result<void> store(Context& context, component::InterfaceTypeId type, const Val& value, std::uint32_t pointer);
};

}  // namespace holdfast::abi
