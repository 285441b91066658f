"""Periods and days on which things are due: month ends, leap years, late beginnings."""

from __future__ import annotations

from datetime import date

import pytest

from voting.rules.cadence import (
    OF_A_PROJECT,
    OF_THE_CONGRESS,
    PRESETS,
    Cadence,
    Item,
    Record,
    due_on,
    first_month,
    month_end,
    periods,
)
from voting.rules.roles import Role


def item(cadence: Cadence, due_days: int) -> Item:
    return Item(
        "x", cadence, Role.COMMITTEE, Record.INSPECTION, each_project=False, due_days=due_days
    )


@pytest.mark.parametrize(
    ("year", "month", "day"), [(2026, 2, 28), (2028, 2, 29), (2026, 4, 30), (2026, 12, 31)]
)
def test_months_end_on_their_last_day(year: int, month: int, day: int) -> None:
    assert month_end(year, month) == date(year, month, day)


@pytest.mark.parametrize(
    ("cadence", "keys"),
    [
        (Cadence.QUARTER, ["2026-q1", "2026-q2", "2026-q3", "2026-q4"]),
        (Cadence.HALF_YEAR, ["2026-h1", "2026-h2"]),
        (Cadence.YEAR, ["2026"]),
        (Cadence.PROJECT, ["2026"]),
    ],
)
def test_a_year_is_parted_without_a_gap(cadence: Cadence, keys: list[str]) -> None:
    found = list(periods(cadence, 2026, date(2026, 1, 1)))

    assert [period.key for period in found] == keys
    assert found[0].starts_on == date(2026, 1, 1)
    assert found[-1].ends_on == date(2026, 12, 31)
    assert [period.number for period in found] == list(range(1, len(found) + 1))


def test_what_ended_before_the_beginning_is_not_asked() -> None:
    months = [period.first for period in periods(Cadence.MONTH, 2026, date(2026, 3, 31))]
    quarters = [period.number for period in periods(Cadence.QUARTER, 2026, date(2026, 3, 1))]

    assert months == [4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert quarters == [2, 3, 4]


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2026, 3, 1), 3),
        (date(2026, 3, 16), 3),
        (date(2026, 3, 17), 4),
        (date(2026, 2, 15), 2),
        (date(2026, 12, 31), 13),
    ],
)
def test_a_month_counts_when_half_of_it_is_left(day: date, month: int) -> None:
    assert first_month(day) == month


@pytest.mark.parametrize(
    ("cadence", "days", "expected"),
    [
        (Cadence.MONTH, 5, date(2026, 3, 5)),
        (Cadence.MONTH, -3, date(2026, 2, 25)),
        (Cadence.QUARTER, 0, date(2026, 3, 31)),
        (Cadence.HALF_YEAR, 31, date(2026, 7, 31)),
        (Cadence.YEAR, 90, date(2027, 3, 31)),
        (Cadence.PROJECT, 30, date(2026, 3, 12)),
    ],
)
def test_days_are_counted_from_the_end_of_a_period(
    cadence: Cadence, days: int, expected: date
) -> None:
    begun = date(2026, 2, 10)
    first = next(periods(cadence, 2026, begun))

    assert due_on(item(cadence, days), first, begun) == expected


@pytest.mark.parametrize("name", PRESETS)
def test_presets_ask_only_for_what_can_be_there(name: str) -> None:
    _, suggestions = PRESETS[name]

    assert len({row.words.id for row in suggestions}) == len(suggestions)
    for row in suggestions:
        assert not (row.record in OF_A_PROJECT and not row.each_project), row
        assert not (row.record in OF_THE_CONGRESS and row.each_project), row


def test_the_first_preset_is_the_five_ones() -> None:
    _, suggestions = next(iter(PRESETS.values()))

    assert [row.cadence for row in suggestions[:5]] == list(Cadence)
