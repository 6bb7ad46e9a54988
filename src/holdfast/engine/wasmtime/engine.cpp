// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/engine/engine.hpp"

#include <algorithm>
#include <utility>
#include <wasmtime.h>

#include "holdfast/engine/wasmtime/engine_impl.hpp"

namespace holdfast::engine {
namespace {

constexpr std::size_t smallest_stack = 16 * 1024;
constexpr std::size_t largest_stack = 256 * 1024 * 1024;
// The engine's default size for the stacks of asynchronous calls. Holdfast makes no such calls, but the engine aborts
// the process if those stacks are smaller than the stack that guest code may use.
constexpr std::size_t default_async_stack = 2 * 1024 * 1024;

// Enables exactly those of `features` that the engine supports. Stack switching stays off: the component model's rules
// do not allow for a stack that is suspended in the middle of a host call.
void enable_features(wasm_config_t* config, const wasm::CoreFeatures& features) {
  wasmtime_config_wasm_simd_set(config, features.simd);
  wasmtime_config_wasm_relaxed_simd_set(config, features.relaxed_simd);
  wasmtime_config_wasm_bulk_memory_set(config, features.bulk_memory);
  wasmtime_config_wasm_multi_value_set(config, features.multi_value);
  wasmtime_config_wasm_multi_memory_set(config, features.multi_memory);
  wasmtime_config_wasm_memory64_set(config, features.memory64);
  wasmtime_config_wasm_reference_types_set(config, features.reference_types);
  wasmtime_config_wasm_function_references_set(config, features.function_references);
  wasmtime_config_wasm_gc_set(config, features.gc);
  wasmtime_config_gc_support_set(config, true);
  wasmtime_config_wasm_exceptions_set(config, features.exceptions);
  wasmtime_config_wasm_tail_call_set(config, features.tail_call);
  wasmtime_config_wasm_wide_arithmetic_set(config, features.wide_arithmetic);
  wasmtime_config_wasm_custom_page_sizes_set(config, features.custom_page_sizes);
  // Atomic instructions are valid and run on ordinary memories. Shared memories cannot be created, because the
  // canonical ABI reads and writes memories without synchronisation.
  wasmtime_config_wasm_threads_set(config, features.threads);
  wasmtime_config_shared_memory_set(config, false);
}

/// Switches the engine's own component model off: Holdfast runs core modules only, and some versions of the engine
/// refuse core features that their component model builds on.
void disable_component_model(wasm_config_t* config) {
#ifdef WASMTIME_FEATURE_COMPONENT_MODEL
  wasmtime_config_wasm_component_model_set(config, false);
  wasmtime_config_concurrency_support_set(config, false);
#endif
#ifdef WASMTIME_FEATURE_COMPONENT_MODEL_ASYNC
  wasmtime_config_wasm_component_model_async_set(config, false);
#endif
}

// One digit for each feature, in the order of core_features.def.
std::string digits_of(const wasm::CoreFeatures& features) {
  std::string digits;
#define HOLDFAST_CORE_FEATURE(member, name, value) digits += features.member ? '1' : '0';
#include "holdfast/wasm/core_features.def"
#undef HOLDFAST_CORE_FEATURE
  return digits;
}

}  // namespace

std::string Engine::Impl::compiler_name() const {
  // Increment this when enable_features or another setting of the compiler changes.
  constexpr int settings_revision = 3;
  return Engine::version() + ", settings " + std::to_string(settings_revision) + ", fuel " +
         std::to_string(static_cast<int>(settings.fuel)) + ", deadlines " +
         std::to_string(static_cast<int>(settings.deadlines)) + ", stack " + std::to_string(settings.max_wasm_stack) +
         ", features " + digits_of(settings.features);
}

HostResult<Engine> Engine::create(const EngineSettings& settings) {
  if (settings.max_wasm_stack < smallest_stack || settings.max_wasm_stack > largest_stack)
    return host_fail(ErrorKind::misuse, "max_wasm_stack is " + std::to_string(settings.max_wasm_stack) +
                                            " bytes; expected 16 KiB to 256 MiB");
  auto impl = std::make_shared<Impl>();
  impl->settings = settings;
  impl->settings.features = wasm::with_foundations(settings.features);
  if (settings.cache_directory) {
    auto cache = CodeCache::open(*settings.cache_directory, settings.max_cache_bytes);
    if (!cache) return std::unexpected(std::move(cache).error().with_context("compiled-code cache"));
    impl->cache.emplace(std::move(*cache));
  }

  wasm_config_t* config = wasm_config_new();
  enable_features(config, impl->settings.features);
  disable_component_model(config);
  wasmtime_config_consume_fuel_set(config, settings.fuel);
  wasmtime_config_epoch_interruption_set(config, settings.deadlines);
  wasmtime_config_max_wasm_stack_set(config, settings.max_wasm_stack);
  wasmtime_config_async_stack_size_set(config, std::max(settings.max_wasm_stack, default_async_stack));
  impl->engine.reset(wasm_engine_new_with_config(config));  // takes ownership of `config`
  if (!impl->engine) return host_fail(ErrorKind::misuse, "the engine refused the settings");
  return Engine(std::move(impl));
}

std::string Engine::version() { return "wasmtime " WASMTIME_VERSION; }

const EngineSettings& Engine::settings() const noexcept { return impl_->settings; }

void Engine::tick() const noexcept {
  impl_->ticks.fetch_add(1);
  impl_->bump();
}

}  // namespace holdfast::engine
