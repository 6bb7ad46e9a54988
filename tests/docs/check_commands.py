#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the commands of guide pages and compares their output with the output that the page shows.

One shell runs all blocks of a page in order, in one temporary folder. Only fenced blocks count:

    ```console                A line that begins with "$ " is a command; "\\" at its end continues it in the next line.
    $ holdfast run x.wasm     The lines up to the next command are its output, including standard error.
    output                    "..." alone on a line matches any lines; inside a line it matches any text.
    ```

    ```console needs=dot      The block is skipped if a program is missing (commas separate several programs).
    ```text file=script.txt   The block is written to that file, for the commands that follow.

A comment `<!-- commands run in FOLDER -->` copies that folder of the project into the temporary folder first, because
readers change to FOLDER with `cd` before they run the commands.

Usage: check_commands.py PROJECT COMMAND PAGE...     (COMMAND is the program `holdfast`)
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
        """Returns None if the output is as expected, else a description of the difference."""
        pattern = "".join(
            r"(?:.*\n)*?" if line.strip() == "..." else ".*".join(map(re.escape, line.rstrip().split("..."))) + r"\s*\n"
            for line in self.expected)
        if re.fullmatch(pattern, output):
            return None
        shown = "".join("    " + line + "\n" for line in self.expected)
        return f"$ {self.text}\n  the page shows:\n{shown}  the command prints:\n" + "".join(
            "    " + line + "\n" for line in output.splitlines())


def commands_of(block, first_line):
    commands = []
    lines = enumerate(block.splitlines(), first_line)
    for number, line in lines:
        if line.startswith("$ "):
            text = line[2:]
            while text.endswith("\\"):
                text += "\n" + next(lines)[1].removeprefix("> ")
            commands.append(Command(number, text))
        elif commands:
            commands[-1].expected.append(line)
        else:
            raise SystemExit(f"line {number}: a console block must begin with a command (\"$ ...\")")
    for command in commands:
        while command.expected and not command.expected[-1].strip():
            command.expected.pop()
    return commands


def steps_of(page):
    """Returns the steps of the page, and why blocks are skipped. A step is a Command, or a file's name and content."""
    steps, skips = [], []
    for block in BLOCK.finditer(page):
        language, words, content = block[1], dict(word.split("=", 1) for word in block[2].split() if "=" in word), block[3]
        if "file" in words:
            steps.append((words["file"], content))
        if language != "console":
            continue
        missing = [name for name in words.get("needs", "").split(",") if name and shutil.which(name) is None]
        if missing:
            skips.append(f"{', '.join(missing)} is not installed")
            continue
        steps += commands_of(content, page.count("\n", 0, block.start()) + 2)
    return steps, skips


def run(steps, environment, folder):
    """Returns the output of each command, then what follows the last one."""
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
    steps, skips = steps_of(page)
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
        problems.append(f"{path.name}: {len(outputs) - 1} of {len(commands)} commands finished")
    for step, output in zip(commands, outputs):
        problem = step.check(output if output.endswith("\n") or not output else output + "\n")
        if problem:
            problems.append(f"{path.name}:{step.line}: {problem}")
    print(f"{path.name}: {len(commands)} commands" + "".join(f", a block skipped: {reason}" for reason in skips))
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
