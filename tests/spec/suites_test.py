# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs one set of the public suites; fails on every difference from expected_failures.txt.

Usage: suites_test.py COMMAND SUITES SET     (the program `holdfast`, the folder of the suites, the name of the set)
"""
import pathlib
import sys

import suites

COMMAND, FOLDER, NAME = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]

results = suites.run_set(COMMAND, FOLDER, NAME)
messages = suites.differences(results, *suites.read_expected(pathlib.Path(__file__).with_name("expected_failures.txt")))
print("\n".join(messages))
sys.exit(bool(messages))
