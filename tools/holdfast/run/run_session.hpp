// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One run: the engine, the store, the component and those that are linked to it. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "holdfast/embed/linker.hpp"
#include "run/run_options.hpp"
#include "run/timeout.hpp"
#include "run/wasi_setup.hpp"

namespace holdfast::cli {

class RunSession {
 public:
  /// Loads and instantiates everything. Errors: those of loading, linking and instantiating; misuse (a wrong option).
  static HostResult<std::unique_ptr<RunSession>> start(const RunOptions& options);

  /// The component's instance, then those of the linked components.
  const std::vector<Instance>& instances() const noexcept { return instances_; }
  const Component& component() const noexcept { return component_; }
  Store& store() noexcept { return store_; }
  const WasiSetup& wasi() const noexcept { return wasi_; }
  /// Whether the timeout stopped the guest.
  bool has_timed_out() const noexcept { return timeout_ && timeout_->has_expired(); }

 private:
  RunSession(const Engine& engine, Store store, const Component& component)
      : engine_(engine), store_(std::move(store)), component_(component), linker_(engine_) {}
  HostResult<void> link_and_instantiate(const RunOptions& options);

  Engine engine_;
  WasiSetup wasi_;  // before the store, whose guests write to it
  Store store_;
  Component component_;
  Linker linker_;
  std::vector<Instance> instances_;
  std::optional<Timeout> timeout_;
};

}  // namespace holdfast::cli
