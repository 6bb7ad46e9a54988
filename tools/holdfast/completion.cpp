// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `holdfast completion`. A test compares the options in it with those of the help.
#include "commands.hpp"

namespace holdfast::cli {
namespace {

constexpr auto bash = R"SCRIPT(# bash completion for holdfast
_holdfast() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W 'run inspect validate wast completion --help --version' -- "$word")
    return
  fi
  case $previous in
    --dir) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    --env) mapfile -t COMPREPLY < <(compgen -v -- "$word"); return ;;
    --features) mapfile -t COMPREPLY < <(compgen -W 'spec wasmtime wasm-tools' -- "$word"); return ;;
    --leaks) mapfile -t COMPREPLY < <(compgen -W 'warn error' -- "$word"); return ;;
    --argv0 | --invoke | --fuel | --max-memory | --timeout) return ;;
  esac
  local options=
  case $command in
    run) options='--dir --env --argv0 --invoke --script --link --allow-missing --report --leaks --json --fuel --max-memory --timeout --no-cache --help' ;;
    inspect) options='--json --dot --help' ;;
    validate) options='--features --help' ;;
    wast) options='--validate-only --features --json --help' ;;
    completion) options='bash --help' ;;
  esac
  case $word in
    -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word") ;;
    *) [ "$command" = completion ] && mapfile -t COMPREPLY < <(compgen -W 'bash' -- "$word") ||
         mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
  esac
}
complete -o filenames -F _holdfast holdfast
)SCRIPT";

}  // namespace

const char* completion_script(const std::string& shell) { return shell == "bash" ? bash : nullptr; }

}  // namespace holdfast::cli
