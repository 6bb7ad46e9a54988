// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "run/wasi_setup.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>

namespace holdfast::cli {

#ifdef HOLDFAST_HAS_WASI
namespace {

HostResult<void> add_directory(wasi::Context& context, const std::string& option) {
  constexpr std::string_view separator = "::";
  const auto first = option.find(separator);
  const std::string host = option.substr(0, first);
  std::string guest = host;
  wasi::Access access = wasi::Access::read_write;
  if (first != std::string::npos) {
    guest = option.substr(first + separator.size());
    const auto second = guest.find(separator);
    if (second != std::string::npos) {
      const std::string mode = guest.substr(second + separator.size());
      guest.resize(second);
      if (mode == "ro") {
        access = wasi::Access::read_only;
      } else if (mode != "rw") {
        return host_fail(ErrorKind::misuse, "--dir " + option + ": expected `ro` or `rw`, found `" + mode + '`');
      }
    }
    if (guest.empty()) guest = host;
  }
  if (host.empty())
    return host_fail(ErrorKind::misuse, "--dir " + option + ": the directory is missing; expected HOST[::GUEST[::ro]]");
  context.preopen(host, std::move(guest), access);
  return {};
}

HostResult<void> add_variable(wasi::Context& context, const std::string& option) {
  const auto equals = option.find('=');
  const std::string name = option.substr(0, equals);
  if (name.empty()) return host_fail(ErrorKind::misuse, "--env " + option + ": the name is missing; expected K[=V]");
  if (equals != std::string::npos) {
    context.env(name, option.substr(equals + 1));
    return {};
  }
  const char* const value = std::getenv(name.c_str());
  if (value == nullptr) {
    return host_fail(
        ErrorKind::misuse,
        "--env " + option + ": this process has no such variable; to set a value, use --env " + option + "=VALUE");
  }
  context.env(name, value);
  return {};
}

}  // namespace

HostResult<void> WasiSetup::link(Linker& linker, const RunOptions& options) {
  std::vector<std::string> arguments{options.argv0.value_or(std::filesystem::path(options.file).filename().string())};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  context_.args(std::move(arguments)).inherit_stdio();
  for (const std::string& directory : options.directories) HOLDFAST_TRY(add_directory(context_, directory));
  for (const std::string& variable : options.environment) HOLDFAST_TRY(add_variable(context_, variable));
  return context_.link(linker);
}

HostResult<void> WasiSetup::flush() const {
  constexpr std::chrono::milliseconds patience(10'000);
  return context_.flush(patience);
}

#else

HostResult<void> WasiSetup::link(Linker&, const RunOptions& options) {
  if (options.directories.empty() && options.environment.empty()) return {};
  return host_fail(ErrorKind::misuse, "--dir and --env are not available: this holdfast was built without WASI");
}

HostResult<void> WasiSetup::flush() const { return {}; }

#endif

}  // namespace holdfast::cli
