// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Engine`: compiles and runs core code. Its settings hold for every store that is created from it. A cheap shared
// handle; any thread may use it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "holdfast/component/validate/features.hpp"
#include "holdfast/core/chrono.hpp"
#include "holdfast/engine/engine.hpp"
#include "holdfast/runtime/store/services.hpp"

namespace holdfast {

/// The settings of an engine. Plain data; `{}` is a sensible default.
struct EngineOptions {
  bool fuel = false;                        ///< count fuel, so that stores may set StoreLimits::fuel; costs some speed
  std::size_t max_wasm_stack = 512 * 1024;  ///< bytes of native stack for guests; the thread's own stack must be larger
  /// The features that components and their core modules may use; by default all. component::parse_features makes a set
  /// from names. Holdfast rejects allowed features that it cannot run yet, and names them.
  component::Features features = *component::feature_set("all");
  /// The folder that keeps compiled code for the next start; nullopt for no cache. Compiled code is trusted, so the
  /// folder and its files must belong to the user, and nobody else may have write access.
  std::optional<std::string> cache_directory = std::nullopt;
  /// Receives one line for each failure that no caller can be told about, such as a drop that failed in a destructor.
  /// May be called from any thread that uses a store; must not throw. Empty: nothing is logged.
  std::function<void(std::string_view)> log = {};
  /// The clock for ages in leak reports, lifetimes of shares, and limits per second. Empty: the steady clock.
  std::function<std::chrono::steady_clock::time_point()> clock = {};
};

class Engine {
 public:
  // A move copies, so an Engine is never empty.
  Engine(const Engine&) = default;
  Engine& operator=(const Engine&) = default;

  /// Errors: misuse (the engine rejects a setting), io (the cache folder cannot be used, or others may write to it).
  static HostResult<Engine> create(const EngineOptions& options = {});

  /// The name and version of the underlying engine, such as "wasmtime 48.0.0".
  static std::string version() { return engine::Engine::version(); }

  /// Advances the deadlines of all stores by one tick (see Store::set_deadline). Call it from a timer of your own; any
  /// thread may do so.
  void tick() const noexcept { seam_.tick(); }

 private:
  friend class Component;
  friend class CoreModule;
  friend class Store;

  Engine(engine::Engine seam, std::shared_ptr<const runtime::Services> services) noexcept
      : seam_(std::move(seam)), services_(std::move(services)) {}
  engine::Engine seam_;
  std::shared_ptr<const runtime::Services> services_;
};

}  // namespace holdfast
