// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ValidatedComponent`: a component that keeps all rules of the specification, with what each of its definitions
// turned out to be. Only the validator makes one, so a linker cannot be handed anything else. Owns the syntax tree
// and the types; refers to no bytes. Movable; may be read from any thread. Core modules are not validated here:
// `core_modules` says where they are, and the engine must accept each of them.
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

/// The first use of something that is checked, and that nobody can run yet.
struct NotRunnable {
  std::string_view what;  ///< a literal
  std::size_t offset = 0;
};

/// The types of everything in the index spaces of one component, in order.
struct ComponentScope {
  std::vector<types::TypeRef> types;
  std::vector<types::FunctionTypeId> functions;
  std::vector<types::InstanceTypeId> instances;
  std::vector<types::ComponentTypeId> components;
  std::vector<types::ModuleTypeId> modules;
  std::vector<types::ModuleTypeId> core_instances;  ///< their exports
  std::vector<wasm::CoreTypeId> core_functions;

  types::ComponentTypeId type;  ///< of the component itself
  std::optional<NotRunnable> not_runnable;
  std::vector<std::unique_ptr<ComponentScope>> nested;  ///< of the components defined in it, in order
};

class ValidatedComponent {
 public:
  ValidatedComponent(ValidatedComponent&&) noexcept = default;
  ValidatedComponent& operator=(ValidatedComponent&&) noexcept = default;

  const syntax::Component& syntax() const { return *syntax_; }
  const ComponentScope& scope() const { return *scope_; }
  const types::TypeEngine& types() const { return *types_; }

  /// All core modules in it, also of nested components. They are parts of `syntax`.
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
/// files that are too large or too complex; unsupported, with its name, for what is not checked yet.
HostResult<ValidatedComponent> validate_component(syntax::Component component, const Features& features = {});

/// The same for what was read of a file: where reading failed, the error is that of reading, or of validating what
/// stands before it if that comes first in the file.
HostResult<ValidatedComponent> validate_component(ReadOutcome outcome, const Features& features = {});

}  // namespace holdfast::component
