# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs components with the command, as a user does. Arguments: the command, this folder, the folder of real guests
(which may be missing), and the test classes to run (default: all)."""
import json
import os
import pathlib
import re
import socket
import tempfile
import unittest

from command_support import BOXES, CALCULATOR, GUESTS, NEEDS, PATHS, PROVIDER, RELAY, SPINS, holdfast, invoke, main


class Statements(unittest.TestCase):
    def expect(self, statements, *lines, options=(), file=CALCULATOR):
        done = invoke(statements, *options, file=file)
        self.assertEqual((done.err, done.out, done.returncode), ("", "".join(line + "\n" for line in lines), 0))

    def refuse(self, statements, message, marked, code=64, file=CALCULATOR):
        """`marked`: the text above the caret and its tildes."""
        done = invoke(statements, file=file)
        lines = done.err.splitlines()
        self.assertEqual(done.returncode, code, done.err)
        self.assertRegex(lines[0], "^error: ")
        self.assertIn(message, lines[0])
        caret = re.match(r" *(\^~*)$", lines[2])
        self.assertTrue(caret, done.err)
        self.assertEqual(lines[1][caret.start(1):caret.end(1)], marked)

    def test_values(self):
        self.expect("add(1, 2)", "3")
        self.expect("let x = add(1, 2); add(x, x)", "3", "6")
        self.expect("add(add(1, 2), 3)", "6")
        self.expect("let n = 5; add(n, n)", "10")
        self.expect("divide(6, 3)", "ok(2)")
        self.expect("let r = divide(6, 3); add(r, 1)", "ok(2)", "3")

    def test_resources(self):
        self.expect("let c = counter(5); c.next(); c.next()", "<counter#1>", "6", "7")
        self.expect("let a = counter(1); let b = counter(2); counter.sum(a, b)", "<counter#1>", "<counter#2>", "3")
        self.expect("let c = counter(5); counter.next(c); drop c", "<counter#1>", "6")
        self.expect("counter.sum(counter(1), counter(2))", "3")

    def boxes(self, statements, *lines):
        self.expect(statements, *lines, options=("--leaks=error",), file=BOXES)

    def test_resources_in_lists(self):
        self.boxes("let s = several(3); s.0.number(); s.2.number(); drop s; open()", "[<box#1>, <box#2>, <box#3>]", "1", "3", "0")
        self.boxes("let s = several(3); drop s.1; open(); let one = s.0; sum([one]); s.2.number(); open()",
                   "[<box#1>, <box#2>, <box#3>]", "2", "<box#1>", "1", "3", "1")
        self.boxes("let s = several(2); look(s); look([s.0, s.0]); sum(s); open()", "[<box#1>, <box#2>]", "3", "2", "3", "0")
        self.boxes("sum([box(1), box(2)]); open(); sum([])", "3", "0", "0")

    def test_resources_in_records_and_tuples(self):
        self.boxes("let p = pair(); p.left.number(); sum-pair({right: p.left, left: p.right}); open()",
                   "{left: <box#1>, right: <box#2>}", "1", "3", "0")
        self.boxes("let c = couple(); c.1.number(); drop c.0; c.1.number(); open()", "(<box#1>, <box#2>)", "2", "2", "1")

    def test_resources_in_cases(self):
        self.boxes("let c = fill(full); c.full.number(); sum-crate(c); open()", "full(<box#1>)", "7", "7", "0")
        self.boxes("let c = fill(empty); sum-crate(c); sum-crate(full(box(9))); open()", "empty", "0", "9", "0")
        self.boxes("let m = maybe(true); m.number(); sum-maybe(m); sum-maybe(none); sum-maybe(box(4)); sum-maybe(some(box(3)))",
                   "some(<box#1>)", "7", "7", "0", "4", "3")
        self.boxes("let r = try(true); r.number(); drop r; open()", "ok(<box#1>)", "7", "0")

    def test_handles_inside_values_are_passed_once(self):
        passed = "was already passed to `sum`"
        self.refuse("let s = several(2); sum([s.0, s.0])", passed, "s.0", file=BOXES)
        self.refuse("let s = several(2); sum([s.0]); sum(s)", passed, "s", file=BOXES)
        self.refuse("let b = box(1); let l = [b]; sum(l); b.number()", passed, "b", file=BOXES)
        self.refuse("let s = several(2); drop s.0; s.0.number()", "was already dropped", "s.0", file=BOXES)
        self.refuse("let p = pair(); sum-pair({left: p.right})", "the field `right` of type box is missing", "{left: p.right}", file=BOXES)
        self.refuse("let s = several(1); s.1.number()", "has no part `1`", "1", file=BOXES)
        self.refuse("let c = fill(empty); c.full.number()", "has no part `full`", "full", file=BOXES)
        self.refuse("let m = maybe(false); m.number()", "a method needs a handle, found none", "m", file=BOXES)
        self.refuse("drop box(1)", "expected a variable or a part of one, found a call", "box(1)", file=BOXES)

    def test_errors_have_a_caret(self):
        self.refuse("ad(1, 2)", "did you mean `add`?", "ad")
        self.refuse("add(1)", "takes 2 arguments (a: u32, b: u32), found 1", "add(1)")
        self.refuse("add(1, 2, 3)", "found 3", "3")
        self.refuse("add(1, \"x\")", "expected u32, found a string", "\"x\"")
        self.refuse("add(1, -1)", "does not fit in u32", "-1")
        self.refuse("let c = counter(1); c.nxt()", "did you mean `next`?", "nxt")
        self.refuse("let c = counter(1); c.next(1)", "takes no arguments, found 1", "1")
        self.refuse("let c = counter(1); add(c, 1)", "expected u32", "c")
        self.refuse("counter.sum(1, 2)", "expected counter", "1")
        self.refuse("let a = counter(1); counter.sum(a, a)", "already passed to `counter.sum`", "a")
        self.refuse("let a = counter(1); keep(a); a.next()", "already passed to `keep`", "a")
        self.refuse("let a = counter(1); drop a; a.next()", "was already dropped", "a")
        self.refuse("let a = counter(1); drop a; drop a", "was already dropped", "a")
        self.refuse("let a = add(1, 2); drop a", "no handle to drop", "a")
        self.refuse("let a = add(1, 2); let a = add(1, 2)", "already exists", "a")
        self.refuse("drop nothing", "unknown variable `nothing`", "nothing")
        self.refuse("x.next()", "unknown function `x.next`", "x.next")
        self.refuse("let a = add(1, 2); a.next()", "a method needs a handle, found 3", "a")
        self.refuse("add", "to call it, write `add(...)`", "add")
        self.refuse("let x = y; add(x, 1)", "unknown name `y`", "y")
        self.refuse("let x = keep(counter(1))", "returns nothing", "keep(counter(1))")
        self.refuse("5", "expected a call, found the number 5", "5")

    def test_traps_and_limits(self):
        self.refuse("add(1, 2); trap()", "unreachable", "trap()", code=70)
        self.assertEqual(invoke("spin()", "--fuel", "100000").returncode, 75)
        self.assertEqual(invoke("spin()", "--timeout", "0.2").returncode, 75)

    def test_start_functions_are_stopped_too(self):
        for option in (("--fuel", "100000"), ("--timeout", "0.2")):
            self.assertEqual(holdfast("run", *option, "--invoke", "nothing()", SPINS).returncode, 75)

    def test_the_timeout_is_named(self):
        self.assertIn("--timeout expired after 0.2 s", invoke("spin()", "--timeout", "0.2").err)
        self.assertEqual(invoke("add(1, 2)", "--timeout", "1e300").out, "3\n")

    def test_error_results_give_1(self):
        done = invoke("divide(1, 0)")
        self.assertEqual((done.out, done.returncode), ("err\n", 1))

    def test_nothing_runs_when_the_text_is_wrong(self):
        done = invoke("add(1, 2); add(1,")
        self.assertEqual((done.out, done.returncode), ("", 64))

    def test_scripts(self):
        with tempfile.TemporaryDirectory() as folder:
            script = pathlib.Path(folder, "script.txt")
            script.write_text("// counts\nlet c = counter(1);\nc.next();\nc.nxt()\n")
            done = holdfast("run", "--script", script, CALCULATOR)
            self.assertEqual((done.out, done.returncode), ("<counter#1>\n2\n", 64))
            self.assertIn(f"{script}:4:3", done.err)
        done = holdfast("run", "--script", "-", CALCULATOR, stdin=b"add(2, 2)")
        self.assertEqual(done.out, "4\n")


class Escapes(unittest.TestCase):
    """A guest tries to reach files outside of its folders. Allowed accesses are tried too, to show that the tests work."""

    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        top = pathlib.Path(self.place.name)
        for name in ("given/sub", "read-only", "outside/empty"):
            (top / name).mkdir(parents=True)
        for name in ("secret", "outside/secret"):
            (top / name).write_text("SECRET")
        (top / "given/file").write_text("content")
        (top / "read-only/file").write_text("read")
        for name, target in (("absolute", "/etc/passwd"), ("up", "../secret"), ("folder-up", "../outside"), ("twice", "up"),
                             ("dangling", "../made"), ("folder-absolute", "/etc"), ("self", "self"), ("pipe-link", "pipe"),
                             ("process", "/proc/self/root")):
            (top / "given" / name).symlink_to(target)
        os.mkfifo(top / "given/pipe")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(top / "given/socket"))
        self.top = top

    def attempt(self, statements):
        """Pairs of a statement and its result."""
        script = self.top / "script.txt"
        script.write_text(";\n".join(statements))
        done = holdfast("run", "--dir", f"{self.top}/given::/given", "--dir", f"{self.top}/read-only::/read-only::ro",
                        "--timeout", "60", "--script", script, PATHS)
        self.assertEqual(done.err, "")
        self.assertEqual(len(done.out.splitlines()), len(statements))
        return list(zip(statements, done.out.splitlines()))

    def contents(self):
        """All files outside of the writable folder, with their contents."""
        paths = (path for name in ("outside", "read-only", "secret", "made") for path in (self.top / name, *(self.top / name).rglob("*")))
        return {str(path): path.read_text() if path.is_file() else None for path in paths if path.exists()}

    def refuse(self, statements, *errors):
        before = self.contents()
        for statement, result in self.attempt(statements):
            self.assertIn(result, [f"err({error})" for error in errors], statement)
        self.assertEqual(self.contents(), before)

    def test_allowed_accesses_work(self):
        results = self.attempt(['open(0, {}, "file", {}, {read})', 'open(1, {}, "file", {}, {read})', 'overwrite(0, "file", "CON")',
                              'open(0, {}, "./sub/../file", {}, {read})', 'rename(0, "file", 0, "sub/file")',
                              'hard-link(0, {}, "sub/file", 0, "file")', 'symbolic-link(0, "sub/file", "good")',
                              'open(0, {symlink-follow}, "good", {}, {read})', 'read-link(0, "up")', 'unlink(0, "up")'])
        self.assertEqual([result for _, result in results],
                         ['ok("content")', 'ok("read")', "ok(3)", 'ok("CONtent")', "ok", "ok", "ok", 'ok("CONtent")',
                          'ok("../secret")', "ok"])

    def test_no_path_leads_out(self):
        outside = ("../secret", "/etc/passwd", "sub/../../secret", "./../secret", "..", "../", "/", "up", "twice", "absolute",
                   "folder-up/secret", "folder-absolute/passwd", "process", "process/etc/passwd", "dangling", "up/", "folder-up/")
        for access in ("{read}", "{read, write}", "{write}"):
            for how in ("{}", "{create}", "{truncate}", "{create, truncate}", "{create, exclusive}", "{directory}"):
                self.refuse([f'open(0, {{symlink-follow}}, "{path}", {how}, {access})' for path in outside],
                            "not-permitted", *(["exist", "is-directory", "not-permitted", "invalid", "not-directory"] if how != "{}" else []))
        self.refuse([f'size(0, {{symlink-follow}}, "{path}")' for path in outside], "not-permitted")
        self.refuse([f'overwrite(0, "{path}", "x")' for path in outside], "not-permitted")

    def test_links_are_not_followed_unasked(self):
        self.refuse([f'open(0, {{}}, "{path}", {{}}, {{read}})' for path in ("up", "twice", "absolute", "self")], "loop")
        self.refuse(['open(0, {symlink-follow}, "self", {}, {read})'], "loop")

    def test_names_cannot_be_changed_outside(self):
        for path in ("../new", "folder-up/new", "/new"):
            self.refuse([f'make-folder(0, "{path}")', f'symbolic-link(0, "x", "{path}")', f'rename(0, "file", 0, "{path}")',
                         f'hard-link(0, {{}}, "file", 0, "{path}")'], "not-permitted")
        for path in ("../secret", "folder-up/secret", "/etc/passwd"):
            self.refuse([f'unlink(0, "{path}")', f'rename(0, "{path}", 0, "mine")', f'hard-link(0, {{}}, "{path}", 0, "mine")',
                         f'read-link(0, "{path}")'], "not-permitted")
        self.refuse(['remove-folder(0, "folder-up/empty")', 'symbolic-link(0, "/etc/passwd", "mine")', 'read-link(0, "absolute")'],
                    "not-permitted")
        self.refuse(['hard-link(0, {symlink-follow}, "up", 0, "mine")'], "invalid", "not-permitted")

    def test_a_link_that_the_guest_creates_leads_nowhere(self):
        (_, created), (_, opened) = self.attempt(['symbolic-link(0, "../secret", "own")', 'open(0, {symlink-follow}, "own", {}, {read})'])
        self.assertEqual((created, opened), ("ok", "err(not-permitted)"))

    def test_a_read_only_folder_is_not_changed(self):
        self.refuse(['open(1, {}, "file", {}, {read, write})', 'open(1, {}, "file", {truncate}, {read})',
                     'open(1, {}, "new", {create}, {read})', 'overwrite(1, "file", "x")', 'make-folder(1, "new")',
                     'unlink(1, "file")', 'symbolic-link(1, "x", "new")', 'rename(1, "file", 0, "mine")',
                     'rename(0, "file", 1, "new")', 'rename(1, "file", 1, "new")', 'hard-link(1, {}, "file", 0, "mine")',
                     'hard-link(0, {}, "file", 1, "new")'], "read-only")

    def test_files_that_could_block_are_not_opened(self):
        paths = ("pipe", "socket", "pipe-link")
        for access in ("{read}", "{write}", "{read, write}"):
            self.refuse([f'open(0, {{symlink-follow}}, "{path}", {{}}, {access})' for path in paths], "not-permitted", "no-such-device")

    def test_odd_names(self):
        self.refuse(['open(0, {}, "", {}, {read})', 'make-folder(0, "")', 'unlink(0, "")', 'size(0, {}, "")'], "no-entry")
        self.refuse(['open(0, {}, "fi\\u{0}le", {}, {read})', 'make-folder(0, "\\u{0}")', 'rename(0, "file", 0, "a\\u{0}")'], "invalid")
        long = ("n" * 256, "n" * 70_000, "d/" * 2100 + "x", "../" * 20_000)
        self.refuse([f'open(0, {{}}, "{path}", {{create}}, {{write}})' for path in long], "name-too-long")


class Reports(unittest.TestCase):
    def test_json(self):
        done = invoke("let c = counter(1); let d = counter(1); c.next(); keep(c)", "--report", "--json")
        self.assertEqual((done.err, done.returncode), ("", 0))
        report = json.loads(done.out)
        self.assertEqual(report["values"], ["<counter#1>", "<counter#2>", "2"])
        self.assertEqual(report["result"], "2")
        self.assertEqual(report["traps"], [])
        self.assertEqual(report["handles"]["live"], 1)
        (leak,) = report["leaks"]
        self.assertEqual(set(leak), {"type", "instance", "index", "rep", "own", "path", "age_ns"})
        self.assertEqual((leak["type"], leak["own"]), ("counter", True))

    def test_json_is_printed_whatever_fails(self):
        for words, code in ((("--invoke", "add(1,", CALCULATOR), 64), (("--script", "absent", CALCULATOR), 66),
                            (("absent.wasm",), 66), ((NEEDS,), 64)):
            done = holdfast("run", "--json", *words)
            report = json.loads(done.out)
            self.assertEqual((done.returncode, report["exit_code"]), (code, code))
            self.assertTrue(report["error"])

    def test_json_of_a_trap(self):
        report = json.loads(invoke("trap()", "--json").out)
        self.assertEqual(report["exit_code"], 70)
        self.assertIn("unreachable", report["traps"][0]["message"])
        self.assertEqual([report["traps"][0][key] for key in ("rule", "rule_text", "rule_page")], [None] * 3)

    def test_leaks(self):
        leaking = "keep(counter(1))"
        self.assertEqual(invoke(leaking).err, "")
        done = invoke(leaking, "--leaks=warn")
        self.assertEqual(done.returncode, 0)
        self.assertIn("own handle 1 of counter", done.err)
        self.assertEqual(invoke(leaking, "--leaks=error").returncode, 1)
        self.assertEqual(invoke("counter(1)", "--leaks=error").returncode, 0)

    def test_report_for_people(self):
        done = invoke("counter(1)", "--report")
        self.assertIn("leaks: none", done.err)
        self.assertEqual(done.out, "<counter#1>\n")


class Linking(unittest.TestCase):
    def test_another_component_provides(self):
        for name in ("test:numbers/source@1.0.0", "test:numbers/source", "source"):
            done = invoke("twice(5)", "--link", f"{name}={PROVIDER}", file=NEEDS)
            self.assertEqual((done.err, done.out), ("", "7\n"))

    def test_what_is_missing_is_listed(self):
        done = invoke("twice(5)", file=NEEDS)
        self.assertEqual(done.returncode, 64)
        self.assertIn("next: func(after: u32) -> u32", done.err)

    def test_missing_imports_may_trap(self):
        done = invoke("twice(5)", "--allow-missing", file=NEEDS)
        self.assertEqual(done.returncode, 70)
        self.assertIn("test:numbers/source@1.0.0", done.err)

    # Imports one interface with a function, and exports another that passes it on.
    CHAIN = """(component
      (import "test:chain/{wants}" (instance $in (export "f" (func (param "n" u32) (result u32)))))
      (alias export $in "f" (func $f))
      (core func $f' (canon lower (func $f)))
      (core module $m (import "h" "f" (func $f (param i32) (result i32)))
        (func (export "f") (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.const 1))))
      (core instance $i (instantiate $m (with "h" (instance (export "f" (func $f'))))))
      (func $g (param "n" u32) (result u32) (canon lift (core func $i "f")))
      (instance $out (export "f" (func $g)))
      (export "test:chain/{gives}" (instance $out)))"""

    def chain(self, folder, wants, gives):
        file = pathlib.Path(folder, f"{gives}.wat")
        file.write_text(self.CHAIN.format(wants=wants, gives=gives))
        return ("--link", f"test:chain/{gives}={file}")

    def test_the_order_of_links_does_not_matter(self):
        source, middle = ("--link", f"source={PROVIDER}"), ("--link", f"doubled={RELAY}")
        main = """(component
          (import "test:numbers/source@1.0.0" (instance (export "next" (func (param "after" u32) (result u32)))))
          (import "test:numbers/doubled@1.0.0" (instance $in (export "double" (func (param "n" u32) (result u32)))))
          (core func $f (canon lower (func $in "double")))
          (core module $m (import "h" "f" (func $f (param i32) (result i32)))
            (func (export "f") (param i32) (result i32) (call $f (local.get 0))))
          (core instance $i (instantiate $m (with "h" (instance (export "f" (func $f))))))
          (func (export "f") (param "n" u32) (result u32) (canon lift (core func $i "f"))))"""
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "main.wat")
            file.write_text(main)
            for links in ((*source, *middle), (*middle, *source), ("--allow-missing", *middle, *source)):
                done = invoke("f(5)", *links, file=file)
                self.assertEqual((done.err, done.out), ("", "12\n"), links)

    def test_links_in_a_circle_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            done = invoke("add(1, 2)", *self.chain(folder, "a", "b"), *self.chain(folder, "b", "a"))
            self.assertEqual(done.returncode, 64)
            self.assertIn("import from each other", done.err)

    def test_an_interface_is_provided_once(self):
        done = invoke("twice(5)", "--link", f"source={PROVIDER}", "--link", f"source={PROVIDER}", file=NEEDS)
        self.assertEqual(done.returncode, 64)
        self.assertIn("already provides test:numbers/source@1.0.0", done.err)

    def test_wrong_links(self):
        self.assertEqual(invoke("twice(5)", "--link", "nothing", file=NEEDS).returncode, 64)
        done = invoke("twice(5)", "--link", f"other={PROVIDER}", file=NEEDS)
        self.assertEqual(done.returncode, 64)
        self.assertIn("it exports test:numbers/source@1.0.0", done.err)
        self.assertEqual(invoke("twice(5)", "--link", "source=absent.wasm", file=NEEDS).returncode, 66)


@unittest.skipUnless(GUESTS.is_dir(), "no real guests")
class Guests(unittest.TestCase):
    LINK = ("--link", f"demo:store/kv@0.1.0={GUESTS / 'js-kv.wasm'}")

    def test_a_c_plugin_with_a_javascript_provider(self):
        done = invoke("let b = blob([104, 105]); b.write([33]); b.read(9)", *self.LINK, "--leaks=error", file=GUESTS / "c-store.wasm")
        self.assertEqual((done.err, done.out, done.returncode), ("", "<blob#1>\n[104, 105, 33]\n", 0))
        done = invoke("let a = blobs.blob([104]); let b = demo:store/blobs.blob([105]); let m = blob.merge(a, b); m.read(9); "
                      "drop m; let k = bucket(\"x\"); k.set(\"\", [1])", *self.LINK, file=GUESTS / "c-store.wasm")
        self.assertEqual(done.out.splitlines()[3:], ["[104, 105]", "<bucket#1>", 'err("a key must not be empty")'])
        self.assertEqual(done.returncode, 1)

    def test_a_bucket_is_not_a_blob(self):
        done = invoke("let k = bucket(\"x\"); blob.merge(k, k)", *self.LINK, file=GUESTS / "c-store.wasm")
        self.assertEqual(done.returncode, 64)
        self.assertIn("expected a blob, found a bucket", done.err)

    def test_commands(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "f.txt").write_text("content")
            done = holdfast("run", "--dir", f"{folder}::/data::ro", GUESTS / "c-hello-cmd.wasm", "--report", "two")
            self.assertIn("hello 3 c-hello-cmd.wasm", done.out)
            self.assertIn("content", done.out)
            self.assertEqual(done.returncode, 0)
            done = holdfast("run", "--dir", f"{folder}::/data", "--env", "X=set", "--argv0", "me", GUESTS / "go-hello-cmd.wasm", "a")
            self.assertIn("hello [me a] set", done.out)


if __name__ == "__main__":
    main()
