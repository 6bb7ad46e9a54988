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
#include "holdfast/embed/component.hpp"

namespace holdfast::cli {
namespace {

HostResult<void> validate_file(const Engine& engine, const std::string& path) {
  const Progress progress(STDERR_FILENO, "validating " + std::filesystem::path(path).filename().string());
  HOLDFAST_TRY_ASSIGN(const auto bytes, read_component_file(path));
  return Component::validate(engine, bytes);
}

}  // namespace

int validate(const ValidateOptions& options) {
  const auto features = component::parse_features(options.features);
  if (!features) {
    print_error(features.error().message());
    return number(ExitCode::usage);
  }
  const auto engine = Engine::create({.features = *features});
  if (!engine) {
    report_error(engine.error());
    return number(ExitCode::environment);
  }
  int code = 0;
  for (const std::string& path : options.files) {
    const auto valid = validate_file(*engine, path);
    if (valid) {
      print_line(path + ": valid");
      continue;
    }
    const HostError& error = valid.error();
    if (error.kind() == ErrorKind::io) {
      code = std::max(code, report_error(HostError(error).with_context(path)));
      continue;
    }
    const std::string place = error.offset() ? fmt::format(" at offset {0} ({0:#x})", *error.offset()) : std::string();
    print_line(fmt::format("{}: {}{}: {}", path, name_of(error.kind()), place, error.cause()));
    code = std::max(code, number(ExitCode::failed));
  }
  return code;
}

}  // namespace holdfast::cli
