// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wast/features.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace holdfast::cli::wast {
namespace {

using component::Features;

struct NamedFeature {
  std::string_view name;  // as wasm-tools spells it
  bool Features::*member;
};
constexpr std::array component_features{
    NamedFeature{"cm-async", &Features::async},
    NamedFeature{"cm-async-stackful", &Features::async_stackful},
    NamedFeature{"cm-more-async-builtins", &Features::more_async_builtins},
    NamedFeature{"cm-fixed-length-lists", &Features::fixed_length_lists},
    NamedFeature{"cm-map", &Features::map},
    NamedFeature{"cm-implements", &Features::implements},
    NamedFeature{"cm-canon-names", &Features::canonical_names},
    NamedFeature{"cm-nested-names", &Features::nested_names},
    NamedFeature{"cm-error-context", &Features::error_context},
    NamedFeature{"cm64", &Features::memory64},
    NamedFeature{"cm-gc", &Features::gc},
    NamedFeature{"cm-threading", &Features::threading},
    NamedFeature{"cm-values", &Features::values},
    NamedFeature{"shared-everything-threads", &Features::shared_everything_threads},
};

/// Of core modules: the engine has them on, or never.
constexpr std::array core_features{
    "bulk-memory",     "custom-page-sizes",  "exceptions",    "extended-const",  "function-references",
    "gc",              "gc-types",           "hogs-memory",   "legacy-exceptions", "memory64",
    "multi-memory",    "nan-canonicalization", "reference-types", "relaxed-simd", "simd",
    "spec-test",       "stack-switching",    "tail-call",     "threads",         "wide-arithmetic",
    "branch-hinting",  "custom-descriptors", "multi-value",   "mutable-global",  "sign-extension",
};

constexpr std::array spec_features{"cm-async", "cm-async-stackful",     "cm-more-async-builtins", "cm-threading",
                                   "cm-map",   "cm-fixed-length-lists", "cm-implements"};

/// component_model_map -> cm-map; component_model_memory64 is cm64.
std::string normalized(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '_', '-');
  constexpr std::string_view long_prefix = "component-model-";
  if (text.starts_with(long_prefix)) text.replace(0, long_prefix.size(), "cm-");
  return text == "cm-memory64" ? "cm64" : text;
}

HostResult<void> set(Features& features, std::string_view spelled, bool on) {
  const std::string name = normalized(spelled);
  const auto found = std::ranges::find(component_features, name, &NamedFeature::name);
  if (found != component_features.end()) {
    features.*found->member = on;
    return {};
  }
  if (std::ranges::find(core_features, name) != core_features.end()) return {};
  return host_fail(ErrorKind::misuse, "there is no feature `" + std::string(spelled) + '`');
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(separator);
    if (!trim(text.substr(0, end)).empty()) parts.push_back(trim(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

struct Setting {
  std::string_view name;
  bool on = true;
};

/// What the first lines of the script ask for.
struct Header {
  std::string_view suite = "spec";
  std::vector<Setting> settings;
};

void read_run_line(std::string_view line, Header& header) {
  const auto words = split(line, ' ');
  for (std::size_t i = 0; i < words.size(); ++i) {
    constexpr std::string_view joined = "--features=";
    std::string_view list;
    if ((words[i] == "-f" || words[i] == "--features") && i + 1 < words.size()) list = words[i + 1];
    if (words[i].starts_with(joined)) list = words[i].substr(joined.size());
    for (std::string_view name : split(list, ',')) {
      const bool on = !name.starts_with('-');
      if (!on) name.remove_prefix(1);
      header.settings.push_back({name, on});
    }
  }
}

Header read_header(std::string_view script) {
  Header header;
  while (script.starts_with(";;")) {
    const auto end = std::min(script.find('\n'), script.size());
    const std::string_view line = script.substr(2, end - 2);
    if (line.starts_with('!')) {
      header.suite = "wasmtime";
      const auto sides = split(line.substr(1), '=');
      if (sides.size() == 2) header.settings.push_back({sides[0], sides[1] == "true"});
    } else if (const auto run = line.find("RUN:"); run != std::string_view::npos) {
      header.suite = "wasm-tools";
      read_run_line(line.substr(run + 4), header);
    }
    script.remove_prefix(std::min(end + 1, script.size()));
  }
  return header;
}

/// False: `name` is no suite.
bool add_suite(Features& features, std::string_view name) {
  if (name == "wasm-tools") features.async = true;
  if (name == "spec") {
    for (const std::string_view feature : spec_features) static_cast<void>(set(features, feature, true));
  }
  return name == "wasm-tools" || name == "spec" || name == "wasmtime";
}

}  // namespace

HostResult<Features> choose_features(std::string_view asked, std::string_view script) {
  Features features;
  for (const NamedFeature& feature : component_features) features.*feature.member = false;
  const Header header = read_header(script);
  bool has_suite = asked.empty();
  if (asked.empty()) add_suite(features, header.suite);
  for (const std::string_view name : split(asked, ',')) {
    if (add_suite(features, name)) {
      has_suite = true;
    } else {
      HOLDFAST_TRY(set(features, name, true));
    }
  }
  if (has_suite) {
    // A script may speak of features of other tools; what is missing shows in its directives.
    for (const Setting& setting : header.settings) static_cast<void>(set(features, setting.name, setting.on));
  }
  return features;
}

}  // namespace holdfast::cli::wast
