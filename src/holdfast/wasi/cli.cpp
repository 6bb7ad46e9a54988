// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "holdfast/runtime/trap.hpp"
#include "holdfast/wasi/environment.hpp"
#include "holdfast/wasi/link.hpp"

namespace holdfast::wasi {
namespace {

using SharedEnvironment = std::shared_ptr<const Environment>;

/// The resources `terminal-input` and `terminal-output`: that there is one is all they say.
class TerminalInput {};
class TerminalOutput {};

/// What a guest wrote before it exits is written, as it would be if it had come from a process. A guest whose store
/// may not go on exits without.
void write_out(Caller& caller, const Environment& environment) {
  for (const auto& stream : {environment.output, environment.errors}) {
    static_cast<void>(wait_until_flushed(caller, *stream.channel));
  }
}

void link_environment(Linker& linker, const SharedEnvironment& environment) {
  using Variables = std::vector<std::tuple<std::string, std::string>>;
  linker.instance("wasi:cli/environment@0.2.12")
      .func("get-environment",
            [environment] { return Variables(environment->variables.begin(), environment->variables.end()); })
      .func("get-arguments", [environment] { return environment->arguments; })
      .func("initial-cwd", [environment] {
        const std::string& path = environment->initial_directory;
        return path.empty() ? std::nullopt : std::optional(path);
      });
}

void link_exit(Linker& linker, const SharedEnvironment& environment) {
  // Exit is thrown, and never returned, because nothing that a component could see comes back from here.
  linker.instance("wasi:cli/exit@0.2.12")
      .func("exit",
            [environment](Caller& caller, std::expected<void, std::monostate> status) {
              write_out(caller, *environment);
              throw Exit(status ? 0 : 1);
            })
      .func("exit-with-code", [environment](Caller& caller, std::uint8_t code) {
        write_out(caller, *environment);
        throw Exit(code);
      });
}

void link_standard_streams(Linker& linker, const SharedEnvironment& environment) {
  linker.instance("wasi:cli/stdin@0.2.12").func("get-stdin", [environment] {
    return InputStream(environment->input.channel);
  });
  linker.instance("wasi:cli/stdout@0.2.12").func("get-stdout", [environment] {
    return OutputStream(environment->output.channel);
  });
  linker.instance("wasi:cli/stderr@0.2.12").func("get-stderr", [environment] {
    return OutputStream(environment->errors.channel);
  });
}

void link_terminals(Linker& linker, const SharedEnvironment& environment) {
  linker.instance("wasi:cli/terminal-input@0.2.12").resource<TerminalInput>("terminal-input");
  linker.instance("wasi:cli/terminal-output@0.2.12").resource<TerminalOutput>("terminal-output");
  linker.instance("wasi:cli/terminal-stdin@0.2.12").func("get-terminal-stdin", [environment] {
    return environment->input.is_terminal ? std::optional(TerminalInput()) : std::nullopt;
  });
  linker.instance("wasi:cli/terminal-stdout@0.2.12").func("get-terminal-stdout", [environment] {
    return environment->output.is_terminal ? std::optional(TerminalOutput()) : std::nullopt;
  });
  linker.instance("wasi:cli/terminal-stderr@0.2.12").func("get-terminal-stderr", [environment] {
    return environment->errors.is_terminal ? std::optional(TerminalOutput()) : std::nullopt;
  });
}

}  // namespace

void link_cli(Linker& linker, std::shared_ptr<const Environment> environment) {
  link_environment(linker, environment);
  link_exit(linker, environment);
  link_standard_streams(linker, environment);
  link_terminals(linker, environment);
}

}  // namespace holdfast::wasi
