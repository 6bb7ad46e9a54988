#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks that C++ in README.md and docs/ is cut from examples/, which the tests build and run.

Every line of a cpp block must stand in one example, in the same order; lines may be left out.

usage: check_snippets.py PROJECT
"""
import pathlib
import re
import sys


def lines_of(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def first_missing(snippet, example):
    """The first line of the snippet that the example does not have behind the ones before it; None: it has all."""
    rest = iter(example)
    return next((line for line in snippet if line not in rest), None)


def main():
    project = pathlib.Path(sys.argv[1])
    examples = {path: lines_of(path.read_text()) for path in project.glob("examples/**/*.[ch]pp")}
    checked, problems = 0, []
    for page in (project / "README.md", *project.glob("docs/**/*.md")):
        for block in re.findall(r"```cpp\n(.*?)```", page.read_text(), re.DOTALL):
            checked += 1
            snippet = lines_of(block)
            if not any(first_missing(snippet, example) is None for example in examples.values()):
                closest = max(examples.values(), key=lambda example: len(set(snippet) & set(example)))
                problems.append(f"{page.name}: no example has the line: {first_missing(snippet, closest)}")
    print("\n".join(problems) or f"{checked} snippets, all cut from examples")
    return 1 if problems or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
