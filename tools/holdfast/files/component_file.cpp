// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "files/component_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#include "holdfast/embed/component.hpp"

namespace holdfast::cli {

HostResult<std::vector<std::byte>> read_component_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return host_fail(ErrorKind::io, "expected a file, found a directory");
  std::ifstream file(path, std::ios::binary);
  if (!file) return host_fail(ErrorKind::io, "the file cannot be opened");
  const std::string content(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) return host_fail(ErrorKind::io, "the file cannot be read");
  return Component::to_binary(content);
}

}  // namespace holdfast::cli
