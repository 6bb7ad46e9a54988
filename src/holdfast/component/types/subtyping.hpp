// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Subtyping`: may one thing stand where another is asked for. Value and function types must be equal (as the
// public implementations demand); instances may have more exports, components fewer imports and more exports,
// modules likewise. Answers are remembered by the engine. Refers to an engine that must outlive it.
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

  /// Each succeeds where the first is a subtype of the second. Errors: invalid, with the innermost difference as
  /// cause and the way to it as contexts, without an offset; limit when the engine is exhausted.
  HostResult<void> check(const Entity& actual, const Entity& expected);
  HostResult<void> check(const TypeRef& actual, const TypeRef& expected);
  HostResult<void> check(const ValueTypeRef& actual, const ValueTypeRef& expected);
  HostResult<void> check(const wasm::CoreExternType& actual, const wasm::CoreExternType& expected);

  enum class Side : bool { imports, exports };

  /// Checks that `actual` provides the imports (or exports) of `component`: first its imported (or defined) resource
  /// types are bound, by their places, to those of `actual`, then each item is checked under that binding.
  /// The result replaces what the component calls its own by what it was given.
  HostResult<Substitution> open(const NamedEntities& actual, ComponentTypeId component, Side side);

 private:
  using RenamedPairs = std::unordered_set<std::uint64_t>;

  void rename_types(const Entity& from, const Entity& to, Substitution& result, RenamedPairs& seen);
  HostResult<void> check_value_structure(const DefinedType& actual, const DefinedType& expected);
  HostResult<void> check_payload(const ValueTypeRef& actual, const ValueTypeRef& expected, std::string_view what);
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
