// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Validator`: walks over a syntax tree once, in file order, and checks each definition against the open scopes around
// it. Its functions are spread over several files by family: definitions and scopes (validator.cpp), value and
// other types (defined_types.cpp, type_declarations.cpp, core_types.cpp), aliases.cpp, core_instances.cpp,
// instances.cpp, externs.cpp and named_types.cpp (imports and exports), canonical_options.cpp,
// canonical_functions.cpp, gc_signatures.cpp, canonical_builtins.cpp. A validator checks one component, in one thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "holdfast/component/types/subtyping.hpp"
#include "holdfast/component/validate/builtin_name.hpp"
#include "holdfast/component/validate/names.hpp"
#include "holdfast/component/validate/scope.hpp"

namespace holdfast::component::validation {

/// Canonical options that were checked on their own: the items that they refer to exist and have the required types.
struct Options {
  std::optional<std::uint32_t> memory;
  bool memory_is_64 = false;
  std::optional<std::uint32_t> realloc;
  std::optional<std::uint32_t> post_return;
  std::optional<std::uint32_t> callback;
  bool is_async = false;
  bool gc = false;
  std::optional<wasm::CoreTypeId> core_type;  ///< only with gc: the type of the core function
  syntax::CanonicalOptionKind encoding = syntax::CanonicalOptionKind::string_encoding_utf8;
};

/// Where the option `gc` puts a value: a parameter, a result, a field or an element of core types.
struct GcPlace {
  wasm::PackedKind packed = wasm::PackedKind::none;
  wasm::CoreValueType value;  ///< if `packed` is none
  bool is_field = false;      ///< a field or an array element; only these may be packed
};

class Validator {
 public:
  Validator(types::TypeEngine& engine, const Features& features)
      : engine_(engine), subtyping_(engine), features_(features) {}

  /// Checks all of `component` and returns its scope. Of an incomplete component, checks the definitions that it has.
  HostResult<std::unique_ptr<ComponentScope>> validate(const syntax::Component& component);

 private:
  using CoreFunctionType = wasm::CoreFunctionType;
  using CoreKind = wasm::CoreValueKind;

  Scope& current() { return scopes_.back(); }

  // --- definitions ---
  HostResult<void> add(const syntax::Definition& definition);
  HostResult<void> add(const syntax::CoreModule& module, std::size_t offset);
  HostResult<void> add(const syntax::CoreInstance& instance, std::size_t offset);
  HostResult<void> add(const syntax::CoreType& type, std::size_t offset);
  HostResult<void> add(const syntax::NestedComponent& nested, std::size_t offset);
  HostResult<void> add(const syntax::Instance& instance, std::size_t offset);
  HostResult<void> add(const syntax::Alias& alias, std::size_t offset);
  HostResult<void> add(const syntax::Type& type, std::size_t offset);
  HostResult<void> add(const syntax::Canonical& canonical, std::size_t offset);
  HostResult<void> add(const syntax::Start& start, std::size_t offset);
  HostResult<void> add(const syntax::Import& import, std::size_t offset);
  HostResult<void> add(const syntax::Export& export_, std::size_t offset);
  HostResult<void> add(const syntax::Value& value, std::size_t offset);
  HostResult<types::ComponentTypeId> finish_component(Scope& scope, std::size_t offset);
  HostResult<void> require(bool enabled, Cause cause, std::size_t offset,
                           std::initializer_list<std::string_view> arguments = {}) const;

  /// Records the use of a feature that is validated but cannot run yet. `feature` must be a string literal.
  void note_not_runnable(std::string_view feature, std::size_t offset) {
    if (!current().spaces.not_runnable) current().spaces.not_runnable = {feature, offset};
  }

