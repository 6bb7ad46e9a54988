# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the tests of the command share: its arguments, the components beside the scripts, and functions that run the
command."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

COMMAND, HERE, GUESTS = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
CALCULATOR, NEEDS, PROVIDER, RELAY, PATHS, SPINS, BOXES = (
    str(HERE / name) for name in ("calculator.wat", "needs_import.wat", "provider.wat", "relay.wat", "paths.wat", "spins.wat",
                              "boxes.wat"))
CACHE = tempfile.TemporaryDirectory()


def holdfast(*words, stdin=b"", env=None, cwd=None):
    environment = dict(os.environ, HOLDFAST_CACHE_DIR=os.path.join(CACHE.name, "cache"))
    environment.update(env or {})
    done = subprocess.run([COMMAND, *map(str, words)], input=stdin, capture_output=True, env=environment, cwd=cwd, timeout=300)
    done.out, done.err = done.stdout.decode(), done.stderr.decode()
    return done


def invoke(statements, *options, file=CALCULATOR):
    return holdfast("run", *options, "--invoke", statements, file)


def main():
    """Runs the test classes that the arguments name (default: all of the script)."""
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
