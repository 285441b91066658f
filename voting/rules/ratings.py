"""What counts of a rating and sheets of a review come to: rates, the line, averages; no tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from voting.errors import Message, msg

_HUNDREDTH: Final = Decimal("0.01")


class Grade(StrEnum):
    """The grades of a rating, the best first."""

    SATISFIED = "satisfied"
    BASIC = "basic"
    DISSATISFIED = "dissatisfied"


GRADE_WORDS: Final[dict[str, Message]] = {
    Grade.SATISFIED: msg("Satisfied"),
    Grade.BASIC: msg("Basically satisfied"),
    Grade.DISSATISFIED: msg("Dissatisfied"),
    "unknown": msg("Don't know"),
    "abstain": msg("Abstain"),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many gave which grade, of how many ballots that came back."""

    satisfied: int
    basic: int
    dissatisfied: int
    ballots: int

    @property
    def satisfied_rate(self) -> Decimal:
        """满意率: satisfied of all ballots, in per cent."""
        return rate(self.satisfied, self.ballots)

    @property
    def content_rate(self) -> Decimal:
        """总体满意率: satisfied and basically satisfied of all ballots, in per cent."""
        return rate(self.satisfied + self.basic, self.ballots)


def rate(part: int, whole: int) -> Decimal:
    """Give a share in per cent with two decimals, half up; of nothing it is nothing."""
    if whole == 0:
        return Decimal("0.00")
    return rounded(Fraction(100 * part, whole), 2)


def rounded(value: Fraction, decimals: int) -> Decimal:
    """Round an exact value half up, away from any binary fraction."""
    step = Decimal(1).scaleb(-decimals)
    scaled = value * 10**decimals
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    if 2 * rest >= scaled.denominator:
        whole += 1
    signed = Decimal(whole if scaled >= 0 else -whole)
    return (signed * step).quantize(step, ROUND_HALF_UP)


def mean(marks: Sequence[Fraction]) -> Fraction | None:
    """Give the exact average of marks; of none there is none."""
    return sum(marks, Fraction(0)) / len(marks) if marks else None


def note_of(base: str, *, strict: bool) -> Message:
    """Say in one sentence how grades came about, as it is printed under the table."""
    return _NOTES[base, strict]


_NOTES: Final[dict[tuple[str, bool], Message]] = {
    ("all", False): msg(
        "“Satisfied” by half of all members or more: satisfied; otherwise, “satisfied” and"
        " “basically satisfied” together by half of all members or more: basically satisfied;"
        " otherwise dissatisfied."
    ),
    ("all", True): msg(
        "“Satisfied” by more than half of all members: satisfied; otherwise, “satisfied” and"
        " “basically satisfied” together by more than half of all members: basically satisfied;"
        " otherwise dissatisfied."
    ),
    ("present", False): msg(
        "“Satisfied” by half of those present or more: satisfied; otherwise, “satisfied” and"
        " “basically satisfied” together by half of those present or more: basically satisfied;"
        " otherwise dissatisfied."
    ),
    ("present", True): msg(
        "“Satisfied” by more than half of those present: satisfied; otherwise, “satisfied” and"
        " “basically satisfied” together by more than half of those present: basically satisfied;"
        " otherwise dissatisfied."
    ),
    ("valid", False): msg(
        "“Satisfied” on half of the ballots or more: satisfied; otherwise, “satisfied” and"
        " “basically satisfied” together on half of the ballots or more: basically satisfied;"
        " otherwise dissatisfied."
    ),
    ("valid", True): msg(
        "“Satisfied” on more than half of the ballots: satisfied; otherwise, “satisfied” and"
        " “basically satisfied” together on more than half of the ballots: basically satisfied;"
        " otherwise dissatisfied."
    ),
}
