// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/validate/features.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace holdfast::component {
namespace {

struct FeatureRow {
  std::string_view name;
  bool Features::* member;
  bool in_specification;
};

constexpr std::array component_features = {
#define HOLDFAST_FEATURE(member, name, value, in_specification) FeatureRow{name, &Features::member, in_specification},
#include "holdfast/component/validate/features.def"
#undef HOLDFAST_FEATURE
};

struct CoreFeatureRow {
  std::string_view name;
  bool wasm::CoreFeatures::* member;
};

constexpr std::array core_features = {
#define HOLDFAST_CORE_FEATURE(member, name, value) CoreFeatureRow{name, &wasm::CoreFeatures::member},
#include "holdfast/wasm/core_features.def"
#undef HOLDFAST_CORE_FEATURE
};

constexpr std::array<std::string_view, 6> set_names = {"default", "none", "all", "spec", "wasmtime", "wasm-tools"};

Features all_features(bool on) {
  Features features;
  for (const FeatureRow& row : component_features) features.*row.member = on;
  for (const CoreFeatureRow& row : core_features) features.core.*row.member = on;
  return features;
}

Features specification_features() {
  Features features;
  for (const FeatureRow& row : component_features) features.*row.member = row.in_specification;
  return features;
}

/// Wasmtime's test files name each proposal that they need, except for those that every engine supports.
Features wasmtime_features() {
  Features features = all_features(false);
  features.core.multi_value = true;
  features.core.bulk_memory = true;
  return features;
}

/// The finished core proposals, and async.
Features wasm_tools_features() {
  Features features = all_features(false);
  features.async = true;
  features.root_components = true;
  features.core = wasm::CoreFeatures{};
  features.core.wide_arithmetic = false;
  features.core.custom_page_sizes = false;
  return features;
}

/// `name` as wasm-tools spells it.
std::string canonical_name(std::string_view name) {
  constexpr std::string_view wasmtime_prefix = "component-model-";
  std::string result(name);
  std::replace(result.begin(), result.end(), '_', '-');
  if (result.starts_with(wasmtime_prefix)) result.replace(0, wasmtime_prefix.size(), "cm-");
  return result == "cm-memory64" ? "cm64" : result;
}

HostError unknown_feature(std::string_view name) {
  std::string known;
  for (const std::string_view set : set_names) known += std::string(known.empty() ? "" : ", ").append(set);
  for (const FeatureRow& row : component_features) known.append(", ").append(row.name);
  for (const CoreFeatureRow& row : core_features) known.append(", ").append(row.name);
  return HostError(ErrorKind::invalid, "there is no feature `" + std::string(name) + "`; expected one of: " + known);
}

}  // namespace

std::optional<Features> feature_set(std::string_view name) {
  if (name == "default") return Features{};
  if (name == "none") return all_features(false);
  if (name == "all") return all_features(true);
  if (name == "spec") return specification_features();
  if (name == "wasmtime") return wasmtime_features();
  if (name == "wasm-tools") return wasm_tools_features();
  return std::nullopt;
}

bool set_feature(Features& features, std::string_view name, bool on) {
  const std::string spelling = canonical_name(name);
  for (const FeatureRow& row : component_features) {
    if (row.name != spelling) continue;
    features.*row.member = on;
    return true;
  }
  for (const CoreFeatureRow& row : core_features) {
    if (row.name != spelling) continue;
    features.core.*row.member = on;
    if (on) features.core = wasm::with_foundations(features.core);
    return true;
  }
  return false;
}

HostResult<Features> parse_features(std::string_view list) {
  Features features;
  bool is_first = true;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view name = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    const auto set = is_first ? feature_set(name) : std::nullopt;
    is_first = false;
    const bool off = name.starts_with('-');
    if (set)
      features = *set;
    else if (!set_feature(features, off ? name.substr(1) : name, !off))
      return std::unexpected(unknown_feature(name));
  }
  return features;
}

}  // namespace holdfast::component
