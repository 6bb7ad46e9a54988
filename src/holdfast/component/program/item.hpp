// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the index spaces of component instances hold while a component is being flattened. Instances share their
// parts, so that a tree of exports that doubles at each level costs one node a level. Values; used by one thread.
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

/// Value types and other types that are no resources need nothing at run time: std::monostate.
using Item = std::variant<std::monostate, ComponentFunction, ModuleItem, ClosurePointer, InstancePointer, ResourceSlot>;

/// The exports of a component instance.
struct InstanceItem {
  std::vector<std::pair<types::NameId, Item>> exports;  ///< sorted by name

  /// Null if there is none of that name.
  const Item* find(types::NameId name) const {
    const auto found = std::lower_bound(exports.begin(), exports.end(), name,
                                        [](const auto& entry, types::NameId wanted) { return entry.first < wanted; });
    return found == exports.end() || found->first != name ? nullptr : &found->second;
  }
};

/// What a component takes from the components around it: how many levels outwards (1 is the next one), of which
/// sort, at which index there.
struct Capture {
  std::uint32_t level = 1;
  bool is_module = false;  ///< else a component
  std::uint32_t index = 0;
  friend auto operator<=>(const Capture&, const Capture&) = default;
};

/// A component with what it captured where it was defined.
struct Closure {
  const syntax::Component* syntax = nullptr;
  const ComponentScope* scope = nullptr;
  std::map<Capture, Item> captured;
};

/// An instance of a core module, or a bag of exports.
struct CoreInstanceItem {
  CoreInstanceId instance;  ///< invalid for bags
  std::shared_ptr<const std::unordered_map<std::string, CoreItem>> bag;
};

/// One component instance while its definitions are gone through.
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
  std::uint32_t types = 0;   ///< how many type indices there are
  std::uint32_t nested = 0;  ///< how many components were defined
  std::vector<std::pair<types::NameId, Item>> exports;

  std::unordered_map<types::DefinedTypeId, InterfaceTypeId> value_types;     // converted in this frame
  std::unordered_map<types::FunctionTypeId, FunctionTypeId> function_types;  // likewise
  std::unordered_multimap<std::uint64_t, TrampolineId> trampolines;          // by what they have in common

  const ComponentScope& scope() const { return *closure->scope; }
};

}  // namespace holdfast::component::flattening
