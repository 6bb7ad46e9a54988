// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/embed/resource_identity.hpp"

#include "holdfast/embed/own.hpp"
#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast {

const std::string& ResourceIdentity::name() const noexcept { return store_->type(tag_).name; }

HostResult<ResourceIdentity> resource_identity(const Val& handle) {
  const auto* const owned = static_cast<const OwnedHandle*>(handle.keeper().get());
  if (owned == nullptr) return host_fail(ErrorKind::misuse, "the value is not a handle that the host holds");
  if (!*owned || owned->store_->closed) return host_fail(ErrorKind::closed, "the handle or its store is closed");
  const auto held = owned->store_->held.get(runtime::held_id(owned->token()));
  if (!held) return host_fail(ErrorKind::closed, "the handle was dropped or passed on");
  return ResourceIdentity(owned->store_, (*held)->tag);
}

}  // namespace holdfast
