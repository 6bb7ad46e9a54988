// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sections of a component file, read from the section headers alone, so that invalid files can be listed too. Pure
// functions; the bytes are borrowed for the call.
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
  std::size_t offset = 0;  ///< of the content, in the file
  std::size_t size = 0;    ///< of the content, in bytes
};

/// The sections of the outermost component, up to the first header that cannot be read.
std::vector<SectionInfo> list_sections(std::span<const std::byte> bytes);

/// The number of items in each index space of a component, by the name of the space. Nested components do not count.
using SpaceCounts = std::map<std::string, std::size_t>;
SpaceCounts count_spaces(const component::syntax::Component& component);

/// A core module of the component or of one nested in it.
struct ModuleInfo {
  std::size_t offset = 0;
  std::size_t size = 0;
  std::size_t imports = 0;
  std::size_t exports = 0;
  std::string component;  ///< the path of the component that contains it: "root", "root/0"
};
std::vector<ModuleInfo> list_modules(const component::syntax::Component& component);

}  // namespace holdfast::cli
