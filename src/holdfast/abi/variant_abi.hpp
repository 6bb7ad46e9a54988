// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The four kinds with cases: variant, enum, option and result. `type` is always one of them. Contracts and errors are
// those of lift.hpp and lower.hpp. Source: CanonicalABI.md, load_variant, lift_flat_variant, store_variant,
// lower_flat_variant.
#pragma once

#include <cstdint>
#include <optional>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/flat.hpp"
#include "holdfast/abi/val.hpp"

namespace holdfast::abi {

/// Checks that `type` has a case with this index. Errors: invalid_discriminant.
inline Result<void> check_discriminant(const component::InterfaceType& type, std::uint32_t discriminant) noexcept {
  if (discriminant < type.cases.size()) return {};
  return fail(ErrorCode::invalid_discriminant, discriminant, static_cast<std::uint32_t>(type.cases.size()));
}

Result<Val> lift_flat_variant(Context& context, const component::InterfaceType& type, FlatReader& values);
Result<Val> load_variant(Context& context, const component::InterfaceType& type, std::uint32_t pointer);
Result<void> lower_flat_variant(Context& context, const component::InterfaceType& type, const Val& value,
                                FlatWriter& values);
Result<void> store_variant(Context& context, const component::InterfaceType& type, const Val& value,
                           std::uint32_t pointer);

/// The index of a value's case in its type, and its payload.
struct ChosenCase {
  std::uint32_t index = 0;
  const Val* payload = nullptr;  ///< null if the value has none; not compared with the case
};
/// The case of `value`; nullopt if its kind does not fit `type`, or if `type` has no case of that name.
std::optional<ChosenCase> case_of(const component::InterfaceType& type, const Val& value);

}  // namespace holdfast::abi
