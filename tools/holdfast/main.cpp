// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command `holdfast`: reads its options and hands over to a command.
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
#include "holdfast/engine/engine.hpp"
#include "inspect/command_inspect.hpp"
#include "run/command_run.hpp"
#include "validate/command_validate.hpp"
#include "wast/command_wast.hpp"

namespace holdfast::cli {
namespace {

constexpr auto run_examples =
    R"(FILE is a component, binary or text; options stand before it, what follows it belongs to the guest.

Statements, separated by `;`:
  let x = f(1, "two")      calls f and keeps the result as x
  blob([104, 105])         calls the constructor of the resource blob
  x.read(9)                calls a method of the resource that x holds
  blob.merge(a, b)         calls a static function
  blobs.blob, demo:store/blobs.blob   longer names, where short ones are ambiguous
  drop x                   drops a handle; what is left is dropped at the end, the newest first
Values are written as WAVE: 1, 2.5, true, 'c', "text", [1, 2], (1, "a"), {name: "x", age: 3}, {flag-a, flag-b},
some(1), none, ok(1), err("why"), case-name(1).

Examples:
  holdfast run hello.wasm one two
  holdfast run --dir ./data::/data::ro --env LANG --env DEBUG=1 tool.wasm --verbose /data/in.txt
  holdfast run --invoke 'add(1, 2)' calculator.wasm
  holdfast run --link demo:store/kv@0.1.0=provider.wasm --report \
    --invoke 'let b = blob([104, 105]); b.write([33]); b.read(9)' plugin.wasm)";

constexpr auto inspect_examples = R"(Examples:
  holdfast inspect plugin.wasm
  holdfast inspect --json plugin.wasm
  holdfast inspect --dot plugin.wasm | dot -Tsvg > resources.svg)";

