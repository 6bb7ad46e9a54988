// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inspect/command_inspect.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "console/exit_code.hpp"
#include "console/output.hpp"
#include "files/component_file.hpp"
#include "holdfast/component/program/flatten.hpp"
#include "holdfast/component/validate/validated_component.hpp"
#include "inspect/inspection.hpp"
#include "inspect/wit_printer.hpp"

namespace holdfast::cli {
namespace {

HostResult<component::Program> analyse(component::ReadOutcome outcome) {
  HOLDFAST_TRY_ASSIGN(const auto validated, component::validate_component(std::move(outcome)));
  return component::flatten(validated);
}

/// "18.4 MB", in powers of 1000.
std::string size_text(std::size_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  if (bytes < 1'000'000) return fmt::format("{:.1f} KB", static_cast<double>(bytes) / 1e3);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

/// Adjacent sections with the same name share a line: there are often hundreds.
std::string sections_text(const std::vector<SectionInfo>& sections) {
  std::string text = fmt::format("  {:>12}  {:>10}  section\n", "offset", "size");
  for (std::size_t i = 0; i < sections.size();) {
    std::size_t end = i, size = 0;
    for (; end < sections.size() && sections[end].name == sections[i].name; ++end) size += sections[end].size;
    const std::string count = end - i > 1 ? fmt::format(" (x{})", end - i) : std::string();
    text += fmt::format("  {:>#12x}  {:>10}  {}{}\n", sections[i].offset, size, sections[i].name, count);
    i = end;
  }
  return text;
}

}  // namespace

Inspection inspect_bytes(std::string file, std::span<const std::byte> bytes) {
  Inspection inspection;
  inspection.file = std::move(file);
  inspection.size = bytes.size();
  inspection.sections = list_sections(bytes);
  component::ReadOutcome outcome = component::read_component_prefix(bytes);
  inspection.modules = list_modules(outcome.component);
  inspection.spaces = count_spaces(outcome.component);
  auto program = analyse(std::move(outcome));
  if (program) {
    inspection.program = *std::move(program);
  } else {
    inspection.error = std::move(program).error();
  }
  return inspection;
}

std::string to_text(const Inspection& inspection) {
  std::string text = fmt::format("// {}, {}", inspection.file, size_text(inspection.size));
  if (inspection.program) {
    const component::Program& program = *inspection.program;
    text += fmt::format(", {} core module{}, {} core instance{}, {} component instance{}\n\n",
                        inspection.modules.size(), inspection.modules.size() == 1 ? "" : "s",
                        program.core_instance_count, program.core_instance_count == 1 ? "" : "s",
                        program.instances.size(), program.instances.size() == 1 ? "" : "s");
    text += world_to_wit(program);
    const std::vector<ResourceFlow> flows = resource_flows(program);
    text += "\nresources:" + (flows.empty() ? std::string(" none\n") : '\n' + to_text(flows));
  } else {
    text += '\n';
  }
  text += "\nsections:\n" + sections_text(inspection.sections);
  text += "\ncore modules:\n";
  text += fmt::format("  {:>12}  {:>10}  {:>7}  {:>7}  in component\n", "offset", "size", "imports", "exports");
  for (const ModuleInfo& module : inspection.modules) {
    text += fmt::format("  {:>#12x}  {:>10}  {:>7}  {:>7}  {}\n", module.offset, module.size, module.imports,
                        module.exports, module.component);
  }
  text += "\nindex spaces:\n";
  for (const auto& [space, count] : inspection.spaces) text += fmt::format("  {:>12}  {}\n", count, space);
  return text;
}

int inspect(const InspectOptions& options) {
  const auto bytes = read_component_file(options.file);
  if (!bytes) return report_error(HostError(bytes.error()).with_context(options.file));
  const Inspection inspection = inspect_bytes(options.file, *bytes);
  if (options.dot && inspection.program) {
    print(to_dot(resource_flows(*inspection.program)));
  } else if (options.json) {
    print_line(to_json(inspection));
  } else if (!options.dot) {
    print(to_text(inspection));
  }
  if (!inspection.error) return 0;
  return report_error(HostError(*inspection.error).with_context(options.file));
}

}  // namespace holdfast::cli
