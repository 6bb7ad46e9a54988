// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "completion.hpp"

#include <fmt/format.h>

namespace holdfast::cli {
namespace {

std::string spaced(std::span<const std::string> words) { return fmt::format("{}", fmt::join(words, " ")); }

/// In single quotes. `quote` replaces each single quote inside: '\'' in bash and zsh, \' in fish.
std::string quoted(std::string_view text, std::string_view quote) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += quote;
    } else {
      result += c;
    }
  }
  return result + '\'';
}

// bash

std::string bash_value(const CompletedOption& option) {
  switch (option.value) {
    case CompletedValue::file: return "compgen -f -- \"$word\"";
    case CompletedValue::folder: return "compgen -d -- \"$word\"";
    case CompletedValue::variable: return "compgen -v -- \"$word\"";
    case CompletedValue::word: return fmt::format("compgen -W '{}' -- \"$word\"", spaced(option.words));
    case CompletedValue::none:
    case CompletedValue::text: break;
  }
  return "";
}

/// The case for one command: its options, then its positional argument.
std::string bash_command(const CompletedCommand& command) {
  std::vector<std::string> names;
  std::string values, rest = "compgen -f -- \"$word\"";
  for (const CompletedOption& option : command.options) {
    if (option.name.empty()) {
      rest = bash_value(option);
      continue;
    }
    names.push_back(option.name);
    if (option.value == CompletedValue::none) continue;
    const std::string value = bash_value(option);
    values += fmt::format("        {}) {}return ;;\n", option.name, value.empty() ? "" : value + "; ");
  }
  return fmt::format(
      "    {})\n"
      "      case $previous in\n{}      esac\n"
      "      case $word in\n"
      "        -*) compgen -W '{}' -- \"$word\" ;;\n"
      "        *) {} ;;\n"
      "      esac ;;\n",
      command.name, values, spaced(names), rest);
}

std::string bash_script(std::span<const CompletedCommand> commands) {
  std::vector<std::string> names;
  std::string cases;
  for (const CompletedCommand& command : commands) {
    names.push_back(command.name);
    cases += bash_command(command);
  }
  return fmt::format(R"(# bash completion for holdfast
_holdfast_words() {{
  local word=$1 previous=$2 command=$3
  case $command in
{})"
                     R"(  esac
}}
_holdfast() {{
  local word=${{COMP_WORDS[COMP_CWORD]}}
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W '{} --help --version' -- "$word")
  else
    mapfile -t COMPREPLY < <(_holdfast_words "$word" "${{COMP_WORDS[COMP_CWORD-1]}}" "${{COMP_WORDS[1]}}")
  fi
}}
complete -o filenames -F _holdfast holdfast
)",
                     cases, spaced(names));
}

// zsh

/// Escapes the characters that have a meaning for _arguments.
std::string zsh_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == ':' || c == '[' || c == ']' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string zsh_value(const CompletedOption& option) {
  switch (option.value) {
    case CompletedValue::none: return "";
    case CompletedValue::text: return ":value: ";
    case CompletedValue::file: return ":file:_files";
    case CompletedValue::folder: return ":folder:_files -/";
    case CompletedValue::variable: return ":variable:_parameters -g '*export*'";
    case CompletedValue::word: return fmt::format(":word:({})", spaced(option.words));
  }
  return "";
}

std::string zsh_script(std::span<const CompletedCommand> commands) {
  std::string names, cases;
  for (const CompletedCommand& command : commands) {
    names += "    " + quoted(zsh_text(command.name) + ':' + command.description, "'\\''") + '\n';
    std::string specifications;
    for (const CompletedOption& option : command.options) {
      const std::string name =
          option.name.empty() ? "*" : fmt::format("*{}[{}]", option.name, zsh_text(option.description));
      specifications += " \\\n        " + quoted(name + zsh_value(option), "'\\''");
    }
    cases += fmt::format("    {}) _arguments{} ;;\n", command.name, specifications);
  }
  return fmt::format(R"(#compdef holdfast
_holdfast() {{
  local -a commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    _arguments '--help[Print this help]' '--version[Print the versions of holdfast and its engine]'
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
{}  esac
}}
if [ "$funcstack[1]" = _holdfast ]; then
  _holdfast "$@"
else
  compdef _holdfast holdfast
fi
)",
                     names, cases);
}

// fish

std::string fish_value(const CompletedOption& option) {
  switch (option.value) {
    case CompletedValue::none: return "";
    case CompletedValue::text: return " -x";
    case CompletedValue::file: return " -r -F";
    case CompletedValue::folder: return " -x -a '(__fish_complete_directories)'";
    case CompletedValue::variable: return " -x -a '(set --names --export)'";
    case CompletedValue::word: return fmt::format(" -x -a '{}'", spaced(option.words));
  }
  return "";
}

std::string fish_script(std::span<const CompletedCommand> commands) {
  std::string text =
      "# fish completion for holdfast\ncomplete -c holdfast -n __fish_use_subcommand -f -l help\n"
      "complete -c holdfast -n __fish_use_subcommand -f -l version\n";
  for (const CompletedCommand& command : commands) {
    text += fmt::format("complete -c holdfast -n __fish_use_subcommand -f -a {} -d {}\n", command.name,
                        quoted(command.description, "\\'"));
    for (const CompletedOption& option : command.options) {
      // A positional argument is a file, which fish completes by itself, or one of a few words.
      if (option.name.empty() && option.value != CompletedValue::word) continue;
      const std::string name = option.name.empty() ? std::string() : " -l " + option.name.substr(2);
      const std::string description = option.name.empty() ? std::string() : " -d " + quoted(option.description, "\\'");
      text += fmt::format("complete -c holdfast -n '__fish_seen_subcommand_from {}'{}{}{}\n", command.name, name,
                          fish_value(option), description);
    }
  }
  return text;
}

}  // namespace

std::optional<std::string> completion_script(std::string_view shell, std::span<const CompletedCommand> commands) {
  if (shell == "bash") return bash_script(commands);
  if (shell == "zsh") return zsh_script(commands);
  if (shell == "fish") return fish_script(commands);
  return std::nullopt;
}

}  // namespace holdfast::cli
