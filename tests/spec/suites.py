# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The public suites: where they are, how each is run, and what is expected to fail."""
import json
import pathlib
import subprocess
import tempfile

SETS = {"spec": [], "wasmtime": ["--features", "wasmtime"], "wasm-tools": ["--features", "wasm-tools", "--validate-only"],
        "spec-async": []}


def run_set(command, suites, name):
    """The results of all scripts of a set: {"spec/values/concat.wast": [directive, ...]}."""
    files = sorted((suites / name).rglob("*.wast"))
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder, "results.json")
        done = subprocess.run([command, "wast", *SETS[name], "--json", out, *files], capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"holdfast wast ended with {done.returncode}:\n{done.stderr}")
        results = json.loads(out.read_text())
    if len(files) == 1:
        results = [results]
    return {str(pathlib.Path(one["file"]).relative_to(suites)): one["directives"] for one in results}


def read_expected(path):
    """Lines `FILE:LINE fail REASON` and `FILE COUNT skips REASON`: {"FILE:LINE": REASON}, {"FILE": (COUNT, REASON)}."""
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
            raise ValueError(f"{path}:{number}: `FILE:LINE fail REASON` or `FILE COUNT skips REASON` is expected")
        skips[words[0]] = (int(words[1]), words[3])
    return failures, skips


def differences(results, failures, skips):
    """What is not as expected, one text each."""
    found = []
    for file, directives in results.items():
        for one in directives:
            place = f"{file}:{one['line']}"
            if one["status"] == "fail" and place not in failures:
                found.append(f"{place}: {one['kind']} failed: {one['message']}")
            if one["status"] != "fail" and place in failures:
                found.append(f"{place}: {one['kind']} is expected to fail and does not ({one['status']})")
        skipped = [one for one in directives if one["status"] == "skip"]
        expected = skips.get(file, (0, ""))[0]
        if len(skipped) != expected:
            reasons = sorted({one["message"] for one in skipped})
            found.append(f"{file}: {len(skipped)} directives were skipped, {expected} are expected; {'; '.join(reasons)}")
    places = {f"{file}:{one['line']}" for file, directives in results.items() for one in directives}
    sets = {file.split("/")[0] for file in results}
    for place in failures:
        if place.split("/")[0] in sets and place not in places:
            found.append(f"{place}: there is no such directive")
    for file in skips:
        if file.split("/")[0] in sets and file not in results:
            found.append(f"{file}: there is no such file")
    return found
