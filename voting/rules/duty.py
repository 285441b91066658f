"""When deputies receive residents: the next dates of a weekday, every week or once a month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import islice
from typing import Final

from voting.errors import Message, msg

WEEKDAYS: Final[tuple[Message, ...]] = (
    msg("Monday"),
    msg("Tuesday"),
    msg("Wednesday"),
    msg("Thursday"),
    msg("Friday"),
    msg("Saturday"),
    msg("Sunday"),
)
_WEEK: Final = timedelta(days=7)
# A fifth weekday of a month comes at least four times a year.
_LOOKED_AHEAD: Final = 5 * 52


@dataclass(frozen=True, slots=True)
class Duty:
    """A weekday (0 Monday) of every week, or only of one week in a month, from one hour on."""

    weekday: int
    week_of_month: int | None
    starts_at: time
    ends_at: time

    @property
    def words(self) -> Message:
        """Say when, without the hours."""
        day = WEEKDAYS[self.weekday]
        if self.week_of_month is None:
            return msg("every {day}", day=day)
        return msg("{day} number {n} of every month", n=self.week_of_month, day=day)


def next_days(duty: Duty, today: date, many: int = 3) -> tuple[date, ...]:
    """Give the next days, today included."""
    return tuple(islice(_days(duty, today), many))


def _days(duty: Duty, today: date) -> Iterator[date]:
    day = today + timedelta(days=(duty.weekday - today.weekday()) % 7)
    for _ in range(_LOOKED_AHEAD):
        if duty.week_of_month in {None, (day.day - 1) // 7 + 1}:
            yield day
        day += _WEEK
