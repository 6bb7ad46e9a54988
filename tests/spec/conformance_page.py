# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the public suites and prints docs/conformance.md. With --check it compares instead, and fails on a difference.

Usage: conformance_page.py COMMAND SUITES [--check PAGE]"""
import collections
import difflib
import pathlib
import sys

import suites

HERE = pathlib.Path(__file__).parent
ORIGINS = {
    "spec": "[WebAssembly/component-model](https://github.com/WebAssembly/component-model), `test/`, without `async/`",
    "wasmtime": "[Wasmtime](https://github.com/bytecodealliance/wasmtime), `tests/misc_testsuite/component-model/`",
    "wasm-tools": "[wasm-tools](https://github.com/bytecodealliance/wasm-tools), `tests/cli/component-model/`; validation only",
    "spec-async": "[WebAssembly/component-model](https://github.com/WebAssembly/component-model), `test/async/`",
}
INTRODUCTION = """# Conformance

The results of `holdfast wast` on public test suites. A suite is a set of scripts: components, and directives that say what must happen to them. This command writes the page:

```sh
python3 tests/spec/conformance_page.py build/bin/holdfast SUITES > docs/conformance.md
```

SUITES is a folder with a copy of each suite, under the name in the first column. `ctest -L spec` runs the suites if `HOLDFAST_SPEC_DIR` names that folder. It fails on every difference from [expected_failures.txt](../tests/spec/expected_failures.txt) and from this page.

*Pass*: the directive's expectation holds, including the words of the message where the suite names them. *Other words*: the component was refused or trapped as expected, but with another message. *Skipped*: the directive needs something that Holdfast does not have; a skip is not a pass.
"""

BEYOND = """
## Where other validators accept more

Holdfast checks these rules of the specification; the validators of Wasmtime 48 and wasm-tools do not:

- a key of a map is a bool, an integer, a char or a string (`Refusals.Structure`)
- the element type of a stream or future contains no `borrow` (`Refusals.Structure`)
- names of interfaces that differ only in the case of acronyms are the same name (`ExternNames.SimilarNamesHaveTheSameKey`)
- values have at most 2^28 - 1 bytes (`spec/validation/max-value-size.wast`)
"""


def kind_of(result):
    if result["status"] == "fail" and result["message"].startswith("message mismatch"):
        return "words"
    return result["status"]


def table(results_by_set):
    lines = ["| suite | directives | pass | other words | fail | skipped | from |", "|---|---:|---:|---:|---:|---:|---|"]
    for name, results in results_by_set.items():
        counts = collections.Counter(kind_of(result) for directives in results.values() for result in directives)
        cells = [sum(counts.values()), counts["pass"], counts["words"], counts["fail"], counts["skip"]]
        lines.append(f"| {name} | " + " | ".join(map(str, cells)) + f" | {ORIGINS[name]} |")
    return lines


def by_directive(results_by_set):
    names = list(results_by_set)
    counts = collections.Counter()
    for name, results in results_by_set.items():
        for directives in results.values():
            for result in directives:
                counts[result["kind"], name, "all"] += 1
                counts[result["kind"], name, "pass"] += result["status"] == "pass"
    lines = ["| directive (passed of all) | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    for kind in sorted({kind for kind, _, _ in counts}):
        cells = [f"{counts[kind, name, 'pass']} of {counts[kind, name, 'all']}" if counts[kind, name, "all"] else ""
                 for name in names]
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    return lines


def page(results_by_set):
    failures, skips = suites.read_expected(HERE / "expected_failures.txt")
    lines = [INTRODUCTION, *table(results_by_set), "", *by_directive(results_by_set), "", "## What does not pass", ""]
    places_of = collections.defaultdict(list)
    for place, reason in failures.items():
        places_of[reason].append(place)
    for reason, places in places_of.items():
        shown = ", ".join(f"`{place}`" for place in places[:4]) + (f" and {len(places) - 4} more" if len(places) > 4 else "")
        lines.append(f"- {reason}: {shown}")
    lines += ["", "## What is skipped", "", "| reason | " + " | ".join(results_by_set) + " |", "|---|" + "---:|" * len(results_by_set)]
    reasons = collections.Counter((result["message"], name) for name, results in results_by_set.items()
                                  for directives in results.values() for result in directives if result["status"] == "skip")
    for reason in sorted({reason for reason, _ in reasons}):
        lines.append(f"| {reason} | " + " | ".join(str(reasons[reason, name] or "") for name in results_by_set) + " |")
    return "\n".join(lines) + "\n" + BEYOND


def main(command, folder, check=None, expected=None):
    text = page({name: suites.run_set(command, pathlib.Path(folder), name) for name in suites.SETS})
    if check is None:
        sys.stdout.write(text)
        return 0
    current = pathlib.Path(expected).read_text()
    sys.stdout.writelines(difflib.unified_diff(current.splitlines(True), text.splitlines(True), expected, "new page"))
    return int(current != text)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
