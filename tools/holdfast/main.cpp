// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command `holdfast`: parses the options and calls the subcommand.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>

#include "completion.hpp"
#include "console/exit_code.hpp"
#include "console/output.hpp"
#include "console/standard_descriptors.hpp"
#include "console/suggestions.hpp"
#include "holdfast/embed/engine.hpp"
#include "inspect/command_inspect.hpp"
#include "run/command_run.hpp"
#include "validate/command_validate.hpp"
#include "wast/command_wast.hpp"

namespace holdfast::cli {
namespace {

constexpr auto run_footer =
    R"(FILE is a component, binary or text. Options go before FILE; everything after it is passed to the guest.

Statements, separated by `;`:
  let x = f(1, "two")   call f and keep the result as x
  blob([104, 105])      call the constructor of the resource blob
  x.read(9)             call a method of the resource that x holds
  blob.merge(a, b)      call a static function
  drop x                drop a handle
Where a short name is ambiguous, qualify it: blobs.blob or demo:store/blobs.blob.
Handles that are left at the end are dropped, newest first.

Values are written in WAVE: 1, 2.5, true, 'c', "text", [1, 2], (1, "a"), {name: "x", age: 3}, {flag-a, flag-b},
some(1), none, ok(1), err("why"), case-name(1).

Examples:
  holdfast run hello.wasm one two
  holdfast run --dir ./data::/data::ro --env LANG --env DEBUG=1 tool.wasm --verbose /data/in.txt
  holdfast run --invoke 'add(1, 2)' calculator.wasm
  holdfast run --link demo:store/kv@0.1.0=provider.wasm --report \
    --invoke 'let b = blob([104, 105]); b.write([33]); b.read(9)' plugin.wasm)";

constexpr auto inspect_footer = R"(Examples:
  holdfast inspect plugin.wasm
  holdfast inspect --json plugin.wasm
  holdfast inspect --dot plugin.wasm | dot -Tsvg > resources.svg)";

constexpr auto validate_footer =
    R"(--features takes a comma-separated list of features (cm-async, memory64, ...). The first item may instead be
a set (default, none, all, spec, wasmtime, wasm-tools). A leading `-` switches a feature off.

