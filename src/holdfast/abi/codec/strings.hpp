// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Codecs of std::string and std::string_view, both UTF-8. A lifted view points into the guest's memory if the bytes
// there are UTF-8, otherwise into the scratch.
#pragma once

#include <string>
#include <string_view>

#include "holdfast/abi/codec.hpp"
#include "holdfast/abi/string_abi.hpp"

namespace holdfast::abi {

/// The string at `range`; only a copy is charged to the lift allowance. Errors: those of lift_string.
Result<std::string_view> lift_string_view(Context& context, LiftScratch& scratch, ContentRange range);

/// The part that both string types share.
struct StringCodec {
  static bool matches(const TypeView& types, component::InterfaceTypeId type) noexcept {
    return types[type].kind == component::TypeKind::string;
  }
  static Result<void> lower_flat(Context& context, component::InterfaceTypeId, std::string_view value,
                                 FlatWriter& values) {
    HOLDFAST_TRY_ASSIGN(const ContentRange range, lower_string(context, value));
    put_range(values, range);
    return {};
  }
  static Result<void> store(Context& context, component::InterfaceTypeId, std::string_view value,
                            std::uint32_t pointer) {
    HOLDFAST_TRY_ASSIGN(const ContentRange range, lower_string(context, value));
    store_range(context, pointer, range);
    return {};
  }
};

template <>
struct Codec<std::string> : StringCodec {
  static Result<std::string> lift_flat(Context& context, LiftScratch&, component::InterfaceTypeId, FlatReader& values) {
    return lift_string(context, next_range(values));
  }
  static Result<std::string> load(Context& context, LiftScratch&, component::InterfaceTypeId, std::uint32_t pointer) {
    return lift_string(context, load_range(context, pointer));
  }
};

template <>
struct Codec<std::string_view> : StringCodec {
  static Result<std::string_view> lift_flat(Context& context, LiftScratch& scratch, component::InterfaceTypeId,
                                            FlatReader& values) {
    return lift_string_view(context, scratch, next_range(values));
  }
  static Result<std::string_view> load(Context& context, LiftScratch& scratch, component::InterfaceTypeId,
                                       std::uint32_t pointer) {
    return lift_string_view(context, scratch, load_range(context, pointer));
  }
};

}  // namespace holdfast::abi
