# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tests `holdfast wast` with short scripts: each form of directive passes if it should, and fails if it should.

Usage: runner_test.py COMMAND     (the program `holdfast`)
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

COMMAND = sys.argv[1]

ADDER = """(component $adder
  (core module $m
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "nan") (result f32) (f32.const -nan:0x200001))
    (func (export "boom") unreachable)
    (func $deep (export "deep") (call $deep))
    (func (export "spin") (loop (br 0))))
  (core instance $i (instantiate $m))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
  (func (export "nan") (result f32) (canon lift (core func $i "nan")))
  (func (export "boom") (canon lift (core func $i "boom")))
  (func (export "deep") (canon lift (core func $i "deep")))
  (func (export "spin") (canon lift (core func $i "spin"))))
"""
EMPTY_BYTES = r'"\00asm" "\0d\00\01\00"'


class Run:
    """One run of `holdfast wast` over scripts, which are text or bytes."""

    def __init__(self, *scripts, options=(), json_to="out.json"):
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for number, script in enumerate(scripts):
                files.append(pathlib.Path(folder, f"script{number}.wast"))
                files[-1].write_bytes(script if isinstance(script, bytes) else script.encode())
            out = pathlib.Path(folder, json_to)
            done = subprocess.run([COMMAND, "wast", *options, "--json", out, *files], capture_output=True, timeout=60)
            self.code, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()
            self.json = json.loads(out.read_text()) if out.exists() else None

    @property
    def entries(self):
        return self.json["directives"]

    def statuses(self):
        return [(entry["kind"], entry["status"]) for entry in self.entries]


class RunnerTest(unittest.TestCase):
    def expect(self, script, *statuses, options=(), code=None):
        """Runs a script; `statuses` has the kind and the status of each directive."""
        run = Run(script, options=options)
        self.assertEqual(run.statuses(), list(statuses), run.out + run.err + json.dumps(run.json, indent=1))
        failed = any(status == "fail" for _, status in statuses)
        self.assertEqual(run.code, code if code is not None else int(failed))
        for entry in run.entries:
            self.assertEqual(entry["status"] == "pass", entry["message"] == "", entry)
        return run

    def expect_one(self, script, status, message=None, options=()):
        """Runs a script and checks the status and the message of its last directive."""
        run = Run(script, options=options)
        last = run.entries[-1]
        self.assertEqual(last["status"], status, last)
        if message is not None:
            self.assertIn(message, last["message"])


