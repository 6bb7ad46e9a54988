#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints what tables cost in flash and RAM, from the linker's maps of the programs made of sizes.cpp.

Fails when the code of a resource table and a handle table together has the limit or more.

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
    """Bytes of flash and of RAM in an image: its output sections stand in the map at the beginning of a line."""
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
        print(f"\n{largest} bytes of code are too many: the limit is {limit}")
    return 1 if largest >= limit or largest == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
