# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Builds commands with the toolchains that are installed, and runs them. Skips and names those that are missing.

Toolchains that produce core modules for WASI preview 1 also need an adapter and `jco new`. Both are in the packages
with which the JavaScript plugin of examples/plugin_host is built.

Usage: toolchains_test.py COMMAND BUILD     (the program `holdfast`, and the folder build/ that contains these packages)
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

COMMAND, BUILD = sys.argv[1], pathlib.Path(sys.argv[2])
SOURCES = pathlib.Path(__file__).parent / "toolchains"
EXPECTED = """arguments: one two
GREETING: hello
read back: some text
size: 9
names: made note.txt
removed: yes
outside: refused
clock: good
random: good
lines of input: 2
"""


def first(*names):
    return next((path for path in map(shutil.which, names) if path), None)


class Toolchains(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        self.folder = pathlib.Path(self.place.name)

    def compile(self, *words, env=None):
        done = subprocess.run([str(word) for word in words], capture_output=True, timeout=300, cwd=self.folder,
                              env={**os.environ, **(env or {})})
        return done.stderr.decode() if done.returncode != 0 else None

    def componentize(self, module):
        jco = next(iter(BUILD.glob("js_tools/*/node_modules/@bytecodealliance/jco")), None)
        if jco is None or shutil.which("node") is None:
            self.skipTest("jco, which converts a module to a component, is not installed")
        problem = self.compile("node", jco / "dist/jco.js", "new", module, "--adapt",
                               f"wasi_snapshot_preview1={jco / 'lib/wasi_snapshot_preview1.command.wasm'}", "-o", "tool.wasm")
        self.assertIsNone(problem)
        return self.folder / "tool.wasm"

    def run_tool(self, tool):
        data = self.folder / "data"
        data.mkdir()
        (data / "note.txt").write_text("kept")
        environment = dict(os.environ, HOLDFAST_CACHE_DIR=str(self.folder / "cache"))
        done = subprocess.run([COMMAND, "run", "--dir", f"{data}::/data", "--env", "GREETING=hello", tool, "one", "two"],
                              input=b"first\nsecond\n", capture_output=True, timeout=300, env=environment)
        self.assertEqual(done.stdout.decode(), EXPECTED, done.stderr)
        self.assertEqual((done.stderr, done.returncode), (b"to the other stream\n", 1))
        self.assertEqual(sorted(os.listdir(data)), ["note.txt"])

    def test_cpp(self):
        compiler = first("clang++-19", "clang++")
        problem = "clang++ is not installed" if compiler is None else self.compile(
            compiler, "--target=wasm32-wasi", "-std=c++20", "-O1", "-fno-exceptions", SOURCES / "tool.cpp", "-o", "tool.core.wasm")
        if problem:
            packages = "wasi-libc, libc++-19-dev-wasm32, libclang-rt-19-dev-wasm32"
            self.skipTest(f"C++ for WASI does not work (Debian packages: {packages}): {problem}")
        self.run_tool(self.componentize("tool.core.wasm"))

    def test_go(self):
        if "HOLDFAST_ALL_TOOLCHAINS" not in os.environ:
            self.skipTest("go takes half a minute; set HOLDFAST_ALL_TOOLCHAINS to run this test")
        if shutil.which("go") is None:
            self.skipTest("go is not installed")
        problem = self.compile("go", "build", "-ldflags=-s -w", "-o", "tool.core.wasm", SOURCES / "tool.go",
                               env={"GOOS": "wasip1", "GOARCH": "wasm", "GOCACHE": str(BUILD / "go_cache")})
        if problem:
            self.skipTest(f"go does not build for wasip1: {problem}")
        self.run_tool(self.componentize("tool.core.wasm"))

    def test_rust(self):
        if shutil.which("rustc") is None:
            self.skipTest("rustc is not installed")
        problem = self.compile("rustc", "--target", "wasm32-wasip2", "-O", SOURCES / "tool.rs", "-o", "tool.wasm")
        if problem is None:
            return self.run_tool(self.folder / "tool.wasm")
        if self.compile("rustc", "--target", "wasm32-wasip1", "-O", SOURCES / "tool.rs", "-o", "tool.core.wasm"):
            self.skipTest(f"rustc has neither wasm32-wasip2 nor wasm32-wasip1: {problem}")
        self.run_tool(self.componentize("tool.core.wasm"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
