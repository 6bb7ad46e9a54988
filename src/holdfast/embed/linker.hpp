// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Linker`: what a program provides for the imports of components, by their names: host functions, host resource types,
// core modules, and instances of other components. Mistakes in definitions are collected; `link` reports them all.
// A value. One thread at a time while definitions are added, any number of threads afterwards.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "holdfast/embed/component.hpp"
#include "holdfast/embed/core_module.hpp"
#include "holdfast/embed/host_func.hpp"
#include "holdfast/embed/host_table.hpp"
#include "holdfast/embed/instance.hpp"
#include "holdfast/embed/shared_resource.hpp"
#include "holdfast/embed/store.hpp"

namespace holdfast {
namespace runtime {
struct Definitions;
struct HostInstance;
struct ResolvedImports;
}  // namespace runtime

/// A component whose imports are all resolved; it can be instantiated any number of times. A cheap handle. Any thread
/// may use it, each with its own store.
class InstancePre {
 public:
  InstancePre(const Component& component, std::shared_ptr<const runtime::ResolvedImports> imports) noexcept
      : component_(component), imports_(std::move(imports)) {}
  // A move copies, so an InstancePre is never empty.
  InstancePre(const InstancePre&) = default;
  InstancePre& operator=(const InstancePre&) = default;

  /// Instantiates the component in `store`. Errors: closed, trap (of a start function), limit, misuse (an instance of
  /// another store provides an import).
  HostResult<Instance> instantiate(Store& store) const;

 private:
  Component component_;
  std::shared_ptr<const runtime::ResolvedImports> imports_;
};

class Linker {
 public:
  explicit Linker(const Engine& engine);
  Linker(const Linker& other);
  Linker(Linker&& other) noexcept;
  Linker& operator=(Linker other) noexcept;
  ~Linker();

  /// Adds the definitions of one interface to its linker, to which it refers. Each function returns the builder itself.
  class InstanceBuilder {
   public:
    /// Defines the imported resource type `name` as the class T. An own handle owns a T. When the handle is dropped,
    /// the T is cleaned up (if it has a `cleanup()`) and destroyed. If T is Shared<C>, several owners share one C, and
    /// `options` may be ShareOptions (see shared_resource.hpp).
    template <class T, class... Options>
    InstanceBuilder& resource(std::string_view name, const Options&... options) {
      return resource(name, std::make_shared<TypedHostResource<T>>(resource_name(path_.back(), name), options...));
    }
    /// Defines the imported resource type `name` as an existing type. A type under two names stays one type.
    InstanceBuilder& resource(std::string_view name, std::shared_ptr<const runtime::HostResourceType> type) {
      linker_.define(path_, name, std::move(type));
      return *this;
    }
    /// Defines the imported function `name` ("get", "[constructor]bucket", "[method]bucket.get",
    /// "[static]bucket.open-count") as `callable`: a lambda, function or member function whose C++ types fit
    /// (docs/guide: type mapping). It may take Caller& as its first parameter. The guest traps if the callable throws
    /// or returns the error of a std::expected<T, Trap>; an Exit that it throws ends the call and closes nothing.
    /// Different stores may call it from different threads.
    template <class Callable>
    InstanceBuilder& func(std::string_view name, Callable callable) {
      linker_.define(path_, name, make_host_function(std::move(callable)));
      return *this;
    }
    /// Defines the imported function `name` with dynamic values; `function` fits every type. See DynamicHostFunction.
    InstanceBuilder& dynamic_func(std::string_view name, DynamicHostFunction function) {
      linker_.define(path_, name, make_dynamic_host_function(std::move(function)));
      return *this;
    }
    /// Defines the imported core module `name`; `link` checks its type.
    InstanceBuilder& module(std::string_view name, const CoreModule& module) {
      linker_.define(path_, name, module.shared());
      return *this;
    }
    /// The builder of the instance `name` inside this interface. Calling it again adds to the same instance.
    InstanceBuilder instance(std::string_view name) const;

   private:
    friend class Linker;
    InstanceBuilder(Linker& linker, std::vector<std::string> path) : linker_(linker), path_(std::move(path)) {}
    Linker& linker_;
    std::vector<std::string> path_;
  };

  /// The builder of the imported interface `name` ("demo:store/kv@0.1.0"). Calling it again adds to the same interface.
  InstanceBuilder instance(std::string_view name);

  /// Defines the imported interface `name` as the interface that `provider` exports under that name. From then on, the
  /// linker instantiates components that import it only in the provider's store.
  Linker& instance(std::string_view name, const Instance& provider) { return instance(name, provider, name); }
  /// The same for the interface that `provider` exports as `exported`; empty stands for everything that it exports.
  Linker& instance(std::string_view name, const Instance& provider, std::string_view exported);

  // Definitions of what components import without an interface; as in InstanceBuilder.
  template <class Callable>
  Linker& func(std::string_view name, Callable callable) {
    define({}, name, make_host_function(std::move(callable)));
    return *this;
  }
  template <class T, class... Options>
  Linker& resource(std::string_view name, const Options&... options) {
    define({}, name, std::make_shared<TypedHostResource<T>>(std::string(name), options...));
    return *this;
  }
  Linker& module(std::string_view name, const CoreModule& module) {
    define({}, name, module.shared());
    return *this;
  }

  /// Allows imports to stay undefined if the name of their interface (or their own name, without an interface) begins
  /// with `name_prefix`. A call of such a function traps and names it; such a resource type has no resources.
  Linker& missing_as_traps(std::string_view name_prefix = "");

  /// Resolves the imports of `component`. Errors: link (the message lists all imports that are missing or do not fit),
  /// misuse (the message lists all mistakes in the definitions).
  HostResult<InstancePre> link(const Component& component) const;
  /// Links, then instantiates in `store`. Errors: those of `link` and InstancePre::instantiate.
  HostResult<Instance> instantiate(Store& store, const Component& component) const;

 private:
  /// "demo:store/kv@0.1.0", "bucket" -> "demo:store/kv/bucket".
  static std::string resource_name(std::string_view interface_name, std::string_view name);

  /// The names of the interfaces around a definition, outermost first; empty for what has no interface.
  using Path = std::vector<std::string>;
  /// The instance to which definitions are added. Null, and a mistake is noted, if a component instance provides it.
  runtime::HostInstance* host_instance(const Path& path);
  void define(const Path& path, std::string_view name, std::shared_ptr<const runtime::HostFunction> function);
  void define(const Path& path, std::string_view name, std::shared_ptr<const runtime::HostResourceType> type);
  void define(const Path& path, std::string_view name, std::shared_ptr<const runtime::CoreModule> module);
  void note_twice(const Path& path, std::string_view name);

  Engine engine_;
  std::unique_ptr<runtime::Definitions> definitions_;
  std::string mistakes_;
};

}  // namespace holdfast
