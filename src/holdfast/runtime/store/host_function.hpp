// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A component-level function that the host implements, independent of its C++ types. Immutable and shared by stores;
// may be called from several threads, for different stores.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "holdfast/component/program/interface_type.hpp"
#include "holdfast/engine/core_value.hpp"
#include "holdfast/runtime/store/resource_type.hpp"

namespace holdfast::runtime {

class GuestSide;
struct InstanceState;
struct StoreState;

/// One call of a host function by a guest.
struct HostCall {
  StoreState& store;
  InstanceState& instance;  ///< the caller
  GuestSide& side;          ///< the caller's memory and handles
  const component::FunctionType& type;
  std::span<engine::RawValue> values;  ///< the flat arguments; on return, the flat result
};

class HostFunction {
 public:
  virtual ~HostFunction() = default;

  /// Lifts the arguments, runs, lowers the result. False: the reason was raised in the store (StoreState::raise).
  /// May throw; the runtime turns an exception into a trap.
  virtual bool call(HostCall& call) const = 0;

  /// Why this function does not have the type `type`; nullopt when it does.
  virtual std::optional<std::string> mismatch(const abi::TypeView& types,
                                              const component::FunctionType& type) const = 0;
};

}  // namespace holdfast::runtime
