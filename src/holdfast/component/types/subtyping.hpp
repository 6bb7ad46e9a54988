// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Subtyping`: decides whether an item of one type may be used where another type is expected. Value and function types
// must be equal, as in the public implementations. An instance may have more exports; a component or module may have
// fewer imports and more exports. The engine remembers the answers. Refers to an engine that must outlive it.
// Source: Explainer.md, "Type Checking"; Subtyping.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

#include "holdfast/component/types/substitution.hpp"
#include "holdfast/component/types/type_engine.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::component::types {

class Subtyping {
 public:
  explicit Subtyping(TypeEngine& engine) : engine_(&engine) {}

  /// Succeeds if `actual` is a subtype of `expected`. Errors: invalid, with the innermost difference as cause, the path
  /// to it as contexts, and no offset; limit if the engine is exhausted.
  HostResult<void> check(const Entity& actual, const Entity& expected);
  HostResult<void> check(const TypeRef& actual, const TypeRef& expected);
  HostResult<void> check(const ValueTypeRef& actual, const ValueTypeRef& expected);
  HostResult<void> check(const wasm::CoreExternType& actual, const wasm::CoreExternType& expected);

  enum class Side : bool { imports, exports };

  /// Checks that `actual` provides the imports (or exports) of `component`. First binds the component's imported (or
  /// defined) resource types, by their places, to those of `actual`; then checks each item under that binding.
  /// The result replaces the resource types and type names of the component by those of `actual`. Errors: those of
  /// `check`.
  HostResult<Substitution> open(const NamedEntities& actual, ComponentTypeId component, Side side);

 private:
  using RenamedPairs = std::unordered_set<std::uint64_t>;

  void rename_types(const Entity& from, const Entity& to, Substitution& result, RenamedPairs& seen);
  HostResult<void> check_value_structure(const DefinedType& actual, const DefinedType& expected);
  HostResult<void> check_payload(const ValueTypeRef& actual, const ValueTypeRef& expected, std::string_view part);
  HostResult<void> check_members(const DefinedType& actual, const DefinedType& expected);
  HostResult<void> check_result(const DefinedType& actual, const DefinedType& expected);
  HostResult<void> check_functions(const FunctionType& actual, const FunctionType& expected);
  HostResult<void> check_instances(InstanceTypeId actual, InstanceTypeId expected);
  HostResult<void> check_components(ComponentTypeId actual, ComponentTypeId expected);
  HostResult<void> check_modules(const ModuleType& actual, const ModuleType& expected);
  HostResult<void> check_core_limits(const wasm::CoreExternType& actual, const wasm::CoreExternType& expected);

  std::string quoted(NameId name) const;

  TypeEngine* engine_;
};

}  // namespace holdfast::component::types
