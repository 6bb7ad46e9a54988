#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the commands of guide pages and compares what they print with what the page says they print.

A page is run from its first block to its last, by one shell in one temporary folder. Only fenced blocks count:

    ```console                a line that begins with "$ " is a command; it goes on in the next line after a "\\".
    $ holdfast run x.wasm     The lines up to the next command are its output, standard error included.
    output                    "..." alone on a line stands for any lines, inside a line for any text.
    ```

    ```console needs=dot      left out where a program is missing (several are separated by commas)
    ```text file=script.txt   the block is written to that file, for the commands that follow

A comment `<!-- commands run in FOLDER -->` copies that folder of the project into the temporary one first, so that its
files have the names that the reader sees, who has gone to it with `cd`.

usage: check_commands.py PROJECT COMMAND PAGE...    (COMMAND is the program `holdfast`)
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TIMEOUT = 300
MARK = "--end of a command--"
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FOLDER = re.compile(r"<!-- commands run in (\S+) -->")


class Command:
    def __init__(self, line, text):
        self.line, self.text, self.expected = line, text, []

    def check(self, output):
        """None, or what is wrong."""
        pattern = "".join(
            r"(?:.*\n)*?" if line.strip() == "..." else ".*".join(map(re.escape, line.rstrip().split("..."))) + r"\s*\n"
            for line in self.expected)
        if re.fullmatch(pattern, output):
            return None
        shown = "".join("    " + line + "\n" for line in self.expected)
        return f"$ {self.text}\n  the page says:\n{shown}  it prints:\n" + "".join(
            "    " + line + "\n" for line in output.splitlines())


def commands_of(block, first_line):
    found = []
    lines = enumerate(block.splitlines(), first_line)
    for number, line in lines:
        if line.startswith("$ "):
            text = line[2:]
            while text.endswith("\\"):
                text += "\n" + next(lines)[1].removeprefix("> ")
            found.append(Command(number, text))
        elif found:
            found[-1].expected.append(line)
        else:
            raise SystemExit(f"line {number}: a console block begins with a command")
    for one in found:
        while one.expected and not one.expected[-1].strip():
            one.expected.pop()
    return found


def steps_of(page):
    """Commands, and pairs of a file's name and content, in the order of the page."""
    steps, left_out = [], []
    for block in BLOCK.finditer(page):
        language, words, content = block[1], dict(word.split("=", 1) for word in block[2].split() if "=" in word), block[3]
        if "file" in words:
            steps.append((words["file"], content))
        if language != "console":
            continue
        missing = [name for name in words.get("needs", "").split(",") if name and shutil.which(name) is None]
        if missing:
            left_out.append(f"without {', '.join(missing)}")
            continue
        steps += commands_of(content, page.count("\n", 0, block.start()) + 2)
    return steps, left_out


def run(steps, environment, folder):
    """The outputs of the commands."""
    script = "exec 2>&1\n"
    for number, step in enumerate(steps):
        if isinstance(step, Command):
            script += f"{step.text}\n{{ status=$?; echo; echo '{MARK}'; (exit $status); }}\n"
        else:
            content = folder / f".content{number}"
            content.write_text(step[1])
            script += f"cp '{content.name}' '{step[0]}'\n"
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, timeout=TIMEOUT)
    return done.stdout.decode(errors="replace").split(f"\n{MARK}\n")


def check(path, project, command):
    page = path.read_text()
    steps, left_out = steps_of(page)
    commands = [step for step in steps if isinstance(step, Command)]
    with tempfile.TemporaryDirectory() as place:
        folder, programs = pathlib.Path(place, "folder"), pathlib.Path(place, "programs")
        folder.mkdir()
        programs.mkdir()
        for name in FOLDER.findall(page):
            shutil.copytree(project / name, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
        (programs / "holdfast").symlink_to(command)
        environment = dict(os.environ, PATH=f"{programs}{os.pathsep}{os.environ['PATH']}", LC_ALL="C.UTF-8", HOME=place,
                           HOLDFAST_CACHE_DIR=str(pathlib.Path(place, "cache")))
        outputs = run(steps, environment, folder)
    problems = []
    if len(outputs) != len(commands) + 1:
        problems.append(f"{path.name}: {len(outputs) - 1} of {len(commands)} commands came to an end")
    for one, output in zip(commands, outputs):
        problem = one.check(output if output.endswith("\n") or not output else output + "\n")
        if problem:
            problems.append(f"{path.name}:{one.line}: {problem}")
    print(f"{path.name}: {len(commands)} commands" + "".join(f", some left out {reason}" for reason in left_out))
    return problems


def main():
    project, command = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    problems = []
    for page in sys.argv[3:]:
        problems += check(pathlib.Path(page), project, command)
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
