// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/diagnostics/host_error.hpp"

#include <utility>

namespace holdfast {

std::string_view name_of(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::invalid: return "invalid";
    case ErrorKind::unsupported: return "unsupported";
    case ErrorKind::link: return "link";
    case ErrorKind::trap: return "trap";
    case ErrorKind::limit: return "limit";
    case ErrorKind::closed: return "closed";
    case ErrorKind::io: return "io";
    case ErrorKind::misuse: return "misuse";
  }
  return "unknown";
}

HostError::HostError(ErrorKind kind, std::string message)
    : details_(Details{.kind = kind,
                       .message = std::move(message),
                       .contexts = {},
                       .offset = {},
                       .exit_code = {},
                       .call_path = {},
                       .backtrace = {}}) {}

HostError HostError::from(const Error& error, ErrorKind kind) {
  char text[256];
  HostError host_error(kind, std::string(render(error, text, sizeof text)));
  host_error.details_->code = error.code;
  host_error.details_->rule = error.rule != Rule::none ? error.rule : rule_of(error.code);
  return host_error;
}

std::string HostError::message() const {
  std::string text;
  for (auto context = details_->contexts.rbegin(); context != details_->contexts.rend(); ++context) {
    text += *context;
    text += ": ";
  }
  text += details_->message;
  if (details_->offset) text += " (at offset " + std::to_string(*details_->offset) + ")";
  return text;
}

HostError& HostError::with_context(std::string context) & {
  details_->contexts.push_back(std::move(context));
  return *this;
}
HostError&& HostError::with_context(std::string context) && { return std::move(with_context(std::move(context))); }

HostError& HostError::with_rule(Rule rule) noexcept {
  details_->rule = rule;
  return *this;
}
HostError& HostError::with_code(ErrorCode code) noexcept {
  details_->code = code;
  return *this;
}
HostError& HostError::with_offset(std::uint64_t offset) noexcept {
  details_->offset = offset;
  return *this;
}
HostError& HostError::with_exit_code(int code) noexcept {
  details_->exit_code = code;
  return *this;
}
HostError& HostError::with_call(std::string call) {
  details_->call_path.push_back(std::move(call));
  return *this;
}
HostError& HostError::with_backtrace(std::vector<Frame> frames) {
  details_->backtrace = std::move(frames);
  return *this;
}

std::string HostError::to_string() const {
  std::string text = message();
  if (rule() != Rule::none) {
    const std::string number = std::to_string(number_of(rule()));
    text += "\n  rule " + number + ": ";
    text += text_of(rule());
    text += " (docs/rules.md#rule-" + number + ")";
  }
  for (const auto& call : details_->call_path) text += "\n  in " + call;
  for (const auto& frame : details_->backtrace) {
    text += "\n  at ";
    text += frame.function.empty() ? "function " + std::to_string(frame.function_index) : frame.function;
    if (!frame.module.empty()) text += " (" + frame.module + ")";
    text += " +" + std::to_string(frame.offset);
  }
  return text;
}

std::unexpected<HostError> host_fail(ErrorKind kind, std::string message) {
  return std::unexpected(HostError(kind, std::move(message)));
}

}  // namespace holdfast
