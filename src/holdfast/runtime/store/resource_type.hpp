// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resource types as a store knows them. A type is identified by its tag, an index into the store's list, unique per
// store and fresh for each instantiation of a component that defines one (rule 5).
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

/// A store's resources of one host-implemented type. The rep that components hold is the slot index.
class HostTable {
 public:
  virtual ~HostTable() = default;
  /// The own handle of `rep` is gone: cleans the resource up. Errors: its clean-up failed, and the resource is gone all
  /// the same; of kind trap when the guest that dropped it is to be trapped.
  virtual HostResult<void> drop(std::uint32_t rep) noexcept = 0;
  /// Grows with each resource; tells which of two was created later.
  virtual std::uint64_t creation_order(std::uint32_t rep) const noexcept = 0;
  /// Live resources.
  virtual std::uint64_t size() const noexcept = 0;
  /// Ends what has had its time, though components hold it. Returns how many.
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
  /// Each resource in it takes one of Dimension::resources from `budget`. Both outlive the table.
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
struct ResourceType {
  std::string name;
  InstanceState* instance = nullptr;             ///< the implementer; null for a host type
  std::optional<engine::Function> destructor;    ///< of a guest type
  std::unique_ptr<TypeBudget> limited;           ///< null when the type has no limits of its own
  std::shared_ptr<const HostResourceType> host;  ///< of a host type
  std::unique_ptr<HostTable> table;              ///< of a host type
};

}  // namespace holdfast::runtime
