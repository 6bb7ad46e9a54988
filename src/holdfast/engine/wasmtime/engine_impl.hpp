// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What stands behind Engine and Module. Thread-safe: the engine's own objects are, the rest is constant or atomic.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "holdfast/engine/code_cache.hpp"
#include "holdfast/engine/engine.hpp"
#include "holdfast/engine/wasmtime/handles.hpp"

namespace holdfast::engine {

struct Engine::Impl {
  EngineSettings settings;
  wasmtime::EnginePointer engine;
  std::optional<CodeCache> cache;
  /// Ticks of `Engine::tick`. The engine's own epoch also moves when a store is interrupted.
  std::atomic<std::uint64_t> ticks{0};

  /// Makes every running guest look at its store's deadline and interruption. Async-signal-safe.
  void bump() noexcept { wasmtime_engine_increment_epoch(engine.get()); }

  /// Everything that compiled code depends on, apart from the module itself and the machine (the engine compares the
  /// machine with what the code was compiled for when it loads it).
  std::string compiler_name() const;
};

struct Module::Impl {
  wasmtime::ModulePointer module;
};

}  // namespace holdfast::engine
