#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the benchmark programs in turn, one process for each peer; prints the tables of report.py and writes
BUILD/bench/results.json and BUILD/bench/figures.json.

Each case is measured in several rounds, and every program runs in each round, so that a temporary disturbance of the
machine affects all of them. The tables show medians.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import report

HERE = pathlib.Path(__file__).resolve().parent
CARGO_PROJECT = HERE / "peers"
LOADED_GUESTS = ("c-store.wasm", "py-store.wasm")


class Program:
    """One process: a benchmark program with its options."""

    def __init__(self, name, path, who, *options, files=()):
        self.name, self.path, self.who = name, path, who
        self.options = [f"--who={who}", *options]
        self.files = [str(file) for file in files]

    def run(self, folder, round_number, flags):
        out = folder / f"{self.name}.{round_number}.json"
        command = [str(self.path), *self.options, f"--benchmark_out={out}", *flags, *self.files]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            sys.exit(f"bench: {' '.join(command)}\n{done.stdout}\nbench: it failed with exit code {done.returncode}")
        return json.loads(out.read_text())["benchmarks"]


def build_crates(target):
    """Builds the crate peers and returns the folder of their programs. If that fails, prints why and returns None."""
    cargo = shutil.which("cargo")
    if cargo is None:
        print("bench: cargo not found: skipping the peers that are Rust crates", flush=True)
        return None
    print("bench: building the crate peers (the first build takes some minutes)", flush=True)
    command = [cargo, "build", "--release", "--locked", "--quiet", "--manifest-path", str(CARGO_PROJECT / "Cargo.toml")]
    done = subprocess.run([*command, "--target-dir", str(target)], stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        print(f"bench: cargo build failed: skipping the peers that are Rust crates\n{done.stderr}", flush=True)
        return None
    return target / "release"


def crate_version(name):
    manifest = (CARGO_PROJECT / name / "Cargo.toml").read_text()
    return re.search(rf'^{name} = (?:{{ version = )?"=([\d.]+)"', manifest, re.MULTILINE).group(1)


def programs(bench, crates, guests):
    """All programs; in each comparison Holdfast's own comes first."""
    binaries, work = bench / "bin", bench / "work"
    components = f"--components={HERE / 'components'}"
    loaded = [guests / name for name in LOADED_GUESTS if (guests / name).exists()]
    all_programs = []

    def add(name, path, who, *options, files=()):
        folder = work / name
        folder.mkdir(parents=True)
        all_programs.append(Program(name, path, who, f"--work={folder}", *options, files=files))

    def add_calls(name, path, who):
        for concurrency in ("on", "off"):
            title = f"{who}, concurrency {concurrency}"
            add(f"{name}_{concurrency}", path, title, components, f"--concurrency={concurrency}", files=loaded)

    add("component_calls_holdfast", binaries / "component_calls_holdfast", "holdfast", components, files=loaded)
    add_calls("component_calls_wasmtime", binaries / "component_calls_wasmtime", "wasmtime C API")
    if crates:
        add_calls("peer_wasmtime", crates / "peer_wasmtime", f"wasmtime {crate_version('wasmtime')} crate")

    add("resource_tables", binaries / "resource_tables", "holdfast")
    add("shared_tables", binaries / "shared_tables", "holdfast")
    if crates:
        add("peer_slotmap", crates / "peer_slotmap", f"slotmap {crate_version('slotmap')} crate")

    validated = sorted(guests.glob("*.wasm"))
    add("validation_holdfast", binaries / "validation_holdfast", "holdfast", files=validated)
    if crates:
        synthetic = work / "validation_holdfast" / "synthetic.wasm"
        who = f"wasmparser {crate_version('wasmparser')} crate"
        add("peer_wasmparser", crates / "peer_wasmparser", who, files=[synthetic, *validated])
    return all_programs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=pathlib.Path, required=True, help="the folder bench/ in the build folder")
    parser.add_argument("--rounds", type=int, default=5, help="number of rounds (default 5)")
    parser.add_argument("--min-time", type=float, default=0.1, help="seconds for each case in each round (default 0.1)")
    parser.add_argument("--quick", action="store_true", help="only two short rounds, for a first look")
    parser.add_argument("--filter", default="", help="run only cases whose name contains this")
    parser.add_argument("--only", default="", help="run only programs whose name contains this")
    parser.add_argument("--no-crates", action="store_true", help="skip the peers that are Rust crates")
    parser.add_argument("--built-crates", action="store_true", help="use the crate peers only if already built")
    parser.add_argument("--docs", type=pathlib.Path, help="also write the tables into this page")
    arguments = parser.parse_args()

    if arguments.quick:
        arguments.rounds, arguments.min_time = 2, 0.01

    bench = arguments.bench.resolve()
    guests = pathlib.Path(os.environ.get("HOLDFAST_GUESTS_DIR") or HERE.parent.parent / "shared" / "guests")
    if arguments.no_crates:
        crates = None
    elif arguments.built_crates:
        crates = bench / "cargo" / "release"
        crates = crates if (crates / "peer_wasmtime").exists() else None
    else:
        crates = build_crates(bench / "cargo")

    shutil.rmtree(bench / "work", ignore_errors=True)
    outputs = bench / "work" / "outputs"
    outputs.mkdir(parents=True)
    flags = [f"--benchmark_min_time={arguments.min_time}"]
    if arguments.filter:
        flags.append(f"--benchmark_filter={arguments.filter}")
    chosen = [program for program in programs(bench, crates, guests) if arguments.only in program.name]
    entries = []
    for number in range(1, arguments.rounds + 1):
        for program in chosen:
            print(f"bench: round {number} of {arguments.rounds}: {program.name} ({program.who})", flush=True)
            entries += program.run(outputs, number, flags)

    results = report.results(entries)
    figures = report.figures(entries)
    report.write_json(bench / "results.json", results)
    report.write_json(bench / "figures.json", figures)
    tables = report.tables(results, figures)
    print("\n" + tables)
    if arguments.docs:
        report.put_into_page(arguments.docs, tables)


if __name__ == "__main__":
    main()
