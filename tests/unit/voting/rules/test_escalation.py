"""To whom an overdue problem goes, day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from voting.rules.escalation import Ladder, Level, level_of

DUE = date(2026, 12, 28)


@pytest.mark.parametrize(
    ("days", "level"),
    [
        (-5, Level.NONE),
        (0, Level.NONE),
        (1, Level.OFFICE),
        (7, Level.OFFICE),
        (8, Level.LEADER),
        (30, Level.LEADER),
        (31, Level.STANDING_COMMITTEE),
        (400, Level.STANDING_COMMITTEE),
    ],
)
def test_every_step_of_the_ladder_has_its_day(days: int, level: Level) -> None:
    assert level_of(DUE, DUE + timedelta(days=days), Ladder()) is level


def test_the_ladder_can_be_set() -> None:
    short = Ladder(leader_days=0, committee_days=2)

    found = [level_of(DUE, DUE + timedelta(days=days), short) for days in (1, 2, 3)]

    assert found == [Level.LEADER, Level.LEADER, Level.STANDING_COMMITTEE]


def test_what_has_no_day_is_never_overdue() -> None:
    assert level_of(None, DUE, Ladder()) is Level.NONE
