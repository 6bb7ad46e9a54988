// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "run/provider_links.hpp"

#include <algorithm>
#include <utility>

#include "console/suggestions.hpp"
#include "files/loading.hpp"
#include "holdfast/core/result.hpp"
#include "holdfast/runtime/link/link.hpp"
#include "statements/name_resolver.hpp"

namespace holdfast::cli {
namespace {

using runtime::version_track;

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

bool gives(const Provider& provider, const std::string& interface) {
  return std::ranges::any_of(provider.interfaces, [&interface](const std::string& given) {
    return version_track(given) == version_track(interface);
  });
}

bool imports_from(const Provider& importer, const Provider& provider) {
  return std::ranges::any_of(importer.component.imports(), [&provider](const ExternType& import) {
    return import.kind == ExternType::Kind::instance && gives(provider, import.name);
  });
}

HostResult<void> add(std::vector<Provider>& providers, const Engine& engine, const std::string& option) {
  const auto equals = option.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == option.size()) {
    return host_fail(ErrorKind::misuse, "--link " + option + ": it is written --link INTERFACE=FILE, for instance " +
                                            "--link demo:store/kv@0.1.0=provider.wasm");
  }
  const std::string file = option.substr(equals + 1);
  auto provider = std::ranges::find(providers, file, &Provider::file);
  if (provider == providers.end()) {
    HOLDFAST_TRY_ASSIGN(Component component, load_component(engine, file));
    provider = providers.insert(providers.end(), {option, file, std::move(component), {}});
  }
  auto interface = exported_interface(provider->component, option.substr(0, equals));
  if (!interface) return std::unexpected(std::move(interface).error().with_context("--link " + option));
  const auto other = std::ranges::find_if(providers, [&](const Provider& one) { return gives(one, *interface); });
  if (other != providers.end()) {
    return host_fail(ErrorKind::misuse, "--link " + option + ": " + other->file + " gives " + *interface + " already");
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
  for (const Provider& one : providers) files.push_back(one.file);
  return host_fail(ErrorKind::misuse, "--link " + providers[0].option + ": " + join_words(files) +
                                          " import from each other, so that none of them can be made first");
}

}  // namespace

HostResult<std::vector<Provider>> load_providers(const Engine& engine, std::span<const std::string> options) {
  std::vector<Provider> given;
  for (const std::string& option : options) HOLDFAST_TRY(add(given, engine, option));
  std::vector<Provider> ordered;
  while (!given.empty()) {
    HOLDFAST_TRY_ASSIGN(const std::size_t next, find_independent(given));
    ordered.push_back(std::move(given[next]));
    given.erase(given.begin() + static_cast<std::ptrdiff_t>(next));
  }
  return ordered;
}

}  // namespace holdfast::cli
