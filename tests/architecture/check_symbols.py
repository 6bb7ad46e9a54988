# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks that our libraries and programs use no function of the engine's component model.

Usage: check_symbols.py NM FILE-OR-FOLDER...     (of a folder, every ELF file in it; folders may be missing)
"""

import pathlib
import subprocess
import sys

FORBIDDEN = "wasmtime_component_"


def binaries(arguments):
    for argument in map(pathlib.Path, arguments):
        if argument.is_dir():
            for path in sorted(argument.iterdir()):
                if path.is_file() and path.open("rb").read(4) == b"\x7fELF":
                    yield path
        elif argument.suffix in (".a", ".so") or argument.exists():
            yield argument


def undefined_symbols(nm, path):
    """Returns the undefined symbols of the file, including those of its dynamic symbol table."""
    names = set()
    for option in ([], ["-D"]):
        command = [nm, "--undefined-only", "--no-demangle", *option, str(path)]
        output = subprocess.run(command, capture_output=True, text=True)
        if output.returncode != 0 and not option:
            raise RuntimeError(f"{' '.join(command)}: {output.stderr.strip()}")
        names.update(line.split()[-1].split("@")[0] for line in output.stdout.splitlines() if " U " in line)
    return names


def main(nm, arguments):
    failed = False
    checked = 0
    for path in binaries(arguments):
        checked += 1
        bad = sorted(name for name in undefined_symbols(nm, path) if name.startswith(FORBIDDEN))
        if bad:
            failed = True
            print(f"{path}: uses {', '.join(bad)}")
    if checked == 0:
        print("found no file to check")
    return 1 if failed or checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
