// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wast/script.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "wast/constant.hpp"

namespace holdfast::cli::wast {
namespace {

using Words = std::span<const Expression>;

std::unexpected<HostError> wrong(const std::string& reason) { return host_fail(ErrorKind::invalid, reason); }
std::unexpected<HostError> unsupported(const std::string& feature) {
  return host_fail(ErrorKind::unsupported, feature);
}

/// Takes a $name off the front; empty when there is none.
std::string take_name(Words& words) {
  if (words.empty() || !words[0].is_name()) return {};
  std::string name = name_of(words[0]);
  words = words.subspan(1);
  return name;
}

bool take_word(Words& words, std::string_view word) {
  if (words.empty() || !words[0].is_word() || words[0].source() != word) return false;
  words = words.subspan(1);
  return true;
}

HostResult<std::string> joined(Words strings, std::string_view separator) {
  std::string bytes;
  for (const Expression string : strings) {
    if (!string.is_string())
      return wrong("expected strings, found `" + std::string(string.source().substr(0, 40)) + '`');
    bytes += string.bytes();
    bytes += separator;
  }
  return bytes;
}

/// The component or module in `list`. `keyword` follows `component`, but is not part of the text format.
HostResult<Source> source_of(Expression list, std::string_view keyword = {}) {
  Source source;
  source.is_module = list.keyword() == "module";
  if (!source.is_module && list.keyword() != "component") return wrong("expected a component in parentheses");
  const auto elements = list.elements();
  Words words = Words(elements).subspan(1);
  std::string text(list.source());
  if (!keyword.empty()) {
    const char* const keyword_end = words[0].source().data() + words[0].source().size();
    text =
        '(' + std::string(list.keyword()) + text.substr(static_cast<std::size_t>(keyword_end - list.source().data()));
    words = words.subspan(1);
  }
  source.name = take_name(words);
  if (take_word(words, "binary")) {
    source.form = Source::Form::binary;
    HOLDFAST_TRY_ASSIGN(source.bytes, joined(words, ""));
  } else if (take_word(words, "quote")) {
    source.form = Source::Form::quote;
    HOLDFAST_TRY_ASSIGN(source.bytes, joined(words, "\n"));
    // A quoted module may be a whole file or the content of its parentheses; a quoted component is always the content.
    if (!source.is_module) source.bytes = "(component\n" + source.bytes + ')';
  } else {
    source.bytes = std::move(text);
  }
  return source;
}

HostResult<Invocation> invocation_of(Expression list) {
  if (list.keyword() == "get") return unsupported("globals of core modules");
  if (list.keyword() != "invoke") return wrong("expected (invoke \"function\" values...)");
  const auto elements = list.elements();
  Words words = Words(elements).subspan(1);
  Invocation invocation;
  invocation.instance = take_name(words);
  if (words.empty() || !words[0].is_string()) return wrong("invoke: expected the name of a function in quotes");
  invocation.function = words[0].bytes();
  for (const Expression argument : words.subspan(1)) {
    HOLDFAST_TRY_ASSIGN(Val value, read_constant(argument));
    invocation.arguments.push_back(std::move(value));
  }
  return invocation;
}

/// The words of the message, which end an assertion.
HostResult<std::string> words_of(Words words) {
  if (words.size() != 2 || !words[1].is_string())
    return wrong("expected one action and the words of its message in quotes");
  return words[1].bytes();
}

using Body = decltype(Directive::body);

HostResult<Body> component_directive(Expression list, Words words) {
  if (take_word(words, "definition")) {
    HOLDFAST_TRY_ASSIGN(Source source, source_of(list, "definition"));
    return Definition{std::move(source)};
  }
  if (take_word(words, "instance")) {
    InstanceOf body;
    body.instance = take_name(words);
    body.definition = take_name(words);
    if (!words.empty()) return wrong("expected (component instance $instance? $definition?)");
    return body;
  }
  HOLDFAST_TRY_ASSIGN(Source source, source_of(list));
  return Instantiation{std::move(source)};
}

HostResult<Body> assert_return(Words words) {
  if (words.empty()) return wrong("expected (invoke \"function\" values...)");
  AssertReturn body;
  HOLDFAST_TRY_ASSIGN(body.invocation, invocation_of(words[0]));
  for (const Expression result : words.subspan(1)) {
    HOLDFAST_TRY_ASSIGN(Val value, read_constant(result));
    body.results.push_back(std::move(value));
  }
  return body;
}

HostResult<Body> assert_trap(Words words) {
  AssertTrap body;
  HOLDFAST_TRY_ASSIGN(body.words, words_of(words));
  if (words[0].keyword() == "module") return unsupported("core modules outside components");
  if (words[0].keyword() == "component") {
    HOLDFAST_TRY_ASSIGN(body.action, source_of(words[0]));
  } else {
    HOLDFAST_TRY_ASSIGN(body.action, invocation_of(words[0]));
  }
  return body;
}

HostResult<Body> assert_rejected(AssertRejected::By by, Words words) {
  AssertRejected body;
  body.by = by;
  HOLDFAST_TRY_ASSIGN(body.words, words_of(words));
  HOLDFAST_TRY_ASSIGN(body.source, source_of(words[0]));
  if (body.source.is_module && by == AssertRejected::By::linking) return unsupported("core modules outside components");
  return body;
}

HostResult<Body> body_of(Expression list) {
  const std::string_view keyword = list.keyword();
  if (keyword.empty()) return wrong("expected a keyword at the start of the directive");
  const auto elements = list.elements();
  const Words words = Words(elements).subspan(1);
  if (keyword == "component") return component_directive(list, words);
  if (keyword == "invoke") {
    HOLDFAST_TRY_ASSIGN(Invocation invocation, invocation_of(list));
    return AssertReturn{std::move(invocation), {}, /*any_result=*/true};
  }
  if (keyword == "assert_return") return assert_return(words);
  if (keyword == "assert_trap" || keyword == "assert_exhaustion") return assert_trap(words);
  if (keyword == "assert_invalid") return assert_rejected(AssertRejected::By::validation, words);
  if (keyword == "assert_malformed") return assert_rejected(AssertRejected::By::conversion, words);
  if (keyword == "assert_unlinkable") return assert_rejected(AssertRejected::By::linking, words);
  if (keyword == "module" || keyword == "register" || keyword == "get")
    return unsupported("core modules outside components");
  constexpr std::array others{"assert_exception",
                              "assert_suspension",
                              "assert_return_canonical_nan",
                              "assert_invalid_custom",
                              "assert_malformed_custom",
                              "thread",
                              "wait"};
  if (std::ranges::find(others, keyword) != others.end()) return unsupported("the directive " + std::string(keyword));
  return wrong("unknown directive `" + std::string(keyword) + '`');
}

std::string kind_of(Expression list) {
  std::string kind(list.keyword());
  if (kind != "component" && kind != "module") return kind;
  const auto elements = list.elements();
  if (elements.size() < 2 || !elements[1].is_word()) return kind;
  const std::string_view form = elements[1].source();
  if (form == "definition" || form == "instance") (kind += '-') += form;
  return kind;
}

Absent absent_of(Expression list, std::string_view kind) {
  if (!kind.starts_with("component") && !kind.starts_with("module")) return {};
  const auto elements = list.elements();
  Words words = Words(elements).subspan(1);
  if (!take_word(words, "definition")) take_word(words, "instance");
  return {kind.ends_with("-definition") ? Absent::What::definition : Absent::What::instance, take_name(words)};
}

}  // namespace

HostResult<std::vector<Directive>> read_directives(const ScriptText& text) {
  std::vector<Directive> directives;
  for (const Expression list : text.expressions()) {
    if (!list.is_list()) {
      return wrong("line " + std::to_string(list.line()) + ": expected a directive in parentheses, found `" +
                   std::string(list.source().substr(0, 40)) + '`');
    }
    auto body = body_of(list);
    std::string kind = kind_of(list);
    if (!body && body.error().kind() == ErrorKind::unsupported)
      body = Unsupported{body.error().message(), absent_of(list, kind)};
    if (!body) body = Malformed{body.error().message(), absent_of(list, kind)};
    directives.push_back({list.line(), std::move(kind), *std::move(body)});
  }
  return directives;
}

}  // namespace holdfast::cli::wast
