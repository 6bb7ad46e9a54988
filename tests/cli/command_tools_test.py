# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks what the command tells about files, its exit codes, its options, its help and its completions. Arguments: the
command, this folder, the folder of real guests (which may be missing), and the test classes to run (default: all)."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from command_support import CALCULATOR, COMMAND, HERE, PATHS, holdfast, invoke, main


class Files(unittest.TestCase):
    def test_exit_codes(self):
        with tempfile.TemporaryDirectory() as folder:
            broken = pathlib.Path(folder, "broken.wasm")
            broken.write_bytes(b"\0asm\x0d\0\x01\0\x99")
            module = pathlib.Path(folder, "module.wasm")
            module.write_bytes(b"\0asm\x01\0\0\0")
            for command in ("run", "inspect"):
                done = holdfast(command, broken)
                self.assertEqual((done.returncode, done.err.count("at offset 8")), (65, 1))
                self.assertEqual(holdfast(command, module).returncode, 65)
                self.assertEqual(holdfast(command, "absent.wasm").returncode, 66)
                self.assertEqual(holdfast(command, folder).returncode, 66)
            done = holdfast("validate", CALCULATOR, broken)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.out, r"calculator.wat: valid\n.*broken.wasm: invalid at offset 8 ")

    def test_features_decide_what_is_valid(self):
        with tempfile.TemporaryDirectory() as folder:
            lists = pathlib.Path(folder, "lists.wat")
            lists.write_text("(component (core module (memory (export \"m\") 1 (pagesize 1))) (type (list u8 4)))")
            self.assertEqual(holdfast("validate", lists).returncode, 0)
            for off, needed in (("-cm-fixed-length-lists", "fixed-length lists"), ("-custom_page_sizes", "custom page sizes")):
                done = holdfast("validate", "--features", off, lists)
                self.assertEqual(done.returncode, 1)
                self.assertIn(needed, done.out)
            self.assertEqual(holdfast("validate", "--features", "none,cm-fixed-length-lists,custom-page-sizes", lists).returncode, 0)
            done = holdfast("validate", "--features", "cm-nothing", lists)
            self.assertEqual(done.returncode, 64)
            self.assertIn("`cm-nothing`", done.err)

    def test_a_plugin_is_not_a_command(self):
        done = holdfast("run", CALCULATOR)
        self.assertEqual(done.returncode, 64)
        self.assertIn("--invoke", done.err)

    def test_inspect(self):
        done = holdfast("inspect", CALCULATOR)
        self.assertEqual((done.err, done.returncode), ("", 0))
        for part in ("resource counter", "defined by   root, with a destructor", "owned by     caller (counter); root (counter.sum, keep)",
                     "borrowed by  root (counter.next)", "add: func(a: u32, b: u32) -> u32;", "2  core modules"):
            self.assertIn(re.sub(" +", " ", part), re.sub(" +", " ", done.out))
        inspection = json.loads(holdfast("inspect", "--json", CALCULATOR).out)
        self.assertTrue(inspection["valid"])
        self.assertEqual(inspection["resources"][0]["defined_by"], "root")
        self.assertEqual(len(inspection["core_modules"]), 2)
        dot = holdfast("inspect", "--dot", CALCULATOR).out
        self.assertTrue(dot.startswith("digraph") and dot.endswith("}\n"))

    def test_a_broken_file_shows_what_it_has(self):
        with tempfile.TemporaryDirectory() as folder:
            broken = pathlib.Path(folder, "broken.wasm")
            # One core module, then an unknown section.
            broken.write_bytes(b"\0asm\x0d\0\x01\0" + b"\x01\x08\0asm\x01\0\0\0" + b"\x99\x00")
            done = holdfast("inspect", broken)
            self.assertEqual(done.returncode, 65)
            self.assertIn("core module", done.out)


