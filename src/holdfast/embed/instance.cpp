// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/embed/instance.hpp"

#include "holdfast/abi/check.hpp"
#include "holdfast/abi/signature.hpp"
#include "holdfast/component/program/wit_text.hpp"
#include "holdfast/embed/exports.hpp"
#include "holdfast/embed/host_entry.hpp"
#include "holdfast/embed/val_handles.hpp"
#include "holdfast/runtime/instance/instantiate.hpp"
#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast {
namespace {

std::string full_name(std::string_view interface_name, std::string_view name) {
  std::string full(interface_name);
  if (!full.empty()) full += '/';
  return full += name;
}

HostResult<const component::ExportItem*> find_item(const runtime::RootInstance& root, std::string_view interface_name,
                                                   std::string_view name) {
  const component::ExportTree* exports = &root.program().exports;
  if (!interface_name.empty()) {
    exports = embed::find_interface(*exports, interface_name);
    if (exports == nullptr) {
      return host_fail(ErrorKind::misuse, root.name + " exports no interface " + std::string(interface_name));
    }
  }
  const component::ExportItem* const item = embed::find_export(*exports, name);
  if (item == nullptr)
    return host_fail(ErrorKind::misuse, root.name + " exports no " + full_name(interface_name, name));
  return item;
}

}  // namespace

HostResult<runtime::LiftedState*> Instance::find_function(std::string_view interface_name,
                                                          std::string_view name) const {
  if (store_->closed) return host_fail(ErrorKind::closed, "the store is closed");
  HOLDFAST_TRY_ASSIGN(const component::ExportItem* const item, find_item(*root_, interface_name, name));
  const auto* function = std::get_if<component::ComponentFunction>(&item->item);
  if (function == nullptr) {
    return host_fail(ErrorKind::misuse, full_name(interface_name, name) + " is exported, but is not a function");
  }
  // The function is lifted: flattening rejects components that export a function that they import.
  return root_->lifted[std::get<component::LiftedFunctionId>(*function).index()].get();
}

HostResult<void> Instance::bind_resource(std::string_view interface_name, std::string_view name,
                                         runtime::CppType type) const {
  if (store_->closed) return host_fail(ErrorKind::closed, "the store is closed");
  HOLDFAST_TRY_ASSIGN(const component::ExportItem* const item, find_item(*root_, interface_name, name));
  const auto* slot = std::get_if<component::ResourceSlot>(&item->item);
  if (slot == nullptr) {
    return host_fail(ErrorKind::misuse, full_name(interface_name, name) + " is exported, but is not a resource type");
  }
  const runtime::ResourceTag tag = root_->resource_tags[slot->index()];
  const auto [position, is_new] = root_->bound_types.try_emplace(tag, type);
  if (!is_new && position->second != type) {
    return host_fail(ErrorKind::misuse, full_name(interface_name, name) + " is already bound to another C++ type");
  }
  return {};
}

HostResult<CoreModule> Instance::module(std::string_view interface_name, std::string_view name) const {
  if (store_->closed) return host_fail(ErrorKind::closed, "the store is closed");
  HOLDFAST_TRY_ASSIGN(const component::ExportItem* const item, find_item(*root_, interface_name, name));
  const auto* exported = std::get_if<component::ModuleExport>(&item->item);
  if (exported == nullptr) {
    return host_fail(ErrorKind::misuse, full_name(interface_name, name) + " is exported, but is not a core module");
  }
  return CoreModule(runtime::module_of(*root_, *exported));
}

const component::Program& Instance::program() const noexcept { return root_->program(); }

ResourceIdentity Instance::resource_identity(component::ResourceSlot resource) const {
  return ResourceIdentity(store_, root_->resource_tags[resource.index()]);
}

const runtime::ComponentResources& Instance::resources() const noexcept { return root_->instances.front()->resources; }

HostResult<std::optional<Val>> Instance::call(std::string_view interface_name, std::string_view name,
                                              std::span<const Val> arguments) const {
  HOLDFAST_TRY_ASSIGN(runtime::LiftedState* const callee, find_function(interface_name, name));
  const component::Program& program = callee->root->program();
  const component::FunctionType& type = *callee->type;
  HostResult<void> checked = abi::check_parameters(program.types, type, arguments);
  for (const Val& argument : arguments) {
    if (checked) checked = embed::check_store(*store_, argument);
  }
  if (!checked) return std::unexpected(std::move(checked).error().with_context(embed::describe(*callee)));

  std::optional<Val> result;
  const auto lower = [&](runtime::GuestCall& call) {
    return abi::lower_parameters(call.side().context(), type, arguments, call.values());
  };
  const auto lift = [&](runtime::GuestCall& call) -> Result<void> {
    HOLDFAST_TRY_ASSIGN(result, abi::lift_result(call.side().context(), type, call.result()));
    if (result) result = embed::adopt_handles(store_, call.side(), *std::move(result));
    return {};
  };
  HOLDFAST_TRY(embed::call_from_host(*store_, *callee, lower, lift));
  return result;
}

}  // namespace holdfast
