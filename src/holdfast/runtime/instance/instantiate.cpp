// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/instance/instantiate.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "holdfast/runtime/call/core_items.hpp"
#include "holdfast/runtime/call/guest_call.hpp"
#include "holdfast/runtime/call/guest_side.hpp"
#include "holdfast/runtime/call/trampolines.hpp"

namespace holdfast::runtime {
namespace {

/// One instantiation in progress. Steps return false after they have raised the reason in the store.
class Instantiation {
 public:
  Instantiation(StoreState& store, RootInstance& root) : store_(store), root_(root) {}

  bool run(const ResolvedImports& imports) {
    make_instances();
    bind_resources(imports);
    root_.imports = imports.functions;
    root_.imported_modules = imports.modules;
    make_lifted_functions();
    root_.trampolines.resize(program().trampolines.size());
    root_.trampoline_functions.resize(program().trampolines.size());
    root_.core_instances.resize(program().core_instance_count);
    for (const component::Step& step : program().steps) {
      if (!std::visit([this](const auto& action) { return perform(action); }, step)) return false;
    }
    return true;
  }

  /// Closes all instances of a failed instantiation, so that none can be entered.
  void close_all() {
    for (const auto& instance : root_.instances) {
      instance->may_enter = false;
      if (!std::exchange(instance->closed, true)) store_.just_closed.push_back(instance.get());
    }
  }

 private:
  const component::Program& program() const { return root_.program(); }
  InstanceState& instance(component::ComponentInstanceId id) { return *root_.instances[id.index()]; }

  void make_instances() {
    const auto now = store_.services->clock();
    for (const component::ComponentInstance& definition : program().instances) {
      InstanceState* parent = definition.parent ? &instance(*definition.parent) : nullptr;
      // Replaces the root's name in the program with the name that the embedder chose.
      std::string name =
          root_.name + definition.name.substr(std::min(definition.name.size(), definition.name.find('/')));
      root_.instances.push_back(std::make_unique<InstanceState>(root_, parent, std::move(name), store_.borrow_scopes,
                                                                store_.budget, store_.instance_limits, now));
    }
  }

  void bind_resources(const ResolvedImports& imports) {
    root_.resource_tags.assign(program().resources.size(), no_resource_tag);
    for (const auto& [slot, resource] : imports.resources) {
      const auto* host = std::get_if<std::shared_ptr<const HostResourceType>>(&resource);
      root_.resource_tags[slot.index()] = host != nullptr ? store_.tag_of(*host) : std::get<ResourceTag>(resource);
    }
  }

  void make_lifted_functions() {
    for (const component::LiftedFunction& definition : program().lifted_functions) {
      auto lifted = std::make_unique<LiftedState>();
      lifted->root = &root_;
      lifted->instance = &instance(definition.instance);
      lifted->definition = &definition;
      lifted->type = &program().types[definition.type];
      lifted->name = definition.name;
      lifted->options.options = &definition.options;
      lifted->is_async = definition.options.is_async;
      root_.lifted.push_back(std::move(lifted));
    }
  }

  /// "demo:store/kv@0.1.0/bucket" -> "demo:store/kv/bucket", the form that names of host types have.
  static std::string without_version(std::string name) {
    const auto version = name.find('@');
    if (version != std::string::npos) name.erase(version, name.rfind('/') - version);
    return name;
  }

  bool perform(const component::DefineResource& step) {
    const component::Resource& resource = program().resources[step.resource];
    const auto& defined = std::get<component::Resource::Defined>(resource.origin);
    std::optional<engine::Function> destructor;
    if (defined.destructor) destructor = resolve(*defined.destructor, root_).function();
    root_.resource_tags[step.resource.index()] =
        store_.add_guest_type(without_version(resource.name), instance(defined.instance), destructor);
    return true;
  }

  bool perform(const component::MakeTrampoline& step) {
    const component::Trampoline& definition = program().trampolines[step.trampoline];
    auto state = std::make_unique<TrampolineState>();
    state->store = &store_;
    state->instance = &instance(definition.instance);
    state->definition = &definition;
    fill_in(*state, definition.body);
    root_.trampoline_functions[step.trampoline.index()] =
        store_.engine_store->make_function(definition.signature, callback_of(definition, *state), state.get());
    root_.trampolines[step.trampoline.index()] = std::move(state);
    return true;
  }

