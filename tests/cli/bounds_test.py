# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Validating a kilobyte of input needs at most 64 MiB more than validating an empty component. Argument: the command.
The inputs are text; their binaries have a few hundred bytes each."""
import os
import pathlib
import sys
import tempfile
import unittest

COMMAND = sys.argv[1]
BOUND = 64 << 20
# Without a limit, the deepest input would expand to 2^LEVELS parts.
LEVELS = 24


def doubling_instances(leaf):
    levels = "".join(
        f'(type $t{i} (instance (alias outer 1 $t{i - 1} (type $p)) (export "a" (instance (type $p))) (export "b" (instance (type $p)))))'
        for i in range(1, LEVELS))
    return f'(component (type $t0 (instance {leaf})){levels}(import "i" (instance (type $t{LEVELS - 1}))))'


def doubling_instantiations(leaf):
    levels = "".join(
        f'(component $c{i} (alias outer 1 $c{i - 1} (component $p)) (instance $a (instantiate $p)) (instance $b (instantiate $p))'
        ' (export "a" (instance $a)) (export "b" (instance $b)))' for i in range(1, LEVELS // 2))
    return f"(component (component $c0 {leaf}){levels}(instance (instantiate $c{LEVELS // 2 - 1})))"


def doubling_values(pair):
    levels = "".join(f"(type $t{i} {pair.replace('T', f'$t{i - 1}')})" for i in range(1, LEVELS))
    return f'(component (type $t0 {pair.replace("T", "u8")}){levels}(import "f" (func (param "p" $t{LEVELS - 1}))))'


RESOURCE = '(export "r" (type (sub resource)))'
INPUTS = {
    "resources of instances": doubling_instances(RESOURCE),
    "functions of instances": doubling_instances('(export "f" (func))'),
    "resources of components": doubling_instantiations('(type $r (resource (rep i32))) (export "r" (type $r))'),
    "memories of components": doubling_instantiations("(core module $m (memory 1)) (core instance (instantiate $m))"),
    "tuples": doubling_values("(tuple T T)"),
    "results": doubling_values("(result T (error T))"),
    "fixed-length lists": doubling_values("(list T 2)"),
}


def peak_memory(folder, text):
    """The peak memory of one run of the command, in bytes."""
    file = folder / "input.wat"
    file.write_text(text)
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    child = os.posix_spawn(COMMAND, [COMMAND, "validate", str(file)], os.environ, file_actions=quiet)
    _, status, used = os.wait4(child, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 1), status
    return used.ru_maxrss * 1024


class Bounds(unittest.TestCase):
    def test_memory(self):
        with tempfile.TemporaryDirectory() as path:
            folder = pathlib.Path(path)
            empty = peak_memory(folder, "(component)")
            for name, text in INPUTS.items():
                with self.subTest(name):
                    self.assertLess(peak_memory(folder, text) - empty, BOUND)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
