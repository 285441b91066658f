"""The rule codes in both languages are those of the table in the protocol's page, and no others."""

from __future__ import annotations

import ast
import re

from ballots.words import words_of
from tests.house.trees import calls, files_of, text, tree

ROW = re.compile(r"^\| `([a-z0-9.]+)` \| (malformed|invalid) \|", re.MULTILINE)
RAISED_IN_TYPESCRIPT = re.compile(r'\bnew (Malformed|Invalid)\(\s*"([a-z0-9.]+)"')
TABLE = dict(ROW.findall(text("docs/protocol.md")))
ROOMS = [name for name in files_of("ballots/*.py") if name != "ballots/words.py"]


def literals(module: ast.AST) -> set[str]:
    """Gather the string literals of a file."""
    nodes = (node for node in ast.walk(module) if isinstance(node, ast.Constant))
    return {node.value for node in nodes if isinstance(node.value, str)}


def raised(module: ast.AST) -> set[tuple[str, str]]:
    """Gather what a Python file raises: the kind of error and the rule."""
    return {
        (name.lower(), call.args[0].value)
        for name, call in calls(module)
        if name in ("Malformed", "Invalid") and call.args
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


def test_python_raises_what_the_table_says() -> None:
    found = {error for name in ROOMS for error in raised(tree(name))}

    assert found <= {(kind, rule) for rule, kind in TABLE.items()}


def test_typescript_raises_what_the_table_says() -> None:
    sources = [text(name) for name in files_of("web/*.ts") if "/tests/" not in name]

    found = {error for source in sources for error in RAISED_IN_TYPESCRIPT.findall(source)}

    assert {(kind.lower(), rule) for kind, rule in found} <= {
        (kind, rule) for rule, kind in TABLE.items()
    }


def test_every_rule_of_the_table_is_used_in_both_languages() -> None:
    in_python = {literal for name in ROOMS for literal in literals(tree(name))}
    in_typescript = "".join(text(name) for name in files_of("web/ballots/*.ts"))

    assert [rule for rule in TABLE if rule not in in_python] == []
    assert [rule for rule in TABLE if f'"{rule}"' not in in_typescript] == []


def test_every_rule_of_the_table_has_words_in_both_languages() -> None:
    assert [rule for rule in TABLE if not (words_of(rule, "zh") and words_of(rule, "en"))] == []
