// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "files/loading.hpp"

#include <filesystem>
#include <unistd.h>

#include "console/progress.hpp"

namespace holdfast::cli {

HostResult<Component> load_component(const Engine& engine, const std::string& file) {
  const Progress progress(STDERR_FILENO, "compiling " + std::filesystem::path(file).filename().string());
  return Component::load(engine, file);
}

}  // namespace holdfast::cli