class Directives(RunnerTest):
    def test_components(self):
        self.expect("(component)", ("component", "pass"))
        self.expect("(component $name)", ("component", "pass"))
        self.expect('(component $name quote "(core module)" "(type u32)")', ("component", "pass"))
        self.expect(f"(component binary {EMPTY_BYTES})", ("component", "pass"))
        self.expect("(component binary)", ("component", "fail"))
        self.expect("(component (import \"f\" (func)))", ("component", "fail"))
        self.expect("(component (type $t u33))", ("component", "fail"))

    def test_definitions_and_instances(self):
        script = """(component definition $a (core module))
            (component definition)
            (component instance)
            (component instance $i $a)
            (component instance $i $a)
            (component definition binary "no")
            (component instance)
            (component instance $i $b)
            (component instance $i $a $b)"""
        self.expect(script, ("component-definition", "pass"), ("component-definition", "pass"),
                    ("component-instance", "pass"), ("component-instance", "pass"), ("component-instance", "pass"),
                    ("component-definition", "fail"), ("component-instance", "fail"), ("component-instance", "fail"),
                    ("component-instance", "fail"))

    def test_calls(self):
        self.expect(ADDER + '(invoke "add" (u32.const 1) (u32.const 2))', ("component", "pass"), ("invoke", "pass"))
        self.expect(ADDER + '(invoke "boom")', ("component", "pass"), ("invoke", "fail"))
        self.expect(ADDER + '(assert_return (invoke "add" (u32.const 1) (u32.const 0xffff_ffff)) (u32.const 0))',
                    ("component", "pass"), ("assert_return", "pass"))
        self.expect(ADDER + '(assert_trap (invoke "boom") "unreachable")', ("component", "pass"), ("assert_trap", "pass"))
        self.expect(ADDER + '(assert_exhaustion (invoke "deep") "call stack exhausted")',
                    ("component", "pass"), ("assert_exhaustion", "pass"))
        self.expect('(assert_return (invoke "f"))', ("assert_return", "fail"))

    def test_named_instances_are_called_by_name(self):
        other = '(component $other)'
        self.expect_one(ADDER + other + '(assert_return (invoke $adder "add" (u32.const 1) (u32.const 2)) (u32.const 3))',
                        "pass")
        self.expect_one(ADDER + '(assert_return (invoke $nobody "add" (u32.const 1) (u32.const 2)) (u32.const 3))', "fail",
                        "$nobody")

    def test_an_instance_that_trapped_stays_closed(self):
        self.expect_one(ADDER + '(assert_trap (invoke "boom") "unreachable")(invoke "nan")', "fail",
                        "cannot enter component instance")

    def test_rejections(self):
        self.expect('(assert_invalid (component (import "A" (func))(import "a" (func))) "conflicts")', ("assert_invalid", "pass"))
        self.expect('(assert_malformed (component quote "(type") "expected")', ("assert_malformed", "pass"))
        self.expect('(assert_malformed (component binary "\\00asm") "unexpected end")', ("assert_malformed", "pass"))
        self.expect('(assert_malformed (module binary "\\00asm") "unexpected end")', ("assert_malformed", "pass"))
        self.expect('(assert_invalid (module (func (result i32))) "type mismatch")', ("assert_invalid", "pass"))
        self.expect('(assert_unlinkable (component (import "nobody" (func))) "nobody")', ("assert_unlinkable", "pass"))

    def test_a_trap_while_instantiating(self):
        boom = '(component (core module $m (func $f unreachable) (start $f)) (core instance (instantiate $m)))'
        self.expect(f'(assert_trap {boom} "unreachable")', ("assert_trap", "pass"))
        self.expect('(assert_trap (component) "unreachable")', ("assert_trap", "fail"))

    def test_directives_for_core_modules_are_skipped(self):
        self.expect('(module)(module definition)(module instance)(register "a")(get "g")(thread $t (shared))(wait $t)',
                    ("module", "skip"), ("module-definition", "skip"), ("module-instance", "skip"), ("register", "skip"),
                    ("get", "skip"), ("thread", "skip"), ("wait", "skip"))
        self.expect('(assert_return (get "g") (i32.const 1))', ("assert_return", "skip"))
        self.expect('(assert_trap (module) "x")', ("assert_trap", "skip"))
        self.expect('(assert_unlinkable (module) "x")', ("assert_unlinkable", "skip"))

    def test_validation_only(self):
        script = ('(component (import "nobody" (func)))(component definition)(component instance)(invoke "f")'
                  '(assert_return (invoke "f"))(assert_trap (invoke "f") "x")(assert_trap (component) "x")'
                  '(assert_unlinkable (component) "x")(assert_invalid (component) "x")(component binary "")')
        self.expect(script, ("component", "pass"), ("component-definition", "pass"), ("component-instance", "skip"),
                    ("invoke", "skip"), ("assert_return", "skip"), ("assert_trap", "skip"), ("assert_trap", "skip"),
                    ("assert_unlinkable", "skip"), ("assert_invalid", "fail"), ("component", "fail"),
                    options=["--validate-only"])

    def test_lines_are_those_of_the_opening_parenthesis(self):
        script = ";; one\n(; two (; nested\n;) three\n;)  (component\n\n)\n\n(assert_return\n (invoke \"f\"))"
        self.assertEqual([entry["line"] for entry in Run(script).entries], [4, 8])


