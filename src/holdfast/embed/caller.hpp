// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Caller`: who called a host function. A host function may take `Caller&` as its first parameter; it is valid until
// the function returns.
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

  /// StoreOptions::user; contract: it was set, and to a T.
  template <class T>
  T& user() const noexcept {
    return *static_cast<T*>(user_pointer());
  }

  /// The name of the component instance that called.
  const std::string& instance_name() const noexcept;

  /// What the calling instance may use, and uses; its parent() is the store's.
  const resource::Budget& budget() const noexcept;
  /// The same without what its leases took ahead, and what it owns and was lent.
  const runtime::ComponentResources& resources() const noexcept;

  /// For host functions that take long or wait: ask now and then, and end with what this gives.
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