class Usage(unittest.TestCase):
    def test_help_has_examples(self):
        for command in ("run", "inspect", "validate", "completion"):
            done = holdfast(command, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertIn(f"  holdfast {command} ", done.out)
        self.assertIn("75  a limit was reached", holdfast("--help").out)

    def test_version_names_the_engine(self):
        self.assertRegex(holdfast("--version").out, r"^holdfast \d+\.\d+\.\d+ \(wasmtime ")

    def test_options_end_where_the_file_begins(self):
        self.assertEqual(holdfast("run", "--invoke", "add(1, 2)", "--", CALCULATOR).out, "3\n")
        done = holdfast("run", CALCULATOR, "--invoke", "add(1, 2)")
        self.assertEqual(done.returncode, 64)
        self.assertIn("options of holdfast go before the file", done.err)

    def test_numbers_of_options(self):
        for words in (("--fuel", "-5"), ("--fuel", "1.5"), ("--timeout", "-1"), ("--timeout", "0"), ("--timeout", "1e999"),
                      ("--timeout", "nan"), ("--max-memory", "-1"), ("--env", "=x"), ("--env", "")):
            done = invoke("add(1, 2)", *words)
            self.assertEqual(done.returncode, 64, words)
            self.assertLess(len(done.err), 250)

    def test_slips(self):
        for words in ((), ("rn",), ("run",), ("run", "--bogus", CALCULATOR), ("run", "--leaks=maybe", CALCULATOR),
                      ("run", "--fuel", "x", CALCULATOR), ("inspect",), ("validate",), ("inspect", "--json", "--dot", CALCULATOR),
                      ("run", "--invoke", "f()", "--script", "x", CALCULATOR), ("completion", "tcsh")):
            self.assertEqual(holdfast(*words).returncode, 64, words)
        self.assertIn("did you mean `run`?", holdfast("rn").err)
        self.assertIn("did you mean `--report`?", holdfast("run", "--reprot", CALCULATOR).err)

    def test_completion_knows_every_option(self):
        for shell, dashes in (("bash", "--"), ("zsh", "--"), ("fish", "-l ")):
            script = holdfast("completion", shell).out
            for command in ("run", "inspect", "validate", "wast"):
                for option in re.findall(r"^  (?:-\w,)?--([\w-]+)", holdfast(command, "--help").out, re.MULTILINE):
                    self.assertIn(dashes + option, script)

    def test_completion_scripts_are_read_by_their_shells(self):
        for shell in ("bash", "zsh", "fish"):
            if shutil.which(shell) is None:
                continue
            with self.subTest(shell=shell), tempfile.TemporaryDirectory() as folder:
                script = pathlib.Path(folder, "script")
                script.write_text(holdfast("completion", shell).out)
                done = subprocess.run([shell, "-n", script], capture_output=True, timeout=60)
                self.assertEqual((done.stderr, done.returncode), (b"", 0))

    def complete(self, *words):
        """The completions that bash offers for the last word."""
        script = f"{holdfast('completion', 'bash').out}\nCOMP_WORDS=(holdfast \"$@\"); COMP_CWORD=$#; _holdfast; echo \"${{COMPREPLY[*]}}\""
        done = subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, timeout=60, cwd=HERE)
        self.assertEqual(done.stderr, b"")
        return done.stdout.decode().split()

    def test_bash_completes(self):
        self.assertEqual(self.complete("ru"), ["run"])
        self.assertEqual(self.complete("run", "--li"), ["--link"])
        self.assertEqual(self.complete("run", "--leaks", "e"), ["error"])
        self.assertEqual(self.complete("run", "calc"), ["calculator.wat"])
        self.assertEqual(self.complete("inspect", "--"), ["--help", "--json", "--dot"])
        self.assertEqual(self.complete("completion", "z"), ["zsh"])

    def test_streams_that_are_closed_at_the_start(self):
        """A file that is opened later must not take the place of a closed stream."""
        with tempfile.TemporaryDirectory() as folder:
            kept = pathlib.Path(folder, "kept.txt")
            kept.write_text("untouched")
            words = [COMMAND, "run", "--no-cache", "--dir", f"{folder}::/", "--invoke",
                     'let c = size(0, {}, "kept.txt"); open(0, {}, "kept.txt", {}, {read, write})', PATHS]
            for closed in ("<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"):
                done = subprocess.run(["bash", "-c", f'"$@" {closed}', "bash", *words], capture_output=True, timeout=60)
                self.assertEqual(done.returncode, 71 if " >" in " " + closed else 0, closed)
                self.assertEqual(kept.read_text(), "untouched", closed)

    def test_a_closed_pipe_does_not_crash(self):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([COMMAND, "inspect", CALCULATOR], stdout=writer, stderr=subprocess.PIPE, timeout=60)
        os.close(writer)
        self.assertEqual((done.returncode, done.stderr), (71, b""))

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_a_full_disk_is_reported(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([COMMAND, "inspect", CALCULATOR], stdout=full, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 71)
        self.assertIn(b"standard output", done.stderr)

    def test_an_unusable_cache_is_a_warning(self):
        done = subprocess.run([COMMAND, "run", "--invoke", "add(1, 2)", CALCULATOR], capture_output=True, timeout=60,
                              env=dict(os.environ, HOLDFAST_CACHE_DIR="/dev/null/cache"))
        self.assertEqual((done.stdout, done.returncode), (b"3\n", 0))
        self.assertIn(b"warning: running without the cache", done.stderr)


if __name__ == "__main__":
    main()
