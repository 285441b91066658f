"""The pages are in step with the code: links, rooms, decisions, contracts."""

from __future__ import annotations

import argparse
import re
import tomllib
from pathlib import Path

from ballots.cli import _parser as ballots_parser
from tests.house.trees import ROOT, files, files_of, text
from voting.cli import parser as voting_parser

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PAGES = files_of("*.md")
ARCHITECTURE = text("docs/architecture.md")
DECISIONS = files_of("docs/adr/*.md")


def section(number: int) -> str:
    """Cut one numbered section out of the architecture's page."""
    found = re.search(rf"^## {number} .*?(?=^## |\Z)", ARCHITECTURE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found.group()


def rooms(folder: str) -> set[str]:
    """Name the modules and packages directly in a folder."""
    inside = [name.removeprefix(f"{folder}/") for name in files() if name.startswith(f"{folder}/")]
    modules = {path.removesuffix(".py") for path in inside if "/" not in path}
    packages = {path.split("/")[0] for path in inside if path.endswith("/__init__.py")}
    return {name for name in modules | packages if not name.startswith("__")}


def test_links_between_pages_lead_somewhere() -> None:
    broken = [
        (page, target)
        for page in PAGES
        for target in LINK.findall(text(page))
        if "://" not in target and not (ROOT / page).parent.joinpath(target).exists()
    ]

    assert broken == []


def test_the_architecture_names_every_room() -> None:
    protocol = {name for name in rooms("ballots") if f"`{name}`" not in section(3)}
    application = {name for name in rooms("voting") if f"`{name}`" not in section(5)}

    assert protocol == set()
    assert application - {"migrations"} == set()


def test_the_architecture_lists_every_contract() -> None:
    settings = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]
    listed = re.findall(r"^\| (?!contract |---)([^|]+?)(?: …)? \|", section(10), re.MULTILINE)
    names = [contract["name"] for contract in settings["contracts"]]

    assert len(listed) == len(names)
    assert all(name.startswith(row) for name, row in zip(names, listed, strict=True))


def test_every_setting_and_command_is_told_to_operators() -> None:
    operating = text("docs/operating.md")
    settings = set(re.findall(r"VOTING_[A-Z_]+", text("voting/config.py")))
    commands = {f"voting {name}" for name in commands_of(voting_parser())}
    commands |= {f"ballots {name}" for name in ("verify", "receipt", "cards", "sheet")}

    assert {name for name in settings if f"| `{name}` |" not in operating} == set()
    assert {name for name in commands if f"`{name}`" not in operating} == set()


def test_commands_that_the_pages_show_are_there() -> None:
    shown = {
        (program, name)
        for page in PAGES
        for program, name in re.findall(r"(?:`|\.venv/bin/)(voting|ballots) ([a-z]+)", text(page))
    }
    there = {("voting", name) for name in commands_of(voting_parser())}
    there |= {("ballots", name) for name in commands_of(ballots_parser())}

    assert shown
    assert shown - there == set()


def commands_of(parser: argparse.ArgumentParser) -> set[str]:
    """Name the sub-commands of a command."""
    actions = [act for act in parser._actions if isinstance(act, argparse._SubParsersAction)]
    return {name for action in actions for name in action.choices}


def test_the_architecture_stays_a_page() -> None:
    assert len(ARCHITECTURE.splitlines()) <= 250
    assert len(text("README.md").splitlines()) <= 150


def test_decisions_are_numbered_and_name_their_price() -> None:
    numbers = [int(Path(name).name[:4]) for name in DECISIONS]
    parts = ("## Context", "## Options", "## Decision", "## What it costs")

    assert numbers == list(range(1, len(numbers) + 1))
    assert [name for name in DECISIONS if not all(part in text(name) for part in parts)] == []


def test_the_glossary_gives_each_term_and_each_word_one_row() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|", text("docs/glossary.md"), re.MULTILINE)
    terms = [row for row in rows if row[0] != "Chinese" and not row[0].startswith("---")]

    assert len({term for term, _ in terms}) == len(terms)
    assert len({word for _, word in terms}) == len(terms)
