"""How suggestions are handled: deadlines, classes of results, reasons to decline, rates."""

from __future__ import annotations

import calendar
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from voting.errors import Message, msg
from voting.rules.preferences import Preferences


class ResultClass(StrEnum):
    """What became of a suggestion, as the unit's reply says."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


CLASS_NAMES: Final[dict[str, Message]] = {
    ResultClass.A: msg("A: solved or carried out"),
    ResultClass.B: msg("B: being solved, or part of a plan"),
    ResultClass.C: msg("C: can't be solved for now, kept for reference"),
    ResultClass.D: msg("D: not feasible, explained"),
}
PROMISES: Final = frozenset({ResultClass.B})
"""Classes after which the unit answers again once the thing is done."""

DECLINE_REASONS: Final[dict[str, Message]] = {
    "several": msg("It holds more than one matter"),
    "personal": msg("It is about an affair of the deputy's own"),
    "petition": msg("It hands on the petition of somebody else"),
    "academic": msg("It is an academic discussion or advertises a product"),
    "empty": msg("It has no substance that could be acted upon"),
    "pending": msg("It is about a pending case"),
    "tender": msg("It is about the outcome of a tender"),
    "elsewhere": msg("It is outside of what this level decides"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """How long each step may take, as a congress has it set."""

    assign_months: int = 1
    return_days: int = 10
    opinion_months: int = 2
    reply_months: int = 3
    broad_months: int = 6
    again_months: int = 1

    @classmethod
    def of(cls, preferences: Preferences) -> Terms:
        """Read them from a congress's settings."""
        return cls(
            preferences.number("suggestions.assign_months"),
            preferences.number("suggestions.return_days"),
            preferences.number("suggestions.opinion_months"),
            preferences.number("suggestions.reply_months"),
            preferences.number("suggestions.broad_months"),
            preferences.number("suggestions.again_months"),
        )

    def assign_by(self, submitted_on: date) -> date:
        """Until when the office assigns."""
        return months_later(submitted_on, self.assign_months)

    def accept_by(self, assigned_on: date) -> date:
        """Until when a unit may return what is not its business."""
        return assigned_on + timedelta(days=self.return_days)

    def opinion_by(self, assigned_on: date) -> date:
        """Until when a cooperating unit gives its opinion."""
        return months_later(assigned_on, self.opinion_months)

    def reply_by(self, assigned_on: date, *, is_broad: bool) -> date:
        """Until when the leading unit replies in writing."""
        return months_later(assigned_on, self.broad_months if is_broad else self.reply_months)

    def reply_again_by(self, rated_on: date) -> date:
        """Until when it replies anew to somebody who was not satisfied."""
        return months_later(rated_on, self.again_months)


def months_later(day: date, months: int) -> date:
    """Go some months on; where the month is too short, to its last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def classes_of(preferences: Preferences) -> tuple[ResultClass, ...]:
    """Give the classes that a congress uses."""
    return tuple(ResultClass(letter) for letter in str(preferences["suggestions.classes"]))


@dataclass(slots=True)
class Rates:
    """Counts of suggestions, and the rates that reports name."""

    solved: str = "A"
    assigned: int = 0
    answered: int = 0
    met: int = 0
    public: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    attitude: Counter[str] = field(default_factory=Counter)
    result: Counter[str] = field(default_factory=Counter)

    @property
    def answered_rate(self) -> Decimal | None:
        """办结率: answered of those assigned."""
        return percent(self.answered, self.assigned)

    @property
    def met_rate(self) -> Decimal | None:
        """面商率: spoken about face to face, of those assigned."""
        return percent(self.met, self.assigned)

    @property
    def public_rate(self) -> Decimal | None:
        """上网率: published, of those answered."""
        return percent(self.public, self.answered)

    @property
    def solved_rate(self) -> Decimal | None:
        """解决率: in the classes that count as solved, of those answered."""
        return percent(sum(self.classes[letter] for letter in self.solved), self.answered)

    @property
    def attitude_rates(self) -> tuple[Decimal | None, Decimal | None]:
        """满意率 of the manner of handling: satisfied alone, and with basically satisfied."""
        return _satisfied(self.attitude)

    @property
    def result_rates(self) -> tuple[Decimal | None, Decimal | None]:
        """满意率 of the result: satisfied alone, and with basically satisfied."""
        return _satisfied(self.result)

    def class_rate(self, letter: str) -> Decimal | None:
        """Give the share of a class among those answered."""
        return percent(self.classes[letter], self.answered)


def percent(part: int, whole: int) -> Decimal | None:
    """Give a share in percent with one decimal; there is none of nothing."""
    if not whole:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _satisfied(counts: Counter[str]) -> tuple[Decimal | None, Decimal | None]:
    whole = counts.total()
    strict = counts["satisfied"]
    return percent(strict, whole), percent(strict + counts["basic"], whole)
