# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs scripts of the public suites with some expectations made false: exactly these directives must fail.

Usage: controls_test.py COMMAND SUITES     (the program `holdfast`, and the folder of the suites)
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

COMMAND, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
# The value at the end of an assert_return, and the message of an assert_trap. Each directive is one line.
VALUE = re.compile(r'^(\(assert_return \(invoke .*\) \((\w+)\.const )("[^"]*"|[^ "()]+)(\)\))$')
WORDS = re.compile(r'^(\(assert_trap \(invoke .*\) )"([^"]+)"\)$')


def another(kind, value):
    """Returns a constant of the same kind with another value than `value`; None if none is known."""
    if kind == "bool":
        return "false" if value == "true" else "true"
    if kind in ("str", "char"):
        return '"?"'
    if kind in ("f32", "f64"):
        return "0.123"
    if not re.fullmatch(r"-?\d+", value):
        return None
    return str(int(value) + 1 if int(value) <= 0 else int(value) - 1)


def falsified(lines, every, first):
    """Changes every `every`th expectation of `lines`, starting with number `first`; returns which lines it changed."""
    changed, count = set(), 0
    for number, line in enumerate(lines):
        value, words = VALUE.match(line), WORDS.match(line)
        other = another(value[2], value[3]) if value else None
        if not words and other is None:
            continue
        count += 1
        if count % every != first:
            continue
        lines[number] = value[1] + other + value[4] if value else words[1] + '"not these words")'
        changed.add(number + 1)
    return changed


def failures(lines):
    with tempfile.TemporaryDirectory() as folder:
        script, out = pathlib.Path(folder, "script.wast"), pathlib.Path(folder, "out.json")
        script.write_text("\n".join(lines))
        subprocess.run([COMMAND, "wast", "--features", "spec", "--json", out, script], stdout=subprocess.DEVNULL)
        return {result["line"] for result in json.loads(out.read_text())["directives"] if result["status"] == "fail"}


wrong, total = 0, 0
for path in sorted((FOLDER / "spec").rglob("*.wast")):
    for first in range(3):
        lines = path.read_text().splitlines()
        changed = falsified(lines, 3, first)
        total += len(changed)
        failed = failures(lines) if changed else set()
        if failed != changed:
            print(f"{path}: changed lines that do not fail: {sorted(changed - failed)}; "
                  f"unchanged lines that fail: {sorted(failed - changed)}")
            wrong += 1
print(f"{total} false expectations")
sys.exit(bool(wrong) or total == 0)
