// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/embed/engine.hpp"

namespace holdfast {

HostResult<Engine> Engine::create(const EngineOptions& options) {
  auto core_engine = engine::Engine::create({.fuel = options.fuel,
                                             .deadlines = true,
                                             .max_wasm_stack = options.max_wasm_stack,
                                             .features = options.features.core,
                                             .cache_directory = options.cache_directory});
  if (!core_engine) return std::unexpected(std::move(core_engine).error());
  auto services = std::make_shared<runtime::Services>();
  services->log = options.log;
  services->features = options.features;
  if (options.clock) services->clock = options.clock;
  return Engine(*std::move(core_engine), std::move(services));
}

}  // namespace holdfast
