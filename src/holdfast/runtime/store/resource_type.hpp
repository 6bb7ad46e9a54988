// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The resource types of a store. A tag identifies a type within its store; it is an index into the store's list of
// types. Each instantiation of a component that defines a resource type creates a new tag (rule 5).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "holdfast/abi/type_view.hpp"
#include "holdfast/core/result.hpp"
#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/engine/store.hpp"
#include "holdfast/resource/budget/budget.hpp"
#include "holdfast/runtime/store/component_resources.hpp"

namespace holdfast::runtime {

struct InstanceState;

using ResourceTag = std::uint32_t;
inline constexpr ResourceTag no_resource_tag = 0xffff'ffff;

using abi::CppType;

/// A store's resources of one host-implemented type. Their rep is the slot index in this table.
class HostTable {
 public:
  virtual ~HostTable() = default;
  /// Cleans up the resource `rep` after its own handle was dropped. Errors: the cleanup failed; the resource is removed
  /// anyway. An error of kind `trap` traps the guest that dropped the handle.
  virtual HostResult<void> drop(std::uint32_t rep) noexcept = 0;
  /// Grows with each new resource, so the larger of two was created later.
  virtual std::uint64_t creation_order(std::uint32_t rep) const noexcept = 0;
  /// The number of live resources.
  virtual std::uint64_t size() const noexcept = 0;
  /// Ends resources whose lifetime has expired, even if components hold handles to them. Returns how many.
  virtual std::uint64_t expire() noexcept { return 0; }
};

/// A resource type that the host implements, as a linker defines it; shared by all stores that use it.
class HostResourceType {
 public:
  HostResourceType(std::string name, CppType type) : name_(std::move(name)), cpp_type_(type) {}
  virtual ~HostResourceType() = default;
  HostResourceType(const HostResourceType&) = delete;
  HostResourceType& operator=(const HostResourceType&) = delete;

  const std::string& name() const noexcept { return name_; }
  CppType type() const noexcept { return cpp_type_; }
  /// Each resource in the table takes one of Dimension::resources from `budget`. `budget` and `services` outlive the
  /// table.
  virtual std::unique_ptr<HostTable> make_table(resource::Budget& budget, const Services& services) const = 0;

 private:
  std::string name_;
  CppType cpp_type_;
};

/// The budget of a resource type that has limits of its own.
struct TypeBudget {
  TypeBudget(resource::Budget& parent, const resource::ResourceLimits& limits, OperationMeter::Time now) noexcept
      : node(parent, limits), meter(node, now) {}
  resource::Budget node;
  OperationMeter meter;
};

/// One resource type of a store: implemented by a component instance, or by the host.
struct ResourceTypeState {
  std::string name;
  InstanceState* instance = nullptr;             ///< the implementer; null for a host type
  std::optional<engine::Function> destructor;    ///< of a guest type
  std::unique_ptr<TypeBudget> limited;           ///< null when the type has no limits of its own
  std::shared_ptr<const HostResourceType> host;  ///< of a host type
  std::unique_ptr<HostTable> table;              ///< of a host type
};

}  // namespace holdfast::runtime
