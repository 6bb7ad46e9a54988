// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "validate/command_validate.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

#include "console/exit_code.hpp"
#include "console/output.hpp"
#include "console/progress.hpp"
#include "files/component_file.hpp"
#include "holdfast/component/validate/validated_component.hpp"
#include "holdfast/engine/engine.hpp"
#include "holdfast/runtime/load/loaded_component.hpp"

namespace holdfast::cli {
namespace {

HostResult<void> validate_file(const engine::Engine& engine, const component::Features& features,
                               const std::string& path) {
  const Progress progress(STDERR_FILENO, "validating " + std::filesystem::path(path).filename().string());
  HOLDFAST_TRY_ASSIGN(const auto bytes, read_component_file(path));
  HOLDFAST_TRY_ASSIGN(const auto validated,
                      component::validate_component(component::read_component_prefix(bytes), features));
  return runtime::validate_core_modules(engine, validated, bytes, features);
}

}  // namespace

int validate(const ValidateOptions& options) {
  const auto features = component::parse_features(options.features);
  if (!features) {
    print_error(features.error().message());
    return number(ExitCode::usage);
  }
  auto engine = engine::Engine::create({.features = features->core});
  if (!engine) {
    report_error(engine.error());
    return number(ExitCode::environment);
  }
  int code = 0;
  for (const std::string& path : options.files) {
    const auto valid = validate_file(*engine, *features, path);
    if (valid) {
      print_line(path + ": valid");
      continue;
    }
    const HostError& error = valid.error();
    if (error.kind() == ErrorKind::io) {
      code = std::max(code, report_error(error));
      continue;
    }
    const std::string place = error.offset() ? fmt::format(" at offset {0} ({0:#x})", *error.offset()) : std::string();
    print_line(fmt::format("{}: {}{}: {}", path, name_of(error.kind()), place, error.cause()));
    code = std::max(code, number(ExitCode::failed));
  }
  return code;
}

}  // namespace holdfast::cli
