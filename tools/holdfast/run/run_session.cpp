// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "run/run_session.hpp"

#include "console/output.hpp"
#include "files/cache_directory.hpp"
#include "files/loading.hpp"
#include "run/provider_links.hpp"

namespace holdfast::cli {
namespace {

/// Bytes. Half of a thread's stack on most systems: interpreters that were compiled to WebAssembly recurse deeply.
constexpr std::size_t wasm_stack = std::size_t{2} << 20;

HostResult<Engine> make_engine(const RunOptions& options) {
  EngineOptions settings;
  settings.fuel = options.fuel.has_value();
  settings.max_wasm_stack = wasm_stack;
  if (!options.no_cache) settings.cache_directory = cache_directory();
  auto engine = Engine::create(settings);
  if (engine || !settings.cache_directory) return engine;
  print_warning("running without the cache of compiled code: " + engine.error().message());
  settings.cache_directory.reset();
  return Engine::create(settings);
}

HostResult<Store> make_store(const Engine& engine, const RunOptions& options) {
  StoreOptions settings;
  settings.limits.fuel = options.fuel;
  if (options.max_memory) settings.limits.memory_bytes = *options.max_memory;
  settings.track_handles = options.report || options.json || options.leaks != LeakPolicy::ignore;
  return Store::create(engine, settings);
}

}  // namespace

HostResult<std::unique_ptr<RunSession>> RunSession::start(const RunOptions& options) {
  HOLDFAST_TRY_ASSIGN(const Engine engine, make_engine(options));
  HOLDFAST_TRY_ASSIGN(Store store, make_store(engine, options));
  HOLDFAST_TRY_ASSIGN(const Component component, load_component(engine, options.file));
  std::unique_ptr<RunSession> session(new RunSession(engine, std::move(store), component));
  HOLDFAST_TRY(session->link_and_instantiate(options));
  return session;
}

HostResult<void> RunSession::link_and_instantiate(const RunOptions& options) {
  HOLDFAST_TRY(wasi_.link(linker_, options));
  if (options.allow_missing) linker_.missing_as_traps();
  HOLDFAST_TRY_ASSIGN(const std::vector<Provider> providers, load_providers(engine_, options.links));
  // The timeout covers the guest's own work, start functions included, but not compiling.
  if (options.timeout) timeout_.emplace(store_, *options.timeout);
  for (const Provider& provider : providers) {
    auto linked = linker_.instantiate(store_, provider.component);
    if (!linked) return std::unexpected(std::move(linked).error().with_context("--link " + provider.option));
    for (const std::string& interface : provider.interfaces) linker_.instance(interface, *linked);
    instances_.push_back(*std::move(linked));
  }
  HOLDFAST_TRY_ASSIGN(Instance instance, linker_.instantiate(store_, component_));
  instances_.insert(instances_.begin(), std::move(instance));
  return {};
}

}  // namespace holdfast::cli
