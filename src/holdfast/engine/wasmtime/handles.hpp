// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Owning pointers for the objects of Wasmtime's C API, and checks of the sizes and layouts that this code depends on.
#pragma once

#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>
#include <wasmtime.h>

#include "holdfast/engine/core_value.hpp"
#include "holdfast/engine/store.hpp"

namespace holdfast::engine::wasmtime {

/// Deletes an object with `function`, one of the C API's *_delete functions.
template <auto function>
struct Deleter {
  template <class T>
  void operator()(T* object) const noexcept {
    function(object);
  }
};

using EnginePointer = std::unique_ptr<wasm_engine_t, Deleter<wasm_engine_delete>>;
using ModulePointer = std::unique_ptr<wasmtime_module_t, Deleter<wasmtime_module_delete>>;
using StorePointer = std::unique_ptr<wasmtime_store_t, Deleter<wasmtime_store_delete>>;
using ErrorPointer = std::unique_ptr<wasmtime_error_t, Deleter<wasmtime_error_delete>>;
using TrapPointer = std::unique_ptr<wasm_trap_t, Deleter<wasm_trap_delete>>;
using FunctionTypePointer = std::unique_ptr<wasm_functype_t, Deleter<wasm_functype_delete>>;
using GlobalTypePointer = std::unique_ptr<wasm_globaltype_t, Deleter<wasm_globaltype_delete>>;
using MemoryTypePointer = std::unique_ptr<wasm_memorytype_t, Deleter<wasm_memorytype_delete>>;
using TableTypePointer = std::unique_ptr<wasm_tabletype_t, Deleter<wasm_tabletype_delete>>;

/// A byte vector that the C API fills in.
struct Bytes {
  wasm_byte_vec_t vector{0, nullptr};
  Bytes() noexcept = default;
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
  ~Bytes() { wasm_byte_vec_delete(&vector); }
  std::string_view text() const noexcept { return {vector.data, vector.size}; }
};

// If wasmtime/conf.h is configured without garbage collection, values silently have 24 bytes instead of 32.
static_assert(sizeof(wasmtime_val_t) == 32, "wasmtime/conf.h does not match the library");
static_assert(sizeof(wasmtime_val_raw_t) == sizeof(RawValue) && alignof(wasmtime_val_raw_t) == alignof(RawValue));

inline wasmtime_val_raw_t* to_raw(RawValue* values) noexcept { return reinterpret_cast<wasmtime_val_raw_t*>(values); }
inline RawValue* from_raw(wasmtime_val_raw_t* values) noexcept { return reinterpret_cast<RawValue*>(values); }

/// Converts an item of the seam to the C API's representation; `from_c` converts it back.
template <class C, class Tag>
C to_c(const Item<Tag>& item) noexcept {
  static_assert(std::is_trivially_copyable_v<C> && sizeof(C) <= sizeof(item.representation));
  C c;
  std::memcpy(&c, item.representation.data(), sizeof c);
  return c;
}
template <class T, class C>
T from_c(const C& c) noexcept {
  static_assert(std::is_trivially_copyable_v<C> && sizeof(C) <= sizeof(T::representation));
  T item;
  std::memcpy(item.representation.data(), &c, sizeof c);
  return item;
}

}  // namespace holdfast::engine::wasmtime