  void fill_in(TrampolineState& state, const component::TrampolineBody& body) {
    if (const auto* lower = std::get_if<component::LowerFunction>(&body)) {
      state.options.options = &lower->options;
      state.type = &program().types[lower->type];
      bind_callee(state, lower->callee);
    } else if (const auto* task_return = std::get_if<component::TaskReturn>(&body)) {
      state.options.options = &task_return->options;
    } else if (const auto* async = std::get_if<component::AsyncBuiltin>(&body)) {
      state.options.options = &async->options;
    } else if (const auto* context = std::get_if<component::ErrorContextBuiltin>(&body)) {
      state.options.options = &context->options;
    } else if (const auto* create = std::get_if<component::ResourceNew>(&body)) {
      state.resource = root_.resource_tags[create->resource.index()];
    } else if (const auto* rep = std::get_if<component::ResourceRep>(&body)) {
      state.resource = root_.resource_tags[rep->resource.index()];
    } else if (const auto* drop = std::get_if<component::ResourceDrop>(&body)) {
      state.resource = root_.resource_tags[drop->resource.index()];
    }
  }

  void bind_callee(TrampolineState& state, const component::ComponentFunction& callee) {
    if (const auto* lifted = std::get_if<component::LiftedFunctionId>(&callee)) {
      state.lifted = root_.lifted[lifted->index()].get();
      return;
    }
    const ResolvedFunction& function = root_.imports[std::get<component::ImportedFunctionId>(callee).index()];
    if (const auto* host = std::get_if<std::shared_ptr<const HostFunction>>(&function)) {
      state.host = host->get();
    } else {
      state.lifted = std::get<LiftedState*>(function);
    }
  }

  bool perform(const component::InstantiateModule& step) {
    static const std::string start_name = "start";
    const auto* own = std::get_if<component::CoreModuleId>(&step.module);
    const CoreModule* import_ = own != nullptr ? nullptr : imported(std::get<component::ImportedModuleId>(step.module));
    const auto imports = import_ != nullptr ? in_order_of(*import_, step.arguments) : in_order(step.arguments);

    Activation activation(store_, instance(step.instance), nullptr, start_name);
    if (!activation.enter()) return false;
    auto core_instance = store_.engine_store->instantiate(
        import_ != nullptr ? import_->module : root_.component->modules[own->index()], imports);
    if (!core_instance) return store_.raise(std::move(core_instance).error());
    root_.core_instances[step.result.index()] = *core_instance;
    activation.leave();
    return true;
  }

  const CoreModule* imported(component::ImportedModuleId id) const { return root_.imported_modules[id.index()].get(); }

  std::vector<engine::Extern> in_order(const std::vector<component::ModuleArgument>& arguments) {
    std::vector<engine::Extern> imports;
    imports.reserve(arguments.size());
    for (const component::ModuleArgument& argument : arguments) imports.push_back(resolve(argument.item, root_));
    return imports;
  }

  /// Puts the arguments into the order of the imports of `module`. The arguments follow the type that the component
  /// imports; the module itself may import fewer items, in another order.
  std::vector<engine::Extern> in_order_of(const CoreModule& module,
                                          const std::vector<component::ModuleArgument>& arguments) {
    std::map<std::pair<std::string_view, std::string_view>, const component::ModuleArgument*> by_name;
    for (const component::ModuleArgument& argument : arguments)
      by_name.try_emplace({argument.module, argument.name}, &argument);
    std::vector<engine::Extern> imports;
    imports.reserve(module.interface.imports.size());
    for (const wasm::CoreImport& import : module.interface.imports) {
      const auto match = by_name.find({import.module, import.name});
      imports.push_back(resolve(match->second->item, root_));  // linking has checked that it exists
    }
    return imports;
  }

  StoreState& store_;
  RootInstance& root_;
};

}  // namespace

HostResult<RootInstance*> instantiate(StoreState& store, const std::shared_ptr<const LoadedComponent>& component,
                                      const ResolvedImports& imports, const std::string& name) {
  using resource::Dimension;
  if (imports.store != nullptr && imports.store.get() != &store) {
    return host_fail(ErrorKind::misuse, "an import is provided by an instance in another store");
  }
  auto instances = store.budget.reserve(Dimension::instances, component->program.instances.size());
  if (!instances)
    return std::unexpected(HostError::from(instances.error(), ErrorKind::limit).with_context("component instances"));
  auto core_instances = store.budget.reserve(Dimension::core_instances, component->program.core_instance_count);
  if (!core_instances)
    return std::unexpected(HostError::from(core_instances.error(), ErrorKind::limit).with_context("core instances"));
  // Instances are freed with their store, so these reservations are never given back.
  instances->keep();
  core_instances->keep();

  auto root = std::make_unique<RootInstance>();
  root->store = &store;
  root->component = component;
  root->name = name;
  RootInstance* const instance = root.get();
  store.roots.push_back(std::move(root));

  Instantiation instantiation(store, *instance);
  if (instantiation.run(imports)) return instance;
  instantiation.close_all();
  HostError error = store.take_error();
  store.release_closed();
  return std::unexpected(std::move(error).with_context("instantiating " + name));
}

}  // namespace holdfast::runtime
