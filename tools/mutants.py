"""Spoil `ballots/` bit by bit and list what nothing notices: `python -m tools.mutants [ROOM]`."""

from __future__ import annotations

import argparse
import ast
import difflib
import functools
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from mutmut.configuration import config
from mutmut.mutation.file_mutation import mutate_file_contents

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "mutants"
LEFT_OUT = shutil.ignore_patterns(
    ".*", "__pycache__", "node_modules", "mutants", "htmlcov", "instance", "*.egg-info"
)
MOST_SURVIVORS = 0.03
# What the checker says of the copies of functions themselves, or of code that can't be reached,
# which the copies have where a condition was made always true or false: neither is a verdict.
NO_VERDICT = frozenset(
    {
        "has-type",
        "ignore-without-code",
        "no-redef",
        "redundant-expr",
        "unreachable",
        "unused-ignore",
    }
)


def spread(rooms: list[str]) -> list[str]:
    """Copy the tree with all mutants of every function of some rooms in it, and name them."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    shutil.copytree(ROOT, FOLDER, ignore=LEFT_OUT)
    names = []
    for room in rooms:
        source = (ROOT / "ballots" / f"{room}.py").read_text(encoding="utf-8")
        made = mutate_file_contents(f"ballots/{room}.py", source)
        (FOLDER / "ballots" / f"{room}.py").write_text(made.code, encoding="utf-8")
        names += [f"ballots.{room}.{name}" for name in made.mutant_names]
    return names


def refused_by_types() -> set[str]:
    """Name the mutants that the type checker refuses."""
    command = [sys.executable, "-m", "mypy", "ballots", "--output=json"]
    told = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    errors = [json.loads(line) for line in told.stdout.splitlines()]
    places = {file: _lines(FOLDER / file) for file in {error["file"] for error in errors}}
    return {
        f"ballots.{Path(error['file']).stem}.{places[error['file']].get(error['line'])}"
        for error in errors
        if error["severity"] == "error" and error["code"] not in NO_VERDICT
    }


def _functions(path: Path) -> Iterable[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and "__mutmut_" in node.name:
            yield node


def _lines(path: Path) -> dict[int, str]:
    """Name the mutant that each line of a file belongs to."""
    return {
        line: function.name
        for function in _functions(path)
        for line in range(function.lineno, (function.end_lineno or 0) + 1)
    }


def tested(mutants: list[str], *, jobs: int, seconds: float) -> dict[str, str]:
    """Run the tests on mutants; give for each the test that noticed it, or an empty text."""
    plan = {"mutants": mutants, "jobs": jobs, "seconds": seconds}
    (FOLDER / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command += [
        "-p",
        "tools.mutant_rounds",
        "-o",
        "timeout=60",
        *config().pytest_add_cli_args_test_selection,
    ]
    environment = {**os.environ, "PYTHONPATH": str(FOLDER)}
    subprocess.run(command, cwd=FOLDER, check=True, env=environment)
    results: dict[str, str] = json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))
    return results


@functools.cache
def _texts(path: Path) -> dict[str, list[str]]:
    """Give the lines of every mutant in a file, but for the first, which names it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {node.name: lines[node.lineno : node.end_lineno] for node in _functions(path)}


def difference(mutant: str) -> str:
    """Show what a mutant changes."""
    _, room, name = mutant.split(".")
    texts = _texts(FOLDER / "ballots" / f"{room}.py")
    original = texts[f"{name.partition('__mutmut_')[0]}__mutmut_orig"]
    lines = list(difflib.unified_diff(original, texts[name], n=0, lineterm=""))[2:]
    return "\n".join(f"    {line}" for line in lines if not line.startswith("@@"))


def summary(names: list[str], refused: set[str], noticed: Mapping[str, str]) -> str:
    """Write a table: a row a room, and one for all."""
    rooms = [name.split(".")[1] for name in names]
    all_, by_types = Counter(rooms), Counter(n.split(".")[1] for n in names if n in refused)
    survivors = Counter(name.split(".")[1] for name in names if not noticed.get(name, "types"))
    rows = [(room, all_[room], by_types[room], survivors[room]) for room in all_]
    rows.append(("all", all_.total(), by_types.total(), survivors.total()))
    lines = [
        "| room | mutants | noticed by types | by tests | survivors |",
        "|---|---|---|---|---|",
    ]
    for room, total, types, survived in rows:
        lines.append(f"| {room} | {total} | {types} | {total - types - survived} | {survived} |")
    return "\n".join(lines)


def main() -> int:
    """Do it all; 1 where more survive than may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help="modules of ballots/; all")
    parser.add_argument("--jobs", type=int, default=1, help="mutants at the same time")
    parser.add_argument("--seconds", type=float, default=10, help="of tests a mutant at most")
    arguments = parser.parse_args()
    every = sorted(path.stem for path in (ROOT / "ballots").glob("*.py"))
    names = spread(arguments.rooms or every)
    refused = refused_by_types() & set(names)
    left = [name for name in names if name not in refused]
    noticed = tested(left, jobs=arguments.jobs, seconds=arguments.seconds)
    survivors = [name for name in left if not noticed[name]]
    for name in survivors:
        print(f"{name}\n{difference(name)}")
    print(summary(names, refused, noticed))
    return int(len(survivors) > MOST_SURVIVORS * len(names))


if __name__ == "__main__":
    sys.exit(main())