class Honesty(RunnerTest):
    """Each of these directives would pass if the runner trusted the script."""

    def test_results(self):
        good = '(invoke "add" (u32.const 1) (u32.const 2))'
        for wrong in ("(u32.const 4)", "(s32.const 3)", "(u64.const 3)", '(str.const "3")', "", "(u32.const 3) (u32.const 3)"):
            self.expect_one(ADDER + f"(assert_return {good} {wrong})", "fail")
        self.expect_one(ADDER + '(assert_return (invoke "boom"))', "fail", "unreachable")
        self.expect_one(ADDER + '(assert_return (invoke "nan") (f32.const 0))', "fail")
        self.expect_one(ADDER + '(assert_return (invoke "nan") (f64.const nan))', "fail")
        for nan in ("nan", "nan:canonical", "nan:arithmetic", "-nan", "nan:0x200000"):
            self.expect_one(ADDER + f'(assert_return (invoke "nan") (f32.const {nan}))', "pass")

    def test_arguments(self):
        for wrong in ("", "(u32.const 1)", "(u32.const 1) (s32.const 1)", "(u32.const 1) (u32.const 1) (u32.const 1)"):
            self.expect_one(ADDER + f'(invoke "add" {wrong})', "fail")
            self.expect_one(ADDER + f'(assert_trap (invoke "add" {wrong}) "")', "fail", "another error")

    def test_traps(self):
        self.expect_one(ADDER + '(assert_trap (invoke "nan") "unreachable")', "fail", "the call returned")
        self.expect_one(ADDER + '(assert_trap (invoke "boom") "out of bounds")', "fail", "message mismatch: expected `out of bounds`")
        self.expect_one(ADDER + '(assert_trap (invoke "nobody") "nobody")', "fail", "another error")

    def test_rejections(self):
        self.expect_one('(assert_invalid (component) "anything")', "fail", "accepted")
        self.expect_one('(assert_malformed (component quote "") "anything")', "fail", "accepted")
        self.expect_one(f'(assert_malformed (component binary {EMPTY_BYTES}) "")', "fail", "accepted")
        self.expect_one('(assert_invalid (component (type $t u33)) "")', "fail", "cannot convert")
        self.expect_one('(assert_invalid (component (import "A" (func))(import "a" (func))) "something else")', "fail", "message mismatch")
        self.expect_one('(assert_unlinkable (component) "")', "fail", "was instantiated")
        self.expect_one('(assert_unlinkable (component (import "A" (func))(import "a" (func))) "conflicts")', "fail", "not valid")
        self.expect_one('(assert_unlinkable (component (import "nobody" (func))) "somebody")', "fail", "message mismatch")

    def test_directives_after_a_failed_component_fail(self):
        script = '(component (import "f" (func)))(assert_return (invoke "f"))(assert_trap (invoke "f") "f")'
        self.expect(script, ("component", "fail"), ("assert_return", "fail"), ("assert_trap", "fail"))

    def test_a_malformed_directive_fails_alone(self):
        script = ADDER + '(assert_retrun (invoke "nan"))(assert_trap (invoke "boom"))(assert_return)(invoke "add" (u8.const 256))(invoke "nan")'
        self.expect(script, ("component", "pass"), ("assert_retrun", "fail"), ("assert_trap", "fail"), ("assert_return", "fail"),
                    ("invoke", "fail"), ("invoke", "pass"))
        self.expect(ADDER + '()((component))(invoke "nan")', ("component", "pass"), ("", "fail"), ("", "fail"), ("invoke", "pass"))

    def test_no_earlier_instance_replaces_a_failed_one(self):
        """`$adder` and the current instance exist. A directive that fails to create an instance removes them."""
        call, named = '(assert_return (invoke "nan") (f32.const nan))', '(assert_return (invoke $adder "nan") (f32.const nan))'
        for words, status in (("(component $adder (type $t u33))", "fail"), ("(component $adder quote (x))", "fail"),
                              ("(component instance $adder $nobody)", "fail"), ("(component instance $adder $x $y)", "fail")):
            kind = "component-instance" if "instance" in words else "component"
            self.expect(ADDER + words + call + named, ("component", "pass"), (kind, status),
                        ("assert_return", status), ("assert_return", status))
        for words, kind in (("(module)", "module"), ("(module instance)", "module-instance")):
            self.expect(ADDER + words + call + named, ("component", "pass"), (kind, "skip"),
                        ("assert_return", "skip"), ("assert_return", "pass"))
        definition = "(component definition $d)(component definition $d quote (x))(component instance $d)"
        self.expect(definition, ("component-definition", "pass"), ("component-definition", "fail"), ("component-instance", "fail"))

    def test_valid_components_fail_assert_invalid(self):
        """Holdfast cannot load these components, but knows that they are valid."""
        for valid in ('(import "c" (component))', '(import "f" (func $f)) (export "g" (func $f))'):
            self.expect(f'(assert_invalid (component {valid}) "")', ("assert_invalid", "fail"))

    def test_directives_that_do_not_run_do_not_pass(self):
        streams = """(component (type $s (stream u8)) (core func $new (canon stream.new $s))
            (core module $m (import "" "new" (func $new (result i64))) (func (export "f") (drop (call $new))))
            (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
            (func (export "f") (canon lift (core func $i "f"))))"""
        self.expect(streams + '(assert_trap (invoke "f") "")(assert_return (invoke "f"))(invoke "f")',
                    ("component", "pass"), ("assert_trap", "skip"), ("assert_return", "skip"), ("invoke", "skip"))


