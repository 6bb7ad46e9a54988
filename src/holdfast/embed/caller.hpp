// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Caller`: the component instance that calls a host function, and its store. A host function may take `Caller&` as its
// first parameter. The reference is valid until the function returns.
#pragma once

#include <string>

#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast {

namespace resource {
class Budget;
}
namespace runtime {
class ComponentResources;
struct InstanceState;
struct StoreState;
}  // namespace runtime

class Caller {
 public:
  Caller(runtime::StoreState& store, runtime::InstanceState& instance) noexcept : store_(store), instance_(instance) {}

  /// The embedder's state, StoreOptions::user. Contract: it is set and points to a T.
  template <class T>
  T& user() const noexcept {
    return *static_cast<T*>(user_pointer());
  }

  /// The name of the calling component instance.
  const std::string& instance_name() const noexcept;

  /// The limits and the usage of the calling instance. The usage includes what its leases reserved ahead. Its parent()
  /// is the budget of the store.
  const resource::Budget& budget() const noexcept;
  /// The usage of the calling instance without those reserves, and the resources that it owns and borrows.
  const runtime::ComponentResources& resources() const noexcept;

  /// A host function that runs long or waits calls this now and then, and returns when it fails.
  /// Errors: limit (the store was interrupted, or its deadline has passed).
  HostResult<void> check_interruption() const;

  runtime::StoreState& store() const noexcept { return store_; }
  runtime::InstanceState& instance() const noexcept { return instance_; }

 private:
  void* user_pointer() const noexcept;

  runtime::StoreState& store_;
  runtime::InstanceState& instance_;
};

}  // namespace holdfast
