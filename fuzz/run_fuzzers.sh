#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# run_fuzzers.sh BUILD_FOLDER SECONDS [TARGET...]: runs the fuzz targets (by default all) one after the other, each for
# SECONDS. An input that fails ends the run and is kept in fuzz/found of the build folder; bin/fuzz_TARGET FILE runs it
# again. Corpora grow in the build folder. HOLDFAST_FUZZ_SEEDS names another folder with inputs, for the two targets
# that read components.
set -euo pipefail

build=$1
seconds=$2
shift 2
targets=("$@")
[ ${#targets[@]} -gt 0 ] || for file in "$build"/bin/fuzz_*; do targets+=("${file##*/fuzz_}"); done

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}

for target in "${targets[@]}"; do
  corpus=$build/fuzz/corpus/$target
  folders=("$corpus")
  case $target in
    read_component | instantiate_component) folders+=(${HOLDFAST_FUZZ_SEEDS:+"$HOLDFAST_FUZZ_SEEDS"}) ;;
  esac
  mkdir -p "$build/fuzz/found"
  log=$build/fuzz/$target.log
  printf 'fuzz: %s for %s s ... ' "$target" "$seconds"
  # -timeout: seconds for each input; -rss_limit_mb: memory of the process.
  if "$build/bin/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
    -print_final_stats=1 -artifact_prefix="$build/fuzz/found/$target-" "${folders[@]}" >"$log" 2>&1; then
    printf '%s runs, %s inputs kept\n' "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
      "$(find "$corpus" -type f | wc -l)"
  else
    printf 'FAILED\n'
    tail -n 40 "$log"
    exit 1
  fi
done
