# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The public suites: where they are, how each is run, and what is expected to fail."""
import json
import pathlib
import subprocess
import tempfile

SETS = {"spec": [], "wasmtime": ["--features", "wasmtime"], "wasm-tools": ["--features", "wasm-tools", "--validate-only"],
        "spec-async": []}


def run_set(command, suites, name):
    """Returns the results of all scripts of a set: {"spec/values/concat.wast": [directive, ...]}."""
    files = sorted((suites / name).rglob("*.wast"))
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder, "results.json")
        done = subprocess.run([command, "wast", *SETS[name], "--json", out, *files], capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"holdfast wast ended with {done.returncode}:\n{done.stderr}")
        results = json.loads(out.read_text())
    if len(files) == 1:
        results = [results]
    return {str(pathlib.Path(script["file"]).relative_to(suites)): script["directives"] for script in results}


def read_expected(path):
    """Returns failures {"FILE:LINE": REASON} and skips {"FILE": (COUNT, REASON)}, read from expected_failures.txt."""
    failures, skips = {}, {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split(maxsplit=2)
        if len(words) == 3 and words[1] == "fail":
            failures[words[0]] = words[2]
            continue
        words = line.split(maxsplit=3)
        if len(words) != 4 or not words[1].isdigit() or words[2] != "skips":
            raise ValueError(f"{path}:{number}: expected `FILE:LINE fail REASON` or `FILE COUNT skips REASON`")
        skips[words[0]] = (int(words[1]), words[3])
    return failures, skips


def differences(results, failures, skips):
    """Returns one message for each difference from the expected failures and skips."""
    messages = []
    for file, directives in results.items():
        for directive in directives:
            place = f"{file}:{directive['line']}"
            if directive["status"] == "fail" and place not in failures:
                messages.append(f"{place}: {directive['kind']} failed: {directive['message']}")
            if directive["status"] != "fail" and place in failures:
                messages.append(f"{place}: expected {directive['kind']} to fail, its status is {directive['status']}")
        skipped = [directive for directive in directives if directive["status"] == "skip"]
        expected = skips.get(file, (0, ""))[0]
        if len(skipped) != expected:
            reasons = sorted({directive["message"] for directive in skipped})
            found = f"{len(skipped)} ({'; '.join(reasons)})" if skipped else "none"
            messages.append(f"{file}: expected {expected} skipped directives, found {found}")
    places = {f"{file}:{directive['line']}" for file, directives in results.items() for directive in directives}
    sets = {file.split("/")[0] for file in results}
    for place in failures:
        if place.split("/")[0] in sets and place not in places:
            messages.append(f"{place}: is expected to fail, but the file has no directive in this line")
    for file in skips:
        if file.split("/")[0] in sets and file not in results:
            messages.append(f"{file}: is expected to skip directives, but the file does not exist")
    return messages
