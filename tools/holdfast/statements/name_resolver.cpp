// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "statements/name_resolver.hpp"

#include <algorithm>
#include <set>
#include <variant>

#include "console/suggestions.hpp"
#include "holdfast/runtime/link/link.hpp"

namespace holdfast::cli {
namespace {

using component::ExportTree;
using component::Program;
using Kind = Callable::Kind;

component::FunctionTypeId type_of(const Program& program, const component::ComponentFunction& function) {
  if (const auto* lifted = std::get_if<component::LiftedFunctionId>(&function)) {
    return program.lifted_functions[*lifted].type;
  }
  return program.imported_functions[std::get<component::ImportedFunctionId>(function)].type;
}

std::string_view without_version(std::string_view name) { return name.substr(0, name.rfind('@')); }

/// "[method]blob.write" and its like, taken apart.
void take_apart(Callable& out) {
  std::string_view rest = out.name;
  const auto close = rest.starts_with('[') ? rest.find(']') : std::string_view::npos;
  if (close == std::string_view::npos) {
    out.member = rest;
    return;
  }
  const std::string_view marker = rest.substr(1, close - 1);
  rest.remove_prefix(close + 1);
  if (marker == "constructor") {
    out.kind = Kind::constructor;
    out.resource = rest;
  } else if (const auto dot = rest.find('.'); dot == std::string_view::npos) {  // [async]f
    out.member = rest;
  } else {
    out.kind = marker.ends_with("method") ? Kind::method : Kind::static_function;
    out.resource = rest.substr(0, dot);
    out.member = rest.substr(dot + 1);
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
    case Kind::function: return parts.size() == 1 && parts[0].text == callable.member;
    case Kind::constructor: return parts.size() == 1 && parts[0].text == callable.resource;
    case Kind::method:
    case Kind::static_function:
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
         runtime::version_track(spelled) == runtime::version_track(name);
}

void NameResolver::add(const Program& program, std::size_t source) { add(program, program.exports, source, {}); }

void NameResolver::add(const Program& program, const ExportTree& exports, std::size_t source,
                       const std::string& interface_name) {
  for (const auto& [name, item] : exports) {
    if (const auto* function = std::get_if<component::ComponentFunction>(&item.item)) {
      Callable made;
      made.source = source;
      made.interface_name = interface_name;
      made.name = name;
      made.type = type_of(program, *function);
      take_apart(made);
      callables_.push_back(std::move(made));
    } else if (const auto* tree = std::get_if<ExportTree>(&item.item); tree != nullptr && interface_name.empty()) {
      add(program, *tree, source, name);
    }
  }
}

/// Of the component that has any; among them, what needs no interface's name is preferred.
std::vector<const Callable*> NameResolver::matches(std::span<const NamePart> parts) const {
  std::vector<const Callable*> found;
  for (const Callable& one : callables_) {
    const bool is_plain = has_spelling(one, parts);
    const bool is_qualified = parts.size() > 1 && !one.interface_name.empty() &&
                              names_interface(parts[0].text, one.interface_name) && has_spelling(one, parts.subspan(1));
    if (is_plain || is_qualified) found.push_back(&one);
  }
  if (found.empty()) return found;
  const std::size_t first = found.front()->source;
  std::erase_if(found, [first](const Callable* one) { return one->source != first; });
  const auto is_at_root = [](const Callable* one) { return one->interface_name.empty(); };
  if (std::ranges::any_of(found, is_at_root)) std::erase_if(found, std::not_fn(is_at_root));
  return found;
}

const Callable* NameResolver::find(std::span<const NamePart> parts) const {
  const auto found = matches(parts);
  return found.size() == 1 ? found.front() : nullptr;
}

SourceResult<const Callable*> NameResolver::resolve(std::span<const NamePart> parts) const {
  const auto found = matches(parts);
  if (found.size() == 1) return found.front();
  if (found.empty()) return unknown(parts);
  std::vector<std::string> choices;
  for (const Callable* one : found) choices.push_back('`' + one->interface_name + '.' + one->spelling() + '`');
  return source_fail(span_of(parts), '`' + full_name(parts) + "` can be " + join_words(choices, " or "));
}

std::unexpected<SourceError> NameResolver::unknown(std::span<const NamePart> parts) const {
  std::vector<std::string> spellings;
  std::set<std::string> interfaces;
  for (const Callable& one : callables_) {
    spellings.push_back(one.spelling());
    if (one.interface_name.empty()) continue;
    interfaces.emplace(short_interface_name(one.interface_name));
    spellings.push_back(std::string(short_interface_name(one.interface_name)) + '.' + one.spelling());
  }
  const std::string name = full_name(parts);
  std::string message = "there is no function `" + name + '`' + did_you_mean(name, spellings);
  if (callables_.empty()) {
    message = "the component exports no functions";
  } else if (message.find(';') == std::string::npos) {
    // Nothing is similar: say what there is, as far as it fits a line.
    std::vector<std::string> all;
    for (const Callable& one : callables_) all.push_back(one.spelling());
    constexpr std::size_t most = 8;
    const bool is_cut = all.size() > most;
    if (is_cut) all.resize(most);
    message += "; there are " + join_words(all, is_cut ? ", " : " and ") + (is_cut ? ", ..." : "");
  }
  return source_fail(span_of(parts), std::move(message));
}

}  // namespace holdfast::cli
