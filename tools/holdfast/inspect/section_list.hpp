// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sections of a component file and their sizes, read from their headers alone, so that also broken files show what
// they have. Pure functions; the bytes are borrowed for the call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "holdfast/component/binary/syntax.hpp"

namespace holdfast::cli {

struct SectionInfo {
  std::string name;        ///< "core module", "custom producers"
  std::size_t offset = 0;  ///< of the contents, in the file
  std::size_t size = 0;    ///< of the contents, bytes
};

/// The sections of the outermost component, up to the first header that cannot be read.
std::vector<SectionInfo> list_sections(std::span<const std::byte> bytes);

/// How many items each index space has, by the names of the spaces; those of nested components are their own.
using SpaceCounts = std::map<std::string, std::size_t>;
SpaceCounts count_spaces(const component::syntax::Component& component);

/// Core modules with their places, also those of nested components.
struct ModuleInfo {
  std::size_t offset = 0;
  std::size_t size = 0;
  std::size_t imports = 0;
  std::size_t exports = 0;
  std::string component;  ///< the way to the component that it is in: "root", "root/0"
};
std::vector<ModuleInfo> list_modules(const component::syntax::Component& component);

}  // namespace holdfast::cli
