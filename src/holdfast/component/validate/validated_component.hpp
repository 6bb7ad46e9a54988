// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ValidatedComponent`: a component that follows all rules of the specification, with the type of each of its
// definitions. Only the validator creates one, so a linker never receives an unvalidated component. Owns the syntax
// tree and the types; keeps no reference to the bytes. Movable; any thread may read it. Core modules are not validated
// here: `core_modules` lists them, and the engine must accept each of them.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "holdfast/component/binary/reader.hpp"
#include "holdfast/component/binary/syntax.hpp"
#include "holdfast/component/types/type_engine.hpp"
#include "holdfast/component/validate/features.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::component {

/// The first use of a feature that is validated but cannot run yet.
struct NotRunnable {
  std::string_view what;  ///< the feature; a string literal
  std::size_t offset = 0;
};

/// The types of everything in the index spaces of one component, in order.
struct ComponentScope {
  std::vector<types::TypeRef> types;
  std::vector<types::FunctionTypeId> functions;
  std::vector<types::InstanceTypeId> instances;
  std::vector<types::ComponentTypeId> components;
  std::vector<types::ModuleTypeId> modules;
  std::vector<types::ModuleTypeId> core_instances;  ///< each as a module type that has only the instance's exports
  std::vector<wasm::CoreTypeId> core_functions;

  types::ComponentTypeId type;  ///< of the component itself
  std::optional<NotRunnable> not_runnable;
  std::vector<std::unique_ptr<ComponentScope>> nested;  ///< the components defined in it, in order
};

class ValidatedComponent {
 public:
  ValidatedComponent(ValidatedComponent&&) noexcept = default;
  ValidatedComponent& operator=(ValidatedComponent&&) noexcept = default;

  const syntax::Component& syntax() const { return *syntax_; }
  const ComponentScope& scope() const { return *scope_; }
  const types::TypeEngine& types() const { return *types_; }

  /// All core modules of this component and of its nested components. They are part of `syntax()`.
  std::vector<const syntax::CoreModule*> core_modules() const;

 private:
  friend HostResult<ValidatedComponent> validate_component(syntax::Component component, const Features& features);
  ValidatedComponent(std::unique_ptr<syntax::Component> syntax, std::unique_ptr<ComponentScope> scope,
                     std::unique_ptr<types::TypeEngine> types)
      : syntax_(std::move(syntax)), scope_(std::move(scope)), types_(std::move(types)) {}

  std::unique_ptr<syntax::Component> syntax_;
  std::unique_ptr<ComponentScope> scope_;
  std::unique_ptr<types::TypeEngine> types_;
};

/// Checks `component` against the specification. Errors: invalid, with the offset and the innermost cause; limit for
/// files that are too large or too complex; unsupported, with the name of a feature that is not checked yet.
HostResult<ValidatedComponent> validate_component(syntax::Component component, const Features& features = {});

/// Same contract for a file that may have been read only in part. If reading failed, the error is the reading error, or
/// the validation error if that is at a lower offset.
HostResult<ValidatedComponent> validate_component(ReadOutcome outcome, const Features& features = {});

}  // namespace holdfast::component
