// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "run_session.hpp"

#include <algorithm>

#include "cache_directory.hpp"
#include "name_resolver.hpp"
#include "output.hpp"
#include "suggestions.hpp"

namespace holdfast::cli {
namespace {

/// Half of what threads have on most systems; interpreters that were compiled to WebAssembly nest deeply.
constexpr std::size_t wasm_stack = std::size_t{2} << 20;

HostResult<Engine> make_engine(const RunOptions& options) {
  EngineOptions wanted;
  wanted.fuel = options.fuel.has_value();
  wanted.max_wasm_stack = wasm_stack;
  if (!options.no_cache) wanted.cache_directory = cache_directory();
  auto made = Engine::create(wanted);
  if (made || !wanted.cache_directory) return made;
  print_warning("running without the cache of compiled code: " + made.error().message());
  wanted.cache_directory.reset();
  return Engine::create(wanted);
}

HostResult<Store> make_store(const Engine& engine, const RunOptions& options) {
  StoreOptions wanted;
  wanted.limits.fuel = options.fuel;
  if (options.max_memory) wanted.limits.memory_bytes = *options.max_memory;
  wanted.track_handles = options.report || options.json || options.leaks != LeakPolicy::ignore;
  return Store::create(engine, wanted);
}

/// The interface that the component exports and `spelled` means. Errors: misuse.
HostResult<std::string> exported_interface(const Component& provider, const std::string& spelled) {
  std::vector<std::string> found, all;
  for (const ExternType& one : provider.exports()) {
    if (one.kind != ExternType::Kind::instance) continue;
    all.push_back(one.name);
    if (one.name == spelled) return one.name;
    if (names_interface(spelled, one.name)) found.push_back(one.name);
  }
  if (found.size() == 1) return found.front();
  if (found.size() > 1) {
    return host_fail(ErrorKind::misuse,
                     "`" + spelled + "` can be " + join_words(found, " or ") + " of " + provider.name());
  }
  return host_fail(ErrorKind::misuse, provider.name() + " exports no interface `" + spelled + "`" +
                                          (all.empty() ? ", and no other" : "; it exports " + join_words(all)));
}

}  // namespace

HostResult<std::unique_ptr<RunSession>> RunSession::start(const RunOptions& options) {
  HOLDFAST_TRY_ASSIGN(Engine engine, make_engine(options));
  HOLDFAST_TRY_ASSIGN(Store store, make_store(engine, options));
  HOLDFAST_TRY_ASSIGN(Component component, Component::load(engine, options.file));
  std::unique_ptr<RunSession> session(new RunSession(std::move(engine), std::move(store), std::move(component)));
  HOLDFAST_TRY(session->link_and_instantiate(options));
  return session;
}

HostResult<void> RunSession::link_and_instantiate(const RunOptions& options) {
  HOLDFAST_TRY(wasi_.link(linker_, options));
  if (options.allow_missing) linker_.missing_as_traps();
  for (const std::string& option : options.links) HOLDFAST_TRY(link(option));
  HOLDFAST_TRY_ASSIGN(Instance instance, linker_.instantiate(store_, component_));
  instances_.insert(instances_.begin(), std::move(instance));
  return {};
}

HostResult<void> RunSession::link(const std::string& option) {
  const auto equals = option.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == option.size()) {
    return host_fail(ErrorKind::misuse, "--link " + option + ": it is written --link INTERFACE=FILE, for instance " +
                                            "--link demo:store/kv@0.1.0=provider.wasm");
  }
  HOLDFAST_TRY_ASSIGN(const Component provider, Component::load(engine_, option.substr(equals + 1)));
  auto name = exported_interface(provider, option.substr(0, equals));
  if (!name) return std::unexpected(std::move(name).error().with_context("--link " + option));
  HOLDFAST_TRY_ASSIGN(Instance instance, linker_.instantiate(store_, provider));
  linker_.instance(*name, instance);
  instances_.push_back(std::move(instance));
  return {};
}

}  // namespace holdfast::cli
