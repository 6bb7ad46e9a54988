// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The contents of a component instance's index spaces while the component is being flattened. Instances share their
// parts, so that a tree of exports that doubles at each level costs one node per level. Values; used by one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "holdfast/component/program/program.hpp"
#include "holdfast/component/types/type_node.hpp"
#include "holdfast/component/validate/validated_component.hpp"

namespace holdfast::component::flattening {

using ModuleItem = std::variant<CoreModuleId, ImportedModuleId>;

struct Closure;
struct InstanceItem;
using ClosurePointer = std::shared_ptr<const Closure>;
using InstancePointer = std::shared_ptr<const InstanceItem>;

/// std::monostate is a type other than a resource type; such types need nothing at run time.
using Item = std::variant<std::monostate, ComponentFunction, ModuleItem, ClosurePointer, InstancePointer, ResourceSlot>;

/// The exports of a component instance.
struct InstanceItem {
  std::vector<std::pair<types::NameId, Item>> exports;  ///< sorted by name

  /// Null if no export has that name.
  const Item* find(types::NameId name) const {
    const auto position = std::lower_bound(exports.begin(), exports.end(), name,
                                           [](const auto& entry, types::NameId key) { return entry.first < key; });
    return position == exports.end() || position->first != name ? nullptr : &position->second;
  }
};

/// A module or component that a component uses from one of the components around it.
struct Capture {
  std::uint32_t level = 1;  ///< number of components outwards; 1 is the enclosing one
  bool is_module = false;   ///< else a component
  std::uint32_t index = 0;  ///< index in that component
  friend auto operator<=>(const Capture&, const Capture&) = default;
};

/// A component with the items that it captured where it was defined.
struct Closure {
  const syntax::Component* syntax = nullptr;
  const ComponentScope* scope = nullptr;
  std::map<Capture, Item> captured;
};

/// An instance of a core module, or a bag of exports (inline exports without a module).
struct CoreInstanceItem {
  CoreInstanceId instance;  ///< invalid for bags
  std::shared_ptr<const std::unordered_map<std::string, CoreItem>> bag;
};

/// One component instance while its definitions are executed.
struct Frame {
  ClosurePointer closure;
  ComponentInstanceId instance;
  std::uint32_t depth = 0;
  std::unordered_map<types::NameId, Item> arguments;
  std::unordered_map<types::ResourceId, ResourceSlot> resources;

  std::vector<ComponentFunction> functions;
  std::vector<InstancePointer> instances;
  std::vector<ModuleItem> modules;
  std::vector<ClosurePointer> components;
  std::vector<CoreInstanceItem> core_instances;
  std::vector<CoreItem> core_functions, core_tables, core_memories, core_globals, core_tags;
  std::uint32_t types = 0;   ///< number of type indices so far
  std::uint32_t nested = 0;  ///< number of components defined so far
  std::vector<std::pair<types::NameId, Item>> exports;

  std::unordered_map<types::DefinedTypeId, InterfaceTypeId> value_types;     // converted in this frame
  std::unordered_map<types::FunctionTypeId, FunctionTypeId> function_types;  // likewise
  std::unordered_multimap<std::uint64_t, TrampolineId> trampolines;  // by key_of(body), see flatten_canonical.cpp

  const ComponentScope& scope() const { return *closure->scope; }
};

}  // namespace holdfast::component::flattening