  // --- value types ---
  HostResult<types::ValueTypeRef> value_type(const syntax::ValueType& type);
  HostResult<types::ValueTypeRef> optional_value_type(const std::optional<syntax::ValueType>& type);
  HostResult<types::ValueTypeRef> primitive_type(syntax::PrimitiveType type, std::size_t offset);
  HostResult<types::TypeRef> make_type(const syntax::Type& type);
  HostResult<types::DefinedType> make(const syntax::RecordType& type, std::size_t offset);
  HostResult<types::DefinedType> make(const syntax::VariantType& type, std::size_t offset);
  HostResult<types::DefinedType> make(const syntax::ListType& type, std::size_t offset);
  HostResult<types::DefinedType> make(const syntax::FixedLengthListType& type, std::size_t offset);
  HostResult<types::DefinedType> make(const syntax::MapType& type, std::size_t offset);
  HostResult<types::DefinedType> make(const syntax::TupleType& type, std::size_t offset);
  HostResult<types::DefinedType> make(const syntax::FlagsType& type, std::size_t offset);
  HostResult<types::DefinedType> make(const syntax::EnumType& type, std::size_t offset);
  HostResult<types::DefinedType> make(const syntax::OptionType& type, std::size_t offset);
  HostResult<types::DefinedType> make(const syntax::ResultType& type, std::size_t offset);
  HostResult<types::DefinedType> make(const syntax::OwnType& type, std::size_t offset);
  HostResult<types::DefinedType> make(const syntax::BorrowType& type, std::size_t offset);
  HostResult<types::DefinedType> make(const syntax::StreamType& type, std::size_t offset);
  HostResult<types::DefinedType> make(const syntax::FutureType& type, std::size_t offset);
  HostResult<void> check_delivered(const types::ValueTypeRef& element, std::string_view kind, std::size_t offset);
  HostResult<types::NameId> label(const std::string& text, std::string_view kind, std::size_t offset);
  HostResult<types::DefinedTypeId> add_defined(types::DefinedType type, std::size_t offset);
  HostResult<void> check_facts(const types::TypeFacts& facts, std::size_t offset) const;

  // --- other types ---
  HostResult<types::FunctionTypeId> make_function(const syntax::FunctionType& type, std::size_t offset);
  HostResult<types::ResourceId> make_resource(const syntax::ResourceTypeDefinition& type, std::size_t offset);
  HostResult<types::ComponentTypeId> make_component_type(const syntax::ComponentType& type, std::size_t offset);
  HostResult<types::InstanceTypeId> make_instance_type(const syntax::InstanceType& type, std::size_t offset);
  HostResult<void> add_declaration(const syntax::Declaration& declaration);
  HostResult<types::ModuleTypeId> make_module_type(const syntax::ModuleType& type, std::size_t offset);
  HostResult<std::vector<wasm::CoreTypeId>> intern_group(const wasm::CoreRecursionGroup& group,
                                                         const std::vector<wasm::CoreTypeId>& space,
                                                         std::size_t offset);
  HostResult<void> check_core_proposals(const wasm::CoreValueType& type, std::size_t offset) const;
  HostResult<void> check_core_proposals(const wasm::CoreReferenceType& type, std::size_t offset) const;
  HostResult<void> check_core_proposals(const wasm::CoreRecursionGroup& group, std::size_t offset) const;
  HostResult<void> check_core_proposals(const wasm::CoreSubType& type, std::size_t offset) const;
  HostResult<void> check_core_proposals(const wasm::CoreMemoryType& type, std::size_t offset) const;
  HostResult<void> check_core_proposals(const wasm::CoreExternType& type, std::size_t offset) const;
  HostResult<void> check_parts_are_shared(wasm::CoreTypeId id, std::size_t offset) const;
  HostResult<void> check_supertype(wasm::CoreTypeId id, std::size_t offset);
  HostResult<wasm::CoreTypeId> outer_core_type(const syntax::CoreOuterAlias& alias,
                                               const std::vector<wasm::CoreTypeId>& space, std::size_t offset);
  HostResult<types::ModuleTypeId> interface_type(const wasm::CoreModuleInterface& interface, std::size_t offset);
  HostResult<wasm::CoreExternType> resolve_core(const wasm::CoreExternType& type,
                                                const std::vector<wasm::CoreTypeId>& index_space, std::size_t offset);

