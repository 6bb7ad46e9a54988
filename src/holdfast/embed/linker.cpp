// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/embed/linker.hpp"

#include "holdfast/embed/exports.hpp"
#include "holdfast/embed/host_entry.hpp"
#include "holdfast/runtime/instance/instantiate.hpp"
#include "holdfast/runtime/link/link.hpp"

namespace holdfast {

HostResult<Instance> InstancePre::instantiate(Store& store) const {
  if (store.state_ == nullptr) return host_fail(ErrorKind::closed, "the store was moved away");
  runtime::StoreState& state = *store.state_;
  HOLDFAST_TRY(embed::begin_host_call(state));
  const runtime::StoreState::InUse in_use(state);
  auto root = runtime::instantiate(state, component_.loaded_, *imports_, component_.name());
  if (state.is_idle()) state.run_drop_queue();
  if (!root) return std::unexpected(std::move(root).error());
  return Instance(store.state_, *root);
}

Linker::Linker(const Engine& engine) : engine_(engine), definitions_(std::make_unique<runtime::Definitions>()) {}
Linker::Linker(const Linker& other)
    : engine_(other.engine_),
      definitions_(std::make_unique<runtime::Definitions>(*other.definitions_)),
      mistakes_(other.mistakes_) {}
Linker::Linker(Linker&& other) noexcept = default;
Linker& Linker::operator=(Linker other) noexcept {
  engine_ = other.engine_;
  definitions_ = std::move(other.definitions_);
  mistakes_ = std::move(other.mistakes_);
  return *this;
}
Linker::~Linker() = default;

std::string Linker::resource_name(std::string_view interface_name, std::string_view name) {
  std::string full(interface_name.substr(0, interface_name.rfind('@')));
  return (full += '/') += name;
}

Linker::InstanceBuilder Linker::instance(std::string_view name) {
  definitions_->instances.try_emplace(std::string(name));
  return InstanceBuilder(*this, {std::string(name)});
}

Linker::InstanceBuilder Linker::InstanceBuilder::instance(std::string_view name) const {
  std::vector<std::string> path = path_;
  path.emplace_back(name);
  static_cast<void>(linker_.host_instance(path));  // creates the instance, even if it stays empty
  return InstanceBuilder(linker_, std::move(path));
}

Linker& Linker::instance(std::string_view name, const Instance& provider, std::string_view exported) {
  if (provider.store_->closed) {
    mistakes_ += "\n  " + std::string(name) + ": the store of the providing instance is closed";
    return *this;
  }
  const component::ExportTree& all = provider.root_->program().exports;
  const auto* exports = exported.empty() ? &all : embed::find_interface(all, exported);
  if (exports == nullptr) {
    mistakes_ += "\n  " + std::string(exported) + ": " + provider.root_->name + " exports no such interface";
  } else if (!definitions_->instances
                  .try_emplace(std::string(name), runtime::ProvidedInstance{provider.store_, provider.root_, exports})
                  .second) {
    mistakes_ += "\n  " + std::string(name) + ": is defined twice";
  }
  return *this;
}

runtime::HostInstance* Linker::host_instance(const Path& path) {
  if (path.empty()) return &definitions_->root;
  const auto match = definitions_->instances.find(path.front());
  auto* instance =
      match == definitions_->instances.end() ? nullptr : std::get_if<runtime::HostInstance>(&match->second);
  if (instance == nullptr) {
    mistakes_ += "\n  " + path.front() + ": a component instance already provides it";
    return nullptr;
  }
  for (std::size_t i = 1; i < path.size(); ++i) instance = &instance->instance(path[i]);
  return instance;
}

void Linker::define(const Path& path, std::string_view name, std::shared_ptr<const runtime::HostFunction> function) {
  runtime::HostInstance* const target = host_instance(path);
  if (target != nullptr && !target->functions.try_emplace(std::string(name), std::move(function)).second)
    note_twice(path, name);
}

void Linker::define(const Path& path, std::string_view name, std::shared_ptr<const runtime::HostResourceType> type) {
  runtime::HostInstance* const target = host_instance(path);
  if (target != nullptr && !target->resources.try_emplace(std::string(name), std::move(type)).second)
    note_twice(path, name);
}

void Linker::define(const Path& path, std::string_view name, std::shared_ptr<const runtime::CoreModule> module) {
  runtime::HostInstance* const target = host_instance(path);
  if (target != nullptr && !target->modules.try_emplace(std::string(name), std::move(module)).second)
    note_twice(path, name);
}

void Linker::note_twice(const Path& path, std::string_view name) {
  mistakes_ += "\n  ";
  for (const std::string& part : path) mistakes_ += part + '/';
  mistakes_ += std::string(name) + ": is defined twice";
}

Linker& Linker::missing_as_traps(std::string_view name_prefix) {
  definitions_->allowed_missing.emplace_back(name_prefix);
  return *this;
}

HostResult<InstancePre> Linker::link(const Component& component) const {
  if (!mistakes_.empty()) return host_fail(ErrorKind::misuse, "the linker's definitions contain mistakes:" + mistakes_);
  auto resolved = runtime::resolve_imports(*component.loaded_, *definitions_);
  if (!resolved) return std::unexpected(std::move(resolved).error().with_context(component.name()));
  return InstancePre(component, std::make_shared<const runtime::ResolvedImports>(*std::move(resolved)));
}

HostResult<Instance> Linker::instantiate(Store& store, const Component& component) const {
  HOLDFAST_TRY_ASSIGN(const InstancePre pre, link(component));
  return pre.instantiate(store);
}

}  // namespace holdfast
