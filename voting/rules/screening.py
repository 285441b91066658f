"""What a project is screened by, how its demand index is worked out, and what-if sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from voting.errors import Message, msg


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that whoever is asked judges; `question` says what is meant by it."""

    key: str
    name: Message
    question: Message


CRITERIA: Final[tuple[Criterion, ...]] = (
    Criterion(
        "money",
        msg("Mainly public money"),
        msg("Is it paid for mainly from the public purse, and does the purse allow it this year?"),
    ),
    Criterion(
        "powers",
        msg("Within our powers"),
        msg("May this level of government decide and carry it out by itself?"),
    ),
    Criterion(
        "benefit",
        msg("Benefit for many"),
        msg("Does it serve residents in general, and not one unit or person?"),
    ),
    Criterion(
        "will",
        msg("What residents want"),
        msg("Is it what many residents ask for, and is it needed?"),
    ),
    Criterion(
        "feasible",
        msg("Feasible"),
        msg("Are land, environment, safety and technique settled or sure to be?"),
    ),
    Criterion(
        "year",
        msg("Done within the year"),
        msg("Can it be finished this year, or has it a clear target for each year?"),
    ),
    Criterion(
        "single",
        msg("One matter"),
        msg("Is it one matter, and on no other list?"),
    ),
)
"""The checklist of practice; add a row, and every sheet asks it."""

RESIDENTS_WEIGHT: Final = Fraction(3, 5)
DEPUTIES_WEIGHT: Final = 1 - RESIDENTS_WEIGHT
FEWEST_OPINIONS: Final = 3
"""So few opinions say nothing; below this number residents' voices count alone."""
_STARS_ABOVE_ONE: Final = 4


@dataclass(frozen=True, slots=True)
class Opinions:
    """How many deputies think what of a project."""

    support: int = 0
    reserved: int = 0
    against: int = 0

    @property
    def total(self) -> int:
        """How many have said anything."""
        return self.support + self.reserved + self.against

    @property
    def share(self) -> Fraction:
        """Support in full, reservations by half."""
        return (
            Fraction(2 * self.support + self.reserved, 2 * self.total) if self.total else Fraction()
        )


@dataclass(frozen=True, slots=True)
class Voices:
    """What residents have said for a project, beside the year's most wanted one."""

    proposals: int = 0
    supports: int = 0
    most: int = 0

    @property
    def total(self) -> int:
        """Every proposal and every support is a voice."""
        return self.proposals + self.supports

    @property
    def share(self) -> Fraction:
        """The part of the most wanted project's voices."""
        return Fraction(self.total, self.most) if self.most else Fraction()


@dataclass(frozen=True, slots=True)
class Demand:
    """The demand index 民意指数 with all it is made of; no stars where nobody has said anything."""

    stars: int
    voices: Voices
    opinions: Opinions
    residents_percent: int
    deputies_percent: int
    percent: int
    counts_deputies: bool


def demand_of(voices: Voices, opinions: Opinions) -> Demand:
    """Work the index out: one star, and up to four more by the weighed mean of both shares."""
    counts_deputies = opinions.total >= FEWEST_OPINIONS
    if counts_deputies and voices.most:
        mean = RESIDENTS_WEIGHT * voices.share + DEPUTIES_WEIGHT * opinions.share
    else:
        mean = opinions.share if counts_deputies else voices.share
    is_known = counts_deputies or voices.total > 0
    return Demand(
        stars=1 + _rounded(_STARS_ABOVE_ONE * mean) if is_known else 0,
        voices=voices,
        opinions=opinions,
        residents_percent=_rounded(100 * voices.share),
        deputies_percent=_rounded(100 * opinions.share),
        percent=_rounded(100 * mean),
        counts_deputies=counts_deputies,
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A project in a what-if sum: its cost, how much it is wanted, the deputies who support it."""

    code: str
    cost: int
    demand: int
    supporters: frozenset[int] = frozenset()


def greedy(choices: Sequence[Choice], cap: int) -> tuple[str, ...]:
    """Take the most wanted that still fits, again and again."""
    left, taken = cap, []
    for choice in sorted(choices, key=lambda each: (-each.demand, each.cost, each.code)):
        if choice.cost <= left:
            taken.append(choice.code)
            left -= choice.cost
    return tuple(taken)


def equal_shares(choices: Sequence[Choice], cap: int) -> tuple[str, ...]:
    """Give each deputy who supports anything an equal share of the money to spend on it.

    The method of equal shares: in turn the project is bought whose supporters can pay for it with
    the least from each of them. What is left at the end stays unspent.
    """
    people = frozenset[int]().union(*(choice.supporters for choice in choices))
    purses = {person: Fraction(cap, len(people)) for person in people}
    left = {choice.code: choice for choice in choices}
    taken: list[str] = []
    while payable := [
        (price, code) for code in left if (price := _price(left[code], purses)) is not None
    ]:
        price, code = min(payable)
        for person in left.pop(code).supporters:
            purses[person] -= min(purses[person], price)
        taken.append(code)
    return tuple(taken)


def _price(choice: Choice, purses: Mapping[int, Fraction]) -> Fraction | None:
    """Give what each supporter pays, those with less giving all they have; none if too little."""
    held = sorted(purses[person] for person in choice.supporters)
    due = Fraction(choice.cost)
    for place, purse in enumerate(held):
        payers = len(held) - place
        if due <= purse * payers:
            return due / payers
        due -= purse
    return None


def _rounded(value: Fraction) -> int:
    """Round half up, as people do."""
    return int(value + Fraction(1, 2))
