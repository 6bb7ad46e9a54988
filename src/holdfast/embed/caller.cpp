// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/embed/caller.hpp"

#include "holdfast/core/assert.hpp"
#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast {

const std::string& Caller::instance_name() const noexcept { return instance_.name; }

const resource::Budget& Caller::budget() const noexcept { return instance_.resources.budget(); }

const runtime::ComponentResources& Caller::resources() const noexcept { return instance_.resources; }

HostResult<void> Caller::check_interruption() const { return store_.engine_store->check_interruption(); }

void* Caller::user_pointer() const noexcept {
  HOLDFAST_ASSERT(store_.options.user != nullptr, "StoreOptions::user was set");
  return store_.options.user;
}

}  // namespace holdfast
