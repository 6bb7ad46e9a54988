// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Records and tuples of dynamic values. `type` is always a record or tuple. Contracts and errors are those of lift.hpp
// and lower.hpp. Source: CanonicalABI.md, load_record, store_record.
#pragma once

#include <cstdint>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/flat.hpp"
#include "holdfast/abi/val.hpp"

namespace holdfast::abi {

Result<Val> lift_flat_record(Context& context, const component::InterfaceType& type, FlatReader& values);
Result<Val> load_record(Context& context, const component::InterfaceType& type, std::uint32_t pointer);
Result<void> lower_flat_record(Context& context, const component::InterfaceType& type, const Val& value,
                               FlatWriter& values);
Result<void> store_record(Context& context, const component::InterfaceType& type, const Val& value,
                          std::uint32_t pointer);

/// The member of `value` for the field `index` of `type`; null if there is none, or if `value` has another kind or
/// number of members.
const Val* member_of(const component::InterfaceType& type, const Val& value, std::size_t index);

}  // namespace holdfast::abi
