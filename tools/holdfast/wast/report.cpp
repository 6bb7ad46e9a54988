// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wast/report.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

namespace holdfast::cli::wast {
namespace {

using nlohmann::json;

constexpr std::array status_names{"pass", "fail", "skip"};

json to_object(const FileResult& result) {
  json directives = json::array();
  for (const DirectiveResult& directive : result.directives) {
    directives.push_back({{"line", directive.line},
                          {"kind", directive.kind},
                          {"status", status_names[std::to_underlying(directive.outcome.status)]},
                          {"message", directive.outcome.message}});
  }
  json object{{"file", result.file}, {"directives", std::move(directives)}};
  if (!result.error.empty()) object["error"] = result.error;
  return object;
}

using Counts = std::array<std::size_t, status_names.size()>;

void add_row(std::string& text, std::string_view name, const Counts& counts) {
  text += fmt::format("{:<22}{:>7}{:>7}{:>7}\n", name, counts[0], counts[1], counts[2]);
}

}  // namespace

bool has_failure(const FileResult& result) {
  return std::ranges::any_of(result.directives,
                             [](const DirectiveResult& directive) { return directive.outcome.status == Status::fail; });
}

std::string failures_text(const FileResult& result) {
  std::string text;
  for (const DirectiveResult& directive : result.directives) {
    if (directive.outcome.status != Status::fail) continue;
    text += fmt::format("{}:{}: {}: {}\n", result.file, directive.line, directive.kind, directive.outcome.message);
  }
  return text;
}

std::string summary_text(std::span<const FileResult> results) {
  std::map<std::string_view, Counts> by_kind;
  std::map<std::string_view, std::size_t> skips;
  Counts all{};
  for (const FileResult& result : results) {
    for (const DirectiveResult& directive : result.directives) {
      const auto status = std::to_underlying(directive.outcome.status);
      ++by_kind[directive.kind][status];
      ++all[status];
      if (directive.outcome.status == Status::skip) ++skips[directive.outcome.message];
    }
  }
  std::string text = fmt::format("{:<22}{:>7}{:>7}{:>7}\n", "", "pass", "fail", "skip");
  for (const auto& [kind, counts] : by_kind) add_row(text, kind, counts);
  add_row(text, "all", all);
  for (const auto& [reason, count] : skips) text += fmt::format("skipped {}: {}\n", count, reason);
  return text;
}

std::string to_json(std::span<const FileResult> results) {
  json all = json::array();
  for (const FileResult& result : results) all.push_back(to_object(result));
  const json& written = results.size() == 1 ? all.front() : all;
  // Messages may quote text of a script that is not UTF-8.
  return written.dump(1, ' ', false, json::error_handler_t::replace);
}

}  // namespace holdfast::cli::wast
