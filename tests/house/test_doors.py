"""One door to each dangerous thing, found by reading the syntax trees."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence

from tests.house.trees import calls, dotted, files_of, functions, python, text, tree

LONGEST_VIEW = 15
ROUTES = {"get", "post", "put", "delete", "route"}
CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
# Who reads the machine's clock, and why.
MAY_READ_THE_CLOCK = {"voting/clock.py": "this is the clock"}
# Who opens files, and why.
MAY_OPEN = {
    "ballots/cli.py": "a command line reads what it is pointed at",
    "ballots/record.py": "opens members of an archive that it was given",
    "voting/config.py": "makes the installation's secret, readable by its owner alone",
    "voting/imports/workbook.py": "opens members of an archive that it was given",
    "voting/services/pictures.py": "decodes a photo that it was given, from memory",
    "voting/ledger/keys.py": "keeps the log's key and what it has signed",
    "voting/turns.py": "locks an empty file beside the database",
}
MAY_OPEN_FOLDERS = ("voting/exports/", "voting/demo/", "voting/commands/", "voting/cli")
MAY_PRINT = ("ballots/cli.py", "voting/cli", "voting/commands/", "voting/demo/")
# Templates that print markup which was made by our own code, and why.
RAW = re.compile(r"\|\s*safe\b|autoescape\s+false")
SAFE_TEMPLATES: dict[str, str] = {}

PRODUCT = python("ballots", "voting")
VIEWS = [name for name in PRODUCT if name.startswith("voting/views/")]


def routed(module: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Find the functions that answer an address."""
    return [
        function
        for function in functions(module)
        if any(
            isinstance(mark, ast.Call)
            and isinstance(mark.func, ast.Attribute)
            and mark.func.attr in ROUTES
            for mark in function.decorator_list
        )
    ]


def without_door(module: ast.AST) -> list[str]:
    """Name the views that anybody could walk into."""
    return [
        function.name
        for function in routed(module)
        if not any(
            isinstance(mark, ast.Call) and dotted(mark.func).rsplit(".", 1)[-1] == "door"
            for mark in function.decorator_list
        )
    ]


def long_views(module: ast.AST) -> list[str]:
    """Name the views that do more than ask and show."""
    return [
        function.name
        for function in routed(module)
        if (function.end_lineno or 0) - function.lineno >= LONGEST_VIEW
    ]


def commits(module: ast.AST) -> list[int]:
    """Give the lines that commit."""
    return [node.lineno for name, node in calls(module) if name.endswith(".commit")]


def called(module: ast.AST, names: set[str]) -> list[str]:
    """Name the calls that stand in a list, by the last two parts of their dotted names."""
    return [name for name, _ in calls(module) if ".".join(name.split(".")[-2:]) in names]


def opens(module: ast.AST) -> list[int]:
    """Give the lines that open a file."""
    return [node.lineno for name, node in calls(module) if name.rsplit(".", 1)[-1] == "open"]


def found_in(
    names: list[str], find: Callable[[ast.Module], Sequence[str | int]]
) -> dict[str, Sequence[str | int]]:
    """Look for something in many files, and name those that have it."""
    found = {name: find(tree(name)) for name in names}
    return {name: places for name, places in found.items() if places}


def test_only_the_clock_reads_the_time() -> None:
    others = [name for name in PRODUCT if name not in MAY_READ_THE_CLOCK]

    assert found_in(others, lambda module: called(module, CLOCKS)) == {}


def test_only_command_lines_and_exports_open_files() -> None:
    others = [
        name for name in PRODUCT if name not in MAY_OPEN and not name.startswith(MAY_OPEN_FOLDERS)
    ]

    assert found_in(others, opens) == {}


def test_only_command_lines_print() -> None:
    others = [name for name in PRODUCT if not name.startswith(MAY_PRINT)]

    assert found_in(others, lambda module: called(module, {"print"})) == {}


def test_every_route_has_a_door() -> None:
    assert found_in(VIEWS, without_door) == {}


def test_views_only_ask_and_show() -> None:
    assert found_in(VIEWS, long_views) == {}


def test_templates_print_no_raw_markup() -> None:
    raw = [name for name in files_of("templates/*") if RAW.search(text(name))]

    assert raw == list(SAFE_TEMPLATES)


def test_only_a_transaction_commits() -> None:
    server = [name for name in PRODUCT if not name.startswith("voting/demo/")]

    assert list(found_in(server, commits)) == ["voting/db.py"]
    assert len(commits(tree("voting/db.py"))) == 1


def test_no_test_sleeps() -> None:
    assert found_in(python("tests"), lambda module: called(module, {"time.sleep", "sleep"})) == {}


def test_every_exception_to_a_rule_is_needed() -> None:
    assert [name for name in MAY_OPEN if not opens(tree(name))] == []
    assert [name for name in MAY_READ_THE_CLOCK if not called(tree(name), CLOCKS)] == []


def test_these_rules_find_what_breaks_them() -> None:
    body = "    x = 1\n" * LONGEST_VIEW
    view = ast.parse(f"@blueprint.get('/')\ndef page():\n{body}")
    guarded = ast.parse("@blueprint.post('/')\n@door(Action.READ)\ndef page(): ...")

    assert without_door(view) == ["page"]
    assert long_views(view) == ["page"]
    assert without_door(guarded) == []
    assert commits(ast.parse("session.commit()")) == [1]
    assert RAW.search("{{ page.text | safe }}")
    assert called(ast.parse("import datetime\ndatetime.datetime.now()"), CLOCKS)
    assert opens(ast.parse("Path(name).open()")) == [1]
