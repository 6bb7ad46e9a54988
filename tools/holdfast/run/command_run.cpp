// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "run/command_run.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <iterator>

#include "console/exit_code.hpp"
#include "console/output.hpp"
#include "console/suggestions.hpp"
#include "holdfast/runtime/link/link.hpp"
#include "run/run_report.hpp"
#include "run/run_session.hpp"
#include "statements/statement_interpreter.hpp"
#include "statements/statement_parser.hpp"

namespace holdfast::cli {
namespace {

struct Script {
  std::string name;  ///< of the file; empty for --invoke
  std::string text;
  std::vector<Statement> statements;
};

/// Errors: io.
HostResult<std::string> read_script(const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::error_code ignored;
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path, ignored)) {
    return host_fail(ErrorKind::io, "the script " + path + " cannot be read");
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

class Run {
 public:
  explicit Run(const RunOptions& options) : options_(options) {}

  int operator()() {
    if (!read_statements()) return failed();
    auto started = RunSession::start(options_);
    if (!started) {
      fail(started.error());
      return failed();
    }
    RunSession& session = **started;
    if (script_) {
      run_statements(session);
    } else {
      run_command(session);
    }
    if (session.time_is_over()) print_note(fmt::format("  the {} s of --timeout were over\n", *options_.timeout));
    finish(session);
    return report_.exit_code;
  }

 private:
  /// Before there is a session, so that there is nothing to tell but what was wrong.
  int failed() const {
    if (options_.json) print_line(to_json(report_));
    return report_.exit_code;
  }

  /// Before anything is loaded: a slip is told at once.
  bool read_statements() {
    if (!options_.invoke && !options_.script) return true;
    script_.emplace();
    if (options_.invoke) {
      script_->text = *options_.invoke;
    } else {
      auto text = read_script(*options_.script);
      if (!text) {
        fail(text.error());
        return false;
      }
      script_->text = *std::move(text);
      script_->name = *options_.script == "-" ? "standard input" : *options_.script;
    }
    auto parsed = parse_statements(script_->text);
    if (!parsed) {
      fail(parsed.error());
      return false;
    }
    script_->statements = *std::move(parsed);
    return true;
  }

  void fail(const HostError& error) {
    report_.exit_code = report_error(error);
    if (error.exit_code()) return;
    if (error.kind() == ErrorKind::link && !options_.allow_missing) {
      print_note(
          "  --link INTERFACE=FILE has another component provide an interface; with --allow-missing what is missing\n"
          "  traps when it is called\n");
    }
    if (error.kind() == ErrorKind::trap || error.kind() == ErrorKind::limit) {
      report_.traps.push_back(error);
    } else {
      report_.error = error.message();
    }
  }

  void fail(const SourceError& error) {
    print_error(render(error, script_->text, script_->name));
    report_.error = error.message;
    report_.exit_code = number(ExitCode::usage);
  }

  void run_statements(RunSession& session) {
    StatementInterpreter interpreter(session.instances(), [this](const std::string& value) {
      report_.values.push_back(value);
      if (!options_.json) print_line(value);
    });
    if (const auto done = interpreter.run(script_->statements); !done) {
      fail_statement(done.error(), interpreter.failed_call());
    } else if (interpreter.had_error_result()) {
      report_.exit_code = number(ExitCode::failed);
    }
    for (const HostError& failed : interpreter.drop_all()) {
      const int code = report_error(HostError(failed).with_context("dropping what is left"));
      report_.traps.push_back(failed);
      if (report_.exit_code == 0) report_.exit_code = code;
    }
  }

  void fail_statement(const SourceError& error, const std::optional<HostError>& cause) {
    if (!cause) return fail(error);
    report_.exit_code = exit_code_of(*cause);
    if (cause->exit_code()) return;
    // The statement stands between the line that says what happened and the way that led there.
    print_error(render(error, script_->text, script_->name));
    const std::string whole = cause->to_string();
    if (const auto rest = whole.find('\n'); rest != std::string::npos) print_note(whole.substr(rest + 1) + '\n');
    report_.traps.push_back(*cause);
  }

  void run_command(RunSession& session) {
    std::string command;
    for (const ExternType& one : session.component().exports()) {
      if (runtime::version_track(one.name) == runtime::version_track("wasi:cli/run@0.2.0")) command = one.name;
    }
    if (command.empty()) return fail(no_command(session));
    const auto result = session.instances()[0].call(command, "run", {});
    if (!result) return fail(result.error());
    if (*result) report_.values.push_back((*result)->to_wave());
    const bool is_error = *result && (*result)->kind() == ValKind::result && !(*result)->as_result()->is_ok;
    if (is_error) report_.exit_code = number(ExitCode::failed);
  }

  HostError no_command(const RunSession& session) const {
    NameResolver names;
    names.add(session.instances()[0].root()->program(), 0);
    std::vector<std::string> functions;
    for (const Callable& one : names.callables()) functions.push_back(one.spelling());
    constexpr std::size_t most = 12;
    if (functions.size() > most) functions.resize(most);
    std::string message = options_.file + " is no command: it does not export wasi:cli/run";
    if (std::ranges::any_of(options_.arguments, [](const std::string& one) { return one.starts_with("--"); })) {
      message += "; what follows the file belongs to the guest, so options stand before it";
    } else if (!functions.empty()) {
      message += "; its functions are called with --invoke: " + join_words(functions, ", ");
    }
    return HostError(ErrorKind::misuse, message);
  }

  void finish(RunSession& session) {
    if (const auto flushed = session.wasi().flush(); !flushed) {
      print_warning(flushed.error().message());
    }
    report_.handles = session.store().handles();
    if (auto closed = session.store().close()) report_.store = *std::move(closed);
    const bool has_leaks = !report_.store.leaks.empty();
    if (options_.leaks == LeakPolicy::error && has_leaks && report_.exit_code == 0) {
      report_.exit_code = number(ExitCode::failed);
    }
    if (options_.json) {
      print_line(to_json(report_));
    } else if (options_.report) {
      print_note(to_text(report_));
    } else if (options_.leaks != LeakPolicy::ignore && has_leaks) {
      const std::size_t count = report_.store.leaks.size();
      print_warning((count == 1 ? "a handle was" : std::to_string(count) + " handles were") + " not dropped\n" +
                    to_string(report_.store));
    }
  }

  const RunOptions& options_;
  std::optional<Script> script_;
  RunReport report_;
};

}  // namespace

int run(const RunOptions& options) { return Run(options)(); }

}  // namespace holdfast::cli
