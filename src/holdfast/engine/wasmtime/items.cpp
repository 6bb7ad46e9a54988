// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The items of a store: instances and their exports, functions, memories, globals, tables. This code never asks the
// engine for the type of an item, because its C API aborts the process on vector and garbage-collected types.
#include <utility>
#include <wasmtime.h>

#include "holdfast/engine/store.hpp"
#include "holdfast/engine/wasmtime/failure.hpp"
#include "holdfast/engine/wasmtime/store_impl.hpp"

namespace holdfast::engine {
namespace {

using wasmtime::ErrorPointer;
using wasmtime::from_c;
using wasmtime::to_c;

wasm_valkind_t kind_of(ValueType type) noexcept {
  switch (type) {
    case ValueType::i32: return WASM_I32;
    case ValueType::i64: return WASM_I64;
    case ValueType::f32: return WASM_F32;
    case ValueType::f64: return WASM_F64;
  }
  std::unreachable();
}

wasm_valtype_vec_t types_of(std::span<const ValueType> types) {
  wasm_valtype_vec_t vector;
  wasm_valtype_vec_new_uninitialized(&vector, types.size());
  for (std::size_t i = 0; i < types.size(); ++i) vector.data[i] = wasm_valtype_new(kind_of(types[i]));
  return vector;
}

wasmtime::FunctionTypePointer function_type(const FunctionType& type) {
  wasm_valtype_vec_t parameters = types_of(type.parameters);
  wasm_valtype_vec_t results = types_of(type.results);
  return wasmtime::FunctionTypePointer(wasm_functype_new(&parameters, &results));  // takes ownership of both
}

wasmtime_val_t to_value(ValueType type, RawValue raw) noexcept {
  wasmtime_val_t value{};
  switch (type) {
    case ValueType::i32:
      value.kind = WASMTIME_I32;
      value.of.i32 = static_cast<std::int32_t>(raw.i32());
      break;
    case ValueType::i64:
      value.kind = WASMTIME_I64;
      value.of.i64 = static_cast<std::int64_t>(raw.i64());
      break;
    case ValueType::f32:
      value.kind = WASMTIME_F32;
      value.of.f32 = std::bit_cast<float32_t>(raw.f32_bits());
      break;
    case ValueType::f64:
      value.kind = WASMTIME_F64;
      value.of.f64 = std::bit_cast<float64_t>(raw.f64_bits());
      break;
  }
  return value;
}

std::optional<RawValue> from_value(wasmtime_val_t value) noexcept {
  switch (value.kind) {
    case WASMTIME_I32: return RawValue::from_i32(static_cast<std::uint32_t>(value.of.i32));
    case WASMTIME_I64: return RawValue::from_i64(static_cast<std::uint64_t>(value.of.i64));
    case WASMTIME_F32: return RawValue::from_f32_bits(std::bit_cast<std::uint32_t>(value.of.f32));
    case WASMTIME_F64: return RawValue::from_f64_bits(std::bit_cast<std::uint64_t>(value.of.f64));
    default: wasmtime_val_unroot(&value); return std::nullopt;
  }
}

wasmtime_extern_t to_extern(const Extern& item) noexcept {
  wasmtime_extern_t value{};
  switch (item.kind()) {
    case ExternKind::function:
      value.kind = WASMTIME_EXTERN_FUNC;
      value.of.func = to_c<wasmtime_func_t>(item.function());
      break;
    case ExternKind::memory:
      value.kind = WASMTIME_EXTERN_MEMORY;
      value.of.memory = to_c<wasmtime_memory_t>(item.memory());
      break;
    case ExternKind::global:
      value.kind = WASMTIME_EXTERN_GLOBAL;
      value.of.global = to_c<wasmtime_global_t>(item.global());
      break;
    case ExternKind::table:
      value.kind = WASMTIME_EXTERN_TABLE;
      value.of.table = to_c<wasmtime_table_t>(item.table());
      break;
    case ExternKind::tag:
      value.kind = WASMTIME_EXTERN_TAG;
      value.of.tag = to_c<wasmtime_tag_t>(item.tag());
      break;
  }
  return value;
}

// Takes ownership of `value`. Shared memories are the only kind that is not handled; engine.cpp rules them out.
std::optional<Extern> from_extern(wasmtime_extern_t value) noexcept {
  switch (value.kind) {
    case WASMTIME_EXTERN_FUNC: return from_c<Function>(value.of.func);
    case WASMTIME_EXTERN_MEMORY: return from_c<Memory>(value.of.memory);
    case WASMTIME_EXTERN_GLOBAL: return from_c<Global>(value.of.global);
    case WASMTIME_EXTERN_TABLE: return from_c<Table>(value.of.table);
    case WASMTIME_EXTERN_TAG: return from_c<Tag>(value.of.tag);
    default: wasmtime_extern_delete(&value); return std::nullopt;
  }
}

// The engine calls this for every host function. A failure always returns a new trap: returning the trap of an inner
// call would rethrow its exception in the outer guest, which could catch it.
wasm_trap_t* trampoline(void* environment, wasmtime_caller_t*, wasmtime_val_raw_t* values, std::size_t) {
  const auto& function = *static_cast<const Store::Impl::HostFunction*>(environment);
  if (function.callback(function.environment, wasmtime::from_raw(values))) [[likely]]
    return nullptr;
  function.store->stopped_by = Store::Impl::Stopper::host;
  constexpr std::string_view message = "a host function failed";
  return wasmtime_trap_new(message.data(), message.size());
}

wasm_limits_t to_limits(std::uint32_t minimum, std::optional<std::uint32_t> maximum) noexcept {
  return {.min = minimum, .max = maximum.value_or(wasm_limits_max_default)};
}

}  // namespace

Function Store::make_function(const FunctionType& type, HostCallback callback, void* environment) {
  auto& known_type = impl_->function_types[type];
  if (!known_type) known_type = function_type(type);
  auto& record = impl_->host_functions.emplace_back(callback, environment, impl_.get());
  wasmtime_func_t function;
  wasmtime_func_new_unchecked(impl_->context, known_type.get(), &trampoline, &record, nullptr, &function);
  return from_c<Function>(function);
}

std::expected<Instance, CallFailure> Store::instantiate(const Module& module, std::span<const Extern> imports) {
  std::vector<wasmtime_extern_t> externs;
  externs.reserve(imports.size());
  for (const Extern& item : imports) externs.push_back(to_extern(item));
  const Impl::Running running(*impl_);
  wasmtime_instance_t instance;
  wasm_trap_t* trap = nullptr;
  wasmtime_error_t* const error = wasmtime_instance_new(impl_->context, module.impl().module.get(), externs.data(),
                                                        externs.size(), &instance, &trap);
  if (error == nullptr && trap == nullptr) return from_c<Instance>(instance);
  return std::unexpected(impl_->failure(error, trap));
}

std::optional<Extern> Store::get_export(const Instance& instance, std::string_view name) {
  const auto owner = to_c<wasmtime_instance_t>(instance);
  wasmtime_extern_t item;
  if (!wasmtime_instance_export_get(impl_->context, &owner, name.data(), name.size(), &item)) return std::nullopt;
  return from_extern(item);
}

std::optional<NamedExtern> Store::get_export(const Instance& instance, std::size_t index) {
  const auto owner = to_c<wasmtime_instance_t>(instance);
  wasmtime_extern_t item;
  char* name = nullptr;
  std::size_t size = 0;
  if (!wasmtime_instance_export_nth(impl_->context, &owner, index, &name, &size, &item)) return std::nullopt;
  std::string copy(name, size);
  const auto value = from_extern(item);
  if (!value) return std::nullopt;
  return NamedExtern{std::move(copy), *value};
}

MemoryView Store::view(const Memory& memory) const noexcept {
  const auto item = to_c<wasmtime_memory_t>(memory);
  return {reinterpret_cast<std::byte*>(wasmtime_memory_data(impl_->context, &item)),
          wasmtime_memory_data_size(impl_->context, &item)};
}

HostResult<Memory> Store::make_memory(std::uint32_t minimum_pages, std::optional<std::uint32_t> maximum_pages) {
  constexpr std::uint8_t page_size_log2 = 16;
  wasm_memorytype_t* type = nullptr;
  const ErrorPointer type_error(wasmtime_memorytype_new(
      minimum_pages, maximum_pages.has_value(), maximum_pages.value_or(0), false, false, page_size_log2, &type));
  if (type_error) return host_fail(ErrorKind::misuse, wasmtime::message_of(*type_error));
  const wasmtime::MemoryTypePointer owned_type(type);
  wasmtime_memory_t memory;
  const ErrorPointer error(wasmtime_memory_new(impl_->context, type, &memory));
  if (error) return host_fail(ErrorKind::limit, wasmtime::message_of(*error));
  return from_c<Memory>(memory);
}

HostResult<std::uint64_t> Store::grow(const Memory& memory, std::uint64_t pages) {
  const auto item = to_c<wasmtime_memory_t>(memory);
  std::uint64_t before = 0;
  const ErrorPointer error(wasmtime_memory_grow(impl_->context, &item, pages, &before));
  if (error) return host_fail(ErrorKind::limit, wasmtime::message_of(*error));
  return before;
}

HostResult<Global> Store::make_global(ValueType type, bool is_mutable, RawValue value) {
  const wasmtime::GlobalTypePointer global_type(
      wasm_globaltype_new(wasm_valtype_new(kind_of(type)), is_mutable ? WASM_VAR : WASM_CONST));
  const wasmtime_val_t initial = to_value(type, value);
  wasmtime_global_t global;
  const ErrorPointer error(wasmtime_global_new(impl_->context, global_type.get(), &initial, &global));
  if (error) return host_fail(ErrorKind::misuse, wasmtime::message_of(*error));
  return from_c<Global>(global);
}

std::optional<RawValue> Store::read(const Global& global) {
  const auto item = to_c<wasmtime_global_t>(global);
  wasmtime_val_t value;
  wasmtime_global_get(impl_->context, &item, &value);
  return from_value(value);
}

HostResult<void> Store::write(const Global& global, ValueType type, RawValue raw) {
  const auto item = to_c<wasmtime_global_t>(global);
  const wasmtime_val_t value = to_value(type, raw);
  const ErrorPointer error(wasmtime_global_set(impl_->context, &item, &value));
  if (error) return host_fail(ErrorKind::misuse, wasmtime::message_of(*error));
  return {};
}

HostResult<Table> Store::make_function_table(std::uint32_t minimum, std::optional<std::uint32_t> maximum) {
  const wasm_limits_t limits = to_limits(minimum, maximum);
  const wasmtime::TableTypePointer type(wasm_tabletype_new(wasm_valtype_new(WASM_FUNCREF), &limits));
  wasmtime_val_t null{};
  null.kind = WASMTIME_FUNCREF;
  wasmtime_funcref_set_null(&null.of.funcref);
  wasmtime_table_t table;
  const ErrorPointer error(wasmtime_table_new(impl_->context, type.get(), &null, &table));
  if (error) return host_fail(ErrorKind::limit, wasmtime::message_of(*error));
  return from_c<Table>(table);
}

std::uint64_t Store::size(const Table& table) const noexcept {
  const auto item = to_c<wasmtime_table_t>(table);
  return wasmtime_table_size(impl_->context, &item);
}

std::optional<Function> Store::get_element(const Table& table, std::uint64_t index) {
  const auto item = to_c<wasmtime_table_t>(table);
  wasmtime_val_t value;
  if (!wasmtime_table_get(impl_->context, &item, index, &value)) return std::nullopt;
  if (value.kind != WASMTIME_FUNCREF) {
    wasmtime_val_unroot(&value);
    return std::nullopt;
  }
  if (wasmtime_funcref_is_null(&value.of.funcref)) return std::nullopt;
  return from_c<Function>(value.of.funcref);
}

HostResult<void> Store::set_element(const Table& table, std::uint64_t index, const Function& function) {
  const auto item = to_c<wasmtime_table_t>(table);
  wasmtime_val_t value{};
  value.kind = WASMTIME_FUNCREF;
  value.of.funcref = to_c<wasmtime_func_t>(function);
  const ErrorPointer error(wasmtime_table_set(impl_->context, &item, index, &value));
  if (error) return host_fail(ErrorKind::misuse, wasmtime::message_of(*error));
  return {};
}

}  // namespace holdfast::engine
