// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/store/instance_state.hpp"

#include <algorithm>
#include <memory>
#include <variant>

#include "holdfast/component/program/program.hpp"
#include "holdfast/runtime/load/core_module.hpp"
#include "holdfast/runtime/load/loaded_component.hpp"
#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast::runtime {

Result<std::uint32_t> InstanceState::add_own(ResourceTag tag, std::uint32_t rep) {
  HOLDFAST_TRY(resources.allow_handle());
  return count(handles.add_own(handles::TypeTag(tag), rep));
}

Result<std::uint32_t> InstanceState::add_borrow(ResourceTag tag, std::uint32_t rep, handles::ScopeId scope) {
  HOLDFAST_TRY(resources.allow_handle());
  return count(handles.add_borrow(handles::TypeTag(tag), rep, scope));
}

Result<std::uint32_t> InstanceState::add_other(handles::HandleKind kind, std::uint32_t payload) {
  HOLDFAST_TRY(resources.allow_handle());
  return count(handles.add_other(kind, payload));
}

Result<std::uint32_t> InstanceState::count(Result<std::uint32_t> added) {
  if (!added) return added;
  StoreState& store = *root->store;
  HandleCounts& counts = store.handle_counts;
  counts.created += 1;
  counts.live += 1;
  counts.peak = std::max(counts.peak, counts.live);
  store.note_origin(*this, *added);
  return added;
}

void InstanceState::forget(std::uint32_t index) {
  root->store->handle_counts.live -= 1;
  resources.forget_handle();
  if (!origins.empty()) origins.erase(index);
}

Result<std::uint32_t> InstanceState::lift_own(ResourceTag tag, std::uint32_t index) {
  auto rep = handles.lift_own(handles::TypeTag(tag), index);
  if (rep) forget(index);
  return rep;
}

Result<handles::Dropped> InstanceState::drop(ResourceTag tag, std::uint32_t index) {
  auto dropped = handles.drop(handles::TypeTag(tag), index);
  if (dropped) forget(index);
  return dropped;
}

Result<handles::HandleEntry> InstanceState::remove(std::uint32_t index) {
  auto removed = handles.remove(index);
  if (removed) forget(index);
  return removed;
}

void InstanceState::forget_borrows(handles::ScopeId scope) {
  handles.for_each_live([&](std::uint32_t index, const handles::HandleEntry& entry) {
    if (entry.is_borrow() && entry.scope() == scope) static_cast<void>(remove(index));
  });
}

void InstanceState::clear_handles() {
  root->store->handle_counts.live -= handles.live();
  handles.for_each_live(
      [this](std::uint32_t index, const handles::HandleEntry&) { static_cast<void>(handles.remove(index)); });
  origins.clear();
}

const component::Program& RootInstance::program() const noexcept { return component->program; }

const component::InterfaceTypes& RootInstance::types() const noexcept { return component->program.types; }

CoreModulePointer module_of(const RootInstance& root, const component::ModuleExport& exported) {
  if (const auto* imported = std::get_if<component::ImportedModuleId>(&exported.module)) {
    return root.imported_modules[imported->index()];
  }
  const auto id = std::get<component::CoreModuleId>(exported.module);
  return std::make_shared<CoreModule>(
      CoreModule{root.component->modules[id.index()], root.program().modules[id].interface});
}

}  // namespace holdfast::runtime
