#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks docs/requirements.md: every symbol and test it names exists, and no requirement is missing.

Usage: check_requirements.py PROJECT [ORIGINAL_REQUIREMENTS]
"""
import pathlib
import re
import sys

NAME = re.compile(r"\b(?:GEN|TAB|OPS|CAP|ENV|REG|HOST)-\d+\b")
STATES = ("done", "part: ", "open")


def rows(text):
    """Yields the cells (name, found as, shown by, state) of each table row that begins with a requirement's name."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and NAME.fullmatch(cells[0]):
            yield cells


def tests_of(project):
    """Returns the names of all GoogleTests ("Suite.Name") and of the tests that CMake files add."""
    names = set()
    for path in (*project.glob("src/**/*_test.cpp"), *project.glob("tests/**/*_test.cpp")):
        names |= {f"{suite}.{name}" for suite, name in
                  re.findall(r"(?:TYPED_)?TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)", path.read_text())}
    for path in (*project.glob("tests/**/CMakeLists.txt"), *project.glob("examples/**/CMakeLists.txt"),
                 project / "bench/CMakeLists.txt"):
        names |= set(re.findall(r"NAME\s+([\w.]+)", path.read_text()))
        names |= {f"docs.guide.{page.stem}" for page in project.glob("docs/guide/*.md")}
        for commands in project.glob("tests/cli/command_*_test.py"):
            names |= {f"cli.command.{name}" for name in re.findall(r"^class (\w+)", commands.read_text(), re.MULTILINE)}
        names |= {f"packaging.{name}" for name in re.findall(r"packaging_consumer\((\w+)", path.read_text())}
    return names


def main():
    project = pathlib.Path(sys.argv[1])
    requirements = list(rows((project / "docs/requirements.md").read_text()))
    code = "\n".join(path.read_text() for path in project.glob("src/holdfast/**/*.hpp"))
    words = set(re.findall(r"\w+", code))
    tests = tests_of(project)
    problems = []

    names = [row[0] for row in requirements]
    problems += [f"{name}: has several rows" for name in sorted(set(names)) if names.count(name) > 1]
    if len(sys.argv) > 2 and pathlib.Path(sys.argv[2]).exists():
        expected = set(NAME.findall(pathlib.Path(sys.argv[2]).read_text()))
        problems += [f"{name}: has no row" for name in sorted(expected - set(names))]
        problems += [f"{name}: is not a requirement" for name in sorted(set(names) - expected)]

    for name, symbols, shown, state in requirements:
        if not state.startswith(STATES):
            problems.append(f"{name}: expected the state 'done', 'part: ...' or 'open', found '{state}'")
        if state != "open" and shown == "—":
            problems.append(f"{name}: is {state.split(':')[0]}, but names no test")
        problems += [f"{name}: no header contains the symbol {symbol}" for symbol in re.findall(r"`(\w+)`", symbols)
                     if symbol not in words]
        problems += [f"{name}: the test {test} does not exist" for test in re.findall(r"`([\w.]+)`", shown)
                     if test not in tests]
    print("\n".join(problems) or f"{len(requirements)} requirements, all symbols and tests exist")
    return 1 if problems or not requirements else 0


if __name__ == "__main__":
    sys.exit(main())
