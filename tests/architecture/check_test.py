# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tests of the checks: each must detect the fault that it looks for."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

import check_includes
import check_licence_lines
import check_symbols


class Project(unittest.TestCase):
    """A small project in a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write(
            "cmake/layers.cmake",
            "set(HOLDFAST_LAYERS core platform engine\n  runtime)\nset(HOLDFAST_FREESTANDING_LAYERS core)\n"
            "set(HOLDFAST_ROOMS_runtime store call .)\nset(HOLDFAST_ROOMS_engine . wasmtime)\n"
            "set(HOLDFAST_ROOMS_command console run .)\n",
        )

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


class Includes(Project):
    def messages(self, name, text):
        self.write("src/holdfast/" + name, text)
        return [message for _, _, message in check_includes.faults(self.root)]

    def assert_refused(self, name, include, words):
        messages = self.messages(name, f"#include {include}\n")
        self.assertEqual(len(messages), 1, messages)
        self.assertIn(words, messages[0])

    def test_earlier_and_own_layers_are_fine(self):
        text = '#include <vector>\n#include "holdfast/core/id.hpp"\n#include "holdfast/runtime/store.hpp"\n'
        self.assertEqual(self.messages("runtime/store.cpp", text), [])

    def test_a_later_layer_is_refused(self):
        self.assert_refused("core/id.hpp", '"holdfast/runtime/store.hpp"', "later layer runtime")

    def test_a_later_room_is_refused(self):
        self.assert_refused("runtime/store/state.cpp", '"holdfast/runtime/call/call.hpp"', "later room runtime/call")
        self.assert_refused("runtime/store/state.cpp", '"holdfast/runtime/runtime.hpp"', "later room runtime/.")
        self.assert_refused("runtime/store/state.cpp", '"holdfast/runtime/attic/box.hpp"', "not in HOLDFAST_ROOMS_runtime")
        self.assertEqual(self.messages("runtime/store/state.cpp", '#include "holdfast/runtime/testing/box.hpp"\n'), [])
        self.assertEqual(self.messages("runtime/call/call.cpp", '#include "holdfast/runtime/store/state.hpp"\n'), [])

    def test_tests_may_use_later_rooms(self):
        text = '#include "holdfast/runtime/call/call.hpp"\n'
        self.assertEqual(self.messages("runtime/store/state_test.cpp", text), [])

    def test_the_command_has_rooms_too(self):
        self.write("tools/holdfast/run/run.cpp", '#include "console/output.hpp"\n#include "holdfast/core/id.hpp"\n')
        self.assertEqual(list(check_includes.faults(self.root)), [])
        self.write("tools/holdfast/console/output.cpp", '#include "run/run.hpp"\n')
        messages = [message for _, _, message in check_includes.faults(self.root)]
        self.assertEqual(messages, ["command/console must not use the later room command/run (run/run.hpp)"])

    def test_an_unknown_layer_is_refused(self):
        self.assert_refused("runtime/store.hpp", '"holdfast/cor/id.hpp"', "no such layer")
        self.assertTrue(self.messages("odd/file.cpp", ""))

    def test_umbrellas_and_relative_names_are_refused(self):
        self.assert_refused("runtime/store.hpp", '"holdfast/holdfast.hpp"', "umbrella")
        self.assert_refused("runtime/store.hpp", '"store_state.hpp"', "full name")

    def test_only_engine_wasmtime_includes_the_engine(self):
        self.assertEqual(self.messages("engine/wasmtime/engine.cpp", "#include <wasmtime.h>\n#include <wasm.h>\n"), [])
        self.assert_refused("engine/engine.hpp", "<wasm.h>", "only engine/wasmtime/")
        (self.root / "src/holdfast/engine/engine.hpp").unlink()
        self.assert_refused("runtime/store.cpp", "<wasmtime/func.h>", "only engine/wasmtime/")
        self.assert_refused("runtime/store.cpp", '"holdfast/engine/wasmtime/handle.hpp"', "seam")

    def test_nothing_includes_the_engines_component_model(self):
        self.assert_refused("engine/wasmtime/engine.cpp", "<wasmtime/component.h>", "component model")

    def test_only_platform_includes_the_system(self):
        self.assertEqual(self.messages("platform/linux.cpp", "#include <sys/mman.h>\n"), [])
        self.assert_refused("runtime/store.cpp", "<unistd.h>", "system's headers")
        self.assertEqual(self.messages("runtime/store.cpp", "#include <thread>\n#include <filesystem>\n"), [])

    def test_only_tests_of_freestanding_layers_use_the_system(self):
        self.assert_refused("core/id.hpp", "<thread>", "freestanding")
        (self.root / "src/holdfast/core/id.hpp").unlink()
        self.assertEqual(self.messages("core/id_test.cpp", "#include <thread>\n"), [])


class LicenceLines(Project):
    def test_a_missing_line_is_reported(self):
        (self.root / "cmake/layers.cmake").unlink()
        good = f"// {check_licence_lines.LINE}\n"
        self.write("src/good.cpp", good)
        self.write("src/late.cpp", "\n\n\n" + good)
        self.write("tools/setup", "#!/bin/sh\n")
        self.write("build/generated.cpp", "")
        names = [path.name for path in check_licence_lines.faults(self.root)]
        self.assertEqual(names, ["late.cpp", "setup"])


class Symbols(Project):
    def undefined_in(self, call):
        source = self.write("a.c", f"void {call}(void); void f(void) {{ {call}(); }}\n")
        target = self.root / "a.a"
        subprocess.run(["cc", "-c", str(source), "-o", str(target)], check=True)
        return check_symbols.main("nm", [str(target)])

    @unittest.skipUnless(shutil.which("cc") and shutil.which("nm"), "needs cc and nm")
    def test_a_symbol_of_the_component_model_is_reported(self):
        self.assertEqual(self.undefined_in("wasmtime_component_new"), 1)
        self.assertEqual(self.undefined_in("wasmtime_module_new"), 0)

    def test_nothing_to_check_is_a_failure(self):
        self.assertEqual(check_symbols.main("nm", [str(self.root)]), 1)


if __name__ == "__main__":
    unittest.main()
