// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "run/run_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace holdfast::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Where the rule is explained.
std::string page_of(Rule rule) { return "docs/rules.md#rule-" + std::to_string(number_of(rule)); }

Json trap_json(const HostError& trap) {
  Json frames = Json::array();
  for (const Frame& frame : trap.backtrace()) {
    frames.push_back({{"module", frame.module},
                      {"function", frame.function},
                      {"function_index", frame.function_index},
                      {"offset", frame.offset}});
  }
  return {{"kind", name_of(trap.kind())},
          {"message", trap.message()},
          {"rule", trap.rule() != Rule::none ? Json(number_of(trap.rule())) : Json(nullptr)},
          {"rule_text", trap.rule() != Rule::none ? Json(text_of(trap.rule())) : Json(nullptr)},
          {"rule_page", trap.rule() != Rule::none ? Json(page_of(trap.rule())) : Json(nullptr)},
          {"path", trap.call_path()},
          {"backtrace", std::move(frames)}};
}

Json leak_json(const LeakedHandle& leak) {
  return {{"type", leak.type},
          {"instance", leak.instance},
          {"index", leak.index},
          {"rep", leak.rep},
          {"own", leak.own},
          {"path", leak.path ? Json(*leak.path) : Json(nullptr)},
          {"age_ns", leak.age ? Json(leak.age->count()) : Json(nullptr)}};
}

}  // namespace

std::string to_json(const RunReport& report) {
  Json json;
  json["result"] = report.values.empty() ? Json(nullptr) : Json(report.values.back());
  json["traps"] = Json::array();
  for (const HostError& trap : report.traps) json["traps"].push_back(trap_json(trap));
  json["handles"] = {{"live", report.handles.live}, {"peak", report.handles.peak}, {"created", report.handles.created}};
  json["leaks"] = Json::array();
  for (const LeakedHandle& leak : report.store.leaks) json["leaks"].push_back(leak_json(leak));
  json["values"] = report.values;
  json["error"] = report.error ? Json(*report.error) : Json(nullptr);
  json["failed_drops"] = Json::array();
  for (const HostError& failure : report.store.failed_drops) json["failed_drops"].push_back(failure.message());
  json["released"] = report.store.released;
  json["exit_code"] = report.exit_code;
  // Text from guests may not be UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_text(const RunReport& report) {
  std::string text = fmt::format("handles: {} created, at most {} at a time, {} left at the end\n",
                                 report.handles.created, report.handles.peak, report.handles.live);
  if (report.store.leaks.empty()) {
    text += "leaks: none\n";
  } else {
    text += fmt::format("leaks: {}\n", report.store.leaks.size());
  }
  return text + to_string(report.store);
}

}  // namespace holdfast::cli
