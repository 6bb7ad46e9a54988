// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The result of `holdfast inspect`, as data, text and JSON. Plain data and pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "holdfast/component/program/program.hpp"
#include "holdfast/diagnostics/host_error.hpp"
#include "inspect/resource_flow.hpp"
#include "inspect/section_list.hpp"

namespace holdfast::cli {

struct Inspection {
  std::string file;
  std::size_t size = 0;  ///< bytes of the binary form
  std::vector<SectionInfo> sections;
  std::vector<ModuleInfo> modules;
  SpaceCounts spaces;
  std::optional<HostError> error;  ///< why there is no program
  std::optional<component::Program> program;
};

/// Inspects a component file as far as it is valid.
Inspection inspect_bytes(std::string file, std::span<const std::byte> bytes);

std::string to_json(const Inspection& inspection);
std::string to_text(const Inspection& inspection);

}  // namespace holdfast::cli
