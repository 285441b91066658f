"""The figures of a counted vote: a row for each project, with rank, share and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from ballots.manifest import ABSTAIN, FOR, GRADES, Selection, Style
from ballots.objects import DecisionOutcome, RatingOutcome
from voting.rules.ratings import rate

_TENTH: Final = Decimal("0.1")
AGAINST: Final = "against"


class Standing(StrEnum):
    """What became of a project."""

    ELECTED = "elected"
    TIED = "tied"
    NOT_ELECTED = "not_elected"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A project of a decision; `against` and `abstain` only where each was voted on apart."""

    position: int
    code: str
    title: str
    votes: int
    against: int | None
    abstain: int | None
    rank: int
    share: Decimal
    standing: Standing

    @property
    def is_elected(self) -> bool:
        """Whether it was chosen in this round."""
        return self.standing is Standing.ELECTED


@dataclass(frozen=True, slots=True)
class DecisionFigures:
    """A decision's rows in ballot order, with what was asked for and left open."""

    rows: tuple[DecisionRow, ...]
    is_valid: bool
    ballots: int
    required: int
    seats: int
    open_seats: int
    abstentions: int | None

    @property
    def ranked(self) -> tuple[DecisionRow, ...]:
        """The rows with most votes first, equal ones in ballot order."""
        return tuple(sorted(self.rows, key=lambda row: row.rank))

    @property
    def elected(self) -> tuple[DecisionRow, ...]:
        """Those chosen, most votes first."""
        return tuple(row for row in self.ranked if row.is_elected)

    @property
    def tied(self) -> tuple[DecisionRow, ...]:
        """Those whose equal votes leave places undecided."""
        return tuple(row for row in self.ranked if row.standing is Standing.TIED)

    @property
    def scale(self) -> int:
        """The votes that a full bar stands for: all ballots, or more where more are required."""
        return max(self.ballots, self.required, 1)

    @property
    def is_each(self) -> bool:
        """Whether each project was voted for or against."""
        return any(row.against is not None for row in self.rows)


@dataclass(frozen=True, slots=True)
class RatingRow:
    """A rated project: how many gave which grade, both rates in per cent, and its grade."""

    position: int
    code: str
    title: str
    satisfied: int
    basic: int
    dissatisfied: int
    abstain: int | None
    satisfied_share: Decimal
    content_share: Decimal
    grade: str | None


@dataclass(frozen=True, slots=True)
class RatingFigures:
    """A rating's rows in ballot order."""

    rows: tuple[RatingRow, ...]
    is_valid: bool
    ballots: int

    @property
    def has_abstain(self) -> bool:
        """Whether abstaining from a project was possible."""
        return any(row.abstain is not None for row in self.rows)


def per_cent(part: int, whole: int) -> Decimal:
    """Give a share in per cent with one decimal, half up; of nothing it is nothing."""
    if whole == 0:
        return Decimal("0.0")
    return (Decimal(100 * part) / whole).quantize(_TENTH, ROUND_HALF_UP)


def figures_of(
    style: Style,
    counts: Sequence[int],
    outcome: DecisionOutcome | RatingOutcome,
    *,
    ballots: int,
) -> tuple[DecisionFigures | None, RatingFigures | None]:
    """Put counts and outcome of any vote into rows: a decision's, or a rating's."""
    if isinstance(outcome, RatingOutcome):
        return None, rating_figures(style, counts, outcome, ballots=ballots)
    seats = style.manifest.rules["seats"]
    return decision_figures(style, counts, outcome, ballots=ballots, seats=seats), None


def decision_figures(
    style: Style, counts: Sequence[int], outcome: DecisionOutcome, *, ballots: int, seats: int
) -> DecisionFigures:
    """Put counts and outcome of a decision into rows."""
    of = dict(zip(style.option_slots, counts, strict=True))
    votes = {code: counts[slot] for code, slot in style.projects.items()}
    titles = titles_of(style)
    rows = tuple(
        DecisionRow(
            position=position,
            code=code,
            title=titles[code],
            votes=votes[code],
            against=of.get((code, AGAINST)) if code in style.voted_apart else None,
            abstain=of.get((code, ABSTAIN)) if code in style.voted_apart else None,
            rank=1 + sum(other > votes[code] for other in votes.values()),
            share=per_cent(votes[code], ballots),
            standing=_standing(code, outcome),
        )
        for position, code in enumerate(votes, start=1)
    )
    return DecisionFigures(
        rows=rows,
        is_valid=outcome.valid,
        ballots=ballots,
        required=outcome.required,
        seats=seats,
        open_seats=outcome.open_seats,
        abstentions=_abstentions(style, of),
    )


def rating_figures(
    style: Style, counts: Sequence[int], outcome: RatingOutcome, *, ballots: int
) -> RatingFigures:
    """Put counts and grades of a rating into rows."""
    of = dict(zip(style.option_slots, counts, strict=True))
    rows = []
    for position, question in enumerate(style.manifest.questions, start=1):
        satisfied, basic, dissatisfied = (of[question.id, grade] for grade in GRADES)
        rows.append(
            RatingRow(
                position=position,
                code=question.id,
                title=question.title,
                satisfied=satisfied,
                basic=basic,
                dissatisfied=dissatisfied,
                abstain=of.get((question.id, ABSTAIN)),
                satisfied_share=rate(satisfied, ballots),
                content_share=rate(satisfied + basic, ballots),
                grade=outcome.grades.get(question.id),
            )
        )
    return RatingFigures(tuple(rows), outcome.valid, ballots)


def _standing(code: str, outcome: DecisionOutcome) -> Standing:
    if not outcome.valid:
        return Standing.VOID
    if code in outcome.elected:
        return Standing.ELECTED
    return Standing.TIED if code in outcome.tied else Standing.NOT_ELECTED


def titles_of(style: Style) -> dict[str, str]:
    """Give the titles of all projects, as `Style.projects` names them."""
    titles: dict[str, str] = {}
    for question in style.manifest.questions:
        if question.id in style.voted_apart:
            titles[question.id] = question.title
        else:
            titles |= {option.id: option.title for option in question.options}
    return titles


def _abstentions(style: Style, of: Mapping[Selection, int]) -> int | None:
    """Count the ballots that abstained from the one list, where there is one that lets them."""
    questions = style.manifest.questions
    if len(questions) > 1 or (questions[0].id, FOR) in of:
        return None
    return of.get((questions[0].id, ABSTAIN))
