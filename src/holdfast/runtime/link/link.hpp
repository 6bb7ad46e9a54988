// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linking: finds a definition for each import of a component and checks its type. What is missing or ill-typed is
// reported all at once. The result refers to the definitions and, where a component instance provides them, to its
// store.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/runtime/load/core_module.hpp"
#include "holdfast/runtime/load/loaded_component.hpp"
#include "holdfast/runtime/store/host_function.hpp"
#include "holdfast/runtime/store/instance_state.hpp"
#include "holdfast/runtime/store/resource_type.hpp"

namespace holdfast::runtime {

struct NestedHostInstance;

template <class Definition>
using HostDefinitions = std::map<std::string, std::shared_ptr<const Definition>, std::less<>>;

/// What the host defines under one interface name.
struct HostInstance {
  HostDefinitions<HostFunction> functions;
  HostDefinitions<HostResourceType> resources;
  HostDefinitions<CoreModule> modules;
  std::vector<NestedHostInstance> instances;

  /// The instance inside of this one; null when there is none of that name.
  const HostInstance* find_instance(std::string_view name) const;
  /// The same; made when it is not there.
  HostInstance& instance(std::string_view name);
};
struct NestedHostInstance {
  std::string name;
  HostInstance instance;
};

/// An instance whose exports serve as an interface: `exports` of the component instance `root` in `store`.
struct ProvidedInstance {
  std::shared_ptr<StoreState> store;  ///< kept, though it may be closed meanwhile
  RootInstance* root = nullptr;
  const component::ExportTree* exports = nullptr;
};

/// All definitions of a linker, by import name.
struct Definitions {
  using InterfaceDefinition = std::variant<HostInstance, ProvidedInstance>;
  std::map<std::string, InterfaceDefinition, std::less<>> instances;
  HostInstance root;  ///< imported without an interface
  /// What is missing from interfaces (or, without an interface, under names) that begin so is made up: functions that
  /// trap when they are called, resource types without resources.
  std::vector<std::string> allowed_missing;

  /// The definition for `name`: the same name, or one with a compatible version (the newest).
  const InterfaceDefinition* find(std::string_view name) const;

  bool may_be_missing(std::string_view name) const;
};

/// An imported resource type: a host type, or a tag of the provider's store.
using ResolvedResource = std::variant<std::shared_ptr<const HostResourceType>, ResourceTag>;

struct ResolvedImports {
  std::vector<ResolvedFunction> functions;                        ///< by ImportedFunctionId
  std::map<component::ResourceSlot, ResolvedResource> resources;  ///< of the imported slots
  std::vector<CoreModulePointer> modules;                         ///< by ImportedModuleId
  std::shared_ptr<StoreState>
      store;  ///< when set, only this store can instantiate: an instance in it provides something
};

/// Errors: link, listing everything that is missing or has another type, one per line, with both types as WIT; also
/// when the store of a provider is closed, or providers are of different stores.
HostResult<ResolvedImports> resolve_imports(const LoadedComponent& component, const Definitions& definitions);

/// "demo:store/kv@0.2.3" -> "demo:store/kv@0.2": names with equal tracks may stand for each other. A name
/// without a version, or with a pre-release, is its own track.
std::string version_track(std::string_view interface_name);

}  // namespace holdfast::runtime
