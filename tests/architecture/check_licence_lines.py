# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks that every source file names its licence in its first three lines.

Usage: check_licence_lines.py PROJECT
"""

import pathlib
import sys

LINE = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"
FOLDERS = (".ci", "bench", "cmake", "examples", "fuzz", "src", "tests", "tools")
SUFFIXES = {".c", ".cmake", ".cpp", ".def", ".h", ".hpp", ".js", ".mjs", ".py", ".sh"}
NAMES = {"CMakeLists.txt", "Makefile", ".ci/run", "tools/lint", "tools/setup"}
SKIPPED = {"build", "node_modules", "__pycache__"}


def sources(project):
    for name in ("CMakeLists.txt", "Makefile"):
        if (project / name).exists():
            yield project / name
    for folder in FOLDERS:
        for path in sorted((project / folder).rglob("*")):
            relative = path.relative_to(project)
            if not path.is_file() or SKIPPED.intersection(relative.parts):
                continue
            if path.suffix in SUFFIXES or path.name in NAMES or relative.as_posix() in NAMES:
                yield path


def faults(project):
    for path in sources(project):
        with path.open(encoding="utf-8") as file:
            if not any(LINE in file.readline() for _ in range(3)):
                yield path


def main(project):
    paths = list(faults(pathlib.Path(project)))
    for path in paths:
        print(f"{path}: the first three lines do not contain '{LINE}'")
    return 1 if paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
