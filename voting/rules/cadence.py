"""The 五个一: what is due how often, by whom, until when; presets of a template."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from voting.errors import Message, msg
from voting.rules.roles import Role

MONTHS: Final = 12


class Cadence(StrEnum):
    """How often an item comes round."""

    PROJECT = "project"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


CADENCE_NAMES: Final[dict[Cadence, Message]] = {
    Cadence.PROJECT: msg("Once in a project"),
    Cadence.MONTH: msg("Every month"),
    Cadence.QUARTER: msg("Every quarter"),
    Cadence.HALF_YEAR: msg("Every half-year"),
    Cadence.YEAR: msg("Every year"),
}
_LENGTHS: Final = {
    Cadence.MONTH: 1,
    Cadence.QUARTER: 3,
    Cadence.HALF_YEAR: 6,
    Cadence.YEAR: MONTHS,
}


class Record(StrEnum):
    """What has to be there for an item to be done."""

    GROUP = "group"
    PLAN = "plan"
    PROGRESS = "progress"
    BULLETIN = "bulletin"
    INSPECTION = "inspection"
    INQUIRY = "inquiry"
    HEARING = "hearing"
    HALF_YEAR_REPORT = "half_year_report"
    YEAR_REPORT = "year_report"
    RATING = "rating"


RECORD_NAMES: Final[dict[Record, Message]] = {
    Record.GROUP: msg("A group with its lead"),
    Record.PLAN: msg("A supervision plan"),
    Record.PROGRESS: msg("The unit's monthly report"),
    Record.BULLETIN: msg("A published bulletin"),
    Record.INSPECTION: msg("An inspection that was held"),
    Record.INQUIRY: msg("A special inquiry that was held"),
    Record.HEARING: msg("A special report that was heard"),
    Record.HALF_YEAR_REPORT: msg("A published half-year report"),
    Record.YEAR_REPORT: msg("A published yearly report"),
    Record.RATING: msg("A satisfaction rating"),
}

OF_A_PROJECT: Final = frozenset({Record.GROUP, Record.PLAN, Record.PROGRESS})
"""Records that only a project can have; an item that asks for one is due for every project."""

OF_THE_CONGRESS: Final = frozenset({Record.BULLETIN, Record.HALF_YEAR_REPORT, Record.YEAR_REPORT})
"""Records that speak of all projects at once."""

OWNERS: Final = (Role.COMMITTEE, Role.UNIT, Role.SECRETARIAT)
"""Who can owe an item."""


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the template.

    It is due `due_days` after its period has ended; one that comes once in a project so many days
    after the supervision began. `each_project` says whether every project owes one of its own.
    """

    name: str
    cadence: Cadence
    owner: Role
    record: Record
    each_project: bool
    due_days: int


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of whole months of a year, such as a quarter."""

    cadence: Cadence
    year: int
    first: int
    last: int

    @property
    def number(self) -> int:
        """Which one of its kind it is in the year, counted from 1."""
        return (self.first - 1) // (self.last - self.first + 1) + 1

    @property
    def starts_on(self) -> date:
        """Its first day."""
        return date(self.year, self.first, 1)

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return month_end(self.year, self.last)

    @property
    def key(self) -> str:
        """A name that stays: "2026-m05", "2026-q2", "2026-h1", "2026"."""
        letter = {Cadence.MONTH: "m", Cadence.QUARTER: "q", Cadence.HALF_YEAR: "h"}
        if self.cadence not in letter:
            return str(self.year)
        number = f"{self.number:02}" if self.cadence is Cadence.MONTH else str(self.number)
        return f"{self.year}-{letter[self.cadence]}{number}"

    @property
    def words(self) -> Message:
        """What it is called."""
        year = str(self.year)
        if self.cadence is Cadence.MONTH:
            return msg("{year}, month {month}", year=year, month=self.first)
        if self.cadence is Cadence.QUARTER:
            return msg("{year}, quarter {number}", year=year, number=self.number)
        if self.cadence is Cadence.HALF_YEAR:
            first = msg("first half of {year}", year=year)
            return first if self.number == 1 else msg("second half of {year}", year=year)
        return msg("year {year}", year=year)


def month_end(year: int, month: int) -> date:
    """Give the last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def periods(cadence: Cadence, year: int, since: date) -> Iterator[Period]:
    """List the periods of a year from a day on; of one that began earlier, half has to be left.

    The year itself counts however late it began; so does what comes once in a project.
    """
    length = _LENGTHS.get(cadence, MONTHS)
    for first in range(1, MONTHS + 1, length):
        period = Period(cadence, year, first, first + length - 1)
        days = (period.ends_on - period.starts_on).days + 1
        left = (period.ends_on - since).days + 1
        if length == MONTHS or 2 * left >= days:
            yield period


