// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/flags_abi.hpp"

#include <algorithm>

#include "holdfast/abi/memory.hpp"
#include "holdfast/abi/val_payload.hpp"

namespace holdfast::abi {

Result<Val> lift_flags(Context& context, const component::InterfaceType& type, std::uint32_t bits) {
  const auto is_set = [bits](std::size_t label) { return (bits >> label & 1) != 0; };
  std::uint64_t size = sizeof(FlagsPayload);
  std::size_t count = 0;
  for (std::size_t i = 0; i < type.labels.size(); ++i) {
    if (!is_set(i)) continue;
    size += sizeof(std::string) + type.labels[i].size();
    ++count;
  }
  HOLDFAST_TRY(charge(context, size));
  std::vector<std::string> names;
  names.reserve(count);
  for (std::size_t i = 0; i < type.labels.size(); ++i) {
    if (is_set(i)) names.push_back(type.labels[i]);
  }
  return ValAccess::make(ValKind::flags, 0, FlagsPayload{std::move(names)});
}

Result<std::uint32_t> lower_flags(const component::InterfaceType& type, const Val& value) {
  if (value.kind() != ValKind::flags) return fail(ErrorCode::value_type_mismatch);
  std::uint32_t bits = 0;
  for (const std::string& name : ValAccess::payload<FlagsPayload>(value)->names) {
    const auto label = std::ranges::find(type.labels, name);
    if (label == type.labels.end()) return fail(ErrorCode::value_type_mismatch);
    bits |= std::uint32_t{1} << (label - type.labels.begin());
  }
  return bits;
}

}  // namespace holdfast::abi