  // --- aliases ---
  HostResult<const Scope*> outer_scope(std::uint32_t count, std::size_t offset);
  HostResult<void> alias_export(const syntax::Alias& alias, std::size_t offset);
  HostResult<void> alias_core_export(const syntax::Alias& alias, std::size_t offset);
  HostResult<void> alias_outer(const syntax::Alias& alias, std::size_t offset);
  HostResult<void> check_crosses_no_resource(types::ResourceSetId free, const syntax::Alias& alias, std::size_t offset);
  HostResult<void> alias_outer_type(const syntax::Alias& alias, const Scope& outer, std::size_t offset);

  // --- instances ---
  HostResult<types::ModuleTypeId> instantiate_module(const syntax::CoreInstantiate& instantiate, std::size_t offset);
  HostResult<types::ModuleTypeId> core_bag(const syntax::CoreInlineExports& exports);
  HostResult<wasm::CoreExternType> core_item(const syntax::CoreInlineExport& export_);
  HostResult<types::InstanceTypeId> instantiate_component(const syntax::Instantiate& instantiate, std::size_t offset);
  HostResult<types::InstanceTypeId> bag(const syntax::InlineExports& exports, std::size_t offset);
  HostResult<types::Entity> item(const syntax::SortIndex& item, std::size_t offset);

  // --- imports and exports ---
  struct Ascribed {
    types::Entity entity;
    bool introduces_resource = false;
  };
  HostResult<Ascribed> extern_type(const syntax::ExternType& type);
  HostResult<void> add_extern(const syntax::ExternName& name, Ascribed item, Direction direction, std::size_t offset);
  bool has_borrowing_value(const types::Entity& entity);
  HostResult<void> add_to_space(Ascribed& item, std::optional<Direction> direction, std::size_t offset);
  types::InstanceTypeId freshen(types::InstanceTypeId instance, Direction direction);
  HostResult<ExternNameParts> check_extern_name(const syntax::ExternName& name, const types::Entity& entity,
                                                const ExternSide& side, Direction direction, std::size_t offset);
  /// The interface that a name or its attribute `implements` refers to, with the suffix of its version.
  struct VersionedInterface {
    ExternNameParts name;
    std::optional<std::string_view> version_suffix;
  };
  HostResult<VersionedInterface> check_attributes(const syntax::ExternName& name, const ExternNameParts& parts,
                                                  const types::Entity& entity, std::size_t offset);
  HostResult<void> check_version(const ExternNameParts& parts, const VersionedInterface& interface);
  HostResult<void> check_annotation(const ExternNameParts& parts, const types::Entity& entity, const ExternSide& side);
  HostResult<void> check_constructor(const ExternNameParts& parts, const types::FunctionType& type,
                                     const ExternSide& side);
  HostResult<void> check_method(const ExternNameParts& parts, const types::FunctionType& type, const ExternSide& side);
  HostResult<void> check_resource_name(const types::ResourceRef& resource, std::string_view name,
                                       const ExternSide& side);
  HostResult<void> register_name(const syntax::ExternName& name, const ExternNameParts& parts,
                                 const types::Entity& entity, ExternSide& side, Direction direction,
                                 std::size_t offset);
  bool register_named_types(const types::Entity& entity, Direction direction, const std::string* top_level_name);
  bool is_made_of_named(const types::TypeRef& type, ExternSide& side);
  bool function_is_made_of_named(types::FunctionTypeId id, ExternSide& side);
  bool instance_is_made_of_named(types::InstanceTypeId id, ExternSide& side);
  bool members_are_named(types::DefinedTypeId id, ExternSide& side);
  bool is_named(const types::ValueTypeRef& type, ExternSide& side);

