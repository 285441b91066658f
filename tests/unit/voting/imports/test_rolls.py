"""A roll is read whole or not at all."""

from __future__ import annotations

from tests.unit.voting.sitting_made import a_roll
from voting.commands.cards import roll_file
from voting.imports.rolls import RollSheet, read_roll
from voting.imports.sheets import read_table

ROLL = a_roll(3)


def read(text: str) -> RollSheet:
    """Read a roll from CSV."""
    return read_roll(read_table(text.encode()))


def test_a_roll_is_read_as_it_was_made() -> None:
    sheet = read(roll_file(ROLL).decode())

    assert sheet.lines == tuple(ROLL)
    assert sheet.problems == ()


def test_every_line_that_is_not_right_is_reported() -> None:
    key = ROLL[0].credential

    sheet = read(f"serial,credential\nA1,{key}\na1,{ROLL[1].credential}\nA3,{key}\nA 第,short\n")

    assert [(p.line, p.field.id) for p in sheet.problems] == [
        (5, "Serial"),
        (5, "Credential"),
        (3, "Serial"),
        (4, "Credential"),
    ]
    assert all(str(problem.now) for problem in sheet.problems)
