// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Linker`: what a program gives to components: host functions, host resource types, other components' instances, by
// the names of imports. Mistakes in definitions are collected and told by `link`. A value; one thread at a time while
// it is filled, any number afterwards.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "holdfast/embed/component.hpp"
#include "holdfast/embed/core_module.hpp"
#include "holdfast/embed/host_func.hpp"
#include "holdfast/embed/host_table.hpp"
#include "holdfast/embed/instance.hpp"
#include "holdfast/embed/shared_resource.hpp"
#include "holdfast/embed/store.hpp"
#include "holdfast/runtime/link/link.hpp"

namespace holdfast {

/// A component with all its imports resolved; instantiates any number of times. A cheap handle, usable from any thread
/// (each store on its own).
class InstancePre {
 public:
  InstancePre(Component component, std::shared_ptr<const runtime::ResolvedImports> imports) noexcept
      : component_(std::move(component)), imports_(std::move(imports)) {}
  // Moving is copying, so that there is no empty one.
  InstancePre(const InstancePre&) = default;
  InstancePre& operator=(const InstancePre&) = default;

  /// Errors: closed, trap (a start function), limit, misuse (an import is provided by an instance of another store).
  HostResult<Instance> instantiate(Store& store) const;

 private:
  Component component_;
  std::shared_ptr<const runtime::ResolvedImports> imports_;
};

class Linker {
 public:
  explicit Linker(const Engine& engine) : engine_(engine) {}

  /// Fills one interface; refers to its linker.
  class InstanceBuilder {
   public:
    /// The imported resource type `name` is the class T: an own handle owns a T, which is destroyed (or cleaned up,
    /// when T has a `cleanup()`) when the handle is dropped.
    /// T may be Shared<C>: then instances own one object together, and `options` may be ShareOptions.
    template <class T, class... Options>
    InstanceBuilder& resource(std::string_view name, const Options&... options) {
      return resource(name, std::make_shared<TypedHostResource<T>>(resource_name(path_.back(), name), options...));
    }
    /// A type that exists already: given under two names, it is one type.
    InstanceBuilder& resource(std::string_view name, std::shared_ptr<const runtime::HostResourceType> type) {
      linker_.define(path_, name, &runtime::HostInstance::resources, std::move(type));
      return *this;
    }
    /// The imported function `name` ("get", "[constructor]bucket", "[method]bucket.get", "[static]bucket.open-count")
    /// is `callable`: a lambda, function or member function whose C++ types fit (docs/guide: type mapping).
    /// It may take Caller& first. What it returns as std::expected<T, Trap>, or throws, traps the guest.
    template <class Callable>
    InstanceBuilder& func(std::string_view name, Callable callable) {
      linker_.define(path_, name, &runtime::HostInstance::functions, make_host_function(std::move(callable)));
      return *this;
    }
    /// With dynamic values: `HostResult<std::optional<Val>>(Caller&, std::span<const Val>)`; fits every type.
    InstanceBuilder& dynamic_func(std::string_view name, DynamicHostFunction function) {
      linker_.define(path_, name, &runtime::HostInstance::functions, make_dynamic_host_function(std::move(function)));
      return *this;
    }
    /// The imported core module `name`; its type is checked by `link`.
    InstanceBuilder& module(std::string_view name, const CoreModule& module) {
      linker_.define(path_, name, &runtime::HostInstance::modules, module.shared());
      return *this;
    }
    /// The instance `name` inside of this interface; asking again goes on with the same one.
    InstanceBuilder instance(std::string_view name) const;

   private:
    friend class Linker;
    InstanceBuilder(Linker& linker, std::vector<std::string> path) : linker_(linker), path_(std::move(path)) {}
    Linker& linker_;
    std::vector<std::string> path_;
  };

  /// The imported interface `name` ("demo:store/kv@0.1.0"); asking again goes on with the same one.
  InstanceBuilder instance(std::string_view name);

  /// The imported interface `name` is what `provider` exports under that name. Such a linker instantiates only in the
  /// provider's store.
  Linker& instance(std::string_view name, const Instance& provider) { return instance(name, provider, name); }
  /// The same for what `provider` exports as `exported`; empty: for all that it exports.
  Linker& instance(std::string_view name, const Instance& provider, std::string_view exported);

  /// A function that is imported without an interface.
  template <class Callable>
  Linker& func(std::string_view name, Callable callable) {
    define({}, name, &runtime::HostInstance::functions, make_host_function(std::move(callable)));
    return *this;
  }
  template <class T, class... Options>
  Linker& resource(std::string_view name, const Options&... options) {
    define({}, name, &runtime::HostInstance::resources,
           std::make_shared<TypedHostResource<T>>(std::string(name), options...));
    return *this;
  }
  Linker& module(std::string_view name, const CoreModule& module) {
    define({}, name, &runtime::HostInstance::modules, module.shared());
    return *this;
  }

  /// Imports that nobody defines are no error where their interface's name (or their own, without an interface) begins
  /// with `name_prefix`: such functions trap by name when they are called, such resource types have no resources.
  Linker& missing_as_traps(std::string_view name_prefix = "");

  /// Errors: link, with everything that is missing or does not fit; misuse, with the mistakes in definitions.
  HostResult<InstancePre> link(const Component& component) const;
  /// link, then InstancePre::instantiate.
  HostResult<Instance> instantiate(Store& store, const Component& component) const;

 private:
  /// "demo:store/kv@0.1.0", "bucket" -> "demo:store/kv/bucket".
  static std::string resource_name(std::string_view interface_name, std::string_view name);

  /// The names of the interfaces around a definition, outermost first.
  using Path = std::vector<std::string>;
  /// Null, and a mistake, when a component instance provides it.
  runtime::HostInstance* host_instance(const Path& path);
  template <class Definition>
  void define(const Path& path, std::string_view name,
              runtime::HostDefinitions<Definition> runtime::HostInstance::* kind,
              std::type_identity_t<std::shared_ptr<const Definition>> definition) {
    runtime::HostInstance* const target = host_instance(path);
    if (target != nullptr && !(target->*kind).try_emplace(std::string(name), std::move(definition)).second)
      note_twice(path, name);
  }
  void note_twice(const Path& path, std::string_view name);

  Engine engine_;
  runtime::Definitions definitions_;
  std::string mistakes_;
};

}  // namespace holdfast
