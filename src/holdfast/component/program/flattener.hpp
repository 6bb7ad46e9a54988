// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Flattener`: goes through the definitions of a component, and of each component that it instantiates, and records the
// steps for run time. Its functions are in flattener.cpp (frames, instances, aliases), flatten_core.cpp (core modules
// and instances), flatten_canonical.cpp (canonical definitions) and flatten_externs.cpp (imports and exports of the
// root). Used once, by one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "holdfast/component/causes/cause.hpp"
#include "holdfast/component/program/flatten.hpp"
#include "holdfast/component/program/item.hpp"
#include "holdfast/component/program/type_converter.hpp"

namespace holdfast::component::flattening {

class Flattener {
 public:
  Flattener(const ValidatedComponent& component, const ExpansionLimits& limits)
      : component_(component), engine_(component.types()), limits_(limits), types_(engine_, program_, limits) {}

  HostResult<Program> run();

 private:
  using Path = std::vector<std::string>;

  // --- frames and instances ---
  HostResult<InstancePointer> instantiate(ClosurePointer closure, std::unordered_map<types::NameId, Item> arguments,
                                          const Frame& parent, std::string name, std::size_t offset);
  HostResult<void> execute(Frame& frame);
  HostResult<void> add(Frame& frame, const syntax::Definition& definition);
  HostResult<void> add_instance(Frame& frame, const syntax::Instance& instance, std::size_t offset);
  HostResult<void> add_alias(Frame& frame, const syntax::Alias& alias, std::size_t offset);
  HostResult<void> add_component(Frame& frame, const syntax::NestedComponent& nested);
  HostResult<void> add_import(Frame& frame, const syntax::Import& import, std::size_t offset);
  HostResult<void> add_export(Frame& frame, const syntax::Export& export_, std::size_t offset);
  HostResult<void> name_item(const Item& item, std::string_view interface, std::string_view name, std::size_t offset);
  HostResult<void> add_type(Frame& frame, const syntax::Type& type, std::size_t offset);
  HostResult<InstancePointer> finish_instance(std::vector<std::pair<types::NameId, Item>> exports, std::size_t offset);
  void add_to_space(Frame& frame, syntax::Sort sort, const Item& item);
  HostResult<Item> item_at(const Frame& frame, const syntax::SortIndex& index, std::size_t offset) const;
  void bind_imported_resources(Frame& frame);
  void bind_exposed_resources(Frame& frame, types::InstanceTypeId type, const InstanceItem& instance);
  static HostResult<ResourceSlot> slot_of(const Frame& frame, types::ResourceId resource, std::size_t offset);
  /// The slot of `resource`, found by following its path from `start` through the exports of `item`. Null if the path
  /// does not lead to a resource.
  const ResourceSlot* find_slot(const types::NamedEntities::Item& start, types::ResourceId resource,
                                const Item* item) const;
  const std::vector<Capture>& captures_of(const syntax::Component& component);
  void collect_captures(const syntax::Component& component, std::uint32_t depth, std::vector<Capture>& captures) const;
  const std::string* export_name(const syntax::Component& component, syntax::Sort sort, std::uint32_t index);

  // --- core level ---
  HostResult<void> add_core_module(Frame& frame, const syntax::CoreModule& module);
  HostResult<void> add_core_instance(Frame& frame, const syntax::CoreInstance& instance, std::size_t offset);
  HostResult<void> instantiate_module(Frame& frame, const syntax::CoreInstantiate& instantiation, std::size_t offset);
  HostResult<void> add_core_alias(Frame& frame, const syntax::Alias& alias, std::size_t offset);
  static std::vector<CoreItem>& core_space(Frame& frame, syntax::CoreSort sort);
  static CoreItem export_of(const CoreInstanceItem& instance, const std::string& name, CoreItemKind kind);
  HostResult<void> add_canonical(Frame& frame, const syntax::Canonical& canonical, std::size_t offset);
  HostResult<void> add_lift(Frame& frame, const syntax::Canonical& canonical, std::size_t offset);
  HostResult<void> add_lower(Frame& frame, const syntax::Canonical& canonical, std::size_t offset);
  HostResult<CoreItem> copy_of(const CoreItem& item, std::size_t offset);
  /// `may_be_gc`: whether the option `gc` is allowed because it does not change how the values are passed.
  HostResult<CanonicalOptions> options(const Frame& frame, const std::vector<syntax::CanonicalOption>& list,
                                       std::size_t offset, bool may_be_gc = false);
  bool passes_numbers_only(FunctionTypeId id) const;
  HostResult<std::optional<InterfaceTypeId>> result_of_task_return(const std::optional<syntax::ValueType>& type,
                                                                   Frame& frame, std::size_t offset);
  FunctionTypeId with_spilling_of_task_return(FunctionTypeId id);
  FunctionTypeId with_spilling_of_async_lower(FunctionTypeId id);
  HostResult<void> add_task_return(Frame& frame, const syntax::Canonical& canonical, std::size_t offset);
  HostResult<void> add_async_builtin(Frame& frame, AsyncBuiltin::Kind kind, const syntax::Canonical& canonical,
                                     std::size_t offset);
  HostResult<void> add_error_context_builtin(Frame& frame, ErrorContextBuiltin::Kind kind,
                                             const syntax::Canonical& canonical, std::size_t offset);
  HostResult<void> add_trampoline(Frame& frame, TrampolineBody body, std::size_t offset);
  HostResult<void> add_resource_builtin(Frame& frame, const syntax::Canonical& canonical, std::size_t offset);

  // --- imports and exports of the root ---
  HostResult<Item> import_item(Frame& root, const types::Entity& entity, Path& path, ImportItem& out);
  HostResult<Item> import_instance(Frame& root, types::InstanceTypeId type, Path& path, ImportTree& out);
  HostResult<wasm::CoreModuleInterface> module_interface(types::ModuleTypeId id) const;
  HostResult<ExportTree> export_tree(Frame& root, const types::NamedEntities& entities,
                                     const std::vector<std::pair<types::NameId, Item>>& items, Path& path);
  HostResult<std::optional<ExportItem>> export_item(Frame& root, const types::Entity& entity, const Item& item,
                                                    Path& path);

  // --- limits ---
  HostResult<void> add_step(Step step, std::size_t offset);
  HostResult<void> count_exports(std::uint64_t added, std::size_t offset);
  HostResult<void> count_work(std::uint64_t added, std::size_t offset);
  HostResult<void> count_names(std::uint64_t added_bytes, std::size_t offset);

  const ValidatedComponent& component_;
  const types::TypeEngine& engine_;
  const ExpansionLimits& limits_;
  Program program_;
  TypeConverter types_;
  std::unordered_map<const syntax::CoreModule*, CoreModuleId> modules_;
  std::unordered_map<const syntax::Component*, std::vector<Capture>> captures_;
  struct ExportNames {
    std::unordered_map<std::uint32_t, std::string> instances, types;
  };
  std::unordered_map<const syntax::Component*, ExportNames> export_names_;
  std::vector<bool> named_resources_;  // by slot: whether the name contains an interface
  std::unordered_set<ResourceSlot> named_by_root_;
  std::uint64_t exports_ = 0;
  std::uint64_t work_ = 0;
  std::uint64_t name_bytes_ = 0;
};

/// The path to an import or export as text: "a/b/c".
std::string join(const std::vector<std::string>& path, std::string_view separator);

}  // namespace holdfast::component::flattening
