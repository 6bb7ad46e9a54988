// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>
#include <utility>
#include <wasmtime.h>

#include "holdfast/engine/engine.hpp"
#include "holdfast/engine/wasmtime/engine_impl.hpp"
#include "holdfast/engine/wasmtime/failure.hpp"

namespace holdfast::engine {
namespace {

using wasmtime::ErrorPointer;

const std::uint8_t* data_of(std::span<const std::byte> bytes) noexcept {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

std::vector<std::byte> copy_of(const wasmtime::Bytes& bytes) {
  const auto view = std::as_bytes(std::span(bytes.vector.data, bytes.vector.size));
  return {view.begin(), view.end()};
}

ErrorPointer validation_error(const Engine::Impl& engine, std::span<const std::byte> wasm) {
  return ErrorPointer(wasmtime_module_validate(engine.engine.get(), data_of(wasm), wasm.size()));
}

HostResult<Module> compile_uncached(const Engine::Impl& engine, std::span<const std::byte> wasm) {
  wasmtime_module_t* module = nullptr;
  const ErrorPointer error(wasmtime_module_new(engine.engine.get(), data_of(wasm), wasm.size(), &module));
  if (!error) return Module(std::make_shared<Module::Impl>(wasmtime::ModulePointer(module)));
  // A separate validation reports the same error in fewer words, and always with the offset.
  if (const auto invalid = validation_error(engine, wasm)) return std::unexpected(wasmtime::invalid_binary(*invalid));
  return std::unexpected(wasmtime::invalid_binary(*error));
}

std::optional<Module> load_cached(const Engine& engine, const CodeCache::Key& key) {
  const auto entry = engine.impl()->cache->load(key);
  if (!entry) return std::nullopt;
  auto module = Module::deserialize(engine, entry->code());
  if (!module) return std::nullopt;
  return std::move(*module);
}

}  // namespace

HostResult<std::vector<std::byte>> text_to_binary(std::string_view text) {
  using namespace std::string_view_literals;
  if (text.starts_with("\0asm"sv)) {
    const auto bytes = std::as_bytes(std::span(text));
    return std::vector<std::byte>(bytes.begin(), bytes.end());
  }
  wasmtime::Bytes binary;
  const ErrorPointer error(wasmtime_wat2wasm(text.data(), text.size(), &binary.vector));
  if (error) return std::unexpected(wasmtime::invalid_text(*error));
  return copy_of(binary);
}

HostResult<Module> Module::compile(const Engine& engine, std::span<const std::byte> wasm) {
  const Engine::Impl& impl = *engine.impl();
  const auto key = impl.cache ? CodeCache::key_of(impl.compiler_name(), wasm) : std::nullopt;
  if (!key) return compile_uncached(impl, wasm);
  if (auto module = load_cached(engine, *key)) return std::move(*module);

  auto module = compile_uncached(impl, wasm);
  if (module) {
    // An error is ignored: a cache that cannot be written only costs time.
    if (const auto code = module->serialize()) static_cast<void>(impl.cache->keep(*key, *code));
  }
  return module;
}

HostResult<void> Module::validate(const Engine& engine, std::span<const std::byte> wasm) {
  if (const auto error = validation_error(*engine.impl(), wasm))
    return std::unexpected(wasmtime::invalid_binary(*error));
  return {};
}

HostResult<std::vector<std::byte>> Module::serialize() const {
  wasmtime::Bytes bytes;
  const ErrorPointer error(wasmtime_module_serialize(impl_->module.get(), &bytes.vector));
  if (error) return host_fail(ErrorKind::unsupported, wasmtime::message_of(*error));
  return copy_of(bytes);
}

HostResult<Module> Module::deserialize(const Engine& engine, std::span<const std::byte> bytes) {
  wasmtime_module_t* module = nullptr;
  const ErrorPointer error(
      wasmtime_module_deserialize(engine.impl()->engine.get(), data_of(bytes), bytes.size(), &module));
  if (error) return host_fail(ErrorKind::invalid, wasmtime::message_of(*error));
  return Module(std::make_shared<Impl>(wasmtime::ModulePointer(module)));
}

}  // namespace holdfast::engine
