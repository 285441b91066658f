"""The project's own files and syntax trees, as the tests of the house read them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def files() -> tuple[str, ...]:
    """Name every file that is tracked or would be, by its path from the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(sorted(name for name in answer.stdout.split("\0") if (ROOT / name).is_file()))


def files_of(*patterns: str) -> list[str]:
    """Choose files by shell patterns, in which a star also stands for folders."""
    return [name for name in files() if any(fnmatchcase(name, pattern) for pattern in patterns)]


@cache
def text(name: str) -> str:
    """Read a file."""
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def tree(name: str) -> ast.Module:
    """Parse a Python file."""
    return ast.parse(text(name), filename=name)


def python(*folders: str) -> list[str]:
    """Choose the Python files of folders; migrations are written by their tool."""
    return [
        name
        for name in files()
        if name.endswith(".py")
        and name.split("/")[0] in folders
        and not name.startswith("voting/migrations/")
    ]


def calls(module: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Find every call with its dotted name; what is called on a value starts with a dot."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node


def dotted(node: ast.expr) -> str:
    """Write `a.b.c` for attributes of a name, `.c` for those of another value."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def functions(module: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Find every function and method, nested ones too."""
    for node in ast.walk(module):
        if isinstance(node, FUNCTIONS):
            yield node
