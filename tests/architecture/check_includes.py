# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks the includes of the files in src/holdfast and tools/holdfast.

1. A layer includes itself and the layers before it in the table of cmake/layers.cmake, nothing later. The same holds
   for the rooms of a layer and of the command (its folders, in the tables HOLDFAST_ROOMS_...).
2. Only engine/wasmtime/ includes the engine's headers, and never those of its component model.
3. Only platform/ and wasi/ include headers of the operating system.
4. The freestanding layers include nothing that needs an operating system: threads, files, streams.
   Their tests may.
5. Our own code includes leaf headers, never the umbrella headers, which are for users.

Usage: check_includes.py PROJECT
"""

import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')
ENGINE = re.compile(r"^(wasmtime|wasm)(\.h|\.hh|/.*)$")
ENGINE_COMPONENT = re.compile(r"^wasmtime/component")
SYSTEM = re.compile(
    r"^(sys/.*|linux/.*|arpa/.*|net/.*|netinet/.*|bits/.*|unistd\.h|fcntl\.h|pthread\.h|sched\.h|dlfcn\.h|dirent\.h|"
    r"poll\.h|signal\.h|csignal|time\.h|pwd\.h|grp\.h|termios\.h|ucontext\.h|semaphore\.h|netdb\.h|glob\.h|ftw\.h|"
    r"spawn\.h|execinfo\.h|numa.*\.h|windows\.h)$"
)
HOSTED = {
    "filesystem", "format", "fstream", "future", "iomanip", "iostream", "istream", "ostream", "print", "regex", "sstream",
    "stop_token", "syncstream", "thread",
}  # fmt: skip
SYSTEM_LAYERS = {"platform", "wasi"}
CLOCKS = ("core", "chrono.hpp")  # the smaller part of <chrono>
SOURCES = {".cpp", ".hpp", ".h", ".def"}


def table(project, name):
    """The list `name` of cmake/layers.cmake."""
    text = (project / "cmake" / "layers.cmake").read_text()
    return re.search(r"^set\(" + name + r"\s+([^)]*)\)", text, re.MULTILINE).group(1).split()


def rooms(project):
    """For each layer, the list of its rooms, lowest first; "." is the layer's own folder."""
    text = (project / "cmake" / "layers.cmake").read_text()
    return {layer: names.split() for layer, names in re.findall(r"^set\(HOLDFAST_ROOMS_(\w+)\s+([^)]*)\)", text, re.MULTILINE)}


def is_test(parts):
    """Whether only tests use this file, given its path inside src/holdfast."""
    return "test" in pathlib.PurePath(parts[-1]).stem.split("_") or "testing" in parts[:-1]


def room_of(parts):
    """The room of a file, given its path inside its layer."""
    return parts[0] if len(parts) > 1 else "."


def room_fault(layer, order, includer, included):
    """Why `includer` must not include `included`, two paths inside `layer`; None if it may."""
    own, target = room_of(includer), room_of(included)
    if "testing" in (own, target) or own == target:
        return None
    for room in (own, target):
        if room not in order:
            return f"the folder {layer}/{room}/ is not in HOLDFAST_ROOMS_{layer}"
    if order.index(target) > order.index(own):
        return f"{layer}/{own} must not use the later room {layer}/{target}"
    return None


def command_faults(project, order):
    """Yields the same for the command. Its files are included by their path in tools/holdfast."""
    root = project / "tools" / "holdfast"
    for path in sorted(root.rglob("*")):
        if path.suffix not in SOURCES:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match or match.group(1) == "<" or match.group(2).startswith("holdfast/"):
                continue
            name = pathlib.PurePath(match.group(2))
            message = room_fault("command", order, path.relative_to(root).parts, name.parts)
            if message:
                yield path, number, f"{message} ({name})"


def faults(project):
    """Yields (file, line number, message) for each include that breaks a rule."""
    layers = table(project, "HOLDFAST_LAYERS")
    freestanding = table(project, "HOLDFAST_FREESTANDING_LAYERS")
    layer_rooms = rooms(project)
    yield from command_faults(project, layer_rooms.get("command", ["."]))
    root = project / "src" / "holdfast"
    for path in sorted(root.rglob("*")):
        if path.suffix not in SOURCES:
            continue
        parts = path.relative_to(root).parts
        if len(parts) == 1:  # the umbrella headers
            continue
        layer = parts[0]
        if layer not in layers:
            yield path, 1, f"the folder {layer}/ is not in HOLDFAST_LAYERS"
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            name = match.group(2)
            if name.startswith("holdfast/"):
                target = name.split("/")[1]
                if target.endswith(".hpp"):
                    yield path, number, f"{name} is an umbrella header for users; include the leaf headers instead"
                elif target not in layers:
                    yield path, number, f"{name}: no such layer"
                elif layers.index(target) > layers.index(layer):
                    yield path, number, f"{layer} must not use the later layer {target} ({name})"
                elif name.startswith("holdfast/engine/wasmtime/") and layer != "engine":
                    yield path, number, f"{name} is behind the engine seam; only engine/ may include it"
                elif target == layer and not is_test(parts):
                    message = room_fault(layer, layer_rooms.get(layer, ["."]), parts[1:], name.split("/")[2:])
                    if message:
                        yield path, number, f"{message} ({name})"
            elif match.group(1) == '"':
                yield path, number, f'"{name}": include our headers by their full name, holdfast/...'
            elif ENGINE_COMPONENT.match(name):
                yield path, number, f"<{name}>: the engine's component model must not be used"
            elif ENGINE.match(name) and parts[:2] != ("engine", "wasmtime"):
                yield path, number, f"<{name}>: only engine/wasmtime/ may include the engine's headers"
            elif SYSTEM.match(name) and layer not in SYSTEM_LAYERS and not is_test(parts) and parts != CLOCKS:
                yield path, number, f"<{name}>: only platform/ and wasi/ may include the system's headers"
            elif layer in freestanding and name in HOSTED and not is_test(parts):
                yield path, number, f"<{name}>: {layer} is freestanding and must not include it"


def main(project):
    all_faults = list(faults(pathlib.Path(project)))
    for path, number, message in all_faults:
        print(f"{path}:{number}: {message}")
    return 1 if all_faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
