"""Files say what they are for and stay small; functions stay small and take few arguments."""

from __future__ import annotations

import ast

from tests.house.trees import files_of, functions, python, text, tree

LONGEST_FILE = 400
LONGEST_TEST = 600  # its cases are a list
LONGEST_FUNCTION = 60
MOST_POSITIONS = 4
PRODUCT = python("ballots", "voting")
PYTHON = [*PRODUCT, *python("tests", "tools", "benches"), "hatch_build.py"]
TYPESCRIPT = files_of("web/*.ts", "web/*.mjs")


def begins_with_its_purpose(name: str, content: str) -> bool:
    """Tell whether the first line is a docstring or a comment with words in it."""
    first = content.split("\n", 1)[0]
    openings = {"py": ('"""', "# "), "html": ("{# ",)}.get(
        name.rsplit(".", 1)[-1], ("/** ", "// ", "/* ", "/// ")
    )
    return any(first.startswith(opening) and len(first) > len(opening) for opening in openings)


def long_functions(module: ast.AST) -> list[str]:
    """Name the functions that are longer than anybody wants to read."""
    return [
        function.name
        for function in functions(module)
        if (function.end_lineno or 0) - function.lineno >= LONGEST_FUNCTION
    ]


def crowded_functions(module: ast.AST) -> list[str]:
    """Name the functions that take more arguments by position than anybody remembers."""
    found = []
    for function in functions(module):
        taken = [argument.arg for argument in [*function.args.posonlyargs, *function.args.args]]
        if len([argument for argument in taken if argument not in ("self", "cls")]) > (
            MOST_POSITIONS
        ):
            found.append(function.name)
    return found


def test_first_line_tells_the_purpose() -> None:
    named = [*PYTHON, *TYPESCRIPT, *files_of("templates/*.html")]

    silent = [
        name for name in named if text(name) and not begins_with_its_purpose(name, text(name))
    ]

    assert silent == []


def test_files_are_short() -> None:
    longest = {
        name: LONGEST_TEST if "tests/" in name else LONGEST_FILE for name in [*PYTHON, *TYPESCRIPT]
    }

    lines = {name: len(text(name).splitlines()) for name in longest}

    assert {name: count for name, count in lines.items() if count > longest[name]} == {}


def test_functions_are_short() -> None:
    found = {name: long_functions(tree(name)) for name in PYTHON}

    assert {name: long for name, long in found.items() if long} == {}


def test_functions_take_few_arguments_by_position() -> None:
    # Flask hands a view the parts of its address by name.
    named = [name for name in PRODUCT if not name.startswith("voting/views/")]

    found = {name: crowded_functions(tree(name)) for name in named}

    assert {name: crowded for name, crowded in found.items() if crowded} == {}


def test_these_rules_find_what_breaks_them() -> None:
    long = "def f():\n" + "    x = 1\n" * LONGEST_FUNCTION
    crowded = (
        "class C:\n    def m(self, a, b, c, d, e): ...\n    def n(self, a, *, b, c, d, e): ..."
    )

    assert not begins_with_its_purpose("a.py", "import os\n")
    assert not begins_with_its_purpose("a.html", "<p>")
    assert long_functions(ast.parse(long)) == ["f"]
    assert crowded_functions(ast.parse(crowded)) == ["m"]
