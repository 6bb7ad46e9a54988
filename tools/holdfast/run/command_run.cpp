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
#include "holdfast/embed/component.hpp"
#include "run/run_report.hpp"
#include "run/run_session.hpp"
#include "statements/statement_interpreter.hpp"
#include "statements/statement_parser.hpp"

namespace holdfast::cli {
namespace {

struct Script {
  std::string name;  ///< the file's name; empty for --invoke
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
    auto new_session = RunSession::start(options_);
    if (!new_session) {
      fail(new_session.error());
      return failed();
    }
    RunSession& session = **new_session;
    if (script_) {
      run_statements(session);
    } else {
      run_command(session);
    }
    if (session.has_timed_out()) print_note(fmt::format("  --timeout expired after {} s\n", *options_.timeout));
    finish(session);
    return report_.exit_code;
  }

 private:
  /// Ends a run that failed before there was a session: the report contains only the error.
  int failed() const {
    if (options_.json) print_line(to_json(report_));
    return report_.exit_code;
  }

  /// Parses the statements before anything is loaded, so that mistakes show at once. False: it failed.
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
          "  to let another component provide an interface, use --link INTERFACE=FILE\n"
          "  to start anyway, use --allow-missing; calling a missing import then traps\n");
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
    if (const auto completed = interpreter.run(script_->statements); !completed) {
      fail_statement(completed.error(), interpreter.failed_call());
    } else if (interpreter.had_error_result()) {
      report_.exit_code = number(ExitCode::failed);
    }
    for (const HostError& failure : interpreter.drop_all()) {
      const int code = report_error(HostError(failure).with_context("dropping the handles that are left"));
      report_.traps.push_back(failure);
      if (report_.exit_code == 0) report_.exit_code = code;
    }
  }

  void fail_statement(const SourceError& error, const std::optional<HostError>& cause) {
    if (!cause) return fail(error);
    report_.exit_code = exit_code_of(*cause);
    if (cause->exit_code()) return;
    // The first line says what happened; then comes the statement, then the call path.
    print_error(render(error, script_->text, script_->name));
    const std::string text = cause->to_string();
    if (const auto first_end = text.find('\n'); first_end != std::string::npos) {
      print_note(text.substr(first_end + 1) + '\n');
    }
    report_.traps.push_back(*cause);
  }

  void run_command(RunSession& session) {
    std::string command;
    for (const ExternType& exported : session.component().exports()) {
      if (compatible_interfaces(exported.name, "wasi:cli/run@0.2.0")) command = exported.name;
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
    names.add(session.component().program(), 0);
    std::vector<std::string> functions;
    for (const Callable& callable : names.callables()) functions.push_back(callable.spelling());
    constexpr std::size_t most_shown = 12;
    if (functions.size() > most_shown) functions.resize(most_shown);
    std::string message = options_.file + " cannot be run as a command: it does not export wasi:cli/run";
    const auto is_option = [](const std::string& argument) { return argument.starts_with("--"); };
    if (std::ranges::any_of(options_.arguments, is_option)) {
      message += "; options of holdfast go before the file";
    } else if (!functions.empty()) {
      message += "; use --invoke to call its functions: " + join_words(functions, ", ");
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
      print_warning((count == 1 ? "1 handle was" : std::to_string(count) + " handles were") + " not dropped\n" +
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
