// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/embed/func.hpp"

#include <array>

#include "holdfast/component/program/wit_text.hpp"

namespace holdfast::embed {

bool InstanceMatcher::stands_for(abi::CppType type, component::ResourceSlot slot) const {
  const runtime::ResourceTag tag = root_.resource_tags[slot.index()];
  const runtime::ResourceTypeState& resource = root_.store->type(tag);
  if (resource.host != nullptr) return resource.host->type() == type;
  // The tag type was bound in this instance, or in the one that implements the resource.
  for (const runtime::RootInstance* root :
       std::array<const runtime::RootInstance*, 2>{&root_, resource.instance->root}) {
    const auto bound = root->bound_types.find(tag);
    if (bound != root->bound_types.end()) return bound->second == type;
  }
  return false;
}

HostError signature_mismatch(const runtime::LiftedState& function, const std::string& why) {
  const component::Program& program = function.root->program();
  return HostError(ErrorKind::misuse,
                   why + "; the function's type is " + component::to_wit(program, function.definition->type) +
                       " (call Instance::resource_type before you use Own or Borrow of a guest's resource)")
      .with_context(embed::describe(function));
}

}  // namespace holdfast::embed
