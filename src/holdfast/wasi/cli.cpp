// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "holdfast/runtime/call/trap.hpp"
#include "holdfast/wasi/environment.hpp"
#include "holdfast/wasi/interfaces/interface.hpp"
#include "holdfast/wasi/interfaces/link.hpp"

namespace holdfast::wasi {
namespace {

using SharedEnvironment = std::shared_ptr<const Environment>;

/// The resources `terminal-input` and `terminal-output`. They have no functions; their existence is the information.
class TerminalInput {};
class TerminalOutput {};

/// Flushes the outputs before a guest exits, as for a process. If the store is interrupted, the guest exits without
/// flushing.
void flush_outputs(Caller& caller, const Environment& environment) {
  for (const auto& stream : {environment.output, environment.errors}) {
    static_cast<void>(wait_until_flushed(caller, *stream.channel));
  }
}

void link_environment(Linker& linker, const SharedEnvironment& environment) {
  using Variables = std::vector<std::tuple<std::string, std::string>>;
  define_interface(linker, "cli/environment")
      .func("get-environment",
            [environment] { return Variables(environment->variables.begin(), environment->variables.end()); })
      .func("get-arguments", [environment] { return environment->arguments; })
      .func("initial-cwd", [environment] {
        const std::string& path = environment->initial_directory;
        return path.empty() ? std::nullopt : std::optional(path);
      });
}

void link_exit(Linker& linker, const SharedEnvironment& environment) {
  // Exit is thrown rather than returned, because these functions never return to the component.
  define_interface(linker, "cli/exit")
      .func("exit",
            [environment](Caller& caller, std::expected<void, std::monostate> status) {
              flush_outputs(caller, *environment);
              throw Exit(status ? 0 : 1);
            })
      .func("exit-with-code", [environment](Caller& caller, std::uint8_t code) {
        flush_outputs(caller, *environment);
        throw Exit(code);
      });
}

void link_standard_streams(Linker& linker, const SharedEnvironment& environment) {
  define_interface(linker, "cli/stdin").func("get-stdin", [environment] {
    return InputStream(environment->input.channel);
  });
  define_interface(linker, "cli/stdout").func("get-stdout", [environment] {
    return OutputStream(environment->output.channel);
  });
  define_interface(linker, "cli/stderr").func("get-stderr", [environment] {
    return OutputStream(environment->errors.channel);
  });
}

void link_terminals(Linker& linker, const SharedEnvironment& environment) {
  define_interface(linker, "cli/terminal-input").resource<TerminalInput>("terminal-input");
  define_interface(linker, "cli/terminal-output").resource<TerminalOutput>("terminal-output");
  define_interface(linker, "cli/terminal-stdin").func("get-terminal-stdin", [environment] {
    return environment->input.is_terminal ? std::optional(TerminalInput()) : std::nullopt;
  });
  define_interface(linker, "cli/terminal-stdout").func("get-terminal-stdout", [environment] {
    return environment->output.is_terminal ? std::optional(TerminalOutput()) : std::nullopt;
  });
  define_interface(linker, "cli/terminal-stderr").func("get-terminal-stderr", [environment] {
    return environment->errors.is_terminal ? std::optional(TerminalOutput()) : std::nullopt;
  });
}

}  // namespace

void link_cli(Linker& linker, const std::shared_ptr<const Environment>& environment) {
  link_environment(linker, environment);
  link_exit(linker, environment);
  link_standard_streams(linker, environment);
  link_terminals(linker, environment);
}

}  // namespace holdfast::wasi
