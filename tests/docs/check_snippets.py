#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks that the C++ in README.md and docs/ is cut from examples/, which the tests build and run.

One example must contain all lines of a cpp block in the same order. The block may leave out lines of the example.

Usage: check_snippets.py PROJECT
"""
import pathlib
import re
import sys


def lines_of(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def first_missing(snippet, example):
    """Returns the first line of the snippet that the example lacks after the lines before it; None if it lacks none."""
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
                line = first_missing(snippet, closest)
                problems.append(f"{page.name}: no example contains this line after the lines before it: {line}")
    print("\n".join(problems) or f"{checked} snippets, all cut from examples")
    return 1 if problems or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
