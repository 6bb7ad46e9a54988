// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/embed/func.hpp"

#include "holdfast/component/program/print.hpp"

namespace holdfast::embed {

bool InstanceMatcher::stands_for(abi::CppType type, component::ResourceSlot slot) const {
  const runtime::ResourceTag tag = root_.resource_tags[slot.index()];
  const runtime::ResourceType& resource = root_.store->type(tag);
  if (resource.host != nullptr) return resource.host->type() == type;
  const auto bound = root_.bound_types.find(tag);
  return bound != root_.bound_types.end() && bound->second == type;
}

HostError signature_mismatch(const runtime::LiftedState& function, const std::string& why) {
  const component::Program& program = function.root->program();
  return HostError(ErrorKind::misuse, why + "; the function is " +
                                          component::to_wit(program, function.definition->type) +
                                          " (Own and Borrow of a guest's resource need Instance::resource_type first)")
      .with_context(function.name);
}

}  // namespace holdfast::embed
