#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints the size of tables in flash and RAM, from the linker's maps of the programs built from sizes.cpp.

Fails if the code of a resource table and a handle table together reaches the limit.

usage: sizes.py FOLDER_OF_IMAGES LIMIT_IN_BYTES
"""
import pathlib
import re
import sys

SLOTS = (64, 256, 1024)
PARTS = {
    "resources": "resource table",
    "handles": "handle table",
    "both": "resource table and handle table",
}


def memory(map_file):
    """Bytes of flash and of RAM in an image. In the map, the lines of output sections begin in the first column."""
    sizes = {name: int(size, 16) for name, size in
             re.findall(r"^\.(\w+)\s+0x[0-9a-f]+\s+(0x[0-9a-f]+)", map_file.read_text(), re.MULTILINE)}
    flash = sum(sizes.get(name, 0) for name in ("text", "rodata", "data"))
    return flash, sizes.get("data", 0) + sizes.get("bss", 0)


def main():
    folder, limit = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    flash_before, ram_before = memory(folder / "sizes_none.elf.map")
    print("| | " + " | ".join(f"flash, {slots} slots | RAM" for slots in SLOTS) + " |")
    print("|---|" + "---:|---:|" * len(SLOTS))
    largest = 0
    for part, title in PARTS.items():
        cells = []
        for slots in SLOTS:
            flash, ram = memory(folder / f"sizes_{part}_{slots}.elf.map")
            cells.append(f"{flash - flash_before:,} | {ram - ram_before:,}")
            if part == "both":
                largest = max(largest, flash - flash_before)
        print(f"| {title} | " + " | ".join(cells) + " |")
    if largest >= limit:
        print(f"\nthe code has {largest} bytes; it must have fewer than {limit}")
    return 1 if largest >= limit or largest == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
