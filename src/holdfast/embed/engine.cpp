// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/embed/engine.hpp"

namespace holdfast {

HostResult<Engine> Engine::create(const EngineOptions& options) {
  auto made = engine::Engine::create({.fuel = options.fuel,
                                      .deadlines = true,
                                      .max_wasm_stack = options.max_wasm_stack,
                                      .features = options.features.core,
                                      .cache_directory = options.cache_directory});
  if (!made) return std::unexpected(std::move(made).error());
  auto services = std::make_shared<runtime::Services>();
  services->log = options.log;
  services->features = options.features;
  if (options.clock) services->clock = options.clock;
  return Engine(*std::move(made), std::move(services));
}

}  // namespace holdfast
