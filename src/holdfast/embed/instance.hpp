// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Instance`: an instantiated component. A cheap handle; belongs to its store, whose closing makes its use an error.
// Errors of all functions: closed (the store is closed), misuse (no such export, or other types than asked for).
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "holdfast/abi/val.hpp"
#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/embed/core_module.hpp"
#include "holdfast/embed/func.hpp"
#include "holdfast/embed/resource_identity.hpp"
#include "holdfast/runtime/store/resource_type.hpp"

namespace holdfast {

namespace component {
struct Program;
}
namespace runtime {
class ComponentResources;
struct LiftedState;
struct RootInstance;
struct StoreState;
}  // namespace runtime

class Instance {
 public:
  Instance(std::shared_ptr<runtime::StoreState> store, runtime::RootInstance* root) noexcept
      : store_(std::move(store)), root_(root) {}
  // Moving is copying, so that there is no empty one.
  Instance(const Instance&) = default;
  Instance& operator=(const Instance&) = default;

  /// The exported function `name` of the exported interface `interface_name` ("demo:store/blobs@0.1.0"; a compatible
  /// version is found too), or the one exported without an interface, with its C++ types: func<R(A...)>(…).
  template <class Signature>
  HostResult<Func<Signature>> func(std::string_view interface_name, std::string_view name) const {
    HOLDFAST_TRY_ASSIGN(runtime::LiftedState* const found, find_function(interface_name, name));
    return Func<Signature>::create(store_, *found);
  }
  template <class Signature>
  HostResult<Func<Signature>> func(std::string_view name) const {
    return func<Signature>({}, name);
  }

  /// Calls with dynamic values. The result is nullopt when the function has none. Owns among the arguments are given
  /// away when the call begins; using them again is an error. Errors: also trap, limit.
  HostResult<std::optional<Val>> call(std::string_view interface_name, std::string_view name,
                                      std::span<const Val> arguments) const;
  HostResult<std::optional<Val>> call(std::string_view name, std::span<const Val> arguments) const {
    return call({}, name, arguments);
  }

  HostResult<std::optional<Val>> call(std::string_view interface_name, std::string_view name,
                                      std::initializer_list<Val> arguments) const {
    return call(interface_name, name, std::span(arguments.begin(), arguments.size()));
  }
  HostResult<std::optional<Val>> call(std::string_view name, std::initializer_list<Val> arguments) const {
    return call({}, name, std::span(arguments.begin(), arguments.size()));
  }

  /// From now on the tag type R (`struct Blob;`) stands for the exported resource type in Own<R> and Borrow<R>, for
  /// this instance and for those that get the type from it. Errors: also misuse when R stands for another type of this
  /// instance.
  template <class R>
  HostResult<void> resource_type(std::string_view interface_name, std::string_view name) const {
    return bind_resource(interface_name, name, abi::cpp_type<R>());
  }

  /// The exported core module `name`, to give to other components, in any store of the same engine.
  HostResult<CoreModule> module(std::string_view interface_name, std::string_view name) const;
  HostResult<CoreModule> module(std::string_view name) const { return module({}, name); }

  /// What the component's outermost instance may use, uses, owns and was lent; valid as long as the store's handles.
  const runtime::ComponentResources& resources() const noexcept;

  /// The exports, imports and types of its component. Valid as long as this handle.
  const component::Program& program() const noexcept;
  /// The type that `resource`, a slot of `program()`, is in this instance.
  ResourceIdentity resource_identity(component::ResourceSlot resource) const;

 private:
  friend class Linker;

  HostResult<runtime::LiftedState*> find_function(std::string_view interface_name, std::string_view name) const;
  HostResult<void> bind_resource(std::string_view interface_name, std::string_view name, runtime::CppType type) const;

  std::shared_ptr<runtime::StoreState> store_;
  runtime::RootInstance* root_;
};

}  // namespace holdfast