class Controls(RunnerTest):
    """If one expectation of a script is false, that directive fails and no other."""

    DIRECTIVES = [
        ("(component definition $d (import \"nobody\" (func)))", None, None),
        (ADDER, None, None),
        ('(assert_return (invoke "add" (u32.const 1) (u32.const 2)) (u32.const 3))', "(u32.const 3))", "(u32.const 2))"),
        ('(invoke "add" (u32.const 1) (u32.const 2))', '"add"', '"odd"'),
        ('(assert_return (invoke "nan") (f32.const nan))', "nan)", "0.5)"),
        ('(assert_invalid (component (type (list 9))) "unknown type")', '"unknown type"', '"another type"'),
        ('(assert_malformed (component quote "(what)") "")', "(what)", "(core module)"),
        ('(assert_unlinkable (component (import "nobody" (func))) "was not found")', '(import "nobody" (func))', ""),
        ('(assert_return (invoke "add" (u32.const 2) (u32.const 2)) (u32.const 4))', "(u32.const 4))", "(s32.const 4))"),
        ('(assert_trap (invoke "boom") "unreachable")', '"unreachable"', '"reachable, and more"'),
    ]

    def test_one_false_expectation_fails_alone(self):
        for changed in range(-1, len(self.DIRECTIVES)):
            script, statuses = "", []
            for number, (directive, true, false) in enumerate(self.DIRECTIVES):
                is_changed = number == changed and true is not None
                script += directive.replace(true, false) if is_changed else directive
                statuses.append("fail" if is_changed else "pass")
            run = Run(script)
            self.assertEqual([entry["status"] for entry in run.entries], statuses, run.out)


class Importing(RunnerTest):
    """Components may import from the host, and from named components before them."""

    def test_imports_from_the_host(self):
        for members in ('(export "return-three" (func (result u32)))', '(export "return-hi" (func (result string)))',
                        '(export "nested" (instance (export "return-four" (func (result u32)))))',
                        '(export "simple-module" (core module (export "f" (func (result i32))) (export "g" (global i32))))',
                        '(export "resource1" (type $r (sub resource))) (export "resource1-again" (type (eq $r)))'):
            self.expect(f'(component (import "host" (instance {members})))', ("component", "pass"))
        self.expect("""(assert_unlinkable (component (import "host" (instance
            (export "resource2" (type $r (sub resource))) (export "resource1-again" (type (eq $r))))))
            "mismatched resource types")""", ("assert_unlinkable", "pass"))
        self.expect("""(assert_unlinkable (component (import "host" (instance (export "simple-module" (core module
            (export "f" (func))))))) "module export `f` has the wrong type")""", ("assert_unlinkable", "pass"))

    NAMED = """(component $C (core module $m (func (export "f") (result i32) (i32.const 7))) (export "m" (core module $m))
        (type $r (resource (rep i32))) (export "r" (type $r))
        (core instance $i (instantiate $m)) (func (export "f") (result u32) (canon lift (core func $i "f"))))"""

    def test_modules_and_types_of_named_components(self):
        self.expect(self.NAMED + """(component
            (import "C" (instance $c (export "m" (core module (export "f" (func (result i32))))) (export "r" (type (sub resource)))))
            (alias export $c "m" (core module $m)) (core instance $i (instantiate $m))
            (func (export "f") (result u32) (canon lift (core func $i "f"))))
            (assert_return (invoke "f") (u32.const 7))""",
                    ("component", "pass"), ("component", "pass"), ("assert_return", "pass"))

    def test_each_instance_has_its_own_types(self):
        two = '(component definition $D (type $r (resource (rep i32))) (export "r" (type $r)))(component instance $A $D)(component instance $B $D)'
        both = """(component (import "A" (instance $a (export "r" (type (sub resource)))))
            (alias export $a "r" (type $r)) (import "{}" (instance (export "r" (type (eq $r))))))"""
        self.expect_one(two + "(assert_unlinkable" + both.format("B") + '"mismatched resource types")', "pass")
        # A component may still import both.
        self.expect_one(two + "(component" + both.format("B").replace("(type (eq $r))", "(type (sub resource))")[10:], "pass")

    def test_functions_of_named_components_cannot_be_imported(self):
        self.expect_one(self.NAMED + '(assert_unlinkable (component (import "C" (instance (export "f" (func (result u32)))))) "was not found")', "pass")
        for kind, word in (("core module", "module"), ("func", "func")):
            self.expect_one(self.NAMED + f'(assert_unlinkable (component (import "C" ({kind}))) "expected {word} found instance")', "pass")
        nested = """(component $N (component $c (core module $m (func (export "f"))) (core instance $i (instantiate $m))
            (func (export "f") (canon lift (core func $i "f")))) (instance $n (instantiate $c)) (export "n" (instance $n)))"""
        self.expect_one(nested + '(assert_unlinkable (component (import "N" (instance (export "n" (instance (export "f" (func))))))) '
                        '"was not found")', "pass")

    def test_named_components_do_not_replace_the_host(self):
        self.expect('(component $host)(component (import "host" (instance (export "return-three" (func (result u32))))))',
                    ("component", "pass"), ("component", "pass"))

    def test_named_instances_without_types_have_their_own_stores(self):
        self.expect("(component definition $D)" + "(component instance $A $D)" * 10_100, ("component-definition", "pass"),
                    *[("component-instance", "pass")] * 10_100)


