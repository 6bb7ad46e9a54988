// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inspect/section_list.hpp"

#include <array>
#include <string_view>
#include <variant>

#include "holdfast/wasm/byte_cursor.hpp"

namespace holdfast::cli {
namespace {

namespace syntax = component::syntax;

constexpr std::size_t preamble_size = 8;
// By section id (Binary.md, "Component Definitions").
constexpr std::array<std::string_view, 13> section_names = {
    "custom", "core module", "core instance", "core type", "component", "instance", "alias",
    "type",   "canon",       "start",         "import",    "export",    "value"};

std::string_view space_of(syntax::CoreSort sort) {
  switch (sort) {
    case syntax::CoreSort::function: return "core functions";
    case syntax::CoreSort::table: return "core tables";
    case syntax::CoreSort::memory: return "core memories";
    case syntax::CoreSort::global: return "core globals";
    case syntax::CoreSort::tag: return "core tags";
    case syntax::CoreSort::type: return "core types";
    case syntax::CoreSort::module: return "core modules";
    case syntax::CoreSort::instance: return "core instances";
  }
  return "core items";
}

std::string_view space_of(syntax::Sort sort, syntax::CoreSort core) {
  switch (sort) {
    case syntax::Sort::core: return space_of(core);
    case syntax::Sort::function: return "functions";
    case syntax::Sort::value: return "values";
    case syntax::Sort::type: return "types";
    case syntax::Sort::component: return "components";
    case syntax::Sort::instance: return "instances";
  }
  return "items";
}

std::string_view space_of(syntax::ExternKind kind) {
  switch (kind) {
    case syntax::ExternKind::core_module: return "core modules";
    case syntax::ExternKind::function: return "functions";
    case syntax::ExternKind::value: return "values";
    case syntax::ExternKind::type: return "types";
    case syntax::ExternKind::component: return "components";
    case syntax::ExternKind::instance: return "instances";
  }
  return "items";
}

/// The index space that a definition adds an item to. An export adds to the index space of the exported item.
struct SpaceOf {
  std::string_view operator()(const syntax::CoreModule&) const { return "core modules"; }
  std::string_view operator()(const syntax::CoreInstance&) const { return "core instances"; }
  std::string_view operator()(const syntax::CoreType&) const { return "core types"; }
  std::string_view operator()(const syntax::NestedComponent&) const { return "components"; }
  std::string_view operator()(const syntax::Instance&) const { return "instances"; }
  std::string_view operator()(const syntax::Alias& alias) const { return space_of(alias.sort, alias.core_sort); }
  std::string_view operator()(const syntax::Type&) const { return "types"; }
  std::string_view operator()(const syntax::Canonical& canonical) const {
    return canonical.opcode == syntax::CanonicalOpcode::lift ? "functions" : "core functions";
  }
  std::string_view operator()(const syntax::Start&) const { return "start functions"; }
  std::string_view operator()(const syntax::Import& import) const { return space_of(import.type.kind); }
  std::string_view operator()(const syntax::Export& export_) const {
    return space_of(export_.item.sort, export_.item.core_sort);
  }
  std::string_view operator()(const syntax::Value&) const { return "values"; }
};

void add_modules(std::vector<ModuleInfo>& out, const syntax::Component& component, const std::string& path) {
  std::size_t nested = 0;
  for (const syntax::Definition& definition : component.definitions) {
    if (const auto* module = std::get_if<syntax::CoreModule>(&definition.value)) {
      out.push_back({module->bytes.offset, module->bytes.size, module->interface.imports.size(),
                     module->interface.exports.size(), path});
    } else if (const auto* inner = std::get_if<syntax::NestedComponent>(&definition.value)) {
      add_modules(out, *inner->component, path + '/' + std::to_string(nested++));
    }
  }
}

}  // namespace

std::vector<SectionInfo> list_sections(std::span<const std::byte> bytes) {
  std::vector<SectionInfo> sections;
  wasm::ByteCursor cursor(bytes);
  if (!cursor.read_bytes(preamble_size)) return sections;
  while (!cursor.at_end()) {
    const auto id = cursor.read_byte();
    const auto size = id ? cursor.read_u32() : Result<std::uint32_t>(std::unexpected(id.error()));
    if (!size) break;
    SectionInfo section;
    section.offset = cursor.offset();
    section.size = *size;
    section.name = *id < section_names.size() ? std::string(section_names[*id]) : "section " + std::to_string(*id);
    auto part = cursor.read_part(*size);
    if (!part) break;
    if (*id == 0) {
      if (const auto name = part->read_name()) section.name += ' ' + std::string(*name);
    }
    sections.push_back(std::move(section));
  }
  return sections;
}

SpaceCounts count_spaces(const syntax::Component& component) {
  SpaceCounts counts;
  for (const syntax::Definition& definition : component.definitions) {
    const auto* types = std::get_if<syntax::CoreType>(&definition.value);
    const auto* group = types == nullptr ? nullptr : std::get_if<wasm::CoreRecursionGroup>(&types->value);
    const std::size_t added = group == nullptr ? 1 : group->types.size();
    counts[std::string(std::visit(SpaceOf{}, definition.value))] += added;
  }
  return counts;
}

std::vector<ModuleInfo> list_modules(const syntax::Component& component) {
  std::vector<ModuleInfo> modules;
  add_modules(modules, component, "root");
  return modules;
}

}  // namespace holdfast::cli
