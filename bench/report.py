# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Turns google-benchmark's measurements into results and tables.

A benchmark is named "CASE|WHO". Its result is the median of all its measurements. They are in processor time, which
excludes the time of other processes. A result compares Holdfast with one peer; a figure is another number of a case,
such as bytes.
"""

import json
import os
import pathlib
import platform
import statistics

OURS = "holdfast"
BEGIN, END = "<!-- begin: bench/run.py -->", "<!-- end: bench/run.py -->"
FIGURES = ("component_layer_bytes", "bytes_per_entry")
NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def split_name(entry):
    case, _, who = entry["name"].partition("|")
    return case, who


def measurements(entries):
    """{(case, who): [entry, …]} in the order of `entries`, without google-benchmark's own aggregates."""
    groups = {}
    for entry in entries:
        if entry.get("error_occurred"):
            raise SystemExit(f"bench: {entry['name']}: {entry.get('error_message')}")
        if entry.get("run_type", "iteration") == "iteration":
            groups.setdefault(split_name(entry), []).append(entry)
    return groups


def results(entries):
    """One row for each case and peer; for a case without a peer, one row with null as its peer."""
    medians = {
        key: statistics.median(entry["cpu_time"] * NANOSECONDS[entry["time_unit"]] for entry in list_)
        for key, list_ in measurements(entries).items()
    }
    rows = []
    for case, ours in [(case, time) for (case, who), time in medians.items() if who == OURS]:
        peers = [(who, time) for (other, who), time in medians.items() if other == case and who != OURS]
        for who, time in peers or [(None, None)]:
            rows.append({
                "case": case,
                "holdfast_ns": round(ours, 3),
                "peer": who,
                "peer_ns": None if time is None else round(time, 3),
                "ratio": None if time is None else round(time / ours, 3),
            })  # fmt: skip
    return rows


def figures(entries):
    rows = []
    for (case, who), list_ in measurements(entries).items():
        for name in FIGURES:
            if name in list_[0]:
                rows.append({"case": case, "who": who, "figure": name, "value": list_[0][name]})
    return rows


def write_json(path, rows):
    path.write_text("[\n" + ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")


# --- text ---


def duration(nanoseconds):
    """The time with three digits and a unit."""
    for unit, size in (("ns", 1), ("us", 1e3), ("ms", 1e6)):
        if nanoseconds < 999.5 * size or unit == "ms":
            value = nanoseconds / size
            return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f} {unit}"
    raise AssertionError


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def machine():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.machine()
    return f"{os.cpu_count()} cores, {model}, Linux {platform.release().split('-')[0]}"


def tables(results_, figures_):
    layer = {row["case"]: row["value"] for row in figures_ if row["figure"] == "component_layer_bytes"}
    rows = []
    before = None
    for row in results_:
        case, ours = row["case"], duration(row["holdfast_ns"])
        if case in layer:
            ours += f" ({layer[case] / row['holdfast_ns'] * 1e3:.0f} MB/s)"
        same = case == before
        before = case
        peer = ("—", "—", "—") if row["peer"] is None else (row["peer"], duration(row["peer_ns"]), f"{row['ratio']:.2f}")
        rows.append(["" if same else case, "" if same else ours, *peer])
    text = f"Measured on {machine()}.\n\n" + table(("case", "Holdfast", "peer", "peer's time", "ratio"), rows)
    sizes = [[row["case"], row["who"], f"{row['value']:.1f}"] for row in figures_ if row["figure"] == "bytes_per_entry"]
    if sizes:
        text += "\n\n" + table(("case", "who", "bytes"), sizes)
    return text + "\n"


def put_into_page(page, text):
    """Replaces the text between the two marks."""
    old = page.read_text()
    before, _, rest = old.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"bench: {page}: expected the marks {BEGIN} and {END}")
    page.write_text(f"{before}{BEGIN}\n{text}{END}{after}")
