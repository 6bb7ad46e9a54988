// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One run: engine, store, the components that were linked to each other, and the end of it all. One thread.
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
  /// Loads and instantiates everything. Errors: those of loading, linking and instantiating; misuse for options.
  static HostResult<std::unique_ptr<RunSession>> start(const RunOptions& options);

  /// The component itself, then the linked ones.
  const std::vector<Instance>& instances() const noexcept { return instances_; }
  const Component& component() const noexcept { return component_; }
  Store& store() noexcept { return store_; }
  const WasiSetup& wasi() const noexcept { return wasi_; }
  /// Whether the guest was stopped for that.
  bool time_is_over() const noexcept { return timeout_ && timeout_->is_over(); }

 private:
  RunSession(Engine engine, Store store, Component component)
      : engine_(std::move(engine)), store_(std::move(store)), component_(std::move(component)), linker_(engine_) {}
  HostResult<void> link_and_instantiate(const RunOptions& options);

  Engine engine_;
  WasiSetup wasi_;  // outlives the store, whose guests write to it
  Store store_;
  Component component_;
  Linker linker_;
  std::vector<Instance> instances_;
  std::optional<Timeout> timeout_;
};

}  // namespace holdfast::cli
