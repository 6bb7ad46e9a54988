// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "statements/name_resolver.hpp"

#include <algorithm>
#include <set>
#include <variant>

#include "console/suggestions.hpp"
#include "holdfast/embed/component.hpp"

namespace holdfast::cli {
namespace {

using component::ExportTree;
using component::Program;
using CallableKind = Callable::Kind;

component::FunctionTypeId type_of(const Program& program, const component::ComponentFunction& function) {
  if (const auto* lifted = std::get_if<component::LiftedFunctionId>(&function)) {
    return program.lifted_functions[*lifted].type;
  }
  return program.imported_functions[std::get<component::ImportedFunctionId>(function)].type;
}

std::string_view without_version(std::string_view name) { return name.substr(0, name.rfind('@')); }

/// Sets kind, resource and member from the exported name, such as "[method]blob.write".
void parse_name(Callable& callable) {
  std::string_view rest = callable.name;
  const auto close = rest.starts_with('[') ? rest.find(']') : std::string_view::npos;
  if (close == std::string_view::npos) {
    callable.member = rest;
    return;
  }
  const std::string_view marker = rest.substr(1, close - 1);
  rest.remove_prefix(close + 1);
  if (marker == "constructor") {
    callable.kind = CallableKind::constructor;
    callable.resource = rest;
  } else if (const auto dot = rest.find('.'); dot == std::string_view::npos) {  // [async]f
    callable.member = rest;
  } else {
    callable.kind = marker.ends_with("method") ? CallableKind::method : CallableKind::static_function;
    callable.resource = rest.substr(0, dot);
    callable.member = rest.substr(dot + 1);
  }
}

std::string full_name(std::span<const NamePart> parts) {
  std::string name;
  for (const NamePart& part : parts) name += (name.empty() ? "" : ".") + part.text;
  return name;
}

Span span_of(std::span<const NamePart> parts) { return join(parts.front().span, parts.back().span); }

bool has_spelling(const Callable& callable, std::span<const NamePart> parts) {
  switch (callable.kind) {
    case CallableKind::function: return parts.size() == 1 && parts[0].text == callable.member;
    case CallableKind::constructor: return parts.size() == 1 && parts[0].text == callable.resource;
    case CallableKind::method:
    case CallableKind::static_function:
      return parts.size() == 2 && parts[0].text == callable.resource && parts[1].text == callable.member;
  }
  return false;
}

}  // namespace

std::string Callable::spelling() const {
  if (resource.empty()) return member;
  return member.empty() ? resource : resource + '.' + member;
}

std::string_view short_interface_name(std::string_view name) {
  name = without_version(name);
  return name.substr(name.rfind('/') + 1);
}

bool names_interface(std::string_view spelled, std::string_view name) {
  return spelled == name || spelled == without_version(name) || spelled == short_interface_name(name) ||
         compatible_interfaces(name, spelled);
}

void NameResolver::add(const Program& program, std::size_t source) { add(program, program.exports, source, {}); }

void NameResolver::add(const Program& program, const ExportTree& exports, std::size_t source,
                       const std::string& interface_name) {
  for (const auto& [name, item] : exports) {
    if (const auto* function = std::get_if<component::ComponentFunction>(&item.item)) {
      Callable callable;
      callable.source = source;
      callable.interface_name = interface_name;
      callable.name = name;
      callable.type = type_of(program, *function);
      parse_name(callable);
      callables_.push_back(std::move(callable));
    } else if (const auto* tree = std::get_if<ExportTree>(&item.item); tree != nullptr && interface_name.empty()) {
      add(program, *tree, source, name);
    }
  }
}

/// The functions of the first component with a match. Functions without an interface take precedence over the others.
std::vector<const Callable*> NameResolver::matches(std::span<const NamePart> parts) const {
  std::vector<const Callable*> result;
  for (const Callable& callable : callables_) {
    const bool is_plain = has_spelling(callable, parts);
    const bool is_qualified = parts.size() > 1 && !callable.interface_name.empty() &&
                              names_interface(parts[0].text, callable.interface_name) &&
                              has_spelling(callable, parts.subspan(1));
    if (is_plain || is_qualified) result.push_back(&callable);
  }
  if (result.empty()) return result;
  const std::size_t first = result.front()->source;
  std::erase_if(result, [first](const Callable* callable) { return callable->source != first; });
  const auto is_at_root = [](const Callable* callable) { return callable->interface_name.empty(); };
  if (std::ranges::any_of(result, is_at_root)) std::erase_if(result, std::not_fn(is_at_root));
  return result;
}

const Callable* NameResolver::find(std::span<const NamePart> parts) const {
  const auto candidates = matches(parts);
  return candidates.size() == 1 ? candidates.front() : nullptr;
}

SourceResult<const Callable*> NameResolver::resolve(std::span<const NamePart> parts) const {
  const auto candidates = matches(parts);
  if (candidates.size() == 1) return candidates.front();
  if (candidates.empty()) return unknown(parts);
  std::vector<std::string> choices;
  for (const Callable* callable : candidates) {
    choices.push_back('`' + callable->interface_name + '.' + callable->spelling() + '`');
  }
  return source_fail(span_of(parts), '`' + full_name(parts) + "` is ambiguous: write " + join_words(choices, " or "));
}

std::unexpected<SourceError> NameResolver::unknown(std::span<const NamePart> parts) const {
  std::vector<std::string> spellings;
  std::set<std::string> interfaces;
  for (const Callable& callable : callables_) {
    spellings.push_back(callable.spelling());
    if (callable.interface_name.empty()) continue;
    interfaces.emplace(short_interface_name(callable.interface_name));
    spellings.push_back(std::string(short_interface_name(callable.interface_name)) + '.' + callable.spelling());
  }
  const std::string name = full_name(parts);
  std::string message = "unknown function `" + name + '`' + did_you_mean(name, spellings);
  if (callables_.empty()) {
    message = "the component exports no functions";
  } else if (message.find(';') == std::string::npos) {
    // No name is similar: list the first few.
    std::vector<std::string> all;
    for (const Callable& callable : callables_) all.push_back(callable.spelling());
    constexpr std::size_t most_shown = 8;
    const bool is_cut = all.size() > most_shown;
    if (is_cut) all.resize(most_shown);
    message += (all.size() == 1 ? "; the only function is " : "; the functions are ") +
               join_words(all, is_cut ? ", " : " and ") + (is_cut ? ", ..." : "");
  }
  return source_fail(span_of(parts), std::move(message));
}

}  // namespace holdfast::cli
