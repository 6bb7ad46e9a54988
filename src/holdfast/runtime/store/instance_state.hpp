// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The state that a store keeps for each component instance, each instantiated component, and each call in progress.
// Instances belong to their store and live as long as it does; a Task lives as long as its call. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "holdfast/component/program/interface_type.hpp"
#include "holdfast/core/chrono.hpp"
#include "holdfast/engine/store.hpp"
#include "holdfast/handles/handle_table.hpp"
#include "holdfast/runtime/store/component_resources.hpp"
#include "holdfast/runtime/store/host_function.hpp"
#include "holdfast/runtime/store/resource_type.hpp"

namespace holdfast::component {
struct CanonicalOptions;
struct LiftedFunction;
struct ModuleExport;
struct Program;
struct Trampoline;
}  // namespace holdfast::component

namespace holdfast::runtime {

struct CoreModule;
struct LoadedComponent;

struct RootInstance;
struct StoreState;

/// Where and when a handle was created; recorded only when StoreOptions::track_handles is on.
struct HandleOrigin {
  std::string path;  ///< call path, outermost first
  std::chrono::steady_clock::time_point created;
};

/// A component instance.
struct InstanceState {
  InstanceState(RootInstance& root_instance, InstanceState* parent_instance, std::string instance_name,
                handles::BorrowScopes& scopes, resource::Budget& store, const resource::ResourceLimits& limits,
                OperationMeter::Time now)
      : root(&root_instance),
        parent(parent_instance),
        name(std::move(instance_name)),
        handles(storage, scopes),
        resources(store, limits, now, storage) {}

  RootInstance* root;
  InstanceState* parent;
  std::string name;
  handles::HeapTableStorage storage;
  handles::HandleTable handles;
  ComponentResources resources;
  bool may_enter = true;
  bool may_leave = true;
  std::uint32_t backpressure = 0;                           ///< a new async call must wait while it is not 0
  bool closed = false;                                      ///< had an activation in a call that trapped (rule 26)
  std::unordered_map<std::uint32_t, HandleOrigin> origins;  ///< by handle index

  // Operations of the handle table that change the number of live handles. They count against the instance's budget.
  Result<std::uint32_t> add_own(ResourceTag tag, std::uint32_t rep);
  Result<std::uint32_t> add_borrow(ResourceTag tag, std::uint32_t rep, handles::ScopeId scope);
  Result<std::uint32_t> lift_own(ResourceTag tag, std::uint32_t index);
  Result<handles::Dropped> drop(ResourceTag tag, std::uint32_t index);
  /// Adds a handle that does not refer to a resource, such as an error context.
  Result<std::uint32_t> add_other(handles::HandleKind kind, std::uint32_t payload);
  /// Removes a handle of any kind. Does not change borrow counts.
  Result<handles::HandleEntry> remove(std::uint32_t index);
  /// Removes the borrows of a task that ends without dropping them.
  void forget_borrows(handles::ScopeId scope);
  /// Removes all handles of any kind.
  void clear_handles();

 private:
  Result<std::uint32_t> count(Result<std::uint32_t> added);
  void forget(std::uint32_t index);
};

class GuestCall;

/// One call of a component function, while it runs (CanonicalABI.md, "Task").
struct Task {
  InstanceState* instance = nullptr;
  GuestCall* call = nullptr;               ///< null for start functions, destructors and realloc
  const std::string* function = nullptr;   ///< for messages; null for realloc
  handles::ScopeId scope;                  ///< of the borrows that the call received; opened by the first borrow
  std::array<std::uint64_t, 2> context{};  ///< rule 30
};

/// Canonical options with their engine items, which are looked up on first use.
struct ResolvedOptions {
  const component::CanonicalOptions* options = nullptr;
  std::optional<engine::Memory> memory;
  std::optional<engine::Function> realloc;
  std::optional<engine::Function> post_return;
  std::optional<engine::Function> callback;
  bool resolved = false;
};

/// A component function that an instance implements.
struct LiftedState {
  RootInstance* root = nullptr;
  InstanceState* instance = nullptr;
  const component::LiftedFunction* definition = nullptr;
  const component::FunctionType* type = nullptr;
  std::string name;
  engine::Function callee{};
  bool is_async = false;  ///< lifted with the option `async`
  ResolvedOptions options;
};

/// The function that an import is linked to.
using ResolvedFunction = std::variant<std::shared_ptr<const HostFunction>, LiftedState*>;

/// The environment of a core function that the runtime provides.
struct TrampolineState {
  StoreState* store = nullptr;
  InstanceState* instance = nullptr;
  const component::Trampoline* definition = nullptr;
  ResolvedOptions options;                        ///< of a lowered function
  const component::FunctionType* type = nullptr;  ///< of a lowered function
  const HostFunction* host = nullptr;             ///< of a lowered function that the host implements
  LiftedState* lifted = nullptr;                  ///< of a lowered function that a component implements
  ResourceTag resource = no_resource_tag;         ///< of a resource built-in
};

/// An instantiated component, with everything that its program created.
struct RootInstance {
  StoreState* store = nullptr;
  std::shared_ptr<const LoadedComponent> component;
  std::string name;
  std::vector<std::unique_ptr<InstanceState>> instances;              ///< by ComponentInstanceId
  std::vector<engine::Instance> core_instances;                       ///< by CoreInstanceId
  std::vector<ResourceTag> resource_tags;                             ///< by ResourceSlot
  std::vector<ResolvedFunction> imports;                              ///< by ImportedFunctionId
  std::vector<std::shared_ptr<const CoreModule>> imported_modules;    ///< by ImportedModuleId
  std::vector<std::unique_ptr<LiftedState>> lifted;                   ///< by LiftedFunctionId
  std::vector<std::unique_ptr<TrampolineState>> trampolines;          ///< by TrampolineId
  std::vector<std::optional<engine::Function>> trampoline_functions;  ///< by TrampolineId
  std::unordered_map<ResourceTag, CppType> bound_types;               ///< guest resources that have a C++ tag type

  const component::Program& program() const noexcept;
  const component::InterfaceTypes& types() const noexcept;
};

/// The core module that `root` exports as `exported`.
std::shared_ptr<const CoreModule> module_of(const RootInstance& root, const component::ModuleExport& exported);

}  // namespace holdfast::runtime
