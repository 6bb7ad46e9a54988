#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks that a linked image contains no heap, no exceptions and no operating system.

usage: check_image.py NM IMAGE
"""
import re
import subprocess
import sys

UNWANTED = re.compile(r"""
    _?(?:malloc|calloc|realloc|free|aligned_alloc|memalign)(?:_r)? | _?sbrk(?:_r)?  # C's heap
    | _Zn[wa].* | _Zd[la].*                                                         # operator new and delete
    | __cxa_(?:throw|allocate_exception|begin_catch|guard_acquire) | _Unwind_.*      # exceptions, locked statics
    | abort | exit | _exit | __assert_func | printf | _?write(?:_r)?                 # an operating system
    | __atomic_.* | __sync_.*                                                        # atomics that are locks
    """, re.VERBOSE)


def main():
    nm, image = sys.argv[1:]
    lines = subprocess.run([nm, image], check=True, capture_output=True, text=True).stdout.splitlines()
    symbols = [line.split()[-1] for line in lines]
    unwanted = sorted({symbol for symbol in symbols if UNWANTED.fullmatch(symbol)})
    print(f"{image}: {len(symbols)} symbols, unwanted: {', '.join(unwanted) or 'none'}")
    return 1 if unwanted or len(symbols) < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
