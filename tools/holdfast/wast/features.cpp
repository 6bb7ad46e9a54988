// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wast/features.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace holdfast::cli::wast {
namespace {

using component::Features;

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

/// The suite and features that the first lines of the script name.
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
    if (words[i].starts_with("-f=")) list = words[i].substr(3);
    for (std::string_view name : split(list, ',')) {
      const bool on = !name.starts_with('-');
      if (!on) name.remove_prefix(1);
      header.settings.push_back({name, on});
    }
  }
}

Header read_header(std::string_view script) {
  Header header;
  while (!script.empty()) {
    const auto end = std::min(script.find('\n'), script.size());
    std::string_view line = trim(script.substr(0, end));
    if (!line.empty() && !line.starts_with(";;")) break;
    line.remove_prefix(std::min<std::size_t>(2, line.size()));
    if (line.starts_with('!')) {
      header.suite = "wasmtime";
      const auto sides = split(line.substr(1, line.find('#') - 1), '=');
      if (sides.size() == 2) header.settings.push_back({sides[0], sides[1] == "true"});
    } else if (const auto run = line.find("RUN:"); run != std::string_view::npos) {
      header.suite = "wasm-tools";
      read_run_line(line.substr(run + 4), header);
    }
    script.remove_prefix(std::min(end + 1, script.size()));
  }
  return header;
}

/// The base of a list without a suite: no proposal of the Component Model, and the finished ones of core modules.
Features finished_core_features() {
  Features features = *component::feature_set("none");
  features.core = wasm::CoreFeatures{};
  return features;
}

}  // namespace

HostResult<Features> choose_features(std::string_view asked, std::string_view script) {
  const Header header = read_header(script);
  const auto names = split(asked.empty() ? header.suite : asked, ',');
  const auto suite = names.empty() ? std::nullopt : component::feature_set(names.front());
  Features features = suite ? *suite : finished_core_features();
  for (std::string_view name : std::span(names).subspan(suite ? 1 : 0)) {
    const bool on = !name.starts_with('-');
    if (!on) name.remove_prefix(1);
    if (!component::set_feature(features, name, on))
      return host_fail(ErrorKind::misuse, "unknown feature `" + std::string(name) + '`');
  }
  if (suite) {
    // A script may name features of other tools. If Holdfast lacks one, directives fail.
    for (const Setting& setting : header.settings) {
      if (setting.name == "all" && setting.on)
        features = *component::feature_set("all");
      else
        static_cast<void>(component::set_feature(features, setting.name, setting.on));
    }
  }
  return features;
}

}  // namespace holdfast::cli::wast