constexpr auto validate_examples = R"(Examples:
  holdfast validate plugin.wasm
  holdfast validate build/*.wasm
  holdfast validate --features cm-error-context,-cm-async plugin.wasm)";

constexpr auto wast_examples =
    R"(FILE is a script of the public test suites: components, and what has to come of them.

Features are those of a suite (spec, wasmtime, wasm-tools), single ones (cm-map, cm64, ...), or several with commas
between. Without the option the first lines of the script decide (;;! of wasmtime, RUN: of wasm-tools), else spec.
--json writes one object for one FILE, and an array of them for several.

Examples:
  holdfast wast resources.wast
  holdfast wast --json results.json test/values/*.wast
  holdfast wast --validate-only --features wasm-tools,cm-values values.wast)";

constexpr auto completion_examples = R"(Examples:
  source <(holdfast completion bash)
  holdfast completion bash > ~/.local/share/bash-completion/completions/holdfast
  holdfast completion zsh > "${fpath[1]}/_holdfast"
  holdfast completion fish > ~/.config/fish/completions/holdfast.fish)";

constexpr auto exit_codes = R"(`holdfast COMMAND --help` shows the options of a command, with examples.

Exit codes: a guest's own, or 0 done, 1 an error result (or an invalid file, a failed directive of a script, or a leak
with --leaks=error), 64 usage, 65 not a valid component or script, 66 a file that cannot be read, 70 a trap, 71 the engine or the system failed, 75 a limit.)";

/// Checks of options, as the parser wants them: empty, or what is wrong.
std::string is_count(const std::string& text) {
  const bool is_good = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  return is_good ? std::string() : text + " is no whole number from 0";
}

std::string has_no_sign(const std::string& text) {
  return text.starts_with('-') ? text + " is no number of bytes" : std::string();
}

std::string is_time(const std::string& text) {
  double seconds = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool is_good = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() && seconds > 0;
  return is_good ? std::string() : text + " is no positive number of seconds";
}

/// FILE and what follows it are not the parser's business, so its usage line would not show them.
class RunFormatter : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App*, std::string) const override {
    return "Usage: holdfast run [OPTIONS] FILE [ARGUMENTS...]\n";
  }
};

class CommandLine {
 public:
  CommandLine() : app_("Runs and inspects WebAssembly components, with an eye on their resources.", "holdfast") {
    app_.set_version_flag("-V,--version", "holdfast " HOLDFAST_VERSION " (" + engine::Engine::version() + ")",
                          "Show the versions of holdfast and of its engine");
    app_.set_help_flag("-h,--help", "Show this help");
    app_.require_subcommand(1);
    app_.footer(exit_codes);
    add_run();
    add_inspect();
    add_validate();
    add_wast();
    add_completion();
  }

  int operator()(int count, char** words) {
    std::vector<std::string> given(words + 1, words + count);
    if (!given.empty() && given[0] == run_->get_name()) remove_end_of_options(given);
    try {
      std::ranges::reverse(given);  // as the parser wants them
      app_.parse(std::move(given));
    } catch (const CLI::Success& asked) {
      return app_.exit(asked) == 0 ? finish_output(0) : number(ExitCode::usage);
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
    run_ = app_.add_subcommand("run", "Run a command, or call functions of a component");
    run_->formatter(std::make_shared<RunFormatter>());
    run_->footer(run_examples);
    run_->prefix_command();
    run_->add_option("--dir", run_options_.directories, "Give a folder to the guest, read-only with ::ro")
        ->type_name("HOST[::GUEST[::ro]]")
        ->allow_extra_args(false);
    run_->add_option("--env", run_options_.environment, "Give an environment variable, with this process's value or V")
        ->type_name("K[=V]")
        ->allow_extra_args(false);
    run_->add_option("--argv0", run_options_.argv0, "The program's name as the guest sees it; else the file's")
        ->type_name("NAME");
    run_->add_option("--invoke", run_options_.invoke, "Carry out statements, and print their values")
        ->type_name("STATEMENTS");
    run_->add_option("--script", run_options_.script, "The same with the statements of a file, - for standard input")
        ->type_name("FILE");
    run_->add_option("--link", run_options_.links, "Another component provides the interface that this one imports")
        ->type_name("INTERFACE=FILE")
        ->allow_extra_args(false);
    run_->add_flag("--allow-missing", run_options_.allow_missing,
                   "Imports that nobody provides trap when they are called");
    run_->add_flag("--report", run_options_.report, "Tell how many handles there were, and which are left");
    run_->add_option("--leaks", leaks_, "Tell which handles are left at the end; `error` makes that exit code 1")
        ->type_name("warn|error")
        ->check(CLI::IsMember({"warn", "error"}).description(""));
    run_->add_flag("--json", run_options_.json, "Print values and report as JSON, in the last line of the output");
    run_->add_option("--fuel", run_options_.fuel, "Stop after so many steps of the guest")
        ->type_name("STEPS")
        ->check(CLI::Validator(is_count, ""));
    run_->add_option("--max-memory", run_options_.max_memory, "Ceiling of each linear memory, such as 64mb")
        ->type_name("BYTES")
        ->transform(CLI::AsSizeValue(false).description(""))
        ->transform(CLI::Validator(has_no_sign, ""));  // comes before the other
    run_->add_option("--timeout", run_options_.timeout, "Stop after so many seconds")
        ->type_name("SECONDS")
        ->check(CLI::Validator(is_time, ""));
    run_->add_flag("--no-cache", run_options_.no_cache, "Compile anew, and keep nothing of it");
  }

  void add_inspect() {
    inspect_ = app_.add_subcommand("inspect", "Show a component: its world, its parts, and who holds which resource");
    inspect_->footer(inspect_examples);
    inspect_->add_flag("--json", inspect_options_.json, "Everything as JSON");
    inspect_->add_flag("--dot", inspect_options_.dot, "The resources as a picture, for Graphviz");
    inspect_->add_option("FILE", inspect_options_.file, "A component, binary or text")->required()->type_name("");
  }

  void add_validate() {
    validate_ = app_.add_subcommand("validate", "Say whether files are valid components, or where and why not");
    validate_->footer(validate_examples);
    validate_
        ->add_option("--features", validate_options_.features,
                     "What the files may use: a set (default, none, all, spec, wasmtime, wasm-tools), then names "
                     "to switch on, or off with - before them")
        ->type_name("LIST");
    validate_->add_option("FILE", validate_options_.files, "Components, binary or text")->required()->type_name("");
  }

  void add_wast() {
    wast_ = app_.add_subcommand("wast", "Run test scripts of the specification, and tell what failed");
    wast_->footer(wast_examples);
    wast_->add_flag("--validate-only", wast_options_.validate_only, "Decode and validate, run nothing");
    wast_->add_option("--features", wast_options_.features, "The proposals that components may use")
        ->type_name("spec|wasmtime|wasm-tools|LIST");
    wast_->add_option("--json", wast_options_.json, "Write the result of each directive to a file")->type_name("OUT");
    wast_->add_option("FILE", wast_options_.files, "Scripts (.wast)")->required()->type_name("");
  }

  void add_completion() {
    completion_ = app_.add_subcommand("completion", "Print a script that completes commands and options in a shell");
    completion_->footer(completion_examples);
    const std::vector<std::string> shells(std::begin(completed_shells), std::end(completed_shells));
    completion_->add_option("SHELL", shell_, join_words(shells, " or "))
        ->required()
        ->type_name("")
        ->check(CLI::IsMember(shells).description(""));
  }

  /// The parser takes a `--` before FILE for the end of the command.
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
    if (rest.empty()) return misuse("FILE is missing", "run");
    if (rest[0].starts_with('-') && rest[0].size() > 1) {
      const std::string option = rest[0].substr(0, rest[0].find('='));
      return misuse("there is no option " + option + did_you_mean(option, options_of(*run_)), "run");
    }
    if (run_options_.invoke && run_options_.script) return misuse("--invoke and --script exclude each other", "run");
    run_options_.file = rest[0];
    run_options_.arguments.assign(rest.begin() + 1, rest.end());
    if (leaks_) run_options_.leaks = *leaks_ == "error" ? LeakPolicy::error : LeakPolicy::warn;
    return cli::run(run_options_);
  }

  int start_inspect() {
    if (inspect_options_.json && inspect_options_.dot) return misuse("--json and --dot exclude each other", "inspect");
    return cli::inspect(inspect_options_);
  }

  int complete() {
    std::vector<CompletedCommand> commands;
    for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; })) {
      CompletedCommand made{command->get_name(), command->get_description(), {}};
      for (const CLI::Option* option : command->get_options()) made.options.push_back(completed(*option));
      if (command == run_) made.options.push_back({"", "", CompletedValue::file, {}});  // the parser does not know it
      commands.push_back(std::move(made));
    }
    const auto script = completion_script(shell_, commands);
    if (!script) return misuse("there is no completion for " + shell_, "completion");
    print(*script);
    return 0;
  }

  /// What an option takes is told from what its help calls it.
  CompletedOption completed(const CLI::Option& option) const {
    CompletedOption made{option.get_lnames().empty() ? "" : "--" + option.get_lnames()[0],
                         option.get_description(),
                         CompletedValue::text,
                         {}};
    const std::string type = option.get_type_name();
    if (option.get_name() == "SHELL" || type == "warn|error") {
      made.value = CompletedValue::word;
      made.words = type.empty() ? std::vector<std::string>(std::begin(completed_shells), std::end(completed_shells))
                                : std::vector<std::string>{"warn", "error"};
    } else if (made.name.empty() || type == "FILE") {
      made.value = CompletedValue::file;
    } else if (type.starts_with("HOST")) {
      made.value = CompletedValue::folder;
    } else if (type.starts_with("K")) {
      made.value = CompletedValue::variable;
    } else if (option.get_items_expected_max() == 0) {
      made.value = CompletedValue::none;
    }
    return made;
  }

  static std::vector<std::string> options_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
  }

  int misuse(const std::string& what, const std::string& command) {
    print_error(what + "\n  `holdfast " + command + (command.empty() ? "" : " ") + "--help` shows how it is used");
    return number(ExitCode::usage);
  }

  /// In our words where they say more than the parser's.
  int usage_error(const std::string& what, int count, char** words) {
    for (const CLI::App* command : app_.get_subcommands()) return misuse(what, command->get_name());
    if (count < 2) {
      print_note(app_.help());
      return number(ExitCode::usage);
    }
    const std::string word = words[1];
    if (word.starts_with('-')) return misuse("there is no option " + word + did_you_mean(word, options_of(app_)), "");
    std::vector<std::string> commands;
    for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; })) {
      commands.push_back(command->get_name());
    }
    const std::string meant = did_you_mean(word, commands);
    return misuse(
        "there is no command `" + word + '`' + (meant.empty() ? "; there are " + join_words(commands) : meant), "");
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
  // A reader that goes away is an error of the write, for us and for guests.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return holdfast::cli::finish_output(holdfast::cli::CommandLine()(count, words));
  } catch (const std::exception& error) {
    holdfast::cli::print_error(error.what());
    return holdfast::cli::number(holdfast::cli::ExitCode::environment);
  }
}
