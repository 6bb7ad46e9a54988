// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Flags of dynamic values: one bit for each label, the first label in the lowest bit. Lifting ignores bits past the
// last label; lowering sets them to zero. Source: CanonicalABI.md, load_flags, store_flags.
#pragma once

#include <cstdint>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/val.hpp"

namespace holdfast::abi {

/// The labels whose bits are set. Errors: lift_allowance_exceeded.
Result<Val> lift_flags(Context& context, const component::InterfaceType& type, std::uint32_t bits);

/// The bits of the flags in `value`. Errors: value_type_mismatch, also for a label that the type does not have.
Result<std::uint32_t> lower_flags(const component::InterfaceType& type, const Val& value);

/// The bits that have a label; a flags type has 1 to 32 labels.
constexpr std::uint32_t flags_mask(std::size_t label_count) noexcept {
  return label_count >= 32 ? 0xffff'ffff : (std::uint32_t{1} << label_count) - 1;
}

}  // namespace holdfast::abi
