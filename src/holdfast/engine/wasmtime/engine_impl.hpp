// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The implementation of Engine and Module. Thread-safe: the engine's own objects are thread-safe, and all other members
// are constant or atomic.
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
  /// The number of calls of `Engine::tick`. The engine's own epoch also advances when a store is interrupted.
  std::atomic<std::uint64_t> ticks{0};

  /// Makes every running guest check its store's deadline and interruption. Async-signal-safe.
  void bump() noexcept { wasmtime_engine_increment_epoch(engine.get()); }

  /// Names everything that compiled code depends on, apart from the module and the processor. (When the engine loads
  /// code, it checks that the code was compiled for this processor.)
  std::string compiler_name() const;
};

struct Module::Impl {
  wasmtime::ModulePointer module;
};

}  // namespace holdfast::engine
