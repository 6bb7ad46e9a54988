# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks that messages, comments and documents avoid phrases that need a second reading, and that variables are named
for what they hold.

Usage: check_words.py PROJECT [FILE-OR-FOLDER...]     (default: the whole project)
"""

import pathlib
import re
import sys

# Each phrase with what to write instead.
PHRASES = {
    r"(?<!there )\b(?:is|are|was|were) no (?!longer\b|more\b|less\b|different\b|exception\b)": 'say what it is: "expected a whole number, found `1.5`"',
    r"\b(?:be|being) had\b": 'say what does not work: "does not fit", "is not available"',
    r"\bnot all there\b": '"N imports are missing"',
    r"\b(?:is|are|was) not there\b": '"is missing", "does not exist"',
    r"\b(?:does|do|did) not give\b": '"does not provide"',
    r"\b(?:goes|go|went|going) on(?: without)?\b(?! to\b)": '"continues", "stays usable"',
    r"\bcarr(?:y|ies) on\b": '"continues"',
    r"\bwho (?:alone|asks|can|calls|does|gets|has|holds|is|keeps|needs|reads|takes|tests|uses|waits|wants|writes)\b(?!.*\?)": "name the subject: \"the caller\", \"the thread that waits\"",
    r"\bwhich (?:ends|traps|traps)\b": 'put the consequence first or in brackets: "limit of 5 handles exceeded (trap)"',
    r"\bstands?\b(?! for\b| in for\b| out\b|-)": '"is", "is defined"',
    r"\b(?:anew|hereof|therein|thereof|whereof)\b": '"again", "of it"',
    r"\b(?:is|are) wanted\b": '"is required"',
    r"\bas it came\b": '"unchecked"',
    r"\bwithout end\b": '"forever", "endlessly"',
    r"\bis over\b(?! (?:the|its|\d))": '"has ended"',
    r"\bwhole number from 0\b": '"a non-negative whole number"',
    r"\bhas had its time\b|\bhave had their time\b": '"has expired"',
    r"\bup to now\b": '"so far"',
}
PATTERN = re.compile("|".join(f"(?P<p{i}>{phrase})" for i, phrase in enumerate(PHRASES)), re.IGNORECASE)
ADVICE = list(PHRASES.values())

# Names that say that a value exists, not what it holds.
NAMES = re.compile(r"\b(?:made|found|given|one|told|wanted)\b")

TEXTS = {".md", ".cpp", ".hpp", ".def", ".py", ".cmake", ".txt", ".sh"}
CODE = {".cpp", ".hpp"}
FOLDERS = (".ci", "bench", "cmake", "docs", "examples", "fuzz", "src", "tests", "tools")
NAMED = ("README.md", "Makefile", "CMakeLists.txt", ".ci/run", "tools/setup")
SKIPPED = {"build", "node_modules", "__pycache__", "corpus", "check_words.py", "expected_failures.txt"}
# A string or a comment, so that what is left is code.
NO_CODE = re.compile(r'R"(\w*)\((?:.|\n)*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'(?!\d)|//[^\n]*|/\*(?:.|\n)*?\*/')


def files(project, places):
    chosen = [project / place for place in places or (*FOLDERS, *NAMED)]
    for place in chosen:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and not SKIPPED.intersection(path.relative_to(project).parts):
                if path.suffix in TEXTS or path.relative_to(project).as_posix() in NAMED:
                    yield path


def phrase_faults(text):
    """Yields (line number, message) for each phrase in `text`."""
    for number, line in enumerate(text.splitlines(), 1):
        for match in PATTERN.finditer(line):
            yield number, f'"{match.group(0)}": {ADVICE[int(match.lastgroup[1:])]}'


def without_text(code):
    """The code with its strings and comments blanked, line by line."""
    return NO_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group(0)), code)


def name_faults(code):
    """Yields (line number, message) for each name in `code` that says nothing."""
    for number, line in enumerate(without_text(code).splitlines(), 1):
        for match in NAMES.finditer(line):
            yield number, f"`{match.group(0)}`: name the variable for what it holds"


def faults(project, places=()):
    for path in files(project, places):
        text = path.read_text(encoding="utf-8")
        for number, message in phrase_faults(text):
            yield path, number, message
        if path.suffix in CODE:
            for number, message in name_faults(text):
                yield path, number, message


def main(project, places):
    found = 0
    for path, number, message in faults(pathlib.Path(project).resolve(), places):
        found += 1
        print(f"{path.relative_to(pathlib.Path(project).resolve())}:{number}: {message}")
    print(f"{found} phrases to replace" if found else "nothing to replace")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
