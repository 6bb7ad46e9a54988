// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Engine`: what compiles and runs core code, with settings that hold for all stores made from it. A cheap shared
// handle; usable from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "holdfast/component/validate/features.hpp"
#include "holdfast/engine/engine.hpp"
#include "holdfast/runtime/store/services.hpp"

namespace holdfast {

struct EngineOptions {
  bool fuel = false;                        ///< stores may limit fuel (StoreLimits::fuel); costs some speed
  std::size_t max_wasm_stack = 512 * 1024;  ///< bytes of native stack that guests may use; threads need more than that
  /// What components and their core modules may use, by default everything; component::parse_features makes a set from
  /// names. What is let through and cannot run yet is refused by its name.
  component::Features features = *component::feature_set("all");
  /// Compiled code is kept here for the next start. The folder and its files must belong to the user and be writable
  /// by nobody else, for compiled code is trusted code. None: no cache.
  std::optional<std::filesystem::path> cache_directory = std::nullopt;
  /// Takes one line about what nobody is there to be told, such as a drop that failed in a destructor; from any thread
  /// that uses a store. Empty: the library is silent. Must not throw.
  std::function<void(std::string_view)> log = {};
  /// The time by which leak reports tell ages. Empty: the steady clock.
  std::function<std::chrono::steady_clock::time_point()> clock = {};
};

class Engine {
 public:
  // Moving is copying, so that there is no empty one.
  Engine(const Engine&) = default;
  Engine& operator=(const Engine&) = default;

  /// Errors: io (the cache folder cannot be used, or others could write to it).
  static HostResult<Engine> create(const EngineOptions& options = {});

  /// "wasmtime 48.0.0".
  static std::string version() { return engine::Engine::version(); }

  /// Lets one tick pass for the deadlines of all stores (Store::set_deadline): called by a timer of the embedder's.
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
