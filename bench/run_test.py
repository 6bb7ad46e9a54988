# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs every benchmark case once, as briefly as possible, and checks the format of what run.py writes, but no times.

Usage: run_test.py BENCH-FOLDER-OF-THE-BUILD
"""

import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import report

HERE = pathlib.Path(__file__).resolve().parent
BENCH = None

CASES = {
    "resource.rep", "new + drop", "own ping-pong", "borrow to the implementer", "guest to host method",
    "host to guest method", "instantiate", "load from cache, guest_counter", "load from cache, c-store", "validate synthetic", "validate c-store",
    "look-up, 1,000,000 entries, dependent", "insert + erase, 1,000 entries", "iterate, 50 % holes",
    "monitored look-up, 1,000 entries", "unobserved look-up, 1,000 entries",
    "shared table, read, one slot, 2 threads", "registry, get to keep, 1,000 slots, 1 thread",
}  # fmt: skip


class EveryCase(unittest.TestCase):
    def test_runs_and_is_written(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "bin").symlink_to(BENCH / "bin")
            (folder / "cargo").symlink_to(BENCH / "cargo")
            guests = folder / "guests"
            guests.mkdir()
            (guests / "c-store.wasm").write_bytes(b"\0asm\x0d\0\x01\0")  # the empty component
            page = folder / "page.md"
            page.write_text(f"before\n{report.BEGIN}\nstale\n{report.END}\nafter\n")
            subprocess.run(
                [sys.executable, "-B", HERE / "run.py", "--bench", folder, "--rounds=1", "--min-time=0", "--built-crates",
                 "--docs", page],
                check=True, stdout=subprocess.DEVNULL, env={**os.environ, "HOLDFAST_GUESTS_DIR": str(guests)},
            )  # fmt: skip
            self.check_rows(json.loads((folder / "results.json").read_text()))
            text = page.read_text()
            self.assertTrue(text.startswith("before\n") and text.endswith("after\n") and "| resource.rep |" in text)
            self.assertNotIn("stale", text)

    def check_rows(self, rows):
        self.assertEqual(CASES - {row["case"] for row in rows}, set())
        for row in rows:
            self.assertEqual(list(row), ["case", "holdfast_ns", "peer", "peer_ns", "ratio"])
            self.assertGreater(row["holdfast_ns"], 0)
            if row["peer"] is not None:
                self.assertTrue(math.isclose(row["ratio"], row["peer_ns"] / row["holdfast_ns"], rel_tol=0.1), row)
        for concurrency in ("on", "off"):
            peer = f"wasmtime C API, concurrency {concurrency}"
            self.assertEqual(sum(row["peer"] == peer for row in rows), 9, peer)


class Report(unittest.TestCase):
    def test_medians_and_ratios(self):
        def entry(name, time, unit="ns"):
            return {"name": name, "run_type": "iteration", "cpu_time": time, "time_unit": unit}

        entries = [entry("a|holdfast", time) for time in (1, 2, 90)] + [entry("a|other", 4e-3, "us"), entry("b|holdfast", 5)]
        entries.append({**entry("a|other_mean", 1), "run_type": "aggregate"})
        self.assertEqual(report.results(entries), [
            {"case": "a", "holdfast_ns": 2, "peer": "other", "peer_ns": 4, "ratio": 2},
            {"case": "b", "holdfast_ns": 5, "peer": None, "peer_ns": None, "ratio": None},
        ])  # fmt: skip

    def test_a_failed_benchmark_has_no_result(self):
        with self.assertRaises(SystemExit):
            report.results([{"name": "a|holdfast", "error_occurred": True, "error_message": "why"}])

    def test_durations(self):
        self.assertEqual([report.duration(t) for t in (0.5, 12.34, 999, 1000, 2.5e6, 4e10)],
                         ["0.50 ns", "12.3 ns", "999 ns", "1.00 us", "2.50 ms", "40000 ms"])  # fmt: skip


if __name__ == "__main__":
    BENCH = pathlib.Path(sys.argv.pop()).resolve()
    unittest.main()
