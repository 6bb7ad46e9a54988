// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Flags of dynamic values: a bit for each label, the first one lowest. Bits past the last label are ignored when
// lifted and zero when lowered. Source: CanonicalABI.md, load_flags, store_flags.
#pragma once

#include <cstdint>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/val.hpp"

namespace holdfast::abi {

/// Errors: lift_allowance_exceeded.
Result<Val> lift_flags(Context& context, const component::InterfaceType& type, std::uint32_t bits);

/// Errors: value_type_mismatch, also for a label that the type does not have.
Result<std::uint32_t> lower_flags(const component::InterfaceType& type, const Val& value);

/// The bits that labels stand for; a flags type has 1 to 32.
constexpr std::uint32_t flags_mask(std::size_t label_count) noexcept {
  return label_count >= 32 ? 0xffff'ffff : (std::uint32_t{1} << label_count) - 1;
}

}  // namespace holdfast::abi
