// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// canon lift, canon lower and the resource built-ins, and the core signatures that follow from types and options.
// Source: CanonicalABI.md, "Flattening", "canon lift", "canon lower", "canon resource.*".
#include <utility>

#include "holdfast/component/validate/validator.hpp"

namespace holdfast::component::validation {
namespace {

constexpr std::size_t max_flat_parameters = 16;
constexpr std::size_t max_flat_async_parameters = 4;
constexpr std::size_t max_flat_results = 1;

wasm::CoreValueType core_type(engine::ValueType type) {
  switch (type) {
    case engine::ValueType::i32: return {wasm::CoreValueKind::i32, {}};
    case engine::ValueType::i64: return {wasm::CoreValueKind::i64, {}};
    case engine::ValueType::f32: return {wasm::CoreValueKind::f32, {}};
    case engine::ValueType::f64: return {wasm::CoreValueKind::f64, {}};
  }
  return {};
}

wasm::CoreFunctionType signature(const std::vector<wasm::CoreValueKind>& parameters,
                                 const std::vector<wasm::CoreValueKind>& results) {
  wasm::CoreFunctionType type;
  for (const wasm::CoreValueKind kind : parameters) type.parameters.push_back({kind, {}});
  for (const wasm::CoreValueKind kind : results) type.results.push_back({kind, {}});
  return type;
}

std::string list_of(const std::vector<wasm::CoreValueType>& types) {
  std::string text = "[";
  for (const wasm::CoreValueType& type : types) {
    std::string name = types::describe(type);
    for (char& c : name)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    text += (text.size() > 1 ? ", " : "") + name;
  }
  return text + "]";
}

const types::FlatTypes& flat_of(const types::Layout& layout, bool is_64) {
  return is_64 ? layout.wide.flat : layout.narrow.flat;
}

}  // namespace

void Validator::add_core_function(const CoreFunctionType& type) {
  current().spaces.core_functions.push_back(engine_.core_types().intern(type));
}

void Validator::add_core_function(const std::vector<CoreKind>& parameters, const std::vector<CoreKind>& results) {
  add_core_function(signature(parameters, results));
}

/// Adds a built-in that copies through memory. If the option `core-type` is present, it must declare the signature that
/// the built-in has anyway.
HostResult<void> Validator::add_copying_builtin(const Options& options, const std::vector<CoreKind>& parameters,
                                                const std::vector<CoreKind>& results, std::size_t offset) {
  const CoreFunctionType type = signature(parameters, results);
  if (!options.core_type) {
    add_core_function(type);
    return {};
  }
  const CoreFunctionType& declared = *engine_.core_types().function(*options.core_type);
  if (declared.parameters != type.parameters)
    return refuse_at(offset, Cause::declared_signature,
                     {list_of(declared.parameters), "parameter", list_of(type.parameters)});
  if (declared.results != type.results)
    return refuse_at(offset, Cause::declared_signature, {list_of(declared.results), "result", list_of(type.results)});
  current().spaces.core_functions.push_back(*options.core_type);
  return {};
}

HostResult<const wasm::CoreFunctionType*> Validator::core_function_type(std::uint32_t index, std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(const wasm::CoreTypeId id, current().core_function_at(index, offset));
  return engine_.core_types().function(id);
}

/// Adds the core function's parameters to `result`. Returns true if there are too many, so that a pointer to them is
/// passed instead.
HostResult<bool> Validator::flatten_parameters(const types::FunctionType& type, const Options& options, Abi abi,
                                               CoreFunctionType& result, std::size_t offset) {
  const std::size_t limit = abi == Abi::lower && options.is_async ? max_flat_async_parameters : max_flat_parameters;
  types::FlatTypes flat;
  for (const types::Parameter& parameter : type.parameters) {
    const types::Layout& layout = engine_.layout(parameter.type.structure);
    if (layout.contains_pointer) HOLDFAST_TRY(require_memory(options, abi == Abi::lift, offset));
    flat.append(flat_of(layout, options.memory_is_64));
    if (flat.size() > limit) {
      HOLDFAST_TRY(require_memory(options, abi == Abi::lift, offset));
      result.parameters = {{options.memory_is_64 ? CoreKind::i64 : CoreKind::i32, {}}};
      return true;
    }
  }
  for (const engine::ValueType flat_type : flat) result.parameters.push_back(core_type(flat_type));
  return false;
}

HostResult<void> Validator::require_memory(const Options& options, bool and_realloc, std::size_t offset) const {
  if (!options.memory) return refuse_at(offset, Cause::option_required, {"memory"});
  if (and_realloc && !options.realloc) return refuse_at(offset, Cause::option_required, {"realloc"});
  return {};
}

HostResult<wasm::CoreFunctionType> Validator::flatten(const types::FunctionType& type, const Options& options, Abi abi,
                                                      std::size_t offset) {
  CoreFunctionType result;
  HOLDFAST_TRY(flatten_parameters(type, options, abi, result, offset));
  const wasm::CoreValueType pointer{options.memory_is_64 ? CoreKind::i64 : CoreKind::i32, {}};
  const wasm::CoreValueType i32{CoreKind::i32, {}};
  const types::Layout* layout = type.result.is_present() ? &engine_.layout(type.result.structure) : nullptr;
  // The caller's realloc allocates the memory that a result points to.
  if (layout != nullptr && layout->contains_pointer && abi == Abi::lower)
    HOLDFAST_TRY(require_memory(options, true, offset));

  if (!options.is_async) {
    if (layout == nullptr) return result;
    const auto& flat = flat_of(*layout, options.memory_is_64);
    if (flat.size() <= max_flat_results) {
      for (const engine::ValueType flat_type : flat) result.results.push_back(core_type(flat_type));
      return result;
    }
    HOLDFAST_TRY(require_memory(options, false, offset));
    (abi == Abi::lower ? result.parameters : result.results).push_back(pointer);
    return result;
  }
  if (abi == Abi::lower) {
    if (layout != nullptr) {
      HOLDFAST_TRY(require_memory(options, false, offset));
      result.parameters.push_back(pointer);
    }
    result.results = {i32};
    return result;
  }
  // An async lift passes its result to task.return, so only the options that task.return needs are required here.
  if (layout != nullptr &&
      (layout->contains_pointer || flat_of(*layout, options.memory_is_64).size() > max_flat_parameters))
    HOLDFAST_TRY(require_memory(options, false, offset));
  if (options.callback) result.results = {i32};
  return result;
}

/// The type of the core function that a lowered function becomes.
HostResult<wasm::CoreTypeId> Validator::lowered_type(const types::FunctionType& type, const Options& options,
                                                     std::size_t offset) {
  if (options.gc) {
    HOLDFAST_TRY(check_gc_signature(type, options, offset));
    return *options.core_type;
  }
  HOLDFAST_TRY_ASSIGN(const CoreFunctionType flat, flatten(type, options, Abi::lower, offset));
  return engine_.core_types().intern(flat);
}

HostResult<void> Validator::add_lift(const syntax::Canonical& canonical, std::size_t offset) {
  Scope& scope = current();
  HOLDFAST_TRY_ASSIGN(const types::FunctionTypeId id, scope.function_type_at(canonical.type, offset));
  HOLDFAST_TRY_ASSIGN(const wasm::CoreTypeId core_id, scope.core_function_at(canonical.function, offset));
  const CoreFunctionType* core = engine_.core_types().function(core_id);
  HOLDFAST_TRY_ASSIGN(Options checked, options(canonical.options, offset));
  HOLDFAST_TRY(check_lift_options(checked, *core, offset));
  const types::FunctionType& type = engine_[id];
  if (checked.is_async && !type.is_async) return refuse_at(offset, Cause::async_option_for_sync_type);
  if (checked.gc) {
    checked.core_type = core_id;
    HOLDFAST_TRY(check_gc_signature(type, checked, offset));
    scope.spaces.functions.push_back(id);
    return {};
  }
  HOLDFAST_TRY_ASSIGN(const CoreFunctionType expected, flatten(type, checked, Abi::lift, offset));
  if (expected.parameters != core->parameters)
    return refuse_at(
        offset, Cause::lifted_signature,
        {"parameter", list_of(expected.parameters), list_of(core->parameters), number(canonical.function)});
  if (expected.results != core->results)
    return refuse_at(offset, Cause::lifted_signature,
                     {"result", list_of(expected.results), list_of(core->results), number(canonical.function)});
  scope.spaces.functions.push_back(id);
  return {};
}

HostResult<void> Validator::add_lower(const syntax::Canonical& canonical, std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(const types::FunctionTypeId id, current().function_at(canonical.function, offset));
  HOLDFAST_TRY_ASSIGN(const Options checked, options(canonical.options, offset));
  HOLDFAST_TRY(check_lower_options(checked, offset));
  const types::FunctionType& type = engine_[id];
  if (checked.is_async && !type.is_async) return refuse_at(offset, Cause::async_option_for_sync_type);
  HOLDFAST_TRY_ASSIGN(const wasm::CoreTypeId lowered, lowered_type(type, checked, offset));
  current().spaces.core_functions.push_back(lowered);
  return {};
}

HostResult<void> Validator::add_resource_builtin(const syntax::Canonical& canonical, std::size_t offset) {
  Scope& scope = current();
  HOLDFAST_TRY_ASSIGN(const types::ResourceRef resource, scope.resource_at(canonical.type, offset));
  if (canonical.opcode == syntax::CanonicalOpcode::resource_drop) {
    add_core_function({CoreKind::i32}, {});
    return {};
  }
  // Only the component that defines a resource may see its representation.
  const auto local = scope.representations.find(resource.resource);
  if (local == scope.representations.end() || !local->second)
    return refuse_at(offset, Cause::resource_not_local, {number(canonical.type)});
  if (canonical.opcode == syntax::CanonicalOpcode::resource_new)
    add_core_function({*local->second}, {CoreKind::i32});
  else
    add_core_function({CoreKind::i32}, {*local->second});
  return {};
}

}  // namespace holdfast::component::validation