class Values(RunnerTest):
    def test_constants(self):
        good = ["(bool.const true)", "(u8.const 255)", "(s8.const -128)", "(s8.const 0xff)", "(u64.const 18446744073709551615)",
                "(s64.const -0x8000000000000000)", "(f32.const 1.5)", "(f64.const -0x1.8p-3)", "(f64.const inf)", "(f32.const 1_0e1_0)",
                '(char.const "\\u{1F600}")', '(str.const "\\t\\n\\22\\\\\\u{e9}\\c3\\a9")', "(list.const)", "(list.const (u8.const 1) (u8.const 2))",
                '(record.const (field "a" u32.const 1) (field "b" (u32.const 2)))', "(tuple.const (u8.const 1))",
                '(variant.const "a")', '(variant.const "a" (u8.const 1))', '(enum.const "a")', "(option.none)", "(option.some (u8.const 1))",
                "(result.ok)", "(result.err (u8.const 1))", '(flags.const "a" "b")', "(flags.const)"]
        for constant in good:
            self.expect_one(f'(invoke "f" {constant})', "fail", "there is no instance")
        bad = ["(bool.const 1)", "(u8.const 256)", "(u8.const -1)", "(s8.const -129)", "(s8.const 256)", "(u64.const 18446744073709551616)",
               "(u8.const)", "(u8.const 1 2)", "(u8.const 0x)", "(u8.const 1__0)", "(u8.const _1)", "(u8.const 1_)", "(f32.const 1e999)",
               "(f32.const infinity)", "(f32.const 1.5x)", '(char.const "ab")', '(char.const "")', "(str.const a)",
               "(list.const 1)", '(record.const ("a" u32.const 1))', "(option.some)", "(option.none (u8.const 1))", "(enum.const a)",
               '(variant.const (u8.const 1))', "u8.const 1", "(u9.const 1)", '"text"']
        for constant in bad:
            self.expect_one(f'(invoke "f" {constant})', "fail", "malformed directive")
        self.expect_one('(invoke "f" (i32.const 1))', "skip", "core")

    def test_nested_values_do_not_exhaust_the_stack(self):
        depth = 100_000
        self.expect_one('(invoke "f" ' + "(option.some " * depth + "(u8.const 1)" + ")" * depth + ")", "fail", "nested too deeply")