def first_month(since: date) -> int:
    """Give the first month of a year that is reported on; 13 where none of it is left."""
    months = [period.first for period in periods(Cadence.MONTH, since.year, since)]
    return months[0] if months else MONTHS + 1


def due_on(item: Item, period: Period, since: date) -> date:
    """Give the day until which an item of a period has to be done."""
    start = since if item.cadence is Cadence.PROJECT else period.ends_on
    return start + timedelta(days=item.due_days)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A row of a preset, whose name is said in the language of whoever begins the year."""

    words: Message
    cadence: Cadence
    owner: Role
    record: Record
    each_project: bool
    due_days: int

    def named(self, name: str) -> Item:
        """Give the row as it is kept."""
        return Item(name, self.cadence, self.owner, self.record, self.each_project, self.due_days)


def _office(
    words: Message, cadence: Cadence, record: Record, *, due_days: int, each: bool = False
) -> Suggestion:
    return Suggestion(words, cadence, Role.COMMITTEE, record, each, due_days)


_REPORTS: Final = Suggestion(
    msg("Monthly report of the unit"),
    *(Cadence.MONTH, Role.UNIT, Record.PROGRESS),
    each_project=True,
    due_days=5,
)
_INSPECTIONS: Final = _office(
    msg("An inspection a quarter"), Cadence.QUARTER, Record.INSPECTION, due_days=0, each=True
)

PRESETS: Final[dict[str, tuple[Message, tuple[Suggestion, ...]]]] = {
    "five": (
        msg("Five ones: group, monthly bulletin, quarterly inspection, half-year report, rating"),
        (
            _office(
                *(msg("A group for a matter"), Cadence.PROJECT, Record.GROUP),
                due_days=30,
                each=True,
            ),
            _office(msg("A bulletin a month"), Cadence.MONTH, Record.BULLETIN, due_days=15),
            _INSPECTIONS,
            _office(
                *(msg("A report a half-year"), Cadence.HALF_YEAR, Record.HALF_YEAR_REPORT),
                due_days=31,
            ),
            _office(msg("A rating a year"), Cadence.YEAR, Record.RATING, due_days=90),
            _REPORTS,
        ),
    ),
    "four": (
        msg("Four ones: monthly report, quarterly inspection, half-year hearing, yearly review"),
        (
            _REPORTS,
            _INSPECTIONS,
            _office(msg("A hearing a half-year"), Cadence.HALF_YEAR, Record.HEARING, due_days=31),
            _office(msg("A review a year"), Cadence.YEAR, Record.YEAR_REPORT, due_days=31),
        ),
    ),
    "project": (
        msg("Five for a project: group, plan, quarterly inspection, special inquiry, rating"),
        (
            _office(
                *(msg("A group for a project"), Cadence.PROJECT, Record.GROUP),
                due_days=30,
                each=True,
            ),
            _office(
                *(msg("A plan for a project"), Cadence.PROJECT, Record.PLAN),
                due_days=45,
                each=True,
            ),
            _INSPECTIONS,
            _office(msg("A special inquiry"), Cadence.YEAR, Record.INQUIRY, due_days=0),
            _office(msg("A rating a year"), Cadence.YEAR, Record.RATING, due_days=90),
            _REPORTS,
        ),
    ),
}
"""What a year can begin with; the first is the default."""
