#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks that docs/rules.md has every rule of src/holdfast/core/rules.def once and in order, with its group, name,
sentence, source and anchor, and that each rule links a test file with tests of that rule.

usage: check_rules.py PROJECT
"""
import pathlib
import re
import sys

PARTS = ("number", "name", "sentence", "source", "group")
GROUP = r"^// --- (?P<group>.+) ---$"
RULE = r'^HOLDFAST_RULE\((?P<number>\d+), (?P<name>\w+), "(?P<sentence>.+)", "(?P<source>.+)"\)$'
TEST_FILE = re.compile(r"\]\(\.\./(tests/rules/\w+\.cpp)\)")


def defined_rules(text):
    """(number, name, sentence, source, group) of each line of rules.def."""
    group = ""
    for match in re.finditer(f"{GROUP}|{RULE}", text, re.MULTILINE):
        if match["group"]:
            group = match["group"]
        else:
            yield int(match["number"]), match["name"], match["sentence"], match["source"], group


def documented_rules(page):
    """((number, name, sentence, source, group), explanation, anchor) of each rule of the page."""
    group = anchor = ""
    paragraphs = [paragraph.strip() for paragraph in page.split("\n\n")] + [""] * 3
    for position, paragraph in enumerate(paragraphs):
        if heading := re.fullmatch(r"## (.+)", paragraph):
            group = heading[1]
        elif mark := re.fullmatch(r'<a id="(.+)"></a>', paragraph):
            anchor = mark[1]
        elif heading := re.fullmatch(r"### Rule (\d+): (\w+)", paragraph):
            sentence, source, explanation = paragraphs[position + 1:position + 4]
            rule = int(heading[1]), heading[2], sentence, source.removeprefix("Source: "), group
            yield rule, explanation, anchor
            anchor = ""


def problems_of(project):
    defined = list(defined_rules((project / "src/holdfast/core/rules.def").read_text()))
    documented = list(documented_rules((project / "docs/rules.md").read_text()))
    if not defined:
        yield "rules.def: no rule found"
    expected_numbers = [rule[0] for rule in defined]
    numbers = [rule[0] for rule, _, _ in documented]
    if numbers != expected_numbers:
        yield f"rules.md has the rules {numbers}, expected {expected_numbers}"
    by_number = {rule[0]: rule for rule in defined}
    for rule, explanation, anchor in documented:
        number = rule[0]
        for part, value, expected in zip(PARTS, rule, by_number.get(number, rule)):
            if value != expected:
                yield f"rule {number}: the {part} is '{value}', rules.def has '{expected}'"
        if anchor != f"rule-{number}":
            yield f"rule {number}: the anchor before its heading is '{anchor}', expected 'rule-{number}'"
        files = [project / name for name in TEST_FILE.findall(explanation)]
        tests = "".join(file.read_text() for file in files if file.exists())
        if not re.search(rf"\bRule{number}_", tests):
            yield f"rule {number}: its explanation links no file in tests/rules with a test named Rule{number}_…"


def main():
    problems = list(problems_of(pathlib.Path(sys.argv[1])))
    print("\n".join(problems) or "docs/rules.md agrees with rules.def")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
