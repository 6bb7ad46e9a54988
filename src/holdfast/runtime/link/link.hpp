// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linking: finds a definition for each import of a component and checks its type. One error lists all imports that are
// missing or have the wrong type. The result refers to the definitions and, where a component instance provides them,
// to the store of that instance.
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

/// The definitions of the host under one interface name.
struct HostInstance {
  HostDefinitions<HostFunction> functions;
  HostDefinitions<HostResourceType> resources;
  HostDefinitions<CoreModule> modules;
  std::vector<NestedHostInstance> instances;

  /// The nested instance of that name; null when there is none.
  const HostInstance* find_instance(std::string_view name) const;
  /// The nested instance of that name; created if it does not exist.
  HostInstance& instance(std::string_view name);
};
struct NestedHostInstance {
  std::string name;
  HostInstance instance;
};

/// A component instance that provides an interface: the exports `exports` of `root`, in `store`.
struct ProvidedInstance {
  std::shared_ptr<StoreState> store;  ///< kept alive, but it may be closed in the meantime
  RootInstance* root = nullptr;
  const component::ExportTree* exports = nullptr;
};

/// All definitions of a linker, by import name.
struct Definitions {
  using InterfaceDefinition = std::variant<HostInstance, ProvidedInstance>;
  std::map<std::string, InterfaceDefinition, std::less<>> instances;
  HostInstance root;  ///< definitions for imports without an interface
  /// Prefixes of interface names (or of names without an interface) whose imports may be missing. Stubs replace them:
  /// functions that trap when they are called, and resource types without resources.
  std::vector<std::string> allowed_missing;

  /// The definition for `name`: the one with exactly that name, or else the newest with a compatible version. Null when
  /// there is none.
  const InterfaceDefinition* find(std::string_view name) const;

  bool may_be_missing(std::string_view name) const;
};

/// An imported resource type: a host type, or a tag of the provider's store.
using ResolvedResource = std::variant<std::shared_ptr<const HostResourceType>, ResourceTag>;

struct ResolvedImports {
  std::vector<ResolvedFunction> functions;                        ///< by ImportedFunctionId
  std::map<component::ResourceSlot, ResolvedResource> resources;  ///< of the imported slots
  std::vector<CoreModulePointer> modules;                         ///< by ImportedModuleId
  /// Set when a component instance provides an import: then only the store of that instance can instantiate.
  std::shared_ptr<StoreState> store;
};

/// Errors: link, listing every import that is missing or has the wrong type, one per line, with both types as WIT; also
/// when a provider's store is closed, or when providers belong to different stores.
HostResult<ResolvedImports> resolve_imports(const LoadedComponent& component, const Definitions& definitions);

/// "demo:store/kv@0.2.3" -> "demo:store/kv@0.2". Names with the same track are compatible. The track of a name without
/// a version, or with a pre-release version, is the name itself.
std::string version_track(std::string_view interface_name);

}  // namespace holdfast::runtime