  // --- canonical definitions ---
  HostResult<Options> options(const std::vector<syntax::CanonicalOption>& list, std::size_t offset);
  HostResult<void> set_option(Options& options, const syntax::CanonicalOption& option, bool (&seen)[16],
                              std::optional<syntax::CanonicalOptionKind>& encoding, std::size_t offset);
  HostResult<wasm::CoreTypeId> core_type_option(std::uint32_t index, std::size_t offset);
  HostResult<bool> check_memory(std::uint32_t index, std::size_t offset);
  HostResult<void> check_realloc(const Options& options, std::size_t offset);
  HostResult<void> check_lower_options(const Options& options, std::size_t offset);
  HostResult<void> check_lift_options(const Options& options, const CoreFunctionType& core, std::size_t offset);
  HostResult<void> require_memory(const Options& options, bool and_realloc, std::size_t offset) const;
  enum class Abi : bool { lift, lower };
  HostResult<CoreFunctionType> flatten(const types::FunctionType& type, const Options& options, Abi abi,
                                       std::size_t offset);
  HostResult<bool> flatten_parameters(const types::FunctionType& type, const Options& options, Abi abi,
                                      CoreFunctionType& result, std::size_t offset);
  HostResult<wasm::CoreTypeId> lowered_type(const types::FunctionType& type, const Options& options,
                                            std::size_t offset);
  HostResult<void> check_gc_signature(const types::FunctionType& type, const Options& options, std::size_t offset);
  HostResult<void> check_gc(const types::ValueTypeRef& type, const GcPlace& place, const Options& options,
                            std::size_t offset);
  HostResult<void> check_gc_string(const GcPlace& place, const Options& options, std::size_t offset);
  HostResult<void> check_gc_product(const types::DefinedType& node, const GcPlace& place, const Options& options,
                                    std::size_t offset);
  HostResult<void> check_gc_list(const types::DefinedType& node, const GcPlace& place, const Options& options,
                                 std::size_t offset);
  HostResult<void> check_gc_sum(const types::DefinedType& node, const GcPlace& place, std::size_t offset);
  const wasm::CoreCompositeType* gc_referent(const GcPlace& place) const;
  HostResult<const CoreFunctionType*> core_function_type(std::uint32_t index, std::size_t offset);
  HostResult<void> add_lift(const syntax::Canonical& canonical, std::size_t offset);
  HostResult<void> add_lower(const syntax::Canonical& canonical, std::size_t offset);
  HostResult<void> add_resource_builtin(const syntax::Canonical& canonical, std::size_t offset);
  HostResult<void> add_context(const syntax::Canonical& canonical, std::size_t offset);
  HostResult<void> add_task_return(const syntax::Canonical& canonical, std::size_t offset);
  HostResult<void> add_transfer_builtin(const syntax::Canonical& canonical, std::size_t offset);
  HostResult<void> add_error_context_builtin(const syntax::Canonical& canonical, std::size_t offset);
  HostResult<void> add_waitable_set(const syntax::Canonical& canonical, std::size_t offset);
  HostResult<void> add_thread_builtin(const syntax::Canonical& canonical, std::size_t offset);
  HostResult<void> add_shared_thread_builtin(const syntax::Canonical& canonical, std::size_t offset);
  /// The function that a new thread runs.
  struct ThreadStart {
    wasm::CoreTypeId type;
    CoreKind closure;  ///< the type of its only parameter
  };
  void add_spawn_ref(const ThreadStart& start);
  HostResult<ThreadStart> check_thread_start(const syntax::Canonical& canonical, bool shared, std::size_t offset);
  HostResult<CoreKind> check_thread_table(const syntax::Canonical& canonical, bool shared, std::size_t offset);
  HostResult<void> add_copying_builtin(const Options& options, const std::vector<CoreKind>& parameters,
                                       const std::vector<CoreKind>& results, std::size_t offset);
  void add_core_function(const std::vector<CoreKind>& parameters, const std::vector<CoreKind>& results);
  void add_core_function(const CoreFunctionType& type);

  types::TypeEngine& engine_;
  types::Subtyping subtyping_;
  const Features& features_;
  /// Instance types that contain borrows, but none in an exported value.
  types::FlatSet<types::InstanceTypeId> without_borrowing_values_;
  std::deque<Scope> scopes_;  // outermost first; references stay valid while inner scopes open and close
};

}  // namespace holdfast::component::validation
