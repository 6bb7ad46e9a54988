// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "run/provider_links.hpp"

#include <algorithm>
#include <utility>

#include "console/suggestions.hpp"
#include "files/loading.hpp"
#include "holdfast/core/result.hpp"
#include "statements/name_resolver.hpp"

namespace holdfast::cli {
namespace {

/// The exported interface that `spelled` names. Errors: misuse.
HostResult<std::string> exported_interface(const Component& provider, const std::string& spelled) {
  std::vector<std::string> matches, interfaces;
  for (const ExternType& exported : provider.exports()) {
    if (exported.kind != ExternType::Kind::instance) continue;
    interfaces.push_back(exported.name);
    if (exported.name == spelled) return exported.name;
    if (names_interface(spelled, exported.name)) matches.push_back(exported.name);
  }
  if (matches.size() == 1) return matches.front();
  if (matches.size() > 1) {
    return host_fail(ErrorKind::misuse,
                     "`" + spelled + "` is ambiguous: " + provider.name() + " exports " + join_words(matches));
  }
  return host_fail(ErrorKind::misuse, provider.name() + " does not export the interface `" + spelled +
                                          "`; it exports " +
                                          (interfaces.empty() ? "no interfaces" : join_words(interfaces)));
}

bool provides(const Provider& provider, const std::string& interface) {
  return std::ranges::any_of(provider.interfaces, [&interface](const std::string& exported) {
    return compatible_interfaces(exported, interface);
  });
}

bool imports_from(const Provider& importer, const Provider& provider) {
  return std::ranges::any_of(importer.component.imports(), [&provider](const ExternType& import) {
    return import.kind == ExternType::Kind::instance && provides(provider, import.name);
  });
}

HostResult<void> add(std::vector<Provider>& providers, const Engine& engine, const std::string& option) {
  const auto equals = option.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == option.size()) {
    return host_fail(ErrorKind::misuse,
                     "--link " + option + ": expected INTERFACE=FILE, such as demo:store/kv@0.1.0=provider.wasm");
  }
  const std::string file = option.substr(equals + 1);
  auto provider = std::ranges::find(providers, file, &Provider::file);
  if (provider == providers.end()) {
    HOLDFAST_TRY_ASSIGN(const Component component, load_component(engine, file));
    provider = providers.insert(providers.end(), {option, file, component, {}});
  }
  auto interface = exported_interface(provider->component, option.substr(0, equals));
  if (!interface) return std::unexpected(std::move(interface).error().with_context("--link " + option));
  const auto other =
      std::ranges::find_if(providers, [&](const Provider& candidate) { return provides(candidate, *interface); });
  if (other != providers.end()) {
    return host_fail(ErrorKind::misuse, "--link " + option + ": " + other->file + " already provides " + *interface);
  }
  provider->interfaces.push_back(*std::move(interface));
  return {};
}

/// The first provider that imports from none of the others. Errors: misuse.
HostResult<std::size_t> find_independent(const std::vector<Provider>& providers) {
  for (std::size_t i = 0; i < providers.size(); ++i) {
    const bool depends = std::ranges::any_of(
        providers, [&](const Provider& other) { return &other != &providers[i] && imports_from(providers[i], other); });
    if (!depends) return i;
  }
  std::vector<std::string> files;
  files.reserve(providers.size());
  for (const Provider& provider : providers) files.push_back(provider.file);
  return host_fail(ErrorKind::misuse, "--link " + providers[0].option + ": " + join_words(files) +
                                          " import from each other, so none can be instantiated first");
}

}  // namespace

HostResult<std::vector<Provider>> load_providers(const Engine& engine, std::span<const std::string> options) {
  std::vector<Provider> remaining;
  for (const std::string& option : options) HOLDFAST_TRY(add(remaining, engine, option));
  std::vector<Provider> ordered;
  while (!remaining.empty()) {
    HOLDFAST_TRY_ASSIGN(const std::size_t next, find_independent(remaining));
    ordered.push_back(std::move(remaining[next]));
    remaining.erase(remaining.begin() + static_cast<std::ptrdiff_t>(next));
  }
  return ordered;
}

}  // namespace holdfast::cli