class Files(RunnerTest):
    def refused(self, script, message, line=None):
        run = Run(script)
        self.assertEqual(run.code, 65, run.err)
        self.assertIn(message, run.err.splitlines()[0])
        if line is not None:
            self.assertIn(f"line {line}:", run.err)
        self.assertEqual(run.json["directives"], [])
        self.assertIn(message, run.json["error"])

    def test_broken_files(self):
        self.refused("(component", "never closed", 1)
        self.refused("\n(component))", "no matching `(`", 2)
        self.refused('\n\n(component quote "abc)', "never closed", 3)
        self.refused('(component quote "a\nb")', "must end on the line", 1)
        self.refused(r'(component binary "\zz")', "escape", 1)
        self.refused(r'(str "\u{110000}")', "escape")
        self.refused(r'(str "\u{d800}")', "escape")
        self.refused(r'(str "\u{}")', "escape")
        for wrong in (r"\u{_}", r"\u{_41}", r"\u{41_}", r"\u{4__1}"):
            self.refused(f'(str "{wrong}")', "escape")
        self.refused(r'(str "\u{41")', "escape")
        self.refused("(; never (; closed ;)", "comment is never closed", 1)
        self.refused("component", "directive in parentheses", 1)
        self.refused('"()"', "directive in parentheses")
        self.refused(b'\n\n(component quote "\xff")', "UTF-8", 3)
        self.refused("(component ; x\n)", "comments begin")

    def test_nothing_to_do(self):
        for script in ("", "   \n", ";; nothing", "(; nothing ;)", "(@annotation (any thing))"):
            self.expect(script)

    def test_deep_nesting_does_not_exhaust_the_stack(self):
        depth = 1_000_000
        self.expect_one("(component " + "(" * depth + ")" * depth + ")", "fail")

    def test_a_missing_file(self):
        done = subprocess.run([COMMAND, "wast", "/nowhere/at/all.wast"], capture_output=True)
        self.assertEqual(done.returncode, 66)
        self.assertIn(b"cannot be opened", done.stderr)

    def test_several_files_make_an_array(self):
        run = Run("(component)", "(component binary)", "(component")
        self.assertEqual(run.code, 65)
        self.assertEqual([len(script["directives"]) for script in run.json], [1, 1, 0])
        self.assertIn("all                         1      1      0", run.out)

    def test_the_summary_names_failures_and_skips(self):
        run = Run('(component)\n(assert_invalid (component) "x")\n(module)')
        self.assertRegex(run.out, r"script0\.wast:2: assert_invalid: expected an error, but the input was accepted\n")
        self.assertIn("skipped 1: core modules outside components\n", run.out)

    def test_json_that_cannot_be_written(self):
        run = Run("(component)", json_to="no/such/folder.json")
        self.assertEqual(run.code, 71)
        self.assertIn("cannot be written", run.err)


class Features(RunnerTest):
    MAP = "(component (type (map string u32)))"
    VALUES = '(component (import "v" (value string)))'

    def test_suites(self):
        for suite, status in (("spec", "pass"), ("wasmtime", "fail"), ("wasm-tools", "fail"), ("wasmtime,cm-map", "pass"),
                              ("component_model_map", "pass"), ("cm-values", "fail")):
            self.expect_one(self.MAP, status, options=["--features", suite])

    def test_core_proposals_inside_modules(self):
        large = "(component (core module (memory i64 1)))"
        for features, status in (("wasmtime", "fail"), ("none", "fail"), ("wasmtime,memory64", "pass"), ("spec", "pass")):
            self.expect_one(large, status, options=["--features", features])
            self.expect_one(f'(assert_invalid {large} "memory64")', "fail" if status == "pass" else "pass",
                            options=["--features", features])
        self.expect_one('(assert_invalid (module (memory i64 1)) "memory64")', "pass", options=["--features", "wasmtime"])

    def test_the_script_decides(self):
        self.expect_one(self.MAP, "pass")
        self.expect_one("\n;;! multi_memory = true # why\n\n;;! component_model_map = true # why\n" + self.MAP, "pass")
        self.expect_one("\n;;! multi_memory = true\n" + self.MAP, "fail")
        self.expect_one(";; RUN: wast --features=all %\n" + self.MAP, "pass")
        self.expect_one(";;! multi_memory = true\n" + self.MAP, "fail")
        self.expect_one(";;! component_model_map = true\n" + self.MAP, "pass")
        self.expect_one(";; RUN: wast % --assert default\n" + self.MAP, "fail")
        self.expect_one(";; RUN: wast % -f cm-map,cm64\n" + self.MAP, "pass")
        self.expect_one(";; RUN: wast --features=cm-map %\n" + self.MAP, "pass", options=["--features", "wasm-tools"])
        self.expect_one(";; RUN: wast % -f cm-map\n" + self.MAP, "fail", options=["--features", "cm-async"])

    def test_unknown_features(self):
        done = Run(self.MAP, options=["--features", "cm-mop"])
        self.assertEqual(done.code, 64)
        self.assertIn("cm-mop", done.err)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
