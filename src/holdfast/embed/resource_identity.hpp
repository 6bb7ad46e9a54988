// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ResourceIdentity`: which resource type a handle has. Each instantiation of a component that defines a resource type
// makes a new one, so two instances of one component have different types of the same name. Used by the store's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "holdfast/abi/val.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast {

namespace runtime {
struct StoreState;
}

/// A value; equal values are the same type. May outlive its store.
class ResourceIdentity {
 public:
  ResourceIdentity(std::shared_ptr<runtime::StoreState> store, std::uint32_t tag) noexcept
      : store_(std::move(store)), tag_(tag) {}

  /// The type's name: "demo:store/kv/bucket".
  const std::string& name() const noexcept;

  friend bool operator==(const ResourceIdentity&, const ResourceIdentity&) = default;

 private:
  std::shared_ptr<runtime::StoreState> store_;
  std::uint32_t tag_;
};

/// The resource type of `handle`, an own or borrow. Errors: misuse (not a handle of the host's), closed (the handle was
/// dropped or passed on, or its store is closed).
HostResult<ResourceIdentity> resource_identity(const Val& handle);

}  // namespace holdfast
