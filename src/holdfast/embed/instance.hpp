// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Instance`: an instantiated component. A cheap handle that belongs to its store and may outlive it.
// Errors of every function: closed (the store is closed), misuse (there is no such export, or its type does not fit).
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
  // For other parts of Holdfast; embedders get an Instance from a Linker.
  Instance(std::shared_ptr<runtime::StoreState> store, runtime::RootInstance* root) noexcept
      : store_(std::move(store)), root_(root) {}
  // A move copies, so an Instance is never empty.
  Instance(const Instance&) = default;
  Instance& operator=(const Instance&) = default;

  /// Looks up the function `name` of the exported interface `interface_name` ("demo:store/blobs@0.1.0", or a compatible
  /// version of it) and checks its C++ types: func<R(A...)>(interface_name, name).
  template <class Signature>
  HostResult<Func<Signature>> func(std::string_view interface_name, std::string_view name) const {
    HOLDFAST_TRY_ASSIGN(runtime::LiftedState* const function, find_function(interface_name, name));
    return Func<Signature>::create(store_, *function);
  }
  /// The same for a function that is exported without an interface.
  template <class Signature>
  HostResult<Func<Signature>> func(std::string_view name) const {
    return func<Signature>({}, name);
  }

  /// Calls a function with dynamic values; the two names are those of `func`. Returns nullopt if the function has no
  /// result. The arguments are checked before the guest is entered. Owns among them are given away when the call
  /// begins; using them again is an error. Further errors: trap, limit.
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

  /// Binds the tag type R (`struct Blob;`) to the resource type that is exported as `name`. From then on Own<R> and
  /// Borrow<R> are its handles, for this instance and for those that import the type from it. Binding R again has no
  /// effect. Further errors: misuse (the resource type is already bound to another tag type).
  template <class R>
  HostResult<void> resource_type(std::string_view interface_name, std::string_view name) const {
    return bind_resource(interface_name, name, abi::cpp_type<R>());
  }

  /// The exported core module `name`. Other components may import it, in any store of the same engine.
  HostResult<CoreModule> module(std::string_view interface_name, std::string_view name) const;
  HostResult<CoreModule> module(std::string_view name) const { return module({}, name); }

  /// The limits and usage of the component's outermost instance, and the resources that it owns and borrows. The
  /// reference is valid as long as an Instance, Func or Own of the store exists.
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
