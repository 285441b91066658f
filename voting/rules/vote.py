"""The settings of a vote, its presets, and what can be said of them before anyone has voted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeAlias

from voting.errors import FieldProblem, Message, msg


class Style(StrEnum):
    """How the projects are put: all on one sheet, or each for / against / abstain."""

    SHEET = "sheet"
    EACH = "each"


class Minimum(StrEnum):
    """How few projects one may mark on a sheet without abstaining: none, one, or all seats."""

    NONE = "none"
    ONE = "one"
    SEATS = "seats"


class Threshold(StrEnum):
    """More than half of whom a project needs; none: the votes alone rank the projects."""

    ALL = "all"
    PRESENT = "present"
    VALID = "valid"
    NONE = "none"


class Tie(StrEnum):
    """What happens when equal votes straddle the last seat."""

    RUNOFF = "runoff"
    PRESIDIUM = "presidium"


class Shortfall(StrEnum):
    """What happens to seats for which too few projects passed."""

    RUNOFF = "runoff"
    NEXT = "next"
    VACANT = "vacant"


class Order(StrEnum):
    """In which order the decided projects are published."""

    BALLOT = "ballot"
    VOTES = "votes"


class Base(StrEnum):
    """Of whom a grade needs half."""

    ALL = "all"
    PRESENT = "present"
    VALID = "valid"


@dataclass(frozen=True, slots=True)
class DecisionSettings:
    """How projects are decided; `seats` is how many are to be chosen."""

    seats: int
    style: Style = Style.SHEET
    minimum: Minimum = Minimum.ONE
    threshold: Threshold = Threshold.ALL
    tie: Tie = Tie.RUNOFF
    shortfall: Shortfall = Shortfall.RUNOFF
    order: Order = Order.VOTES

    @property
    def least(self) -> int:
        """The fewest projects that may be marked without abstaining."""
        return {Minimum.NONE: 0, Minimum.ONE: 1, Minimum.SEATS: self.seats}[self.minimum]


@dataclass(frozen=True, slots=True)
class RatingSettings:
    """How projects are graded: half of whom, whether just half is enough, whether one abstains."""

    base: Base = Base.ALL
    strict: bool = False
    abstain: bool = True


Settings: TypeAlias = DecisionSettings | RatingSettings


class Preset(StrEnum):
    """Rules that congresses use, to start from."""

    MAJORITY_OF_ALL = "majority_of_all"
    MAJORITY_OF_PRESENT = "majority_of_present"
    PLAIN_RANK = "plain_rank"


PRESET_NAMES: Final[dict[Preset, Message]] = {
    Preset.MAJORITY_OF_ALL: msg("More than half of all deputies"),
    Preset.MAJORITY_OF_PRESENT: msg("More than half of those present"),
    Preset.PLAIN_RANK: msg("Plain rank of votes"),
}
_THRESHOLDS: Final = {
    Preset.MAJORITY_OF_ALL: Threshold.ALL,
    Preset.MAJORITY_OF_PRESENT: Threshold.PRESENT,
    Preset.PLAIN_RANK: Threshold.NONE,
}

LEAST_SURPLUS: Final = Fraction(1, 5)
"""Below this share of candidates beyond the seats, practice calls a vote hardly a choice."""
_EASY: Final = Fraction(3, 4)
_HARD: Final = Fraction(3, 5)


def preset(name: Preset, seats: int, style: Style = Style.SHEET) -> DecisionSettings:
    """Give the settings of a preset."""
    return DecisionSettings(seats, style=style, threshold=_THRESHOLDS[name])


def quorum(deputies: int) -> int:
    """Give two thirds of all deputies, rounded up."""
    return -(-2 * deputies // 3)


def majority(members: int) -> int:
    """Give the smallest number that is more than half."""
    return members // 2 + 1


def check_settings(settings: DecisionSettings, candidates: int) -> list[FieldProblem]:
    """Tell what makes settings unfit for so many candidates; with none known, little can be."""
    if settings.seats < 1:
        return [FieldProblem("seats", msg("At least one project is to be chosen."))]
    if not candidates:
        return []
    if settings.style is Style.SHEET and candidates <= settings.seats:
        what = msg(
            "There are {candidates} candidates for {seats} seats, so nothing is left to choose.",
            candidates=candidates,
            seats=settings.seats,
        )
        return [FieldProblem("seats", what)]
    if candidates < settings.seats:
        what = msg("There are fewer candidates than seats.")
        return [FieldProblem("seats", what)]
    return []


def advise(settings: DecisionSettings, candidates: int) -> list[Message]:
    """Tell what practice says of settings that are possible: too little surplus, empty seats."""
    if not candidates or check_settings(settings, candidates):
        return []
    return [*_on_surplus(settings, candidates), *_on_majority(settings, candidates)]


def _on_surplus(settings: DecisionSettings, candidates: int) -> list[Message]:
    surplus = Fraction(candidates - settings.seats, settings.seats)
    if surplus >= LEAST_SURPLUS:
        return []
    return [
        msg(
            "{candidates} candidates for {seats} seats are a surplus of {percent} %;"
            " 20 % or more is usual.",
            candidates=candidates,
            seats=settings.seats,
            percent=round(100 * surplus),
        )
    ]


def _on_majority(settings: DecisionSettings, candidates: int) -> list[Message]:
    """Say how often seats stay empty: with all marks used, the mean share of votes is S of C."""
    if settings.threshold is Threshold.NONE or settings.style is Style.EACH:
        return []
    share = Fraction(settings.seats, candidates)
    percent = round(100 * share)
    if share >= _EASY:
        return [
            msg(
                "If everyone marks {seats}, a project has {percent} % of the votes on average:"
                " a majority rule will nearly always fill the seats.",
                seats=settings.seats,
                percent=percent,
            )
        ]
    if share > _HARD:
        return [
            msg(
                "If everyone marks {seats}, a project has {percent} % of the votes on average:"
                " under a majority rule some seats may stay empty.",
                seats=settings.seats,
                percent=percent,
            )
        ]
    return [
        msg(
            "If everyone marks {seats}, a project has only {percent} % of the votes on average:"
            " a majority rule will often leave seats empty.",
            seats=settings.seats,
            percent=percent,
        )
    ]
