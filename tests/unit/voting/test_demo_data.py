"""The demonstration's rosters and lists come in without a fault, in both formats alike."""

from __future__ import annotations

from importlib.resources import files

import pytest

from tools.demo_data import DEPUTIES, ODD_NAMES, made
from voting.imports.deputies import read_deputies
from voting.imports.projects import read_projects
from voting.imports.sheets import Table, read_table
from voting.rules.vote import Preset, advise, preset

DEMO = files("voting.demo")


def shipped(name: str) -> Table:
    """Read a file of the demonstration."""
    return read_table(DEMO.joinpath(name).read_bytes())


def test_the_files_are_those_that_the_tool_makes() -> None:
    for name, content in made().items():
        assert DEMO.joinpath(name).read_bytes() == content, name


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_roster_is_right_and_has_names_that_test_programs(form: str) -> None:
    sheet = read_deputies(shipped(f"roster.{form}"))

    assert len(sheet.rows) == DEPUTIES == 327
    assert not [*sheet.problems, *sheet.warnings, *sheet.unused]
    assert set(ODD_NAMES) <= {row.name for row in sheet.rows}
    assert len({row.delegation for row in sheet.rows}) > 12
    assert all(row.phone.startswith("100000") for row in sheet.rows)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_candidates_are_right_and_leave_a_choice(form: str) -> None:
    sheet = read_projects(shipped(f"candidates.{form}"))

    assert [row.code for row in sheet.rows] == [f"p{n:02}" for n in range(1, 14)]
    assert not [*sheet.problems, *sheet.warnings, *sheet.unused]
    assert all(row.total_yuan and row.due_on and row.unit for row in sheet.rows)
    assert "surplus" not in str(advise(preset(Preset.MAJORITY_OF_ALL, 10), len(sheet.rows)))


def test_both_formats_say_the_same() -> None:
    for read, name in ((read_deputies, "roster"), (read_projects, "candidates")):
        assert read(shipped(f"{name}.csv")).rows == read(shipped(f"{name}.xlsx")).rows
