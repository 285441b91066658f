"""Python and TypeScript have the same rooms of the protocol, with the same names in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path

from tests.house.trees import FUNCTIONS, files_of, text, tree

EXPORT = re.compile(
    r"^export (?:declare |abstract |async )*(?:function\*?|class|const|type|interface) (\w+)",
    re.MULTILINE,
)
EXPORTED_FUNCTION = re.compile(r"^export (?:async )?function\*? (\w+)", re.MULTILINE)

# Rooms that one side alone has.
PYTHON_ROOMS = {
    "__init__": "Python's names at the door",
    "__main__": "python -m ballots",
    "cli": "a browser has no command line",
    "report": "the browser's pages show a report themselves",
    "words": "the browser's words stand in the catalogue",
}
TYPESCRIPT_ROOMS = {
    "client": "calls the ballot box; Python's client is the demo's",
    "schema": "does what msgspec does for Python",
}
# What Python alone has, by room.
PYTHON_NAMES = {
    "elgamal": {"arrange_ciphertext": "the browser arranges points while it reads them"},
    "log": {"parse_signature_line": "notes of releases are read by a command alone"},
    "objects": {
        "Base": "the msgspec class that every object derives from",
        "object_type": "msgspec's tag",
    },
    "verify": {"judge_ballots": "what a worker process is handed"},
}
# What TypeScript alone has, by room.
TYPESCRIPT_FUNCTIONS = {
    "ballot": {
        "makeSeed": "a browser draws its own seed",
        "preparePaper": "tables for the keys while the deputy reads",
    },
    "encoding": {
        "burn": "bytes in Python can't be overwritten; no card is in a server's memory",
        "concat": "bytes in Python join themselves",
        "isSame": "bytes in Python compare themselves",
        "parseUtf8": "bytes in Python decode themselves",
        "room": "a buffer that can be overwritten, as above",
        "toHex": "bytes in Python write themselves",
        "utf8": "strings in Python encode themselves",
    },
    "group": {
        "invert": "pow() in Python",
        "isSamePoint": "points in Python are bytes",
        "pointBytes": "points in Python are bytes",
        "prepare": "tables for a base",
        "reduced": "the operator % in Python keeps the sign",
        "weightedSum": "JavaScript has no sum over points",
    },
    "verify": {
        "judgeHere": "an executor's work in Python",
        "summaryOf": "a method in Python",
    },
}


def camel(name: str) -> str:
    """Write a Python name as TypeScript does: only functions differ."""
    if not name.islower():
        return name
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def public(module: ast.Module) -> set[str]:
    """Name the functions and classes that a Python room offers."""
    offered = (*FUNCTIONS, ast.ClassDef)
    names = {node.name for node in module.body if isinstance(node, offered)}
    return {name for name in names if not name.startswith("_")}


def rooms(pattern: str) -> dict[str, str]:
    """Name the rooms of one side, with their files."""
    return {Path(name).stem: name for name in files_of(pattern)}


PYTHON = rooms("ballots/*.py")
TYPESCRIPT = rooms("web/ballots/*.ts")


def test_both_have_the_same_rooms() -> None:
    assert PYTHON.keys() - TYPESCRIPT.keys() == set(PYTHON_ROOMS)
    assert TYPESCRIPT.keys() - PYTHON.keys() == set(TYPESCRIPT_ROOMS)


def names_of(table: Mapping[str, Mapping[str, str] | set[str]]) -> dict[str, set[str]]:
    """Keep the rooms of a table that hold any name."""
    return {room: set(names) for room, names in table.items() if names}


def test_what_python_offers_the_browser_has() -> None:
    missing = {}
    for room in PYTHON.keys() & TYPESCRIPT.keys():
        offered = set(EXPORT.findall(text(TYPESCRIPT[room])))
        missing[room] = {name for name in public(tree(PYTHON[room])) if camel(name) not in offered}

    assert names_of(missing) == names_of(PYTHON_NAMES)


def test_what_the_browser_does_python_does() -> None:
    extra = {}
    for room in PYTHON.keys() & TYPESCRIPT.keys():
        offered = {camel(name) for name in public(tree(PYTHON[room]))}
        extra[room] = set(EXPORTED_FUNCTION.findall(text(TYPESCRIPT[room]))) - offered

    assert names_of(extra) == names_of(TYPESCRIPT_FUNCTIONS)