Examples:
  holdfast validate plugin.wasm
  holdfast validate build/*.wasm
  holdfast validate --features cm-error-context,-cm-async plugin.wasm)";

constexpr auto wast_footer =
    R"(FILE is a test script: components, and assertions about them.

--features takes the name of a suite (spec, wasmtime, wasm-tools), names of features (cm-map, cm64, ...), or a
comma-separated list that begins with a suite. A leading `-` switches a feature off. Without the option, the first
lines of the script choose the suite: `;;!` means wasmtime, `RUN:` means wasm-tools, anything else means spec.
--json writes an object for one FILE, and an array of objects for several.

Examples:
  holdfast wast resources.wast
  holdfast wast --json results.json test/values/*.wast
  holdfast wast --validate-only --features wasm-tools,cm-values values.wast)";

constexpr auto completion_footer = R"(Examples:
  source <(holdfast completion bash)
  holdfast completion bash > ~/.local/share/bash-completion/completions/holdfast
  holdfast completion zsh > "${fpath[1]}/_holdfast"
  holdfast completion fish > ~/.config/fish/completions/holdfast.fish)";

constexpr auto main_footer = R"(Run `holdfast COMMAND --help` for the options of a command, and examples.

Exit codes:
   0  success
   1  an error result, an invalid file (validate), a failed directive (wast) or a leak (--leaks=error)
  64  usage error
  65  not a valid component or script
  66  a file cannot be read
  70  trap
  71  the engine or the system failed
  75  a limit was reached
If the guest exits with a code of its own, `run` exits with that code.)";

/// Checks for the parser: the text is empty, or says what is wrong with the value.
std::string check_count(const std::string& text) {
  const bool is_good = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  return is_good ? std::string() : "expected a non-negative whole number, found `" + text + '`';
}

std::string check_no_sign(const std::string& text) {
  return text.starts_with('-') ? "expected a number of bytes, found `" + text + '`' : std::string();
}

std::string check_time(const std::string& text) {
  double seconds = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool is_good = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() && seconds > 0;
  return is_good ? std::string() : "expected a positive number of seconds, found `" + text + '`';
}

/// The parser does not know FILE and the guest's arguments, so they are missing from its usage line.
class RunFormatter : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App*, std::string) const override {
    return "Usage: holdfast run [OPTIONS] FILE [ARGUMENTS...]\n";
  }
};

class CommandLine {
 public:
  CommandLine() : app_("Run and inspect WebAssembly components and the resources they hold.", "holdfast") {
    app_.set_version_flag("-V,--version", "holdfast " HOLDFAST_VERSION " (" + Engine::version() + ")",
                          "Print the versions of holdfast and its engine");
    app_.set_help_flag("-h,--help", "Print this help");
    app_.require_subcommand(1);
    app_.footer(main_footer);
    add_run();
    add_inspect();
    add_validate();
    add_wast();
    add_completion();
  }

  int operator()(int count, char** words) {
    std::vector<std::string> arguments(words + 1, words + count);
    if (!arguments.empty() && arguments[0] == run_->get_name()) remove_end_of_options(arguments);
    try {
      std::ranges::reverse(arguments);  // the parser takes them last first
      app_.parse(std::move(arguments));
    } catch (const CLI::Success& request) {  // --help or --version
      return app_.exit(request) == 0 ? finish_output(0) : number(ExitCode::usage);
    } catch (const CLI::ParseError& error) {
      return usage_error(error.what(), count, words);
    }
    if (run_->parsed()) return start_run();
    if (inspect_->parsed()) return start_inspect();
    if (validate_->parsed()) return cli::validate(validate_options_);
    if (wast_->parsed()) return cli::run_scripts(wast_options_);
    return complete();
  }

 private:
  void add_run() {
    run_ = app_.add_subcommand("run", "Run a component, or call its functions");
    run_->formatter(std::make_shared<RunFormatter>());
    run_->footer(run_footer);
    run_->prefix_command();
    run_->add_option("--dir", run_options_.directories, "Give the guest access to a directory (`ro`: read-only)")
        ->type_name("HOST[::GUEST[::ro]]")
        ->allow_extra_args(false);
    run_->add_option("--env", run_options_.environment,
                     "Set an environment variable of the guest; K alone copies the value from this process")
        ->type_name("K[=V]")
        ->allow_extra_args(false);
    run_->add_option("--argv0", run_options_.argv0, "Program name that the guest sees [default: the name of FILE]")
        ->type_name("NAME");
    run_->add_option("--invoke", run_options_.invoke, "Run statements and print their values")->type_name("STATEMENTS");
    run_->add_option("--script", run_options_.script, "Run the statements in a file (`-`: standard input)")
        ->type_name("FILE");
    run_->add_option("--link", run_options_.links, "Link another component, which provides INTERFACE")
        ->type_name("INTERFACE=FILE")
        ->allow_extra_args(false);
    run_->add_flag("--allow-missing", run_options_.allow_missing,
                   "Start even if imports are missing; calling one traps");
    run_->add_flag("--report", run_options_.report,
                   "Print how many handles were created, and which are left at the end");
    run_->add_option("--leaks", leaks_, "Report handles that are left at the end; `error` also exits with code 1")
        ->type_name("warn|error")
        ->check(CLI::IsMember({"warn", "error"}).description(""));
    run_->add_flag("--json", run_options_.json,
                   "Print values and report as JSON, on one line after the guest's output");
    run_->add_option("--fuel", run_options_.fuel, "Stop the guest after this many steps")
        ->type_name("STEPS")
        ->check(CLI::Validator(check_count, ""));
    run_->add_option("--max-memory", run_options_.max_memory, "Largest size of each linear memory, such as 64mb")
        ->type_name("BYTES")
        ->transform(CLI::AsSizeValue(false).description(""))
        ->transform(CLI::Validator(check_no_sign, ""));  // runs before the conversion
    run_->add_option("--timeout", run_options_.timeout, "Stop the guest after this many seconds")
        ->type_name("SECONDS")
        ->check(CLI::Validator(check_time, ""));
    run_->add_flag("--no-cache", run_options_.no_cache, "Compile from scratch, without the cache of compiled code");
  }

  void add_inspect() {
    inspect_ = app_.add_subcommand("inspect", "Show the world, sections and resource flow of a component");
    inspect_->footer(inspect_footer);
    inspect_->add_flag("--json", inspect_options_.json, "Print everything as JSON");
    inspect_->add_flag("--dot", inspect_options_.dot, "Print the flow of resources as a Graphviz graph");
    inspect_->add_option("FILE", inspect_options_.file, "Component, binary or text")->required()->type_name("");
  }

  void add_validate() {
    validate_ = app_.add_subcommand("validate", "Check whether files are valid components");
    validate_->footer(validate_footer);
    validate_->add_option("--features", validate_options_.features, "Features that the files may use")
        ->type_name("LIST");
    validate_->add_option("FILE", validate_options_.files, "Components, binary or text")->required()->type_name("");
  }

  void add_wast() {
    wast_ = app_.add_subcommand("wast", "Run test scripts of the WebAssembly specification (.wast)");
    wast_->footer(wast_footer);
    wast_->add_flag("--validate-only", wast_options_.validate_only, "Decode and validate components, but run nothing");
    wast_->add_option("--features", wast_options_.features, "Features that components may use")
        ->type_name("spec|wasmtime|wasm-tools|LIST");
    wast_->add_option("--json", wast_options_.json, "Write the result of each directive to OUT")->type_name("OUT");
    wast_->add_option("FILE", wast_options_.files, "Scripts (.wast)")->required()->type_name("");
  }

  void add_completion() {
    completion_ = app_.add_subcommand("completion", "Print a completion script for a shell");
    completion_->footer(completion_footer);
    const std::vector<std::string> shells(std::begin(completed_shells), std::end(completed_shells));
    completion_->add_option("SHELL", shell_, join_words(shells, " or "))
        ->required()
        ->type_name("")
        ->check(CLI::IsMember(shells).description(""));
  }

  /// Removes a `--` before FILE: the parser would end the subcommand there.
  void remove_end_of_options(std::vector<std::string>& words) const {
    for (std::size_t i = 1; i < words.size() && words[i].starts_with('-'); ++i) {
      if (words[i] == "--") {
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(i));
        return;
      }
      const CLI::Option* const option = run_->get_option_no_throw(words[i]);
      if (option != nullptr && option->get_items_expected_max() > 0) ++i;  // its value
    }
  }

  int start_run() {
    const std::vector<std::string> rest = run_->remaining();
    if (rest.empty()) return misuse("FILE is required", "run");
    if (rest[0].starts_with('-') && rest[0].size() > 1) {
      const std::string option = rest[0].substr(0, rest[0].find('='));
      return misuse("unknown option " + option + did_you_mean(option, options_of(*run_)), "run");
    }
    if (run_options_.invoke && run_options_.script) return misuse("--invoke cannot be used with --script", "run");
    run_options_.file = rest[0];
    run_options_.arguments.assign(rest.begin() + 1, rest.end());
    if (leaks_) run_options_.leaks = *leaks_ == "error" ? LeakPolicy::error : LeakPolicy::warn;
    return cli::run(run_options_);
  }

  int start_inspect() {
    if (inspect_options_.json && inspect_options_.dot) return misuse("--json cannot be used with --dot", "inspect");
    return cli::inspect(inspect_options_);
  }

  int complete() {
    std::vector<CompletedCommand> commands;
    for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; })) {
      CompletedCommand entry{command->get_name(), command->get_description(), {}};
      for (const CLI::Option* option : command->get_options()) entry.options.push_back(completed(*option));
      if (command == run_) entry.options.push_back({"", "", CompletedValue::file, {}});  // FILE
      commands.push_back(std::move(entry));
    }
    const auto script = completion_script(shell_, commands);
    if (!script) return misuse("unknown shell " + shell_, "completion");
    print(*script);
    return 0;
  }

  /// What an option takes, derived from the type that its help shows.
  CompletedOption completed(const CLI::Option& option) const {
    CompletedOption entry{option.get_lnames().empty() ? "" : "--" + option.get_lnames()[0],
                          option.get_description(),
                          CompletedValue::text,
                          {}};
    const std::string type = option.get_type_name();
    if (option.get_name() == "SHELL" || type == "warn|error") {
      entry.value = CompletedValue::word;
      entry.words = type.empty() ? std::vector<std::string>(std::begin(completed_shells), std::end(completed_shells))
                                 : std::vector<std::string>{"warn", "error"};
    } else if (entry.name.empty() || type == "FILE") {
      entry.value = CompletedValue::file;
    } else if (type.starts_with("HOST")) {
      entry.value = CompletedValue::folder;
    } else if (type.starts_with("K")) {
      entry.value = CompletedValue::variable;
    } else if (option.get_items_expected_max() == 0) {
      entry.value = CompletedValue::none;
    }
    return entry;
  }

  static std::vector<std::string> options_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
  }

  int misuse(const std::string& message, const std::string& command) {
    print_error(message + "\n  for usage, run `holdfast " + command + (command.empty() ? "" : " ") + "--help`");
    return number(ExitCode::usage);
  }

  /// Replaces the parser's message where ours says more.
  int usage_error(const std::string& message, int count, char** words) {
    for (const CLI::App* command : app_.get_subcommands()) return misuse(message, command->get_name());
    if (count < 2) {
      print_note(app_.help());
      return number(ExitCode::usage);
    }
    const std::string word = words[1];
    if (word.starts_with('-')) return misuse("unknown option " + word + did_you_mean(word, options_of(app_)), "");
    std::vector<std::string> commands;
    for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; })) {
      commands.push_back(command->get_name());
    }
    const std::string suggestion = did_you_mean(word, commands);
    return misuse("unknown command `" + word + '`' +
                      (suggestion.empty() ? "; the commands are " + join_words(commands) : suggestion),
                  "");
  }

  CLI::App app_;
  CLI::App* run_ = nullptr;
  CLI::App* inspect_ = nullptr;
  CLI::App* validate_ = nullptr;
  CLI::App* wast_ = nullptr;
  CLI::App* completion_ = nullptr;
  RunOptions run_options_;
  std::optional<std::string> leaks_;
  InspectOptions inspect_options_;
  ValidateOptions validate_options_;
  WastOptions wast_options_;
  std::string shell_;
};

}  // namespace
}  // namespace holdfast::cli

int main(int count, char** words) {
  holdfast::cli::occupy_standard_descriptors();
  // Writing to a closed pipe returns an error instead of killing the process; guests see that error too.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return holdfast::cli::finish_output(holdfast::cli::CommandLine()(count, words));
  } catch (const std::exception& error) {
    holdfast::cli::print_error(error.what());
    return holdfast::cli::number(holdfast::cli::ExitCode::environment);
  }
}
